//! The library `stylus-tools`, by a driver that is built with it (`driver/`).

use std::process::Command;

use alloy::{
    consensus::Transaction,
    primitives::{Address, Bytes, U256, hex, keccak256},
    providers::Provider,
    rpc::types::BlockNumberOrTag,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{
    IStylusDeployer::deployCall,
    IVault, Program,
    deploy::{self, VaultSettings, Way, vault_constructor},
};
use weir_harness::{Chain, Token};

use crate::{
    cargo_stylus::use_token,
    project::Project,
    stage::{KEY, PAYER, Stage, tool, trial, wasm},
    support::{failure, output},
};

/// The constructors, in the words that the SDK exports them with.
pub const TOKEN_CONSTRUCTOR: &str = "constructor(string name, string symbol, uint8 decimals)";
pub const VAULT_CONSTRUCTOR: &str = "constructor(address extensionDelegate, address asset, address reward, address yieldToken, uint32 epochLength, \
     uint32 targetAuctionPeriod, uint256 targetAuctionPrice, uint64 smoothingFactor, string name, string symbol, \
     address owner)";

/// Where the epoch length stands among the vault's arguments.
pub const EPOCH_LENGTH: usize = 4;

const DAY: u32 = 86_400;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("stylus_tools::a_wasm_file_is_deployed_with_arguments", a_wasm_file_is_deployed_with_arguments),
        trial("stylus_tools::the_same_code_is_deployed_again", the_same_code_is_deployed_again),
        trial("stylus_tools::our_own_deployment_asks_for_the_same", our_own_deployment_asks_for_the_same),
        trial("stylus_tools::its_deployer_deploys_a_project", its_deployer_deploys_a_project),
        trial("stylus_tools::a_constructor_s_refusal_comes_through", a_refusal_comes_through),
    ]
}

fn vault_settings(token: Address, yield_token: Address) -> VaultSettings {
    VaultSettings {
        asset: token,
        reward: token,
        yieldToken: yield_token,
        epochLength: DAY,
        targetAuctionPeriod: DAY,
        targetAuctionPrice: U256::from(1_000_000),
        smoothingFactor: 500_000_000_000_000_000,
        name: "Staked Coin".into(),
        symbol: "sCOIN".into(),
        owner: PAYER,
    }
}

/// A token for a vault.
pub async fn a_token(stage: &Stage) -> Result<Address> {
    Ok(*Token::deploy(&stage.chain, "Coin", "COIN", 18).await?.address())
}

/// Calldata of a vault's constructor, with `token` for asset and reward, and a new token for sale.
pub async fn vault_arguments(stage: &Stage, token: Address) -> Result<Bytes> {
    let settings = vault_settings(token, a_token(stage).await?);
    Ok(vault_constructor(stage.chain.extension().await?, &settings))
}

/// The same arguments as words.
pub async fn vault_words(stage: &Stage, token: Address) -> Result<Vec<String>> {
    let settings = vault_settings(token, a_token(stage).await?);
    Ok(vec![
        stage.chain.extension().await?.to_string(),
        settings.asset.to_string(),
        settings.reward.to_string(),
        settings.yieldToken.to_string(),
        settings.epochLength.to_string(),
        settings.targetAuctionPeriod.to_string(),
        settings.targetAuctionPrice.to_string(),
        settings.smoothingFactor.to_string(),
        settings.name,
        settings.symbol,
        settings.owner.to_string(),
    ])
}

/// Whether a vault answers with what it was constructed with.
pub async fn check_vault(chain: &Chain, address: Address, token: Address) -> Result<()> {
    let vault = IVault::new(address, chain.provider().clone());
    ensure!(vault.asset().call().await? == token, "another asset");
    ensure!(vault.name().call().await? == "Staked Coin" && vault.symbol().call().await? == "sCOIN");
    ensure!(vault.owner().call().await? == PAYER, "another owner");
    ensure!(vault.totalAssets().call().await?.is_zero());
    Ok(())
}

