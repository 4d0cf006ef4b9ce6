//! Contracts in Solidity that the programs are tested against, as `scripts/solidity` compiles them.

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
    let path = folder().join(contract).with_extension("bin");
    let text = fs::read_to_string(&path)
        .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/solidity", path.display()))?;
    let code = hex::decode(text.trim()).with_context(|| format!("{} is not hex", path.display()))?;
    Ok(code.into())
}

/// Whether anything has been compiled. It needs Node.js.
pub fn is_compiled() -> bool {
    folder().is_dir()
}

/// `target/solidity` of this project; `WEIR_SOLIDITY_DIR` overrides it.
fn folder() -> PathBuf {
    match env::var_os("WEIR_SOLIDITY_DIR") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/solidity"),
    }
}
