# Sourced by scripts/bench.sh: the gate, with keys; and a page.

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
    create_keys >"$home/keys"
    read -r key <"$home/keys"
    [ "$(with_checksum "${key:0:-6}")" = "$key" ] || fail "keys are made differently now: correct with_checksum"
    for _ in $(seq $UNKNOWN); do unknown_key; done >"$home/unknown"
    # Another last character than the right one.
    sed 's/[^A]$/A/; t; s/A$/B/' "$home/keys" >"$home/malformed"
}

# So many more keys that no page may take longer for it. One curl makes them all, over one connection.
make_many() {
    for n in $(seq $((MANY - KEYS))); do
        printf 'next\nurl = "http://%s/api-keys"\ncookie = "%s"\njson = "{\\"label\\":\\"Many %d\\",' \
            "$program_at" "$session" "$n"
        printf '\\"scopes\\":[\\"workflows:read\\"]}"\noutput = "/dev/null"\nfail\n'
    done | sed 1d >"$home/many.curl"
    curl --silent --show-error --config "$home/many.curl"
    cp "$home/page" "$home/many"
}

# What is sent: drive.lua says how it is written.
ask() { # how a proxy asks about a request with each key on stdin
    sed $'s|.*|GET\t/gate/auth\t\tX-Forwarded-Method: GET\tX-Forwarded-Uri: /api/v1/workflows\tAuthorization: Bearer &|'
}

prepare_gate() {
    ask <"$home/keys" >"$home/valid"
    head --lines=1 "$home/valid" >"$home/hot"
    ask <"$home/unknown" >"$home/unknown.ask" && mv "$home/unknown.ask" "$home/unknown"
    ask <"$home/malformed" >"$home/malformed.ask" && mv "$home/malformed.ask" "$home/malformed"
    ask <<<"$revoked" >"$home/revoked"
    ask <<<"$limited" >"$home/limited"
    local question='{"key":"&","method":"GET","path":"/api/v1/workflows"}' token
    token=$(<"$home/data/gate.token")
    sed "s|.*|POST\t/gate/verify\t$question\tContent-Type: application/json\tAuthorization: Bearer $token|" \
        "$home/keys" >"$home/verify"
    # All that the day has, at once.
    curl --silent --show-error --fail-with-body --output /dev/null "http://$program_at/gate/verify" \
        --header "Authorization: Bearer $token" --json '{"key":"'"$limited"'","scopes":[],"cost":'$WINDOW'}'
    sed $'s|.*|GET\t/api/v1/workflows\t\tAuthorization: Bearer &|' "$home/keys" >"$home/gateway"
    printf 'GET\t%s?limit=%d\t\tAccept: text/html\tCookie: %s\n' "$list" $KEYS "$session" >"$home/page"
}

# Each size with a server that knows none of the keys yet: what it takes to know them all is what they weigh.
measure_sizes() {
    local size filled before asked
    for size in $sizes; do
        echo "▸ $size keys in turn"
        touch "$home/all.keys"
        filled=$(wc -l <"$home/all.keys")
        "$fill" "sqlite:$home/data/keywright.db" lodol $((size - filled)) >>"$home/all.keys"
        restart_program
        cp "$home/all.keys" "$home/$size.keys"
        before=$(bytes "$program_pid")
        # Until every one has been asked about; what is not in memory is read first.
        for _ in {1..20}; do
            read -r _ _ _ _ asked _ < <(drive "$program_pid" "$program_at" "$size.keys" allowed $((1 + size / 15000)))
            [ "$asked" -lt $((size * 6 / 5)) ] || break
        done
        sleep 2
        weights+=("$(printf '%-34s %d B a key, ready after %d ms' "$size keys" \
            $((($(bytes "$program_pid") - before) / size)) "$ready")")
        for n in $(seq "$rounds"); do round "$n" <<<"$size.keys allowed /gate/auth, $size keys in turn"; done
    done
}

# How long the slowest hundredth of requests with good keys takes, in ms, while as many come with others.
beside() { # the others' case, what becomes of them
    local p99 others
    drive "$program_pid" "$program_at" "$1" "$2" >/dev/null &
    others=$!
    read -r _ _ _ p99 _ < <(drive "$program_pid" "$program_at" valid allowed)
    wait "$others"
    awk -v us="$p99" 'BEGIN { printf "%.2f\n", us / 1000 }'
}

median() { sort --numeric-sort | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'; }

measure_flood() {
    local case status n
    echo "▸ Good keys beside others"
    while read -r case status; do
        floods[$case]=$(for n in $(seq "$rounds"); do beside "$case" "$status"; done | median)
    done <<'CASES'
valid allowed
malformed refused
unknown refused
CASES
}

kilobytes() { cat "$@" | wc -c | awk '{ printf "%.1f kB", $1 / 1000 }'; }

measure_gate() {
    local idle used weights=() n
    local -A floods=()
    begin gate
    idle=$(resident "$program_pid")
    echo "▸ The gate: an owner and $KEYS keys"
    claim
    make_keys
    prepare_gate
    for n in $(seq 0 "$rounds"); do
        round "$n" <<'CASES'
valid allowed /gate/auth, valid key
hot allowed /gate/auth, one hot key
verify allowed /gate/verify, valid key
gateway allowed built-in gateway, valid key
revoked refused /gate/auth, revoked key
limited refused /gate/auth, limited key
malformed refused /gate/auth, mistyped key
unknown refused /gate/auth, unknown key
page allowed keys page of 20 rows, signed in
CASES
    done
    measure_flood
    echo "▸ The keys page again, with $MANY keys (making them takes a minute)"
    make_many
    for n in $(seq 0 "$rounds"); do round "$n" <<<"many allowed the same, of $MANY keys"; done
    used=$(resident "$program_pid")
    echo "▸ A valid key again, counted in Redis"
    restart_program KEYWRIGHT_REDIS_URL="$KEYWRIGHT_TEST_REDIS_URL"
    cp "$home/valid" "$home/redis"
    for n in $(seq 0 "$rounds"); do round "$n" <<<"redis allowed /gate/auth, valid key, with Redis"; done
    curl --silent "http://$program_at/health/ready" | grep --quiet --line-regexp ok ||
        fail "Redis was not there all the time"
    measure_sizes
    report
    [ ${#weights[@]} = 0 ] || printf '%s\n' "" "${weights[@]}"
    echo
    line "p99 beside others" \
        "${floods[valid]} ms where they are good, ${floods[malformed]} ms mistyped, ${floods[unknown]} ms unknown"
    line "idle memory" "$idle (bare: $(resident "$bare_pid"), after its rounds); after the rounds $used"
    line "WASM + JS" "$(kilobytes "$site"/*.wasm.br "$site"/*.js.br) with brotli, CSS $(kilobytes "$site"/*.css.br)"
    line "the program" "$(stat --format=%s "$program" | awk '{ printf "%.1f MB", $1 / 1e6 }')"
    stop_program
}
