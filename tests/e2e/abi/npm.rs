//! Tests of the npm package (`packages/abi`): its types, the files it publishes, both ways to install it, a program that
//! uses a vault with viem, and the README's recipes.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_harness::{Chain, Token};

use crate::{
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, u},
    trial::{with_npm, with_solidity, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_npm(with_time_control(the_npm_package_has_types_installs_and_works_with_viem)),
        with_npm(with_solidity(with_time_control(the_recipes_of_the_readme_work))),
    ]
}

async fn the_npm_package_has_types_installs_and_works_with_viem() -> Result<()> {
    expect_dependencies()?;
    let mut compile_and_install = Command::new("npm");
    compile_and_install.arg("test");
    run(compile_and_install).await?;

    let scene = Scene::new(Tokens::Different).await?;
    let mut use_vault = Command::new("node");
    use_vault.arg("test/out/vault.js").env("ASSET", scene.asset.address().to_string());
    run(on(&scene, use_vault)?).await
}

/// The setup is described in `packages/abi/test/recipes/main.ts`.
async fn the_recipes_of_the_readme_work() -> Result<()> {
    const REWARD: u128 = 1_000_000;
    expect_dependencies()?;
    let chain = Chain::from_environment().await?;
    let asset = Token::at(&chain, chain.create_solidity("PermitToken", &[]).await?);
    let reward = Token::deploy(&chain, "Reward", "RWD", 6).await?;
    let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
    let scene = Scene::of([asset, reward, yield_token], chain, |_| ()).await?;
    scene.asset.mint(&scene.chain, staker(&scene)?.0, u(1_000 * TOKEN)).await?;
    scene.fund(0, REWARD).await?;
    scene.accrue(TOKEN).await?;
    scene.advance_to(EPOCH).await?;

    // The price falls in proportion to the time since the start.
    let price = u(FIRST_PRICE) * U256::from(PERIOD) / U256::from(EPOCH);
    let mut use_recipes = Command::new("npm");
    use_recipes.args(["run", "test:recipes"]).env("LOT", TOKEN.to_string()).env("PRICE", price.to_string());
    run(on(&scene, use_recipes)?).await
}

fn expect_dependencies() -> Result<()> {
    ensure!(
        package().join("node_modules").is_dir(),
        "TypeScript and viem are not installed: run scripts/abi, or set WEIR_SKIP_CLIENTS=1 to do without them"
    );
    Ok(())
}

/// Address and key of the account that the programs in TypeScript use.
fn staker(scene: &Scene) -> Result<(Address, String)> {
    let node = scene.chain.node().context("the chain is not a devnode")?;
    let account = node.accounts().get(1).context("the devnode has too few accounts")?;
    Ok((account.address(), account.key().to_string()))
}

/// Passes the node, the staker's key and the vault to a program (`packages/abi/test/stage.ts`).
fn on(scene: &Scene, mut program: Command) -> Result<Command> {
    let node = scene.chain.node().context("the chain is not a devnode")?;
    program
        .env("RPC_URL", node.rpc_url())
        .env("CHAIN_ID", scene.chain.chain_id().to_string())
        .env("KEY", staker(scene)?.1)
        .env("VAULT", scene.vault.address().to_string());
    Ok(program)
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
