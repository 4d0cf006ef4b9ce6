//! Prepares the WASM programs that `scripts/build` compiles for deployment, measures them, and reads them back.
//! Also reads the compiled lifeboat and the Solidity contracts of tests and gas comparisons.

#[cfg(feature = "embedded")]
mod embedded;
pub mod lifeboat;
pub mod solidity;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use stylus_evm::{
    activate,
    pricing::{entry, parameters::Parameters},
};
use wasmparser::{BinaryReaderError, Operator, Parser, Payload};

pub use stylus_evm::deploy::{deploy_code as on_chain_code, init_code};

/// Size limit of a program on chain, prefix and compressed code, in bytes (EIP-170).
pub const CODE_LIMIT: usize = 24_576;

/// Names the folder of the built programs.
const FOLDER_VARIABLE: &str = "WEIR_WASM_DIR";

/// Subfolder with the same programs plus the names of their functions.
const NAMED: &str = "named";

/// Bytes before the first section of a WASM file: magic number and version.
const HEADER: usize = 8;
/// Ids of custom sections and of the count of data segments.
const CUSTOM: u8 = 0;
const DATA_COUNT: u8 = 12;

/// The programs of this project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The second program of a vault, which the first one runs by delegate call.
    Extension,
    /// Creates and registers pairs and vaults.
    Factory,
    /// The standalone liquidation pair, which the factory clones.
    Pair,
    /// Swaps at pairs for accounts that have approved it.
    Router,
    /// The test token.
    Token,
    /// The staking vault.
    Vault,
}

impl Program {
    /// Every program.
    pub const ALL: [Self; 6] =
        [Self::Extension, Self::Factory, Self::Pair, Self::Router, Self::Token, Self::Vault];

    /// Name of its folder in `contracts/` and of its WASM file.
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

    /// The deployed WASM: from the folder `WEIR_WASM_DIR`, else the one in this binary, else from `target/wasm` of the checkout
    /// that it was built in.
    ///
    /// # Errors
    /// If the program has not been built, or the file is damaged.
    pub fn wasm(self) -> Result<Vec<u8>> {
        #[cfg(feature = "embedded")]
        if std::env::var_os(FOLDER_VARIABLE).is_none() {
            return Ok(embedded::wasm(self).to_vec());
        }
        let path = wasm_folder().join(self.name()).with_extension("wasm");
        let wasm = fs::read(&path)
            .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/build", path.display()))?;
        is_whole(&wasm).map_err(|error| {
            anyhow!("{} is truncated or no WebAssembly ({error}): run scripts/build", path.display())
        })?;
        Ok(wasm)
    }
}

/// Checks that every section of a WASM file is there. What is in them is checked at activation.
fn is_whole(wasm: &[u8]) -> Result<(), BinaryReaderError> {
    Parser::new(0).parse_all(wasm).try_for_each(|payload| payload.map(drop))
}

/// The versions of the compiler and of wasm-opt that built the programs. Code and gas differ between them.
///
/// # Errors
/// If the programs have not been built.
pub fn compiler() -> Result<String> {
    let path = wasm_folder().join("compiler");
    let name = fs::read_to_string(&path)
        .map_err(|error| anyhow!("cannot read {} ({error}): run scripts/build", path.display()))?;
    Ok(name.trim().to_owned())
}

/// The folder of the built programs: `WEIR_WASM_DIR`, by default `target/wasm` of this repository.
pub fn wasm_folder() -> PathBuf {
    match std::env::var_os(FOLDER_VARIABLE) {
        Some(folder) => folder.into(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/wasm"),
    }
}

/// The deployed programs plus the names of their functions, for profiles. Empty if the build kept no names.
///
/// # Errors
/// If a file cannot be read.
pub fn named_programs() -> Result<Vec<Vec<u8>>> {
    let folder = wasm_folder().join(NAMED);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    wasm_files(&folder)?.iter().map(read).collect()
}

/// Drops every custom section, and the count of data segments where nothing needs it.
///
/// `cargo stylus` deploys the same bytes: it converts WASM → WAT → WASM. So tests and measurements use the code that is deployed.
///
/// # Errors
/// If this is not WebAssembly.
pub fn finish(wasm: &[u8]) -> Result<Vec<u8>> {
    keep_sections(wasm, Names::Drop)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Keep,
    Drop,
}

fn keep_sections(wasm: &[u8], names: Names) -> Result<Vec<u8>> {
    let needs_count = needs_data_count(wasm).context("this is not WebAssembly")?;
    let (mut kept, mut end) = (wasm.get(..HEADER).unwrap_or_default().to_vec(), HEADER);
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let is_names = matches!(&payload, Payload::CustomSection(custom) if custom.name() == "name");
        let Some((id, range)) = payload.as_section() else { continue };
        // Starts where the last section ended: `range` leaves out the id and the length before it.
        let section = end..range.end as usize;
        end = section.end;
        let is_kept = match id {
            CUSTOM => is_names && names == Names::Keep,
            DATA_COUNT => needs_count,
            _ => true,
        };
        if is_kept {
            kept.extend_from_slice(wasm.get(section).context("it ends within a section")?);
        }
    }
    Ok(kept)
}

