#!/bin/sh
# Finds a Python that is recent enough and lets it prepare the rest: make/prepare.py.
# Called as `sh make/prepare.sh WHAT…` by the Makefile.
set -eu
cd "$(dirname "$0")/.."

for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$candidate" -m make.prepare "$@"
    fi
done

echo "Python 3.11 or later was not found: install it (python.org, or your system's packages)," \
    "or name it with PYTHON=/path/to/python3." >&2
exit 1
