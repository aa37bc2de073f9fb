# Sourced by scripts/bench.sh: the servers, and an owner of one of them.

fail() {
    printf 'bench: %s\n' "$*" >&2
    exit 1
}

install_wrk() {
    command -v wrk >/dev/null && return
    command -v apt-get >/dev/null || fail "wrk is not here; install it"
    echo "▸ Installing wrk"
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo)
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wrk >&2
}

folder=$(mktemp -d)
pids=()
stop() {
    trap - EXIT
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

free_port() {
    local port
    for _ in {1..50}; do
        port=$((20000 + RANDOM % 12000))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
            echo $port
            return
        }
    done
    fail "no free port found"
}

await() { # URL, log
    for _ in {1..100}; do
        if curl --silent --fail --output /dev/null "$1"; then return; fi
        sleep 0.1
    done
    cat "$2" >&2
    fail "no answer from $1"
}

start_bare() {
    bare_at=127.0.0.1:$(free_port)
    "$bare" "$bare_at" 2>"$folder/bare.log" &
    bare_pid=$!
    pids+=("$bare_pid")
    await "http://$bare_at/any" "$folder/bare.log"
}

# An instance of its own, which has seen nothing yet: all that it writes, and all that is written for it, is in `home`.
begin() { # name
    home=$folder/$1
    mkdir "$home"
    program_at=127.0.0.1:$(free_port)
    # The product's own profile, but for what the largest plan has: more keys, and two windows that are never full. All
    # devices ask from one address.
    local window="requests = $WINDOW, each = \"key\", per ="
    sed -e "s/^keys = 20$/keys = $((MANY + 2))/" \
        -e "s/^limits = .* requests = 50,.*/limits = [{ $window \"minute\" }, { $window \"day\" }]/" \
        profiles/lodol.toml >"$home/bench.toml"
    printf '\n[oauth]\ndevices_per_hour = 1000000\n' >>"$home/bench.toml"
    grep --quiet "requests = $WINDOW" "$home/bench.toml" || fail "the profile has changed: correct begin"
    start_program
}

# Nothing of the caller's configuration reaches it; the bare handler is its upstream.
start_program() { # further settings
    (
        cd "$home"
        exec env -i KEYWRIGHT_LISTEN="$program_at" KEYWRIGHT_DATA_DIR="$home/data" KEYWRIGHT_PROFILE=bench.toml \
            KEYWRIGHT_TRUSTED_PROXIES=127.0.0.1 KEYWRIGHT_UPSTREAM="http://$bare_at" \
            "$@" "$program" serve >"$home/out" 2>"$home/log"
    ) &
    program_pid=$!
    pids+=("$program_pid")
    await "http://$program_at/health/ready" "$home/log"
}

stop_program() {
    kill "$program_pid"
    while kill -0 "$program_pid" 2>/dev/null; do sleep 0.05; done
}

# Ends it in order, and starts it again over the same database; `ready` is after how many ms it answers.
restart_program() { # further settings
    local from
    stop_program
    from=$(date +%s%N)
    start_program "$@"
    ready=$((($(date +%s%N) - from) / 1000000))
}

bytes() { awk '/^VmRSS:/ { printf "%.0f", $2 * 1024 }' "/proc/$1/status"; }
written() { awk '/^write_bytes:/ { print $2 }' "/proc/$1/io"; }
resident() { awk '/^VmRSS:/ { printf "%.1f MB", $2 / 1024 }' "/proc/$1/status"; }
load() { cut -d ' ' -f 1 /proc/loadavg; }

# ── An owner, and keys: through the doors that people use ────────────────────────────────────────────────────────────

claim() {
    local token head
    token=$(sed -n 's/.*setup?token=\([^ ]*\).*/\1/p' "$home/out")
    head=$(curl --silent --show-error --dump-header - --output /dev/null "http://$program_at/setup" \
        --data-urlencode "token=$token" --data-urlencode "name=Ada Lovelace" --data-urlencode "email=ada@example.com" \
        --data-urlencode "password=$(head -c 18 /dev/urandom | base64)" --data-urlencode "workspace=Bench" \
        --data-urlencode "plan=enterprise" | tr -d '\r')
    list=$(sed -n 's/^location: //Ip' <<<"$head")
    session=$(sed -n 's/^set-cookie: \([^;]*session=[^;]*\);.*/\1/Ip' <<<"$head")
    if [ -z "$list" ] || [ -z "$session" ]; then fail "the instance could not be claimed: $head"; fi
}

api() { # method, path, curl's further arguments
    curl --silent --show-error --fail-with-body --request "$1" "http://$program_at$2" --cookie "$session" "${@:3}"
}

member() { grep --only-matching --max-count=1 "\"$1\":\"[^\"]*" | sed 's/.*"//; q'; } # of the JSON on stdin

create_key() { # label
    api POST /api-keys --json '{"label":"'"$1"'","scopes":["workflows:read","executions:read"]}'
}

create_keys() { # a secret a line
    for n in $(seq $KEYS); do
        create_key "Key $n" | member key
    done
}
