//! The programs' ABIs as they are packaged, and which code answers for each.

use std::{fs, path::Path};

use alloy::json_abi::JsonAbi;
use anyhow::{Context, Result};
use weir_bindings::Program;

/// A program's ABI, and the code behind it.
pub struct ProgramAbi {
    /// Name of its interface.
    pub interface: &'static str,
    /// All of it.
    pub abi: JsonAbi,
    /// Whose code answers.
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
    serde_json::from_str(&text).with_context(|| format!("{} is no ABI", path.display()))
}
