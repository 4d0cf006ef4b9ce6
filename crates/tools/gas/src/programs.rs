//! The code hash of every program, by compiler, and the fixed addresses of what clones run: gas/programs.json.
//! Whoever builds this repository with the same compiler must get the same.

use std::{collections::BTreeMap, fs, path::Path};

use alloy::primitives::{Address, B256, keccak256};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use weir_artifacts::{Program, compiler};
use weir_bindings::{deploy::code_of, fixed::Fixed};

/// One program, or the lifeboat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// Keccak-256 of its code on chain.
    pub code_hash: B256,
    /// Its address on every chain, if clones run it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_address: Option<Address>,
}

/// The content of the file: by compiler, by name.
pub type Builds = BTreeMap<String, BTreeMap<String, Build>>;

/// The compiler, and what it made of the programs. The lifeboat is compiled by solc and is the same for all.
///
/// # Errors
/// If a program has not been built.
pub fn builds() -> Result<(String, BTreeMap<String, Build>)> {
    let mut builds = BTreeMap::new();
    for program in Program::ALL {
        builds.insert(
            program.name().to_owned(),
            Build { code_hash: keccak256(code_of(program)?), fixed_address: None },
        );
    }
    for fixed in Fixed::ALL {
        let build = Build { code_hash: keccak256(fixed.code()?), fixed_address: Some(fixed.address()?) };
        builds.insert(fixed.name().to_owned(), build);
    }
    Ok((compiler()?, builds))
}

/// Reads the file.
///
/// # Errors
/// If it cannot be read, or is not such a file.
pub fn read(path: &Path) -> Result<Builds> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not a list of builds", path.display()))
}

/// Writes what this compiler made into the file, and keeps what others made.
///
/// # Errors
/// As [`builds`] and [`read`], or the file cannot be written.
pub fn record(path: &Path) -> Result<()> {
    let mut all = if path.exists() { read(path)? } else { Builds::new() };
    let (compiler, builds) = builds()?;
    // Builds of other compilers are of older sources if this one has changed.
    if all.get(&compiler).is_some_and(|before| *before != builds) {
        all.clear();
    }
    all.insert(compiler, builds);
    let text = serde_json::to_string_pretty(&all)? + "\n";
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
