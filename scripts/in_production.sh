#!/bin/sh
# Runs a command of manage.py with what clinic.env says: scripts/in_production.sh backup /mnt/disk/clinic-today
set -eu
cd "$(dirname "$0")/.."
file=${CLINIC_ENV_FILE:-clinic.env}
[ -r "$file" ] || { echo "$file is missing or not yours to read: make production HOST=... SMTP=... writes it." >&2; exit 1; }
set -a
case $file in /*) . "$file" ;; *) . "./$file" ;; esac
set +a
exec .venv/bin/python manage.py "$@"
