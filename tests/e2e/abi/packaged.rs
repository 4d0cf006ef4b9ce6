//! The packaged ABIs, and the programs that implement each.
//! The packages read them from `abi/generated`.

use std::{fs, path::Path};

use alloy::json_abi::JsonAbi;
use anyhow::{Context, Result};
use weir_bindings::Program;

/// An interface with its ABI and programs.
pub struct ProgramAbi {
    /// Name of the interface.
    pub interface: &'static str,
    /// The whole ABI.
    pub abi: JsonAbi,
    /// The programs that implement it.
    pub programs: &'static [Program],
}

/// The ABIs of all programs.
pub fn all_abis() -> Result<Vec<ProgramAbi>> {
    const PROGRAMS: [(&str, &[Program]); 5] = [
        ("IVault", &[Program::Vault, Program::Extension]),
        ("IPair", &[Program::Pair]),
        ("IFactory", &[Program::Factory]),
        ("IRouter", &[Program::Router]),
        ("IToken", &[Program::Token]),
    ];
    let read = |(interface, programs)| Ok(ProgramAbi { interface, abi: packaged(interface)?, programs });
    PROGRAMS.into_iter().map(read).collect()
}

/// The ABI of one interface.
pub fn packaged(interface: &str) -> Result<JsonAbi> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("abi/generated").join(interface).with_extension("json");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not an ABI", path.display()))
}
