#!/bin/sh
# Writes clinic.env, with which a production clinic is started on this machine; it never writes over one.
#   scripts/production.sh clinic.example.org mail.example.org 'Clinic <clinic@example.org>'
set -eu
cd "$(dirname "$0")/.."
host=${1:-} smtp=${2:-} from=${3:-}
file=${CLINIC_ENV_FILE:-clinic.env}

fail() { printf '%s\n' "$1" >&2; exit 1; }
[ -n "$host" ] && [ -n "$smtp" ] ||
    fail "Say the name that patients open and the clinic's mail server: make production HOST=clinic.example.org SMTP=mail.example.org"
[ ! -e "$file" ] || fail "$file is there already, and its key is needed to read what was written under it. Edit it, or move it away."
name=${host%%:*}
key=$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')
umask 077
cat >"$file" <<END
# What this clinic is started with. Keep a copy apart from the backups: without SECRET_KEY second factors and links are lost.
CLINIC_ENV=production
SECRET_KEY=$key
ALLOWED_HOSTS=$name
PUBLIC_URL=https://$host
TRUSTED_PROXIES=127.0.0.1,::1
# "embedded": PostgreSQL and Redis come with the installation. Another server: postgres://clinic_app:password@host:5432/clinic
DATABASE_URL=embedded
REDIS_URL=embedded
DATA_DIR=${DATA_DIR:-$PWD/var/production}
# On another disk if there is one; docs/backup.md says how it leaves the house.
BACKUP_DIR=${BACKUP_DIR:-$PWD/var/production/backups}
SMTP_HOST=$smtp
SMTP_PORT=${SMTP_PORT:-587}
SMTP_TLS=${SMTP_TLS:-true}
SMTP_USER=${SMTP_USER:-}
SMTP_PASSWORD=${SMTP_PASSWORD:-}
MAIL_FROM="${from:-Clinic <no-reply@$name>}"
END
echo "Wrote $file, readable by you alone. Look through it once: SMTP_USER and SMTP_PASSWORD are your mail server's."
