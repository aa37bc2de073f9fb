#!/usr/bin/env bash
# Runs a command with a PostgreSQL that is thrown away afterwards:
#     scripts/with-postgres.sh cargo test
# The command finds it by KEYWRIGHT_TEST_POSTGRES_URL. Where that is set already, that server is used. A test that stops
# its server starts one of its own with the programs in KEYWRIGHT_TEST_POSTGRES_BIN, as the user
# KEYWRIGHT_TEST_POSTGRES_USER if that is set.
set -euo pipefail
[ $# -gt 0 ] || {
    echo "usage: $0 COMMAND…" >&2
    exit 2
}
if [ -n "${KEYWRIGHT_TEST_POSTGRES_URL:-}" ]; then exec "$@"; fi

say() { printf 'with-postgres: %s\n' "$*" >&2; }

find_programs() { # the folder of the newest server here
    local initdb
    initdb=$(command -v initdb || true)
    [ -n "$initdb" ] || initdb=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ ! -x "$initdb" ] || dirname "$(readlink -f "$initdb")"
}

bin=$(find_programs)
if [ -z "$bin" ] && command -v apt-get >/dev/null; then
    say "installing PostgreSQL"
    if [ "$(id -u)" = 0 ]; then sudo=(); else sudo=(sudo); fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >&2
    bin=$(find_programs)
fi
[ -n "$bin" ] || {
    say "no initdb found; install PostgreSQL, or set KEYWRIGHT_TEST_POSTGRES_URL"
    exit 1
}

# PostgreSQL refuses to run as root.
as_owner=()
folder=$(mktemp -d)
if [ "$(id -u)" = 0 ]; then
    if id postgres >/dev/null 2>&1; then owner=postgres; else owner=nobody; fi
    chown "$owner" "$folder"
    as_owner=(runuser -u "$owner" --)
    export KEYWRIGHT_TEST_POSTGRES_USER=$owner
fi
server() { (cd "$folder" && "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -s "$@"); }

stop() {
    trap - EXIT
    server -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

(cd "$folder" && "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U keywright -A trust -E UTF8 --locale=C.UTF-8 \
    --no-sync >"$folder/initdb.log" 2>&1) || {
    cat "$folder/initdb.log" >&2
    exit 1
}

# Nothing in it outlives the tests, so it need not survive a power cut.
options="-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=256MB -c max_connections=300"
port=
for _ in 1 2 3 4 5; do
    try=$((20000 + RANDOM % 12000))
    if server -w -l "$folder/server.log" -o "-h 127.0.0.1 -p $try -k $folder $options" start >/dev/null 2>&1; then
        port=$try
        break
    fi
done
[ -n "$port" ] || {
    cat "$folder/server.log" >&2
    say "PostgreSQL did not start"
    exit 1
}
say "PostgreSQL $(cat "$folder/data/PG_VERSION") on port $port"
export KEYWRIGHT_TEST_POSTGRES_BIN=$bin
export KEYWRIGHT_TEST_POSTGRES_URL="postgres://keywright@127.0.0.1:$port/postgres"
"$@"
