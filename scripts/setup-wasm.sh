#!/usr/bin/env bash
# Makes a Rust toolchain here able to build for wasm32-unknown-unknown; does nothing when one is.
# Progress goes to stderr; the only line on stdout is the toolchain's name, for RUSTUP_TOOLCHAIN.
#   (a) the active toolchain can do it already
#   (b) rustup adds the target, unless RUSTUP_AUTO_INSTALL=0 forbids it to download
#   (c) Debian's own compiler does it: its std is built once for the target, and rustup knows it as "debian"
set -euo pipefail
target=wasm32-unknown-unknown
linked=debian

say() { printf 'setup-wasm: %s\n' "$*" >&2; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Whether a whole module that uses std is compiled and linked, with no help from configuration files.
can_build() { # rustc
    printf '#[unsafe(no_mangle)] pub extern "C" fn n() -> usize { std::env::args().count() }\n' >"$work/t.rs"
    (cd "$work" && "$1" --edition 2024 --crate-type cdylib --target "$target" -O -o t.wasm t.rs) >"$work/log" 2>&1
}

active() { # the name of rustup's active toolchain; nothing without rustup
    command -v rustup >/dev/null || return 0
    rustup show active-toolchain 2>/dev/null | awk 'NR == 1 { print $1 }'
}

# rustc looks for the linker of this target under this name, and Debian has it elsewhere.
link_linker() { # rustc
    local host llvm sysroot
    host=$("$1" -vV | sed -n 's/^host: //p')
    llvm=$("$1" -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    sysroot=$("$1" --print sysroot)
    [ -x "/usr/lib/llvm-$llvm/bin/lld" ] || install_packages "lld-$llvm"
    as_root mkdir -p "$sysroot/lib/rustlib/$host/bin"
    as_root ln -sfn "/usr/lib/llvm-$llvm/bin/lld" "$sysroot/lib/rustlib/$host/bin/rust-lld"
}

build_std() { # rustc
    local library
    mkdir "$work/std"
    printf '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2024"\n[lib]\npath = "lib.rs"\n' \
        >"$work/std/Cargo.toml"
    : >"$work/std/lib.rs"
    # Without bitcode in them, profiles with LTO could not use these libraries.
    (cd "$work/std" && env -u RUSTFLAGS -u CARGO_ENCODED_RUSTFLAGS -u RUSTUP_TOOLCHAIN \
        RUSTC="$1" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS=-Cembed-bitcode=yes \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1 CARGO_PROFILE_RELEASE_OPT_LEVEL=s \
        CARGO_PROFILE_RELEASE_DEBUG=false CARGO_PROFILE_RELEASE_PANIC=abort \
        /usr/bin/cargo build --release --target "$target" -Zbuild-std=std,panic_abort >&2)
    library=$("$1" --print sysroot)/lib/rustlib/$target/lib
    as_root rm -rf "$library"
    as_root mkdir -p "$library"
    for file in "$work/target/$target/release/deps/"*.rlib; do
        case ${file##*/} in
        libstd_for_wasm-*) ;;
        *) as_root install -m 644 "$file" "$library/" ;;
        esac
    done
}

# (a)
if can_build rustc; then
    active
    exit 0
fi

# (b)
if command -v rustup >/dev/null && [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ]; then
    say "adding the target $target with rustup"
    if timeout 120 rustup target add "$target" >&2 && can_build rustc; then
        active
        exit 0
    fi
    say "rustup could not add it"
fi

# (c)
rustc=/usr/bin/rustc
if ! [ -x "$rustc" ] || ! can_build "$rustc"; then
    if ! command -v apt-get >/dev/null; then
        say "this Rust cannot build for $target, and there is no apt-get to install one that can."
        say "Add the target (rustup target add $target) and try again."
        exit 1
    fi
    if ! [ -x "$rustc" ] || ! [ -x /usr/bin/cargo ] || ! [ -d /usr/lib/rustlib/src/rust/library ]; then
        say "installing Debian's Rust"
        install_packages rustc-web cargo-web rust-web-src
    fi
    link_linker "$rustc"
    if ! can_build "$rustc"; then
        say "building the standard library for $target with $("$rustc" -V) (about half a minute, once)"
        build_std "$rustc"
    fi
    can_build "$rustc" || {
        cat "$work/log" >&2
        say "the standard library that was built does not work"
        exit 1
    }
fi
if command -v rustup >/dev/null &&
    [ "$(readlink -f "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$linked" 2>/dev/null)" != /usr ]; then
    rustup toolchain link "$linked" /usr >&2
fi
echo "$linked"
