# Shared by the scripts: where the project is, how they speak, and which compiler makes the WASM.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

WASM_TARGET=wasm32-unknown-unknown
# Debian's compiler and linker for WASM (packages rustc-web, cargo-web, rust-web-src, lld-19).
DEBIAN_RUSTC=/usr/bin/rustc
DEBIAN_CARGO=/usr/bin/cargo
DEBIAN_SOURCE=/usr/lib/rustlib/src/rust/library/std/Cargo.toml
DEBIAN_LINKER=wasm-ld-19

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The project's own toolchain, by rustup, can build for WASM from source.
rustup_builds_wasm() {
    local sysroot
    have rustup || return 1
    sysroot=$(rustc --print sysroot 2>/dev/null) || return 1
    [ -d "$sysroot/lib/rustlib/$WASM_TARGET" ] && [ -f "$sysroot/lib/rustlib/src/rust/library/std/Cargo.toml" ]
}

debian_builds_wasm() {
    [ -x "$DEBIAN_RUSTC" ] && [ -x "$DEBIAN_CARGO" ] && [ -f "$DEBIAN_SOURCE" ] && have "$DEBIAN_LINKER"
}
