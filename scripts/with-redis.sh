#!/usr/bin/env bash
# Runs a command with a Redis that is thrown away afterwards:
#     scripts/with-redis.sh cargo test
# The command finds it by KEYWRIGHT_TEST_REDIS_URL, and can start more of its kind by KEYWRIGHT_TEST_REDIS_SERVER. Where
# the first is set already, that server is used.
set -euo pipefail
[ $# -gt 0 ] || {
    echo "usage: $0 COMMAND…" >&2
    exit 2
}

say() { printf 'with-redis: %s\n' "$*" >&2; }

find_program() { command -v redis-server || command -v valkey-server || true; }

program=${KEYWRIGHT_TEST_REDIS_SERVER:-$(find_program)}
if [ -z "$program" ] && command -v apt-get >/dev/null; then
    say "installing Redis"
    if [ "$(id -u)" = 0 ]; then sudo=(); else sudo=(sudo); fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >&2
    program=$(find_program)
fi
[ -n "$program" ] || {
    say "no redis-server found; install Redis or Valkey"
    exit 1
}
export KEYWRIGHT_TEST_REDIS_SERVER=$program
if [ -n "${KEYWRIGHT_TEST_REDIS_URL:-}" ]; then exec "$@"; fi

folder=$(mktemp -d)
pid=
stop() {
    trap - EXIT
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

port=
for _ in 1 2 3 4 5; do
    try=$((20000 + RANDOM % 12000))
    "$program" --bind 127.0.0.1 --port $try --dir "$folder" --save "" --appendonly no >"$folder/log" 2>&1 &
    pid=$!
    for _ in {1..50}; do
        if grep -q "Ready to accept connections" "$folder/log"; then
            port=$try
            break 2
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
done
[ -n "$port" ] || {
    cat "$folder/log" >&2
    say "$program did not start"
    exit 1
}
say "$(basename "$program") on port $port"
export KEYWRIGHT_TEST_REDIS_URL="redis://127.0.0.1:$port"
"$@"
