#!/bin/sh
# The fast half of the truth: what a person checks before each commit, and CI on each push.
# Every check runs even when one fails, so that one visit shows all there is to mend.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=""

check() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "FAILED  $name"
        echo "$output" | sed 's/^/        /'
        failed="$failed, $name"
    fi
}

api_description_is_current() {
    $bin/python -m app openapi | diff -u docs/openapi.json - ||
        { echo "To mend: .venv/bin/reverbere openapi > docs/openapi.json"; return 1; }
}

check "format" $bin/ruff format --check .
check "lint" $bin/ruff check .
check "types" $bin/mypy
check "layers" $bin/lint-imports
check "architecture" $bin/python -m pytest tests/architecture
check "codecs" $bin/python -m pytest tests/drivers/profiles tests/drivers/layouts
check "API description" api_description_is_current
check "console" npm --prefix console run --silent check

if [ -n "$failed" ]; then
    echo "Not green: ${failed#, }."
    exit 1
fi
echo "All green."
