//! On-chain code of a program: in one account, or in a root account and its fragments (from ArbOS 60; Nitro
//! `arbos/programs/programs.go`: `getWasmFromContractCode`, go-ethereum fork `core/state/statedb_arbitrum.go`).

use super::{
    error::ActivationError,
    prefix::{is_fragment, is_root},
    unpack::{decompress, unpack},
};
use crate::{
    deploy::{FRAGMENT_PREFIX, ROOT_PREFIX},
    pricing::parameters::Parameters,
};
use revm::primitives::{Address, B256, Bytes, keccak256};

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
/// The code is a fragment, or a root that is malformed.
pub fn fragment_addresses(code: &[u8]) -> Result<Vec<Address>, ActivationError> {
    if is_fragment(code) {
        return Err(ActivationError::Fragment);
    }
    if !is_root(code) {
        return Ok(Vec::new());
    }
    let root = |what: String| Err(ActivationError::Root(what));
    let Some((_, addresses)) = code.split_at_checked(ROOT_HEADER_BYTES) else {
        return root(format!("it has {} bytes, at least {ROOT_HEADER_BYTES} are needed", code.len()));
    };
    let (addresses, rest) = addresses.as_chunks::<20>();
    if !rest.is_empty() {
        return root(format!("{} bytes are left after its addresses of 20 bytes", rest.len()));
    }
    if addresses.is_empty() {
        return root("it names no fragment".into());
    }
    Ok(addresses.iter().map(|address| Address::new(*address)).collect())
}

/// Checks the limits of an activation: the size that a root declares, and the number of its fragments. Later calls do not
/// check them again.
///
/// # Errors
/// The root exceeds a limit.
pub fn check_size(code: &[u8], fragments: usize, parameters: &Parameters) -> Result<(), ActivationError> {
    if !is_root(code) {
        return Ok(());
    }
    let most = usize::from(parameters.max_fragments);
    if wasm_bytes(&code[..ROOT_HEADER_BYTES]) > parameters.max_wasm_bytes as usize {
        return Err(ActivationError::TooLong(parameters.max_wasm_bytes as usize));
    }
    match fragments > most {
        true => {
            Err(ActivationError::Root(format!("it names {fragments} fragments, at most {most} are allowed")))
        }
        false => Ok(()),
    }
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

    /// The WASM of a program that is activated.
    ///
    /// # Errors
    /// As [`unpack`]; or the fragments do not match the root.
    pub fn unpack(&self) -> Result<Vec<u8>, ActivationError> {
        self.unpack_within(usize::MAX)
    }

    /// The WASM, of at most `limit` bytes. For a root, [`check_size`] checks the limit.
    ///
    /// # Errors
    /// As [`unpack`](Self::unpack), or the WASM is larger.
    pub fn unpack_within(&self, limit: usize) -> Result<Vec<u8>, ActivationError> {
        if !is_root(&self.code) {
            return unpack(&self.code, limit);
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
