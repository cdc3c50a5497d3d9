#!/bin/sh
# Installs the Debian packages that pip and npm cannot bring. Says what it installs. Needs root or a sudo without password.
#   setup_debian.sh [venv] [pango] [chromium]      (without words: all)
set -eu
packages=
for part in ${*:-venv pango chromium}; do
    case $part in
        venv) packages="$packages python3-venv" ;;
        pango) packages="$packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig" ;;
        chromium) packages="$packages chromium fonts-dejavu-core fonts-noto-core" ;;
        *) echo "setup_debian.sh does not know '$part'." >&2; exit 2 ;;
    esac
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "This is no Debian: install what matches$packages." >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true 2>/dev/null; then
        echo "Root is needed to install$packages. Run: sudo scripts/setup_debian.sh" >&2
        exit 1
    fi
    as_root="sudo -n"
fi
echo "Installing Debian packages:$packages ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -o DPkg::Lock::Timeout=300 -qq update
# shellcheck disable=SC2086
$as_root apt-get -o DPkg::Lock::Timeout=300 install -qq -y --no-install-recommends $packages >/dev/null
