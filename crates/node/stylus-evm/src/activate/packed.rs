//! On-chain code of a program: in one account, or in a root account and its fragments (ArbOS 60; Nitro
//! `arbos/programs/programs.go`: `getWasmFromContractCode`, go-ethereum fork `core/state/statedb_arbitrum.go`).

use super::{
    error::ActivationError,
    prefix::{is_fragment, is_root},
    unpack::{MAX_WASM_BYTES, decompress, unpack},
};
use crate::deploy::{FRAGMENT_PREFIX, ROOT_PREFIX};
use revm::primitives::{Address, B256, Bytes, keccak256};

/// Maximum number of fragments of a program (Nitro `arbos/programs/params.go`: `initialMaxFragmentCount`).
pub const MAX_FRAGMENTS: usize = 2;
/// Prefix, dictionary byte, and the length of the WASM in four bytes.
const ROOT_HEADER_BYTES: usize = ROOT_PREFIX.len() + 1 + 4;

/// Code of a program, and of its fragments if it has any.
#[derive(Clone, Debug)]
pub struct Packed {
    code: Bytes,
    fragments: Vec<Bytes>,
}

/// Addresses of the fragments of a program, in order; empty for a program in one account.
///
/// # Errors
/// The code is a fragment, or a root that is malformed or declares a WASM that is too large.
pub fn fragment_addresses(code: &[u8]) -> Result<Vec<Address>, ActivationError> {
    if is_fragment(code) {
        return Err(ActivationError::Fragment);
    }
    if !is_root(code) {
        return Ok(Vec::new());
    }
    let root = |what: String| Err(ActivationError::Root(what));
    let Some((header, addresses)) = code.split_at_checked(ROOT_HEADER_BYTES) else {
        return root(format!("it has {} bytes, at least {ROOT_HEADER_BYTES} are needed", code.len()));
    };
    if wasm_bytes(header) > MAX_WASM_BYTES {
        return Err(ActivationError::TooLong(MAX_WASM_BYTES));
    }
    let (addresses, rest) = addresses.as_chunks::<20>();
    if !rest.is_empty() {
        return root(format!("{} bytes are left after its addresses of 20 bytes", rest.len()));
    }
    if !(1..=MAX_FRAGMENTS).contains(&addresses.len()) {
        return root(format!("it names {} fragments, 1 to {MAX_FRAGMENTS} are allowed", addresses.len()));
    }
    Ok(addresses.iter().map(|address| Address::new(*address)).collect())
}

/// Length of the WASM that the header of a root declares.
fn wasm_bytes(header: &[u8]) -> usize {
    header[ROOT_PREFIX.len() + 1..].iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Content of a fragment.
///
/// # Errors
/// The code is not a fragment.
pub fn fragment_payload(code: &[u8]) -> Result<&[u8], ActivationError> {
    let payload = code.strip_prefix(&FRAGMENT_PREFIX).filter(|payload| !payload.is_empty());
    payload.ok_or_else(|| ActivationError::Root("an account that it names is not a fragment".into()))
}

impl Packed {
    /// `fragments` is the code of the accounts that [`fragment_addresses`] returns for `code`.
    pub fn new(code: Bytes, fragments: Vec<Bytes>) -> Self {
        Self { code, fragments }
    }

    /// Key of the program in caches, given the hash of its code. The code hash of a root does not depend on the content
    /// of its fragments, so the key includes their hashes.
    pub fn key(&self, code_hash: B256) -> B256 {
        if self.fragments.is_empty() {
            return code_hash;
        }
        let fragments = self.fragments.iter().map(keccak256);
        keccak256([code_hash].into_iter().chain(fragments).collect::<Vec<_>>().concat())
    }

    /// The WASM.
    ///
    /// # Errors
    /// As [`unpack`]; or the fragments do not match the root.
    pub fn unpack(&self) -> Result<Vec<u8>, ActivationError> {
        if !is_root(&self.code) {
            return unpack(&self.code);
        }
        let (header, _) =
            self.code.split_at_checked(ROOT_HEADER_BYTES).ok_or(ActivationError::NotAProgram)?;
        let payloads = self.fragments.iter().map(|code| fragment_payload(code));
        let compressed = payloads.collect::<Result<Vec<_>, _>>()?.concat();
        let expected = wasm_bytes(header);
        let wasm = decompress(header[ROOT_PREFIX.len()], &compressed, expected)?;
        match wasm.len() == expected {
            true => Ok(wasm),
            false => Err(ActivationError::Root(format!(
                "its WASM has {} bytes, but it declares {expected}",
                wasm.len()
            ))),
        }
    }
}
