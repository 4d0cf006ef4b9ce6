//! viem: each script in `viem/` is a trial.
//! A script receives its node and accounts as environment variables.

use std::{fs, path::Path, process::Command};

use anyhow::Result;
use libtest_mimic::Trial;

use crate::{stage::Stage, support::output, tools};

/// The script that the others import, which is not a trial.
const SHARED: &str = "stage";

pub fn trials() -> Vec<Trial> {
    let folder = tools::folder().join("viem");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.filter_map(|file| Some(file.ok()?.path()));
    let mut names: Vec<_> = paths.filter_map(|path| script_name(&path)).collect();
    names.sort();
    names
        .into_iter()
        .map(|name| tools::trial(format!("viem::{name}"), async move || run(&name).await))
        .collect()
}

fn script_name(path: &Path) -> Option<String> {
    let name = path.file_stem()?.to_str()?;
    let is_trial = path.extension()? == "mjs" && name != SHARED;
    is_trial.then(|| name.to_owned())
}

async fn run(name: &str) -> Result<()> {
    let stage = Stage::start().await?;
    let keys: Vec<_> = stage.keys()?.iter().map(ToString::to_string).collect();
    let mut script = Command::new("node");
    script
        .arg(tools::folder().join("viem").join(name).with_extension("mjs"))
        .env("RPC_URL", stage.rpc_url()?)
        .env("WS_URL", stage.ws_url()?)
        .env("CHAIN_ID", stage.chain_id().to_string())
        .env("KEYS", keys.join(","))
        .env("TOKEN", stage.token().address().to_string());
    output(script).await?;
    Ok(())
}
