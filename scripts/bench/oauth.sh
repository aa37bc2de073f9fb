# Sourced by scripts/bench.sh: what apps ask for, and the same of another server.

readonly PROVIDER=target/bench/oidc-provider

# npm's oidc-provider, as examples/bench/oidc-provider sets it up. npm writes its list of packages last.
install_provider() {
    local source=examples/bench/oidc-provider
    command -v npm >/dev/null || fail "oidc-provider needs Node.js 20 or newer with npm; scripts/bench.sh gate does not"
    mkdir -p "$PROVIDER"
    cp "$source"/{package.json,index.mjs} "$PROVIDER"
    if cmp --silent "$source/package-lock.json" "$PROVIDER/package-lock.json" &&
        [ -f "$PROVIDER/node_modules/.package-lock.json" ]; then return; fi
    echo "▸ Installing oidc-provider"
    cp "$source/package-lock.json" "$PROVIDER"
    (cd "$PROVIDER" && npm ci --loglevel=error --no-audit --no-fund) >&2
}

# The same apps as here: what they send is the same to the byte, but for the tokens.
start_provider() {
    other_at=127.0.0.1:$(free_port)
    NODE_ENV=production node "$PROVIDER/index.mjs" "$other_at" "$machine" "$machine_secret" "$device" \
        >"$home/log.other" 2>&1 &
    other_pid=$!
    pids+=("$other_pid")
    await "http://$other_at/.well-known/jwks.json" "$home/log.other"
}

provide() { # what index.mjs makes of its own, and how many; each is a line
    curl --silent --show-error --fail "http://$other_at/$1"
}

register_app() { # name, kind
    api POST "/api/v1/workspaces/$workspace/apps" \
        --json '{"name":"'"$1"'","kind":"'"$2"'","scopes":["workflows:read","executions:read"]}'
}

register_apps() {
    local created
    workspace=$(cut -d / -f 3 <<<"$list")
    created=$(register_app "Nightly report" machine)
    machine=$(member client_id <<<"$created")
    machine_secret=$(member client_secret <<<"$created")
    device=$(register_app "Screen in the hall" device | member client_id)
    basic="Authorization: Basic $(printf %s "$machine:$machine_secret" | base64 --wrap=0)"
    [ -n "$machine" ] && [ -n "$machine_secret" ] && [ -n "$device" ] || fail "the apps could not be registered"
}

# Sends each line on stdin as a form, all over one connection; each answer is a line.
post() { # path, lines of curl's configuration that go with each
    local body
    while read -r body; do
        printf 'next\nurl = "http://%s%s"\ndata = "%s"\nwrite-out = "\\n"\nfail-with-body\n%s\n' "$program_at" "$1" \
            "$body" "${2:-}"
    done | sed 1d | curl --silent --show-error --fail-early --config -
}

members() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; } # of each JSON on stdin

# As many devices ask, the owner types the code of each and allows it, and each fetches what it was given.
let_devices_in() {
    local codes=$home/codes.json
    for _ in $(seq $FAMILIES); do echo "client_id=$device"; done | post /auth/device/code >"$codes"
    members user_code <"$codes" | while read -r code; do
        echo "user_code=$code"
        echo "user_code=$code&decision=allow&workspace=$workspace"
    done | post /auth/device/authorize "cookie = \"$session\"" >/dev/null
    members device_code <"$codes" | sed "s/.*/client_id=$device\&device_code=&/" | post /auth/device/token
}

let_machine_in() {
    for _ in $(seq $KEYS); do echo "grant_type=client_credentials"; done | post /oauth/token "header = \"$basic\""
}

form() { # path, body, further headers: as drive.lua reads it
    printf 'POST\t%s\t%s\tContent-Type: application/x-www-form-urlencoded%s\n' "$1" "$2" "${3:+$'\t'$3}"
}

inspections() { # headers; a token a line on stdin
    sed "s|.*|$(form /oauth/introspect 'token=&' "$1")|"
}

chain() { # a token a line on stdin
    form /oauth/token "grant_type=refresh_token&client_id=$device&refresh_token=TOKEN"
    cat
}

# What does not change.
prepare_oauth() {
    create_keys | ask >"$home/valid"
    form /oauth/token 'grant_type=client_credentials&scope=workflows:read' "$basic" >"$home/machine"
    printf 'GET\t/.well-known/jwks.json\n' >"$home/jwks"
    printf 'GET\t/.well-known/oauth-authorization-server\n' >"$home/metadata"
    mkdir "$home/other"
    cp "$home"/{machine,jwks,metadata} "$home/other"
}

# An answer that a token is worth nothing has less to do.
require_active() { # address; a token a line on stdin
    local token
    read -r token
    curl --silent --show-error --header "$basic" --data "token=$token" "http://$1/oauth/introspect" |
        grep --quiet '"active":true' || fail "a token of $1 is not active"
}

# Tokens for one round: access tokens end, a refresh token that was on its way when a round ended is spent, and
# oidc-provider's store forgets what is not among the latest thousand things.
prepare_tokens() {
    let_devices_in >"$home/devices.json"
    head --lines=$KEYS "$home/devices.json" | members access_token | ask >"$home/access"
    members refresh_token <"$home/devices.json" | chain >"$home/refresh.chain"
    let_machine_in | members access_token >"$home/tokens"
    require_active "$program_at" <"$home/tokens"
    inspections "$basic" <"$home/tokens" >"$home/inspect"
    inspections "Authorization: Bearer $(<"$home/data/gate.token")" <"$home/tokens" >"$home/operator"
    provide "refresh-tokens/$FAMILIES" | chain >"$home/other/refresh.chain"
    provide "opaque-tokens/$KEYS" >"$home/tokens"
    require_active "$other_at" <"$home/tokens"
    inspections "$basic" <"$home/tokens" >"$home/other/inspect"
}

measure_oauth() {
    local n
    begin oauth
    echo "▸ OAuth: an owner, $KEYS keys, apps, and $FAMILIES devices before each round"
    claim
    register_apps
    start_provider
    prepare_oauth
    for n in $(seq 0 "$rounds"); do
        prepare_tokens
        round "$n" <<'CASES'
valid allowed /gate/auth, valid key
access allowed /gate/auth, access token
inspect allowed /oauth/introspect, by the app
operator allowed /oauth/introspect, with the gate's token
machine allowed /oauth/token, client_credentials
refresh.chain allowed /oauth/token, refresh_token
jwks allowed /.well-known/jwks.json
metadata allowed /.well-known/oauth-authorization-server
CASES
    done
    report oidc-provider
    echo
    line "memory" "after the rounds $(resident "$program_pid"), oidc-provider $(resident "$other_pid")"
    line "oidc-provider" "$(sed -n 's/.*"oidc-provider": "\(.*\)"/\1/p' "$PROVIDER/package.json") on Node.js $(node --version)"
}
