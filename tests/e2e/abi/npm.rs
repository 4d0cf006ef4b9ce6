//! Tests of the npm package (`packages/abi`): its types, the files it publishes, and a program that uses a vault with
//! viem.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;

use crate::{
    scene::{Scene, Tokens},
    trial::{with_npm, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![with_npm(with_time_control(the_npm_package_has_types_packs_completely_and_works_with_viem))]
}

async fn the_npm_package_has_types_packs_completely_and_works_with_viem() -> Result<()> {
    ensure!(
        package().join("node_modules").is_dir(),
        "TypeScript and viem are not installed: run scripts/abi, or set WEIR_SKIP_CLIENTS=1 to do without them"
    );
    let mut compile_and_pack = Command::new("npm");
    compile_and_pack.arg("test");
    run(compile_and_pack).await?;

    let scene = Scene::new(Tokens::Different).await?;
    let node = scene.chain.node().context("the chain is not a devnode")?;
    let staker = node.accounts().get(1).context("the devnode has too few accounts")?;
    let mut use_vault = Command::new("node");
    use_vault
        .arg("test/out/vault.js")
        .env("RPC_URL", node.rpc_url())
        .env("CHAIN_ID", scene.chain.chain_id().to_string())
        .env("KEY", staker.key().to_string())
        .env("VAULT", scene.vault.address().to_string())
        .env("ASSET", scene.asset.address().to_string());
    run(use_vault).await
}

fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/abi")
}

/// Runs a command in the package's folder, while the node keeps serving requests. Shows its output if it fails.
async fn run(mut command: Command) -> Result<()> {
    let shown = format!("{command:?}");
    command.current_dir(package());
    let output = tokio::task::spawn_blocking(move || command.output()).await?;
    let output = output.with_context(|| format!("cannot run {shown}"))?;
    let shown_output = [output.stdout, output.stderr].concat();
    ensure!(output.status.success(), "{shown} failed: {}", String::from_utf8_lossy(&shown_output));
    Ok(())
}