fn driver(words: &[&str]) -> Result<Command> {
    let mut command = Command::new(tool("stylus-tools-driver")?);
    command.args(words);
    Ok(command)
}

/// Deploys a program's WASM by the library.
fn file(stage: &Stage, program: Program, constructor: &str, arguments: &[String]) -> Result<Command> {
    let wasm = wasm(program)?.display().to_string();
    let mut command = driver(&["file", &stage.url, KEY, &wasm, constructor])?;
    command.args(arguments);
    Ok(command)
}

/// The address that the driver wrote last: the library writes too.
fn address(text: &str) -> Result<Address> {
    Ok(text.lines().last().unwrap_or_default().parse()?)
}

fn words(words: [&str; 3]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

async fn a_wasm_file_is_deployed_with_arguments() -> Result<()> {
    let stage = Stage::start().await?;
    let arguments = words(["Coin", "COIN", "6"]);
    let text = output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
    let token = address(&text)?;
    use_token(&stage.chain, token, ("Coin", "COIN", 6)).await?;
    let arguments = vault_words(&stage, token).await?;
    let text = output(file(&stage, Program::Vault, VAULT_CONSTRUCTOR, &arguments)?).await?;
    check_vault(&stage.chain, address(&text)?, token).await
}

async fn the_same_code_is_deployed_again() -> Result<()> {
    let stage = Stage::start().await?;
    for symbol in ["ONE", "TWO"] {
        let arguments = words(["Coin", symbol, "6"]);
        let text = output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
        use_token(&stage.chain, address(&text)?, ("Coin", symbol, 6)).await?;
    }
    Ok(())
}

/// What `weir deploy` asks the Stylus deployer for is what the library asks it for.
async fn our_own_deployment_asks_for_the_same() -> Result<()> {
    let stage = Stage::start().await?;
    let arguments = words(["Coin", "COIN", "6"]);
    output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
    let latest = stage.chain.provider().get_block_by_number(BlockNumberOrTag::Latest).full().await?;
    let block = latest.context("there is no block")?;
    let sent = block.transactions.txns().next().context("there is no transaction")?;

    let code = deploy::code_of(Program::Token)?;
    let constructor = deploy::token_constructor("Coin", "COIN", 6);
    let ours = Way::StylusDeployer.first(&code, constructor, U256::ZERO);
    ensure!(ours.to == Some(sent.to().context("it creates")?.into()), "another address");
    let (theirs, ours) = (sent.input(), ours.input.input().context("we send nothing")?);
    let (theirs, ours) = (deployCall::abi_decode(theirs)?, deployCall::abi_decode(ours)?);
    ensure!(
        theirs.initData == ours.initData,
        "another constructor: {} and {}",
        theirs.initData,
        ours.initData
    );
    ensure!((theirs.initValue, theirs.salt) == (ours.initValue, ours.salt), "another value or salt");
    // The code is ours with a section that holds a hash of the project.
    let difference = theirs.bytecode.len().abs_diff(ours.bytecode.len());
    ensure!(difference < 64, "{difference} bytes more or less");
    Ok(())
}

async fn its_deployer_deploys_a_project() -> Result<()> {
    let stage = Stage::start().await?;
    let project = Project::of(Program::Token, TOKEN_CONSTRUCTOR)?;
    let folder = project.path().display().to_string();
    let mut command = driver(&["project", &stage.url, KEY, &folder, "Coin", "COIN", "6"])?;
    project.prepare(&mut command)?;
    let text = output(command).await?;
    use_token(&stage.chain, address(&text)?, ("Coin", "COIN", 6)).await
}

async fn a_refusal_comes_through() -> Result<()> {
    let stage = Stage::start().await?;
    let mut arguments = vault_words(&stage, a_token(&stage).await?).await?;
    arguments[EPOCH_LENGTH] = "0".into();
    let told = failure(file(&stage, Program::Vault, VAULT_CONSTRUCTOR, &arguments)?).await?;
    let error = &keccak256("ZeroEpochLength()")[..4];
    ensure!(told.contains("execution reverted") && told.contains(&hex::encode(error)), "{told}");
    Ok(())
}
