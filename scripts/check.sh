#!/bin/sh
# Everything that can be wrong without running the product. Runs all of it, then fails if any of it failed.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=
step() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        printf '  ok      %s\n' "$name"
    else
        printf '  FAILED  %s\n%s\n' "$name" "$output"
        failed="$failed $name"
    fi
}
step format "$bin/ruff" format --check .
step lint "$bin/ruff" check .
step types "$bin/mypy"
step imports "$bin/lint-imports"
step templates "$bin/djlint" --lint --quiet templates
step settings "$bin/python" manage.py check
step migrations "$bin/python" scripts/check_migrations.py
[ -z "$failed" ] || { printf '\nFailed:%s\n' "$failed"; exit 1; }
