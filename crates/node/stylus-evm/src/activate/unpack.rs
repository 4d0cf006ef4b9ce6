//! From the code of an account to its WASM: prefix, dictionary byte, brotli. Never more memory than the limit.

use super::{Refusal, packed::is_root};
use crate::deploy::{NO_DICTIONARY, PREFIX};
use std::io::Read;

/// The most bytes a WASM may have uncompressed (Nitro `arbos/programs/params.go`: `initialMaxWasmSize`).
pub const MAX_WASM_BYTES: usize = 128 * 1024;

/// Whether code runs as a Stylus program when called: the prefix of a program or of a root, and at least one byte.
pub fn is_program(code: &[u8]) -> bool {
    is_classic(code) || is_root(code)
}

/// Whether code is a program in one account.
fn is_classic(code: &[u8]) -> bool {
    code.len() > PREFIX.len() && code.starts_with(&PREFIX)
}

/// Whether a contract may have this code although it begins with EF: a program, a fragment or the root of a larger one.
pub fn is_component(code: &[u8]) -> bool {
    let [first, second, kind] = PREFIX;
    code.len() > PREFIX.len() && code[..2] == [first, second] && (kind..=kind + 2).contains(&code[2])
}

/// The WASM of a classic program's code.
///
/// # Errors
/// The code is not a program, uses a dictionary, is no brotli stream, or holds more than [`MAX_WASM_BYTES`].
pub fn unpack(code: &[u8]) -> Result<Vec<u8>, Refusal> {
    if !is_classic(code) {
        return Err(Refusal::NotAProgram);
    }
    decompress(code[PREFIX.len()], &code[PREFIX.len() + 1..], MAX_WASM_BYTES)
}

/// At most `limit` bytes out of a brotli stream; what stands behind its end is ignored.
pub(super) fn decompress(dictionary: u8, compressed: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    if dictionary != NO_DICTIONARY {
        return Err(Refusal::Dictionary(dictionary));
    }
    // One byte over the limit is enough to know that it is over.
    let mut wasm = Vec::new();
    let mut reader = brotli::Decompressor::new(compressed, 4096).take(limit as u64 + 1);
    reader.read_to_end(&mut wasm).map_err(|_| Refusal::Brotli)?;
    if wasm.len() > limit {
        return Err(Refusal::TooLong(limit));
    }
    Ok(wasm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::deploy_code;

    #[test]
    fn what_deploy_code_packs_is_unpacked() {
        let wasm: Vec<u8> = (0..50_000u32).map(|i| (i * i) as u8).collect();
        assert_eq!(unpack(&deploy_code(&wasm)), Ok(wasm));
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit() {
        let bomb = deploy_code(&vec![0; 8 * 1024 * 1024]);
        assert!(bomb.len() < 1_000);
        assert_eq!(unpack(&bomb), Err(Refusal::TooLong(MAX_WASM_BYTES)));
    }

    #[test]
    fn exactly_the_limit_is_taken() {
        let wasm = vec![7; MAX_WASM_BYTES];
        assert_eq!(unpack(&deploy_code(&wasm)), Ok(wasm));
    }

    #[test]
    fn foreign_code_cut_streams_and_dictionaries_are_refused() {
        assert_eq!(unpack(&[0x60, 0x00]), Err(Refusal::NotAProgram));
        assert_eq!(unpack(&PREFIX), Err(Refusal::NotAProgram));
        let mut code = deploy_code(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        code.truncate(code.len() - 4);
        assert_eq!(unpack(&code), Err(Refusal::Brotli));
        code[3] = 1;
        assert_eq!(unpack(&code), Err(Refusal::Dictionary(1)));
    }
}
