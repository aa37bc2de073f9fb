#!/usr/bin/env bash
# What the tests with real OAuth clients need beside the browser tests' own: a Python with two libraries, and a device
# made of a crate. Both go to target/clients. Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup-e2e.sh

say() { printf 'setup-clients: %s\n' "$*" >&2; }

venv=target/clients/python
wanted=end2end/clients/python/requirements.txt
if ! cmp -s "$wanted" "$venv/installed.txt"; then
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        command -v apt-get >/dev/null || {
            say "the tests of OAuth clients need Python 3.10 or newer with venv"
            exit 1
        }
        say "installing Python's venv"
        if [ "$(id -u)" = 0 ]; then sudo=(); else sudo=(sudo); fi
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >&2
    fi
    say "installing Python packages"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted" >&2
    cp "$wanted" "$venv/installed.txt"
fi

cargo build --quiet --locked --manifest-path end2end/clients/rust/Cargo.toml --target-dir target/clients >&2
