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

# What is compiled together with the tool that finishes the WASM. Cargo settles the features of all packages of one command at
# once: alone, the tool would get revm and alloy with fewer features, and the next command would compile them again.
read -r -a TOOLS <<<"${WEIR_TOOLS:--p weir-artifacts -p weir-cli}"

# Compiles the packages in these folders to WASM, finishes them into OUT/NAME.wasm, and prints their sizes; over the limit it
# fails. WEIR_ARTIFACTS names a tool that is compiled already.
#
#   build_wasm OUT FOLDER...
build_wasm() {
    local out=$1 build=target/wasm-build folder name
    shift
    local optimised=$build/optimised/${out##*/}
    # What activation takes, no unwinding, and a stack of one eighth of a page (memory is paid by the page).
    local flags="-C target-cpu=mvp -C target-feature=+bulk-memory -Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -C link-arg=-zstack-size=8192"
    # Only for the WASM: what runs here is compiled by the project's own toolchain.
    local cargo=cargo rustc=rustc settings=(RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags") packages=()
    if ! rustup_builds_wasm; then
        cargo="$DEBIAN_CARGO" rustc="$DEBIAN_RUSTC"
        settings+=(RUSTC="$DEBIAN_RUSTC" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER="$DEBIAN_LINKER")
    fi
    for folder in "$@"; do packages+=(-p "${folder##*/}"); done

    say "build: compiling $* to WASM with $("$rustc" --version)"
    env "${settings[@]}" "$cargo" build --locked --profile wasm --lib "${packages[@]}" \
        --target "$WASM_TARGET" --target-dir "$build" -Zbuild-std=std,panic_abort

    say "build: optimising"
    mkdir -p "$out" "$optimised"
    # Both determine the bytes.
    printf '%s, %s\n' "$("$rustc" --version)" "$(wasm-opt --version)" >"$out/compiler"
    for folder in "$@"; do
        name=${folder##*/}
        # Names of functions stay beside what is deployed, for profiles: -g changes nothing else.
        wasm-opt -Oz -g --enable-bulk-memory --enable-sign-ext --strip-producers \
            "$build/$WASM_TARGET/wasm/${name//-/_}.wasm" -o "$optimised/$name.wasm"
    done
    if [ -z "${WEIR_ARTIFACTS:-}" ]; then
        say "build: compiling the tools"
        cargo build --locked "${TOOLS[@]}"
    fi
    "${WEIR_ARTIFACTS:-${CARGO_TARGET_DIR:-target}/debug/weir-artifacts}" "$optimised" "$out"
}

# Installs packages where that is possible: on Debian and Ubuntu, as root.
install_debian() {
    [ "$(id -u)" = 0 ] && have apt-get || return 1
    say "installing Debian packages: $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2 && return
    apt-get update >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2
}

# Whether the value of a variable means yes.
is_set() { [ -n "$1" ] && [ "$1" != 0 ]; }

# Installs what a folder's package-lock.json pins. Not by `npm ci`: that wants every platform's binary to be in
# the lock, and not all are in every registry.
npm_install() {
    (cd "$1" && npm install --no-save --no-audit --no-fund --loglevel=error >&2) ||
        die "npm could not install what $1/package-lock.json names: see above; it needs the network once."
}
