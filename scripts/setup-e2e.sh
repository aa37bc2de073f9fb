#!/usr/bin/env bash
# Makes the browser tests able to run: Node's packages, and a Chromium. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/../end2end"

say() { printf 'setup-e2e: %s\n' "$*" >&2; }

command -v npm >/dev/null || {
    say "the browser tests need Node.js 20 or newer with npm (Debian: apt-get install nodejs npm)"
    exit 1
}

# npm writes this file last, so it is as new as the last whole installation.
if [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing Node packages"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund >&2
    touch node_modules/.package-lock.json
fi

install() { # Debian packages
    if [ "$(id -u)" = 0 ]; then sudo=(); else sudo=(sudo); fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

# The proxies whose configurations docs/integrate.md prints. Debian keeps nginx where only root looks.
export PATH=$PATH:/usr/sbin
if ! command -v nginx >/dev/null || ! command -v caddy >/dev/null; then
    command -v apt-get >/dev/null || {
        say "the tests of the proxies need nginx and Caddy"
        exit 1
    }
    say "installing nginx and Caddy"
    install nginx-light caddy
fi

playwrights_own() {
    node --input-type=module \
        -e "import { chromium } from '@playwright/test'; process.stdout.write(chromium.executablePath())"
}
if [ -x "$(playwrights_own)" ] || [ -x /usr/bin/chromium ]; then exit 0; fi
if command -v apt-get >/dev/null; then
    say "installing Chromium"
    install chromium fonts-dejavu-core
else
    say "installing Playwright's Chromium"
    npx playwright install chromium >&2
fi
