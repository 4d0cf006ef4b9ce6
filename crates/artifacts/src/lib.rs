//! The WASM programs that `scripts/build` makes: finished for deployment, measured, and found again.

pub mod solidity;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use stylus_evm::{activate, pricing::entry};

pub use stylus_evm::deploy::{deploy_code as on_chain_code, init_code};

/// Largest program on chain: prefix and compressed code, in bytes (EIP-170).
pub const CODE_LIMIT: usize = 24_576;

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
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/wasm"),
    }
}

/// One round trip WASM → WAT → WASM with every custom section dropped: what `cargo stylus` does before it
/// deploys, so that what is measured and tested is what is deployed.
pub fn finish(wasm: &[u8]) -> Result<Vec<u8>> {
    let text = wasmprinter::print_bytes(wasm).context("this is not WebAssembly")?;
    let text: String =
        text.lines().filter(|line| !line.trim_start().starts_with("(@")).collect::<Vec<_>>().join("\n");
    wat::parse_str(text).context("the printed WebAssembly cannot be read back")
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

/// Finishes every `.wasm` in `from` into `to` and measures it, in order of name.
///
/// # Errors
/// If a file cannot be read, is no WebAssembly or none that a chain would activate, or there is none.
pub fn finish_all(from: &Path, to: &Path) -> Result<Vec<Measures>> {
    let listed = fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))?;
    let mut paths: Vec<PathBuf> = listed.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    paths.sort();
    if paths.is_empty() {
        bail!("there is no .wasm in {}", from.display());
    }
    fs::create_dir_all(to)?;
    paths.iter().map(|path| finish_one(path, to)).collect()
}

fn finish_one(path: &Path, to: &Path) -> Result<Measures> {
    let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let finished = finish(&wasm).with_context(|| format!("cannot finish {}", path.display()))?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    fs::write(to.join(&name).with_extension("wasm"), &finished)?;
    let on_chain = on_chain_code(&finished).len();
    let checked = activate::check(&finished)
        .map_err(|refusal| anyhow!("no chain would activate {}: {refusal}", path.display()))?;
    let (cached_gas, init_gas) = (entry::cached_gas(checked.cached_cost), entry::init_gas(checked.init_cost));
    Ok(Measures { name, raw: finished.len(), on_chain, cached_gas: cached_gas.0, init_gas: init_gas.0 })
}
