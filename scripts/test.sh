#!/usr/bin/env bash
# Tests, with one summary of all totals at the end:
#     scripts/test.sh check    format, lints, tests on SQLite
#     scripts/test.sh all      and fuzz targets, the same tests on PostgreSQL and with Redis, the release build, the
#                              browser tests, OAuth clients of other people
# The first failure ends it, and the summary tells how far it came.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-check}
logs=target/test-logs
rm -rf "$logs"
mkdir -p "$logs"
rows=()

# Adds up what a runner said: cargo's "test result:" lines, or Playwright's closing lines.
totals() { # log
    awk '
        /^test result:/ { passed += $4; failed += $6; skipped += $8 }
        /^ +[0-9]+ (passed|failed|skipped|flaky|interrupted|did not run)/ {
            if ($2 == "passed" || $2 == "flaky") passed += $1
            else if ($2 == "failed" || $2 == "interrupted") failed += $1
            else skipped += $1
        }
        END { printf "%d passed, %d failed", passed, failed; if (skipped) printf ", %d skipped", skipped }' "$1"
}

step() { # name, command…
    local name=$1 log=$logs/$1.log start=$SECONDS status=0
    shift
    printf '\n━━ %s\n' "$name"
    "$@" 2>&1 | tee "$log" || status=$?
    sed -i 's/\x1b\[[0-9;]*[A-Za-z]//g' "$log"
    local took=$((SECONDS - start))
    if grep -qE '^test result:|^ +[0-9]+ (passed|failed)' "$log"; then
        rows+=("$name: $(totals "$log")" "    in $took s")
    else
        rows+=("$name: $([ $status = 0 ] && echo ok || echo FAILED)" "    in $took s")
    fi
    return $status
}

summary() {
    local status=$?
    printf '\n━━ Summary\n'
    [ ${#rows[@]} = 0 ] || printf '%s\n' "${rows[@]}"
    if [ $status = 0 ]; then echo "All passed."; else echo "FAILED (exit code $status); logs are in $logs"; fi
}
trap summary EXIT

# The islands are left out because their features and the server's must not be switched on together, and the build
# tool because it would be compiled a second time with the features of the rest.
rust=(cargo test --workspace --exclude keywright-frontend --exclude xtask --no-fail-fast)

step lint scripts/lint.sh
step sqlite env -u KEYWRIGHT_TEST_POSTGRES_URL -u KEYWRIGHT_TEST_REDIS_URL "${rust[@]}"
step xtask cargo test --package xtask
if [ "$mode" = all ]; then
    step fuzz cargo check --locked --manifest-path core/fuzz/Cargo.toml --target-dir target/fuzz
    step postgres scripts/with-redis.sh scripts/with-postgres.sh "${rust[@]}"
    step release cargo xtask build --release
    step browser scripts/e2e.sh
    step clients scripts/clients.sh
fi
