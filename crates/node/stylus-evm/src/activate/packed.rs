//! A program's code as it lies on chain: in one account, or in a root account that names its fragments (ArbOS 60; Nitro
//! `arbos/programs/programs.go`: `getWasmFromContractCode`, go-ethereum fork `core/state/statedb_arbitrum.go`).

use super::{
    MAX_WASM_BYTES, Refusal,
    unpack::{decompress, unpack},
};
use crate::deploy::{FRAGMENT_PREFIX, ROOT_PREFIX};
use revm::primitives::{Address, B256, Bytes, keccak256};

/// The most fragments that a program may have (Nitro `arbos/programs/params.go`: `initialMaxFragmentCount`).
pub const MAX_FRAGMENTS: usize = 2;
/// Prefix, dictionary byte, and the length of the WASM in four bytes.
const ROOT_HEADER_BYTES: usize = ROOT_PREFIX.len() + 1 + 4;

/// A program's code, and that of its fragments if it has any.
#[derive(Clone, Debug)]
pub struct Packed {
    code: Bytes,
    fragments: Vec<Bytes>,
}

/// Whether code is the root of a program in fragments.
pub fn is_root(code: &[u8]) -> bool {
    code.len() > ROOT_PREFIX.len() && code.starts_with(&ROOT_PREFIX)
}

/// Where the fragments of a program lie, in order; none for a program in one account.
///
/// # Errors
/// The code is a fragment itself, or a root that is malformed or of too large a program.
pub fn fragment_addresses(code: &[u8]) -> Result<Vec<Address>, Refusal> {
    if code.len() > FRAGMENT_PREFIX.len() && code.starts_with(&FRAGMENT_PREFIX) {
        return Err(Refusal::Fragment);
    }
    if !is_root(code) {
        return Ok(Vec::new());
    }
    let root = |what: String| Err(Refusal::Root(what));
    let Some((header, addresses)) = code.split_at_checked(ROOT_HEADER_BYTES) else {
        return root(format!("it has {} bytes, at least {ROOT_HEADER_BYTES} are needed", code.len()));
    };
    if wasm_bytes(header) > MAX_WASM_BYTES {
        return Err(Refusal::TooLong(MAX_WASM_BYTES));
    }
    let (addresses, rest) = addresses.as_chunks::<20>();
    if !rest.is_empty() {
        return root(format!("{} bytes are left behind its addresses of 20 bytes", rest.len()));
    }
    if !(1..=MAX_FRAGMENTS).contains(&addresses.len()) {
        return root(format!("it names {} fragments, 1 to {MAX_FRAGMENTS} are allowed", addresses.len()));
    }
    Ok(addresses.iter().map(|address| Address::new(*address)).collect())
}

/// What the header of a root says about the length of the WASM.
fn wasm_bytes(header: &[u8]) -> usize {
    header[ROOT_PREFIX.len() + 1..].iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// What a fragment holds.
///
/// # Errors
/// The code is no fragment.
pub fn fragment_payload(code: &[u8]) -> Result<&[u8], Refusal> {
    let payload = code.strip_prefix(&FRAGMENT_PREFIX).filter(|payload| !payload.is_empty());
    payload.ok_or_else(|| Refusal::Root("an account that it names is no fragment".into()))
}

impl Packed {
    /// Code, and the code of the accounts that [`fragment_addresses`] gives for it.
    pub fn new(code: Bytes, fragments: Vec<Bytes>) -> Self {
        Self { code, fragments }
    }

    /// What tells the program apart, given the hash of its code: a root says nothing about what its fragments hold.
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
    /// As [`unpack`]; or the fragments do not hold what the root says.
    pub fn unpack(&self) -> Result<Vec<u8>, Refusal> {
        if !is_root(&self.code) {
            return unpack(&self.code);
        }
        let (header, _) = self.code.split_at_checked(ROOT_HEADER_BYTES).ok_or(Refusal::NotAProgram)?;
        let payloads = self.fragments.iter().map(|code| fragment_payload(code));
        let compressed = payloads.collect::<Result<Vec<_>, _>>()?.concat();
        let expected = wasm_bytes(header);
        let wasm = decompress(header[ROOT_PREFIX.len()], &compressed, expected)?;
        match wasm.len() == expected {
            true => Ok(wasm),
            false => {
                Err(Refusal::Root(format!("its WASM has {} bytes, not {expected} as it says", wasm.len())))
            }
        }
    }
}
