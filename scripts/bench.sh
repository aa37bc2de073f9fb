#!/usr/bin/env bash
# Measures the release build against a bare handler behind the same listener, and its OAuth half beside another server.
# The figure is CPU time per request in the server's process, as a ratio; docs/performance.md says what is measured and
# how to read it.
#     scripts/bench.sh gate         one half alone, or oauth
#     ROUNDS=5 LENGTH=1             rounds of each case, and seconds of each round
#     SIZES="1000 100000 1000000"   how many keys are used in turn, in the last cases of the gate
set -euo pipefail
cd "$(dirname "$0")/.."
half=${1:-both}
case $half in both | gate | oauth) ;; *)
    echo "usage: $0 [gate | oauth]" >&2
    exit 2
    ;;
esac
# For the case in which it counts in Redis.
[ "$half" = oauth ] || [ -n "${KEYWRIGHT_TEST_REDIS_URL:-}" ] || exec scripts/with-redis.sh scripts/bench.sh "$@"
rounds=${ROUNDS:-5}
length=${LENGTH:-1}
sizes=${SIZES-1000 100000 1000000}
readonly CONNECTIONS=16 THREADS=2 KEYS=20 UNKNOWN=64 MANY=10000 WINDOW=1000000000 FAMILIES=128
program=$PWD/target/release/keywright
bare=$PWD/target/release/bare
fill=$PWD/target/release/fill
site=$PWD/target/site/release

. scripts/bench/servers.sh
. scripts/bench/drive.sh
. scripts/bench/gate.sh
. scripts/bench/oauth.sh

install_wrk
for tool in curl gzip od; do command -v $tool >/dev/null || fail "$tool is not here; install it"; done
for built in "$program" "$bare" "$fill"; do
    [ -x "$built" ] || fail "no release build; run: cargo xtask build --release"
done
[ "$half" = gate ] || install_provider

start_bare
printf '▸ %d rounds of %d s for each case and each server, %d connections; load before: %s\n' "$rounds" "$length" \
    $CONNECTIONS "$(load)"
if [ "$half" != oauth ]; then measure_gate; fi
if [ "$half" != gate ]; then measure_oauth; fi
line "processors" "$(nproc), shared with the client; load after: $(load)"
