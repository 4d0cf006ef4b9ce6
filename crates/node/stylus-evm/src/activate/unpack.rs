//! Extracts the WASM from the code of an account: prefix, dictionary byte, brotli.
//! Decompression stops at the size limit, so it never needs more memory.

use super::{error::ActivationError, prefix::is_classic};
use crate::deploy::{NO_DICTIONARY, PREFIX};
use std::io::Read;

/// The WASM of a program in one account, of at most `limit` bytes.
///
/// # Errors
/// The code is not a program, uses a dictionary, is not a brotli stream, or holds more bytes.
pub fn unpack(code: &[u8], limit: usize) -> Result<Vec<u8>, ActivationError> {
    if !is_classic(code) {
        return Err(ActivationError::NotAProgram);
    }
    decompress(code[PREFIX.len()], &code[PREFIX.len() + 1..], limit)
}

/// Decompresses a brotli stream of at most `limit` bytes; bytes after its end are ignored.
pub(super) fn decompress(
    dictionary: u8,
    compressed: &[u8],
    limit: usize,
) -> Result<Vec<u8>, ActivationError> {
    if dictionary != NO_DICTIONARY {
        return Err(ActivationError::Dictionary(dictionary));
    }
    // One byte over the limit suffices to detect a longer stream.
    let mut wasm = Vec::new();
    let mut reader = brotli::Decompressor::new(compressed, 4096).take((limit as u64).saturating_add(1));
    reader.read_to_end(&mut wasm).map_err(|_| ActivationError::Brotli)?;
    if wasm.len() > limit {
        return Err(ActivationError::TooLong(limit));
    }
    Ok(wasm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::deploy_code;

    const LIMIT: usize = 256 * 1024;

    #[test]
    fn unpack_reverses_deploy_code() {
        let wasm: Vec<u8> = (0..50_000u32).map(|i| (i * i) as u8).collect();
        assert_eq!(unpack(&deploy_code(&wasm), LIMIT), Ok(wasm));
    }

    #[test]
    fn a_brotli_bomb_is_rejected_at_the_limit() {
        let bomb = deploy_code(&vec![0; 8 * 1024 * 1024]);
        assert!(bomb.len() < 1_000);
        assert_eq!(unpack(&bomb, LIMIT), Err(ActivationError::TooLong(LIMIT)));
    }

    #[test]
    fn a_wasm_of_exactly_the_limit_is_accepted() {
        let wasm = vec![7; LIMIT];
        assert_eq!(unpack(&deploy_code(&wasm), LIMIT), Ok(wasm));
    }

    #[test]
    fn foreign_code_cut_streams_and_dictionaries_are_rejected() {
        assert_eq!(unpack(&[0x60, 0x00], LIMIT), Err(ActivationError::NotAProgram));
        assert_eq!(unpack(&PREFIX, LIMIT), Err(ActivationError::NotAProgram));
        let mut code = deploy_code(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        code.truncate(code.len() - 4);
        assert_eq!(unpack(&code, LIMIT), Err(ActivationError::Brotli));
        code[3] = 1;
        assert_eq!(unpack(&code, LIMIT), Err(ActivationError::Dictionary(1)));
    }
}
