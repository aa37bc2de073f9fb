#!/usr/bin/env bash
# Builds the release and runs it, with its data in ./data.
#     PROFILE=lodol   the product (a file in profiles/, without .toml)
#     DEMO=1          with two months of history and the sandbox API behind the gateway, its data in ./data/demo/PROFILE
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/with-toolchain.sh cargo xtask build --release

if [ -n "${PROFILE:-}" ]; then export KEYWRIGHT_PROFILE=$PROFILE; fi
if [ "${DEMO:-0}" = 0 ]; then exec target/release/keywright serve; fi

profile=$(basename "${KEYWRIGHT_PROFILE:-default}" .toml)
export KEYWRIGHT_DATA_DIR=${KEYWRIGHT_DATA_DIR:-data/demo/$profile}
export KEYWRIGHT_UPSTREAM=${KEYWRIGHT_UPSTREAM:-http://127.0.0.1:3900}
listen=${KEYWRIGHT_LISTEN:-127.0.0.1:3000}
# Written last: without it there is no history yet.
[ -e "$KEYWRIGHT_DATA_DIR/demo.txt" ] || target/release/demo
target/release/sandbox --listen 127.0.0.1:3900 \
    --gate "http://$listen" --gate-token-file "$KEYWRIGHT_DATA_DIR/gate.token" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true' EXIT
cat "$KEYWRIGHT_DATA_DIR/demo.txt"
target/release/keywright serve &
server=$!
# Ctrl-C reaches all three; both programs then finish what they do.
trap 'kill "$server" 2>/dev/null || true' INT TERM HUP
wait "$server" || wait "$server"
