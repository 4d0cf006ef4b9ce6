//! The library `stylus-tools`, by a driver that is built with it (`driver/`).

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
    deploy::{self, Templates, Way},
};
use weir_harness::Chain;

use crate::{
    cargo_stylus::use_token,
    project::Project,
    stage::{KEY, PAYER, Stage, tool, trial, wasm},
    support::{failure, output},
};

/// The constructors, in the words that the SDK exports them with.
pub const TOKEN_CONSTRUCTOR: &str = "constructor(string name, string symbol, uint8 decimals)";
pub const FACTORY_CONSTRUCTOR: &str =
    "constructor(address pairTemplate, address vaultTemplate, address vaultExtension, address vaultLifeboat)";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("stylus_tools::a_wasm_file_is_deployed_with_arguments", a_wasm_file_is_deployed_with_arguments),
        trial("stylus_tools::the_same_code_is_deployed_again", the_same_code_is_deployed_again),
        trial("stylus_tools::our_own_deployment_asks_for_the_same", our_own_deployment_asks_for_the_same),
        trial("stylus_tools::its_deployer_deploys_a_project", its_deployer_deploys_a_project),
        trial("stylus_tools::a_constructor_s_refusal_comes_through", a_refusal_comes_through),
    ]
}

/// A factory's arguments: the programs that its clones run.
pub async fn templates(stage: &Stage) -> Result<Templates> {
    Ok(stage.chain.market().await?.templates())
}

/// The same arguments as words.
pub async fn template_words(stage: &Stage) -> Result<Vec<String>> {
    Ok(addresses(templates(stage).await?))
}

/// Arguments that only the contract can know to be wrong: the vault's program is an account without code.
pub async fn wrong_template_words(stage: &Stage) -> Result<Vec<String>> {
    Ok(addresses(Templates { vault: PAYER, ..templates(stage).await? }))
}

fn addresses(templates: Templates) -> Vec<String> {
    let Templates { pair, vault, extension, lifeboat } = templates;
    [pair, vault, extension, lifeboat].map(|template| template.to_string()).to_vec()
}

/// What a factory's constructor reverts with for [`wrong_template_words`], in hexadecimal.
pub fn invalid_template() -> String {
    hex::encode(InvalidTemplate { template: PAYER }.abi_encode())
}

/// Whether a factory has the templates that it was constructed with.
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
    let text =
        output(file(&stage, Program::Factory, FACTORY_CONSTRUCTOR, &template_words(&stage).await?)?).await?;
    check_factory(&stage.chain, address(&text)?, templates(&stage).await?).await
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
    let arguments = wrong_template_words(&stage).await?;
    let told = failure(file(&stage, Program::Factory, FACTORY_CONSTRUCTOR, &arguments)?).await?;
    ensure!(told.contains("execution reverted") && told.contains(&invalid_template()), "{told}");
    Ok(())
}
