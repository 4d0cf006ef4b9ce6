//! The library `stylus-tools`, through a driver program (`driver/`).
//! The library needs another alloy, so the driver is a workspace of its own.

use std::process::Command;

use alloy::{
    consensus::Transaction,
    primitives::{Address, U256, hex},
    providers::Provider,
    rpc::types::BlockNumberOrTag,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{
    IFactory::{self, InvalidTemplate},
    IStylusDeployer::deployCall,
    Program,
    deploy::{self, Method, Templates},
};
use weir_harness::Chain;

use crate::{
    cargo_stylus::use_token,
    project::Project,
    stage::{KEY, PAYER, Stage, tool, trial, wasm},
    support::{failure, output},
};

/// The constructors, as the SDK exports them.
pub const TOKEN_CONSTRUCTOR: &str = "constructor(string name, string symbol, uint8 decimals)";
pub const FACTORY_CONSTRUCTOR: &str =
    "constructor(address pairTemplate, address vaultTemplate, address vaultExtension, address vaultLifeboat)";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("stylus_tools::wasm_file_is_deployed_with_arguments", wasm_file_is_deployed_with_arguments),
        trial("stylus_tools::same_code_is_deployed_again", same_code_is_deployed_again),
        trial("stylus_tools::our_deployment_sends_the_same_request", our_deployment_sends_the_same_request),
        trial("stylus_tools::deployer_deploys_a_project", deployer_deploys_a_project),
        trial("stylus_tools::revert_of_a_constructor_is_reported", revert_is_reported),
    ]
}

/// The factory's arguments: the programs that its clones run.
pub async fn templates(stage: &Stage) -> Result<Templates> {
    Ok(stage.chain.market().await?.templates())
}

/// The same arguments as strings.
pub async fn template_words(stage: &Stage) -> Result<Vec<String>> {
    Ok(addresses(templates(stage).await?))
}

/// Arguments that only the contract rejects: the vault's program is an account without code.
pub async fn wrong_template_words(stage: &Stage) -> Result<Vec<String>> {
    Ok(addresses(Templates { vault: PAYER, ..templates(stage).await? }))
}

fn addresses(templates: Templates) -> Vec<String> {
    let Templates { pair, vault, extension, lifeboat } = templates;
    [pair, vault, extension, lifeboat].map(|template| template.to_string()).to_vec()
}

/// The revert data of a factory's constructor for [`wrong_template_words`], in hexadecimal.
pub fn invalid_template() -> String {
    hex::encode(InvalidTemplate { template: PAYER }.abi_encode())
}

/// Checks the templates of a factory.
pub async fn check_factory(chain: &Chain, address: Address, templates: Templates) -> Result<()> {
    let factory = IFactory::new(address, chain.provider().clone());
    let found = Templates {
        pair: factory.pairTemplate().call().await?,
        vault: factory.vaultTemplate().call().await?,
        extension: factory.vaultExtension().call().await?,
        lifeboat: factory.vaultLifeboat().call().await?,
    };
    ensure!(found == templates, "{found:?}");
    Ok(())
}

fn driver(words: &[&str]) -> Result<Command> {
    let mut command = Command::new(tool("stylus-tools-driver")?);
    command.args(words);
    Ok(command)
}

/// The command that deploys a program's WASM.
fn file(stage: &Stage, program: Program, constructor: &str, arguments: &[String]) -> Result<Command> {
    let wasm = wasm(program)?.display().to_string();
    let mut command = driver(&["file", &stage.url, KEY, &wasm, constructor])?;
    command.args(arguments);
    Ok(command)
}

/// The address, which the driver prints last, after the output of the library.
fn address(text: &str) -> Result<Address> {
    Ok(text.lines().last().unwrap_or_default().parse()?)
}

fn words(words: [&str; 3]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

async fn wasm_file_is_deployed_with_arguments() -> Result<()> {
    let stage = Stage::start().await?;
    let arguments = words(["Coin", "COIN", "6"]);
    let text = output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
    let token = address(&text)?;
    use_token(&stage.chain, token, ("Coin", "COIN", 6)).await?;
    let text =
        output(file(&stage, Program::Factory, FACTORY_CONSTRUCTOR, &template_words(&stage).await?)?).await?;
    check_factory(&stage.chain, address(&text)?, templates(&stage).await?).await
}

async fn same_code_is_deployed_again() -> Result<()> {
    let stage = Stage::start().await?;
    for symbol in ["ONE", "TWO"] {
        let arguments = words(["Coin", symbol, "6"]);
        let text = output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
        use_token(&stage.chain, address(&text)?, ("Coin", symbol, 6)).await?;
    }
    Ok(())
}

/// `weir deploy` and the library send the Stylus deployer the same request.
async fn our_deployment_sends_the_same_request() -> Result<()> {
    let stage = Stage::start().await?;
    let arguments = words(["Coin", "COIN", "6"]);
    output(file(&stage, Program::Token, TOKEN_CONSTRUCTOR, &arguments)?).await?;
    let latest = stage.chain.provider().get_block_by_number(BlockNumberOrTag::Latest).full().await?;
    let block = latest.context("there is no block")?;
    let sent = block.transactions.txns().next().context("there is no transaction")?;

    let code = deploy::code_of(Program::Token)?;
    let constructor = deploy::token_constructor("Coin", "COIN", 6);
    let ours = Method::StylusDeployer.first(&code, constructor, U256::ZERO);
    ensure!(
        ours.to == Some(sent.to().context("the transaction creates a contract")?.into()),
        "the addresses differ"
    );
    let (theirs, ours) = (sent.input(), ours.input.input().context("our request has no input")?);
    let (theirs, ours) = (deployCall::abi_decode(theirs)?, deployCall::abi_decode(ours)?);
    ensure!(
        theirs.initData == ours.initData,
        "the constructor calls differ: {} and {}",
        theirs.initData,
        ours.initData
    );
    ensure!((theirs.initValue, theirs.salt) == (ours.initValue, ours.salt), "value or salt differ");
    // The library adds a section with a hash of the project.
    let difference = theirs.bytecode.len().abs_diff(ours.bytecode.len());
    ensure!(difference < 64, "the lengths differ by {difference} bytes");
    Ok(())
}

async fn deployer_deploys_a_project() -> Result<()> {
    let stage = Stage::start().await?;
    let project = Project::of(Program::Token, TOKEN_CONSTRUCTOR)?;
    let folder = project.path().display().to_string();
    let mut command = driver(&["project", &stage.url, KEY, &folder, "Coin", "COIN", "6"])?;
    project.prepare(&mut command)?;
    let text = output(command).await?;
    use_token(&stage.chain, address(&text)?, ("Coin", "COIN", 6)).await
}

async fn revert_is_reported() -> Result<()> {
    let stage = Stage::start().await?;
    let arguments = wrong_template_words(&stage).await?;
    let text = failure(file(&stage, Program::Factory, FACTORY_CONSTRUCTOR, &arguments)?).await?;
    ensure!(text.contains("execution reverted") && text.contains(&invalid_template()), "{text}");
    Ok(())
}
