//! Builds on-chain code from a WASM (Stylus prefix, dictionary byte, brotli) and the init code that deploys it.

use brotli::enc::BrotliEncoderParams;
use revm::primitives::{Address, Bytes};

/// Prefix of a program in one account.
pub const PREFIX: [u8; 3] = [0xEF, 0xF0, 0x00];
/// Prefix of a fragment of a program that is too large for one account (from ArbOS 60).
pub const FRAGMENT_PREFIX: [u8; 3] = [0xEF, 0xF0, 0x01];
/// Prefix of a root: the code of the account that lists the fragments and is called.
pub const ROOT_PREFIX: [u8; 3] = [0xEF, 0xF0, 0x02];
/// Largest code of an account (EIP-170).
const MAX_CODE_BYTES: usize = 24_576;
/// Dictionary byte of a program that is compressed without a dictionary.
pub const NO_DICTIONARY: u8 = 0;

/// Compresses with brotli at quality 11 and window 22, as deployment tools do.
pub fn compress(wasm: &[u8]) -> Vec<u8> {
    let params = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &wasm[..], &mut out, &params).expect("writing to a Vec cannot fail");
    out
}

/// On-chain code of a program: prefix, dictionary byte, compressed WASM.
/// EIP-170 limits its length to 24 576 bytes.
pub fn deploy_code(wasm: &[u8]) -> Vec<u8> {
    let mut code = PREFIX.to_vec();
    code.push(NO_DICTIONARY);
    code.extend(compress(wasm));
    code
}

/// Codes of the fragments of a program that is too large for one account; a chain accepts four by default.
pub fn fragment_codes(wasm: &[u8]) -> Vec<Vec<u8>> {
    let compressed = compress(wasm);
    let parts = compressed.chunks(MAX_CODE_BYTES - FRAGMENT_PREFIX.len());
    parts.map(|part| [&FRAGMENT_PREFIX, part].concat()).collect()
}

/// Code of the root account, which is activated and called, for a WASM with these fragments.
pub fn root_code(wasm: &[u8], fragments: &[Address]) -> Vec<u8> {
    let mut code = ROOT_PREFIX.to_vec();
    code.push(NO_DICTIONARY);
    code.extend((wasm.len() as u32).to_be_bytes());
    fragments.iter().for_each(|address| code.extend(address));
    code
}

/// EVM init code that returns `code`: PUSH32 length, DUP1, PUSH1 start, PUSH1 0, CODECOPY, PUSH1 0, RETURN.
pub fn init_code(code: &[u8]) -> Bytes {
    const OPCODES: usize = 33 + 1 + 2 + 2 + 1 + 2 + 1;
    let mut init = vec![0x7f];
    init.extend([0; 24]);
    init.extend((code.len() as u64).to_be_bytes());
    init.extend([0x80, 0x60, OPCODES as u8, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3]);
    init.extend(code);
    init.into()
}
