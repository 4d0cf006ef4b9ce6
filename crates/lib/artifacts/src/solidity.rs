//! Contracts in Solidity that the programs are tested against and compared with, as `scripts/solidity` compiles them.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use alloy_primitives::{Bytes, hex};
use anyhow::{Context, Result, anyhow};

/// The creation code of a contract of `tests/solidity/contracts`, by its name.
///
/// # Errors
/// If it has not been compiled.
pub fn creation_code(contract: &str) -> Result<Bytes> {
    code(&folder("WEIR_SOLIDITY_DIR", "solidity").join(contract))
}

/// The creation code of a peer that `gas/solidity` compiles, by its name there.
///
/// # Errors
/// If it has not been compiled.
pub fn peer_code(contract: &str) -> Result<Bytes> {
    code(&folder("WEIR_PEERS_DIR", "peers").join(contract))
}

/// Whether what [`creation_code`] reads has been compiled. It needs Node.js.
pub fn is_compiled() -> bool {
    folder("WEIR_SOLIDITY_DIR", "solidity").is_dir()
}

/// Whether what [`peer_code`] reads has been compiled. It needs Node.js.
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

/// `target/NAME` of this project, if `variable` does not override it.
fn folder(variable: &str, name: &str) -> PathBuf {
    match env::var_os(variable) {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target").join(name),
    }
}
