#!/usr/bin/env bash
# Measures the release build against a bare handler behind the same listener. The figure is CPU time per request in
# the server's process, as a ratio; docs/performance.md says what is measured and how to read it.
#     ROUNDS=5 LENGTH=1             rounds of each case, and seconds of each round
#     SIZES="1000 100000 1000000"   how many keys are used in turn, in the last cases
set -euo pipefail
cd "$(dirname "$0")/.."
# For the case in which it counts in Redis.
[ -n "${KEYWRIGHT_TEST_REDIS_URL:-}" ] || exec scripts/with-redis.sh scripts/bench.sh
rounds=${ROUNDS:-5}
length=${LENGTH:-1}
sizes=${SIZES-1000 100000 1000000}
readonly CONNECTIONS=16 THREADS=2 KEYS=20 UNKNOWN=64 MANY=10000 WINDOW=1000000000
program=$PWD/target/release/keywright
bare=$PWD/target/release/bare
fill=$PWD/target/release/fill
site=$PWD/target/site/release

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

install_wrk
for tool in curl gzip od; do command -v $tool >/dev/null || fail "$tool is not here; install it"; done
for built in "$program" "$bare" "$fill"; do
    [ -x "$built" ] || fail "no release build; run: cargo xtask build --release"
done

folder=$(mktemp -d)
pids=() weights=()
stop() {
    trap - EXIT
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# ── The two servers ──────────────────────────────────────────────────────────────────────────────────────────────────

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

# Nothing of the caller's configuration reaches it; the bare handler is its upstream.
start_program() { # further settings
    program_at=${program_at:-127.0.0.1:$(free_port)}
    # The product's own profile, but for what the largest plan has: more keys, and two windows that are never full.
    local window="requests = $WINDOW, each = \"key\", per ="
    sed -e "s/^keys = 20$/keys = $((MANY + 2))/" \
        -e "s/^limits = .* requests = 50,.*/limits = [{ $window \"minute\" }, { $window \"day\" }]/" \
        profiles/lodol.toml >"$folder/bench.toml"
    grep --quiet "requests = $WINDOW" "$folder/bench.toml" || fail "the profile has changed: correct start_program"
    (
        cd "$folder"
        exec env -i KEYWRIGHT_LISTEN="$program_at" KEYWRIGHT_DATA_DIR="$folder/data" KEYWRIGHT_PROFILE=bench.toml \
            KEYWRIGHT_TRUSTED_PROXIES=127.0.0.1 KEYWRIGHT_UPSTREAM="http://$bare_at" \
            "$@" "$program" serve >"$folder/out" 2>"$folder/log"
    ) &
    program_pid=$!
    pids+=("$program_pid")
    await "http://$program_at/health/ready" "$folder/log"
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

bytes() { awk '/^VmRSS:/ { print $2 * 1024 }' "/proc/$1/status"; }
written() { awk '/^write_bytes:/ { print $2 }' "/proc/$1/io"; }
resident() { awk '/^VmRSS:/ { printf "%.1f MB", $2 / 1024 }' "/proc/$1/status"; }

# ── An owner, and keys: through the doors that people use ────────────────────────────────────────────────────────────

claim() {
    local token head
    token=$(sed -n 's/.*setup?token=\([^ ]*\).*/\1/p' "$folder/out")
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

# What the gate cannot tell from a key before it has looked it up: random characters, and the checksum that fits.
with_checksum() { # all but the checksum
    local digits=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz crc checksum=
    crc=$(printf %s "$1" | gzip --stdout | tail --bytes=8 | od --format=u4 --read-bytes=4 --address-radix=n)
    for _ in {1..6}; do
        checksum=${digits:crc % 62:1}$checksum
        crc=$((crc / 62))
    done
    echo "$1$checksum"
}

unknown_key() {
    local random
    random=$(head -c 128 /dev/urandom | base64 --wrap=0 | tr -d '+/=')
    with_checksum "sk_live_${random:0:43}"
}

make_keys() {
    local created key
    created=$(create_key "to be revoked")
    revoked=$(member key <<<"$created")
    api DELETE "/api-keys/$(member id <<<"$created")" >/dev/null
    limited=$(create_key "to be used up" | member key)
    for n in $(seq $KEYS); do
        create_key "Key $n" | member key
    done >"$folder/keys"
    read -r key <"$folder/keys"
    [ "$(with_checksum "${key:0:-6}")" = "$key" ] || fail "keys are made differently now: correct with_checksum"
    for _ in $(seq $UNKNOWN); do unknown_key; done >"$folder/unknown"
    # Another last character than the right one.
    sed 's/[^A]$/A/; t; s/A$/B/' "$folder/keys" >"$folder/malformed"
}

# So many more keys that no page may take longer for it. One curl makes them all, over one connection.
make_many() {
    for n in $(seq $((MANY - KEYS))); do
        printf 'next\nurl = "http://%s/api-keys"\ncookie = "%s"\njson = "{\\"label\\":\\"Many %d\\",' \
            "$program_at" "$session" "$n"
        printf '\\"scopes\\":[\\"workflows:read\\"]}"\noutput = "/dev/null"\nfail\n'
    done | sed 1d >"$folder/many.curl"
    curl --silent --show-error --config "$folder/many.curl"
    cp "$folder/page" "$folder/many"
}

# ── What is sent: each line a request, its parts separated by tabs: method, path, body, headers ──────────────────────

ask() { # how a proxy asks about a request with each key on stdin
    sed $'s|.*|GET\t/gate/auth\t\tX-Forwarded-Method: GET\tX-Forwarded-Uri: /api/v1/workflows\tAuthorization: Bearer &|'
}

prepare() {
    ask <"$folder/keys" >"$folder/valid"
    ask <"$folder/unknown" >"$folder/unknown.ask" && mv "$folder/unknown.ask" "$folder/unknown"
    ask <"$folder/malformed" >"$folder/malformed.ask" && mv "$folder/malformed.ask" "$folder/malformed"
    ask <<<"$revoked" >"$folder/revoked"
    ask <<<"$limited" >"$folder/limited"
    local question='{"key":"&","method":"GET","path":"/api/v1/workflows"}' token
    token=$(<"$folder/data/gate.token")
    sed "s|.*|POST\t/gate/verify\t$question\tContent-Type: application/json\tAuthorization: Bearer $token|" \
        "$folder/keys" >"$folder/verify"
    # All that the day has, at once.
    curl --silent --show-error --fail-with-body --output /dev/null "http://$program_at/gate/verify" \
        --header "Authorization: Bearer $token" --json '{"key":"'"$limited"'","scopes":[],"cost":'$WINDOW'}'
    sed $'s|.*|GET\t/api/v1/workflows\t\tAuthorization: Bearer &|' "$folder/keys" >"$folder/gateway"
    printf 'GET\t%s?limit=%d\t\tAccept: text/html\tCookie: %s\n' "$list" $KEYS "$session" >"$folder/page"
    cat >"$folder/drive.lua" <<'LUA'
local requests, next_one = {}, 0

-- A file of keys is asked about one after the other; each thread has its share.
local keys, question = nil, "GET /gate/auth HTTP/1.1\r\nHost: bench\r\nX-Forwarded-Method: GET\r\n" ..
    "X-Forwarded-Uri: /api/v1/workflows\r\nAuthorization: Bearer "
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    if args[2] == "keys" then
        keys = {}
        local n = 0
        for line in io.lines(args[1]) do
            if n % tonumber(args[3]) == number then keys[#keys + 1] = line end
            n = n + 1
        end
        return
    end
    for line in io.lines(args[1]) do
        local parts, headers = {}, {}
        for part in (line .. "\t"):gmatch("([^\t]*)\t") do parts[#parts + 1] = part end
        for i = 4, #parts do
            local name, value = parts[i]:match("^([^:]+): (.*)$")
            headers[name] = value
        end
        local body = parts[3] ~= "" and parts[3] or nil
        requests[#requests + 1] = wrk.format(parts[1], parts[2], headers, body)
    end
end

function request()
    if keys then
        next_one = next_one % #keys + 1
        return question .. keys[next_one] .. "\r\n\r\n"
    end
    next_one = next_one % #requests + 1
    return requests[next_one]
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format("measured %d %d %d %d %d %d\n", summary.requests, summary.duration,
        latency:percentile(50), latency:percentile(99), e.status, e.connect + e.read + e.write + e.timeout))
end
LUA
}

# ── Rounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────

ticks() { # of a process, all its threads together, from the kernel's books
    local fields
    # The second field is the program's name, which may hold anything; utime and stime are the 14th and 15th of all.
    read -r -a fields < <(sed 's/.*) //' "/proc/$1/stat")
    echo $((fields[11] + fields[12]))
}

# Drives one server with one case; prints: CPU µs per request, requests a second, p50 and p99 in µs, requests, bytes
# written per request.
drive() { # process, address, case, status, seconds if it is not the usual length
    local before after line requests micros p50 p99 refused failed wrote expected=0
    before=$(ticks "$1")
    wrote=$(written "$1")
    line=$(wrk --threads $THREADS --connections $CONNECTIONS --duration "${5:-$length}s" --script "$folder/drive.lua" \
        "http://$2" -- "$folder/$3" "${3##*.}" $THREADS | grep '^measured ') || {
        tail --lines=5 "$folder/log" >&2
        fail "$3: wrk could not measure http://$2; is the server still there?"
    }
    after=$(ticks "$1")
    wrote=$(($(written "$1") - wrote))
    read -r _ requests micros p50 p99 refused failed <<<"$line"
    if [ "$4" = refused ]; then expected=$requests; fi
    [ "$refused" = "$expected" ] || fail "$3: $refused of $requests requests were refused, $expected should have been"
    [ "$failed" = 0 ] || fail "$3: $failed requests failed"
    awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" -v n="$requests" -v us="$micros" -v p50="$p50" \
        -v p99="$p99" -v wrote="$wrote" 'BEGIN { print ticks * 1e6 / hz / n, n * 1e6 / us, p50, p99, n, wrote / n }'
}

# Each case next to the same requests to the bare handler, so that what the machine does besides meets both.
round() { # number; 0 warms up; the cases on stdin
    local case status base measured
    while read -r case status; do
        base=$(drive "$bare_pid" "$bare_at" "$case" allowed)
        measured=$(drive "$program_pid" "$program_at" "$case" "$status")
        [ "$1" = 0 ] || echo "$case $base $measured" >>"$folder/results"
    done
}

report() {
    printf '\n%-34s %22s %9s %9s %8s %8s %8s %10s\n' "" "CPU ÷ bare" "CPU µs" "bare µs" "req/s" "p50 ms" "p99 ms" "B written"
    awk '
        function median(text,    values, n, i, j, swap) {
            n = split(text, values, " ")
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) {
                    swap = values[j]; values[j] = values[j - 1]; values[j - 1] = swap
                }
            least = values[1] + 0; most = values[n] + 0
            return n % 2 ? values[(n + 1) / 2] + 0 : (values[n / 2] + values[n / 2 + 1]) / 2
        }
        BEGIN {
            title["valid"] = "/gate/auth, valid key"; title["verify"] = "/gate/verify, valid key"
            title["redis"] = "/gate/auth, valid key, with Redis"
            title["gateway"] = "built-in gateway, valid key"; title["revoked"] = "/gate/auth, revoked key"
            title["limited"] = "/gate/auth, limited key"; title["malformed"] = "/gate/auth, mistyped key"; title["unknown"] = "/gate/auth, unknown key"
            title["1000.keys"] = "/gate/auth, 1,000 keys in turn"; title["100000.keys"] = "/gate/auth, 100,000 keys in turn"
            title["1000000.keys"] = "/gate/auth, 1,000,000 keys in turn"
            title["page"] = "keys page of 20 rows, signed in"; title["many"] = "the same, of 10,000 keys"
        }
        !($1 in ratios) { order[++cases] = $1 }
        {
            ratios[$1] = ratios[$1] " " $8 / $2; cpu[$1] = cpu[$1] " " $8; base[$1] = base[$1] " " $2
            rate[$1] = rate[$1] " " $9; p50[$1] = p50[$1] " " $10 / 1000; p99[$1] = p99[$1] " " $11 / 1000
            wrote[$1] = wrote[$1] " " $13
        }
        END {
            for (i = 1; i <= cases; i++) {
                c = order[i]
                ratio = median(ratios[c])
                range = sprintf("%.2f (%.2f to %.2f)", ratio, least, most)
                printf "%-34s %22s %9.1f %9.1f %8d %8.2f %8.2f %10.1f\n", title[c], range, median(cpu[c]), median(base[c]),
                    median(rate[c]), median(p50[c]), median(p99[c]), median(wrote[c])
            }
        }' "$folder/results"
}

kilobytes() { cat "$@" | wc -c | awk '{ printf "%.1f kB", $1 / 1000 }'; }

start_bare
start_program
idle=$(resident "$program_pid")
echo "▸ Making an owner and $KEYS keys"
claim
make_keys
prepare
printf '▸ %d rounds of %d s for each case and each server, %d connections; load before: %s\n' "$rounds" "$length" \
    $CONNECTIONS "$(cut -d ' ' -f 1 /proc/loadavg)"
for n in $(seq 0 "$rounds"); do
    round "$n" <<'CASES'
valid allowed
verify allowed
gateway allowed
revoked refused
limited refused
malformed refused
unknown refused
page allowed
CASES
done
echo "▸ The keys page again, with $MANY keys (making them takes a minute)"
make_many
for n in $(seq 0 "$rounds"); do round "$n" <<<"many allowed"; done
used=$(resident "$program_pid")
echo "▸ A valid key again, counted in Redis"
restart_program KEYWRIGHT_REDIS_URL="$KEYWRIGHT_TEST_REDIS_URL"
cp "$folder/valid" "$folder/redis"
for n in $(seq 0 "$rounds"); do round "$n" <<<"redis allowed"; done
curl --silent "http://$program_at/health/ready" | grep --quiet --line-regexp ok || fail "Redis was not there all the time"

# Each size with a server that knows none of the keys yet: what it takes to know them all is what they weigh.
for size in $sizes; do
    echo "▸ $size keys in turn"
    touch "$folder/all.keys"
    filled=$(wc -l <"$folder/all.keys")
    "$fill" "sqlite:$folder/data/keywright.db" lodol $((size - filled)) >>"$folder/all.keys"
    restart_program
    cp "$folder/all.keys" "$folder/$size.keys"
    before=$(bytes "$program_pid")
    # Until every one has been asked about; what is not in memory is read first.
    for _ in {1..20}; do
        read -r _ _ _ _ asked _ < <(drive "$program_pid" "$program_at" "$size.keys" allowed $((1 + size / 15000)))
        [ "$asked" -lt $((size * 6 / 5)) ] || break
    done
    sleep 2
    weights+=("$(printf '%-34s %d B a key, ready after %d ms' "$size keys" \
        $((($(bytes "$program_pid") - before) / size)) "$ready")")
    for n in $(seq "$rounds"); do round "$n" <<<"$size.keys allowed"; done
done
report
[ ${#weights[@]} = 0 ] || printf '%s\n' "" "${weights[@]}"
cat <<END

idle memory       $idle (bare: $(resident "$bare_pid"), after its rounds); after the rounds $used
WASM + JS         $(kilobytes "$site"/*.wasm.br "$site"/*.js.br) with brotli, CSS $(kilobytes "$site"/*.css.br)
the program       $(stat --format=%s "$program" | awk '{ printf "%.1f MB", $1 / 1e6 }')
processors        $(nproc), shared with the client; load after: $(cut -d ' ' -f 1 /proc/loadavg)
END
