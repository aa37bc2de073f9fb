#!/usr/bin/env bash
# Format, lints and dependencies. Any warning is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

# A toolchain that compiles for WASM may lack the component (Debian's does): then another one that is here has it.
with_component() { # fmt|clippy → the toolchain's name
    local name
    for name in "${RUSTUP_TOOLCHAIN:-}" "" stable; do
        if RUSTUP_TOOLCHAIN=$name cargo "$1" --version >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo "cargo $1 is not here: rustup component add ${1/fmt/rustfmt}" >&2
    return 1
}

fmt=$(with_component fmt)
echo "▸ Format"
RUSTUP_TOOLCHAIN=$fmt cargo fmt --all --check

clippy=$(with_component clippy)
clippy() {
    # Two compilers in one folder would undo each other's work.
    if [ "$clippy" = "${RUSTUP_TOOLCHAIN:-}" ]; then
        cargo clippy "$@" -- -D warnings
    else
        RUSTUP_TOOLCHAIN=$clippy CARGO_TARGET_DIR=target/clippy cargo clippy "$@" -- -D warnings
    fi
}
echo "▸ Lints of the server (about 3 min the first time)"
clippy --workspace --exclude keywright-frontend --all-targets
echo "▸ Lints of the islands"
# One call for all would switch on the server's half of the pages and the browser's at once.
target=()
libraries=$(RUSTUP_TOOLCHAIN=$clippy rustc --print target-libdir --target wasm32-unknown-unknown)
if [ -d "$libraries" ]; then target=(--target wasm32-unknown-unknown); fi
clippy --package keywright-frontend --package keywright-app --features keywright-app/hydrate "${target[@]}"

echo "▸ Dependencies"
deny=$(scripts/setup-deny.sh)
"$deny" --log-level error check --hide-inclusion-graph bans licenses sources
