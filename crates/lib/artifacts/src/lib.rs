//! The WASM programs that `scripts/build` makes: finished for deployment, measured, and found again.

pub mod lifeboat;
pub mod solidity;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use stylus_evm::{activate, pricing::entry};
use wasmparser::Parser;

pub use stylus_evm::deploy::{deploy_code as on_chain_code, init_code};

/// Largest program on chain: prefix and compressed code, in bytes (EIP-170).
pub const CODE_LIMIT: usize = 24_576;

/// Folder in that of the finished programs: the same with the names of their functions.
const NAMED: &str = "named";

/// Bytes before the first section of a WASM: magic number and version.
const HEADER: usize = 8;
/// Id of custom sections.
const CUSTOM: u8 = 0;

/// The programs of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// What vaults leave to a second program, by delegate call.
    Extension,
    /// Makes and registers pairs and vaults.
    Factory,
    /// The standalone liquidation pair, of which the factory makes clones.
    Pair,
    /// Swaps for accounts that approved it.
    Router,
    /// The test token.
    Token,
    /// The staking vault.
    Vault,
}

impl Program {
    /// Name of its folder under `contracts/` and of its WASM file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Factory => "factory",
            Self::Pair => "pair",
            Self::Router => "router",
            Self::Token => "token",
            Self::Vault => "vault",
        }
    }

    /// The WASM as it is deployed, from `target/wasm/`.
    ///
    /// # Errors
    /// If it has not been built.
    pub fn wasm(self) -> Result<Vec<u8>> {
        let path = wasm_folder().join(self.name()).with_extension("wasm");
        fs::read(&path)
            .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/build", path.display()))
    }
}

/// The compiler that made the programs, as it calls itself. Another one makes other code, of other gas.
///
/// # Errors
/// If they have not been built.
pub fn compiler() -> Result<String> {
    let path = wasm_folder().join("compiler");
    let name = fs::read_to_string(&path)
        .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/build", path.display()))?;
    Ok(name.trim().to_owned())
}

/// `target/wasm` of this project; `WEIR_WASM_DIR` overrides it.
pub fn wasm_folder() -> PathBuf {
    match std::env::var_os("WEIR_WASM_DIR") {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/wasm"),
    }
}

/// The programs as they are deployed, but with the names of their functions, for profiles; none where the build kept none.
///
/// # Errors
/// If they cannot be read.
pub fn named_programs() -> Result<Vec<Vec<u8>>> {
    let folder = wasm_folder().join(NAMED);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    wasm_files(&folder)?.iter().map(read).collect()
}

/// One round trip WASM → WAT → WASM with every custom section dropped: what `cargo stylus` does before it
/// deploys, so that what is measured and tested is what is deployed.
pub fn finish(wasm: &[u8]) -> Result<Vec<u8>> {
    without_custom_sections(&round_trip(wasm)?)
}

/// The round trip; only the names stay, of all custom sections.
fn round_trip(wasm: &[u8]) -> Result<Vec<u8>> {
    let text = wasmprinter::print_bytes(wasm).context("this is not WebAssembly")?;
    let text: String =
        text.lines().filter(|line| !line.trim_start().starts_with("(@")).collect::<Vec<_>>().join("\n");
    wat::parse_str(text).context("the printed WebAssembly cannot be read back")
}

fn without_custom_sections(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut kept, mut end) = (wasm.get(..HEADER).unwrap_or_default().to_vec(), HEADER);
    for payload in Parser::new(0).parse_all(wasm) {
        let Some((id, range)) = payload?.as_section() else { continue };
        // From where the last one ended: before the range stand the section's id and length.
        let section = end..range.end as usize;
        end = section.end;
        if id != CUSTOM {
            kept.extend_from_slice(&wasm[section]);
        }
    }
    Ok(kept)
}

/// What one finished program takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Name of the program.
    pub name: String,
    /// WASM as deployed, uncompressed, in bytes.
    pub raw: usize,
    /// Code on chain, in bytes: prefix and brotli.
    pub on_chain: usize,
    /// Gas that every call pays before the first instruction.
    pub cached_gas: u64,
    /// Gas on top of that when the program is in no cache.
    pub init_gas: u64,
}

/// Finishes every `.wasm` in `from` into `to` and measures it, in order of name. Beside each stands the same with the names
/// of its functions, for [`named_programs`].
///
/// # Errors
/// If a file cannot be read, is no WebAssembly or none that a chain would activate, or there is none.
pub fn finish_all(from: &Path, to: &Path) -> Result<Vec<Measures>> {
    let paths = wasm_files(from)?;
    if paths.is_empty() {
        bail!("there is no .wasm in {}", from.display());
    }
    fs::create_dir_all(to.join(NAMED))?;
    paths.iter().map(|path| finish_one(path, to)).collect()
}

/// The `.wasm` files in a folder, in order of name.
fn wasm_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listed.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    paths.sort();
    Ok(paths)
}

fn finish_one(path: &Path, to: &Path) -> Result<Measures> {
    let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let cannot = || format!("cannot finish {}", path.display());
    let named = round_trip(&wasm).with_context(cannot)?;
    let finished = without_custom_sections(&named).with_context(cannot)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    fs::write(to.join(NAMED).join(&name).with_extension("wasm"), &named)?;
    fs::write(to.join(&name).with_extension("wasm"), &finished)?;
    let on_chain = on_chain_code(&finished).len();
    let checked = activate::check(&finished)
        .map_err(|refusal| anyhow!("no chain would activate {}: {refusal}", path.display()))?;
    let (cached_gas, init_gas) = (entry::cached_gas(checked.cached_cost), entry::init_gas(checked.init_cost));
    Ok(Measures { name, raw: finished.len(), on_chain, cached_gas: cached_gas.0, init_gas: init_gas.0 })
}

#[cfg(test)]
mod tests {
    use stylus_evm::Symbols;

    use super::*;

    const NAMED_WAT: &str = r#"(module
        (import "vm_hooks" "msg_sender" (func $hook (param i32)))
        (func $"<a::b as c>::d" (param i32) (call $hook (local.get 0)))
        (export "mark_used" (func $"<a::b as c>::d"))
        (data (i32.const 0) "x") (memory 1)
        (@custom "producers" "somebody"))"#;

    #[test]
    fn names_change_nothing_of_what_is_deployed() -> Result<()> {
        let named = wat::parse_str(NAMED_WAT)?;
        let plain = NAMED_WAT.replace("$\"<a::b as c>::d\"", "1").replacen("func 1", "func", 1);
        let finished = finish(&named)?;
        assert_eq!(finished, finish(&wat::parse_str(plain)?)?);
        assert!(!finished.windows(4).any(|bytes| bytes == b"a::b" || bytes == b"some"));
        Ok(())
    }

    #[test]
    fn what_keeps_its_names_names_the_functions_of_what_is_deployed() -> Result<()> {
        let named = round_trip(&wat::parse_str(NAMED_WAT)?)?;
        assert!(named.windows(4).any(|bytes| bytes == b"a::b"));
        assert_eq!(without_custom_sections(&named)?, finish(&named)?);
        Ok(Symbols::default().add(&named)?)
    }
}
