#!/usr/bin/env bash
# Makes the next migration, one file for each database:
#     scripts/new-migration.sh add_key_notes
set -euo pipefail
cd "$(dirname "$0")/../migrations"
name=${1:-}
[[ $name =~ ^[a-z][a-z0-9_]*$ ]] || {
    echo "usage: make migration NAME=add_key_notes (lower case, digits, underscores)" >&2
    exit 2
}
last=$(find sqlite postgres -name '*.sql' -printf '%f\n' | sort | tail -n 1)
next=$(printf '%04d' $((10#${last%%_*} + 1)))
for database in sqlite postgres; do
    file=$database/${next}_$name.sql
    echo "-- What this changes, and why. Keep it compatible with the previous release: expand, then contract." >"$file"
    echo "migrations/$file"
done
