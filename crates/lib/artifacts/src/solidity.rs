//! Solidity contracts for tests and gas comparisons.
//! `scripts/solidity` compiles them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use alloy_primitives::{Bytes, hex};
use anyhow::{Context, Result, anyhow};

/// The creation code of a contract in `tests/solidity/contracts`, by its name.
///
/// # Errors
/// If the contract has not been compiled.
pub fn creation_code(contract: &str) -> Result<Bytes> {
    code(&folder("WEIR_SOLIDITY_DIR", "solidity").join(contract))
}

/// The creation code of a peer in `gas/solidity`, by its name there.
///
/// # Errors
/// If the peer has not been compiled.
pub fn peer_code(contract: &str) -> Result<Bytes> {
    code(&folder("WEIR_PEERS_DIR", "peers").join(contract))
}

/// Whether the contracts of [`creation_code`] have been compiled, which needs Node.js.
pub fn is_compiled() -> bool {
    folder("WEIR_SOLIDITY_DIR", "solidity").is_dir()
}

/// Whether the contracts of [`peer_code`] have been compiled, which needs Node.js.
pub fn are_peers_compiled() -> bool {
    folder("WEIR_PEERS_DIR", "peers").is_dir()
}

fn code(path: &Path) -> Result<Bytes> {
    let path = path.with_extension("bin");
    let text = fs::read_to_string(&path)
        .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/solidity", path.display()))?;
    let code = hex::decode(text.trim()).with_context(|| format!("{} is not hex", path.display()))?;
    Ok(code.into())
}

/// The folder in `variable`, by default `target/NAME` of this repository.
fn folder(variable: &str, name: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target").join(name),
    }
}
