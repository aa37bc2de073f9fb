#!/usr/bin/env bash
# Runs a command with a Rust toolchain that builds the server and the WASM alike:
#     scripts/with-toolchain.sh cargo test
set -euo pipefail
RUSTUP_TOOLCHAIN=$("$(dirname "$0")/setup-wasm.sh")
if [ -n "$RUSTUP_TOOLCHAIN" ]; then export RUSTUP_TOOLCHAIN; else unset RUSTUP_TOOLCHAIN; fi
exec "$@"