/// Only these two instructions need the count of data segments ahead of the code.
fn needs_data_count(wasm: &[u8]) -> Result<bool, BinaryReaderError> {
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::CodeSectionEntry(body) = payload? else { continue };
        for operator in body.get_operators_reader()? {
            if matches!(operator?, Operator::MemoryInit { .. } | Operator::DataDrop { .. }) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Size and entry cost of one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Name of the program.
    pub name: String,
    /// Size of the deployed WASM, uncompressed, in bytes.
    pub raw: usize,
    /// Size of the code on chain (prefix and brotli), in bytes.
    pub on_chain: usize,
    /// Gas that every call pays before the program's first instruction.
    pub cached_gas: u64,
    /// Additional gas if the program is not cached.
    pub init_gas: u64,
}

/// Runs [`finish`] on every `.wasm` file in `from`, in order of name, writes the results to `to` and measures them.
/// Also writes each program with the names of its functions, for [`named_programs`].
///
/// # Errors
/// If there is no such file, or one cannot be read, is not WebAssembly, or cannot be activated.
pub fn finish_all(from: &Path, to: &Path) -> Result<Vec<Measures>> {
    let paths = wasm_files(from)?;
    if paths.is_empty() {
        bail!("there is no .wasm file in {}", from.display());
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
    let named = keep_sections(&wasm, Names::Keep).with_context(cannot)?;
    let finished = finish(&wasm).with_context(cannot)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    fs::write(to.join(NAMED).join(&name).with_extension("wasm"), &named)?;
    fs::write(to.join(&name).with_extension("wasm"), &finished)?;
    let on_chain = on_chain_code(&finished).len();
    let checked = activate::check(&finished)
        .map_err(|error| anyhow!("{} cannot be activated: {error}", path.display()))?;
    let parameters = Parameters::default();
    let (cached_gas, init_gas) = (
        entry::cached_gas(checked.cached_cost, &parameters),
        entry::init_gas(checked.init_cost, &parameters),
    );
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
        (@custom "producers" "someone"))"#;

    #[test]
    fn function_names_do_not_change_the_deployed_code() -> Result<()> {
        let named = wat::parse_str(NAMED_WAT)?;
        let plain = NAMED_WAT.replace("$\"<a::b as c>::d\"", "1").replacen("func 1", "func", 1);
        let finished = finish(&named)?;
        assert_eq!(finished, finish(&wat::parse_str(plain)?)?);
        assert!(!finished.windows(4).any(|bytes| bytes == b"a::b" || bytes == b"some"));
        Ok(())
    }

    #[test]
    fn a_file_that_ends_early_is_not_whole() -> Result<()> {
        let wasm = finish(&wat::parse_str(NAMED_WAT)?)?;
        is_whole(&wasm)?;
        for length in 0..wasm.len() - 1 {
            // At the end of a section it is a shorter module: a whole one.
            let is_end = finish(&wasm[..length]).is_ok_and(|kept| kept.len() == length);
            assert!(is_end || is_whole(&wasm[..length]).is_err(), "{length}");
        }
        Ok(())
    }

    /// As `cargo stylus` does.
    fn round_trip(wasm: &[u8]) -> Result<Vec<u8>> {
        let text = wasmprinter::print_bytes(wasm)?;
        let lines = text.lines().filter(|line| !line.trim_start().starts_with("(@"));
        Ok(wat::parse_str(lines.collect::<Vec<_>>().join("\n"))?)
    }

    #[test]
    fn finished_programs_are_the_bytes_that_cargo_stylus_deploys() -> Result<()> {
        for program in Program::ALL {
            let wasm = program.wasm()?;
            assert_eq!(finish(&wasm)?, wasm, "{}", program.name());
            assert_eq!(round_trip(&wasm)?, wasm, "{}", program.name());
        }
        let passive = r#"(module (memory 1) (data $d "x")
            (func (export "f") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))))"#;
        let passive = wat::parse_str(passive)?;
        assert_eq!(finish(&passive)?, finish(&round_trip(&passive)?)?);
        assert!(finish(&passive)?.windows(3).any(|bytes| bytes == [DATA_COUNT, 1, 1]));
        Ok(())
    }

    #[test]
    fn the_named_program_is_the_deployed_one_plus_names() -> Result<()> {
        let named = keep_sections(&wat::parse_str(NAMED_WAT)?, Names::Keep)?;
        assert!(named.windows(4).any(|bytes| bytes == b"a::b"));
        assert_eq!(finish(&named)?, finish(&wat::parse_str(NAMED_WAT)?)?);
        Ok(Symbols::default().add(&named)?)
    }
}
