//! The command `cargo stylus`: check, deploy, activate.
//! Also its errors where a development chain lacks something.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alloy::{
    primitives::{Address, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_artifacts::on_chain_code;
use weir_bindings::{IToken, Program, deploy};
use weir_harness::{Chain, Token};

use crate::{
    library::{
        FACTORY_CONSTRUCTOR, TOKEN_CONSTRUCTOR, check_factory, invalid_template, template_words, templates,
        wrong_template_words,
    },
    project::Project,
    stage::{KEY, PAYER, Stage, trial, value_after, wasm},
    support::{failure, output},
};

pub const DEPLOYED: &str = "deployed code at address: ";
const ACTIVATED: &str = "successfully activated contract";
const ALREADY: &str = "wasm already activated";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cargo_stylus::check_accepts_the_programs", check_accepts_the_programs),
        trial("cargo_stylus::check_rejects_floats_with_the_reason", check_rejects_floats_with_the_reason),
        trial(
            "cargo_stylus::check_rejects_a_program_without_entrypoint",
            check_rejects_a_program_without_entrypoint,
        ),
        trial("cargo_stylus::wasm_file_is_deployed_and_works", wasm_file_is_deployed_and_works),
        trial("cargo_stylus::same_code_needs_no_activation", same_code_needs_no_activation),
        trial("cargo_stylus::activation_can_follow_later", activation_can_follow_later),
        trial("cargo_stylus::estimates_change_nothing", estimates_change_nothing),
        trial("cargo_stylus::project_is_deployed_with_arguments", project_is_deployed_with_arguments),
        trial("cargo_stylus::wrong_constructor_arguments_are_rejected", wrong_arguments_are_rejected),
        trial("cargo_stylus::trace_error_lists_the_tracers", trace_error_lists_the_tracers),
    ]
}

/// A folder and a node to run `cargo stylus` on WASM files.
pub struct Workshop {
    stage: Stage,
    project: Project,
}

impl Workshop {
    pub async fn open() -> Result<Self> {
        Ok(Self { stage: Stage::start().await?, project: Project::empty()? })
    }

    pub fn chain(&self) -> &Chain {
        &self.stage.chain
    }

    pub async fn run(&self, words: &[&str]) -> Result<String> {
        output(self.stage.cargo_stylus(self.project.path(), words)?).await
    }

    pub async fn failure(&self, words: &[&str]) -> Result<String> {
        failure(self.stage.cargo_stylus(self.project.path(), words)?).await
    }

    async fn check(&self, file: &Path) -> Result<String> {
        self.run(&["check", "--wasm-file", &file.display().to_string()]).await
    }

    /// Deploys the WASM file of a program; returns its address and the tool's output.
    pub async fn deploy(&self, program: Program, options: &[&str]) -> Result<(Address, String)> {
        let file = wasm(program)?.display().to_string();
        let words = ["deploy", "--no-verify", "--private-key", KEY, "--wasm-file", &file];
        let text = self.run(&[&words, options].concat()).await?;
        Ok((value_after(&text, DEPLOYED)?.parse()?, text))
    }

    /// Writes a WASM, given in text format, to the project's folder.
    fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.project.path().join(name);
        fs::write(&path, wat::parse_str(text)?)?;
        Ok(path)
    }
}

/// Constructs and uses a token. `cargo stylus` runs no constructor for a WASM file, so this sends it.
async fn construct_and_use(chain: &Chain, address: Address) -> Result<()> {
    let constructor = deploy::token_constructor("Coin", "COIN", 6);
    chain.payer().send(TransactionRequest::default().to(address).input(constructor.into())).await?;
    use_token(chain, address, ("Coin", "COIN", 6)).await
}

/// Checks the name, symbol and decimals of a token, and mints.
pub async fn use_token(chain: &Chain, address: Address, expected: (&str, &str, u8)) -> Result<()> {
    let token = Token::at(chain, address);
    let (name, symbol) = (token.name().call().await?, token.symbol().call().await?);
    let decimals = token.decimals().call().await?;
    ensure!((name.as_str(), symbol.as_str(), decimals) == expected, "{name} {symbol} {decimals}");
    let faucet = IToken::new(address, chain.provider().clone());
    chain.payer().send(faucet.mint(PAYER, U256::from(5))).await?;
    ensure!(token.balance(PAYER).await? == U256::from(5));
    Ok(())
}

async fn check_accepts_the_programs() -> Result<()> {
    let workshop = Workshop::open().await?;
    for program in [Program::Token, Program::Vault] {
        let file = wasm(program)?;
        let text = workshop.check(&file).await?;
        ensure!(text.contains("wasm data fee: 0.000"), "{text}");
        // The tool uses another compressor and adds a section with a hash of the project (zero for a file).
        let (ours, theirs) =
            (on_chain_code(&fs::read(file)?).len(), value_after(&text, "B (")?.parse::<usize>()?);
        ensure!(100 * ours.abs_diff(theirs) <= ours, "our build has {ours} bytes\n{text}");
    }
    ensure!(workshop.chain().provider().get_block_number().await? == 0, "a check sends nothing");
    Ok(())
}

/// A program that is valid apart from its body.
fn program(body: &str) -> String {
    format!(
        r#"(module
            (import "vm_hooks" "pay_for_memory_grow" (func (param i32)))
            (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param i32) (result i32) {body}))"#
    )
}

async fn check_rejects_floats_with_the_reason() -> Result<()> {
    let workshop = Workshop::open().await?;
    let whole = workshop.write("whole.wasm", &program("(i32.const 0)"))?;
    workshop.check(&whole).await?;
    let float = workshop.write("float.wasm", &program("(drop (f64.sqrt (f64.const 2))) (i32.const 0)"))?;
    let text = workshop.failure(&["check", "--wasm-file", &float.display().to_string()]).await?;
    ensure!(text.to_lowercase().contains("float"), "{text}");
    Ok(())
}

async fn check_rejects_a_program_without_entrypoint() -> Result<()> {
    let workshop = Workshop::open().await?;
    let bare = workshop.write("bare.wasm", r#"(module (memory (export "memory") 1))"#)?;
    let text = workshop.failure(&["check", "--wasm-file", &bare.display().to_string()]).await?;
    // The tool recognises this message and explains it.
    ensure!(text.contains("missing an entrypoint"), "{text}");
    Ok(())
}

async fn wasm_file_is_deployed_and_works() -> Result<()> {
    let workshop = Workshop::open().await?;
    let (address, text) = workshop.deploy(Program::Token, &[]).await?;
    ensure!(text.contains(ACTIVATED), "{text}");
    construct_and_use(workshop.chain(), address).await?;
    let (factory, text) = workshop.deploy(Program::Factory, &[]).await?;
    ensure!(text.contains(ACTIVATED), "{text}");
    let templates = templates(&workshop.stage).await?;
    let constructor = deploy::factory_constructor(templates);
    workshop.chain().payer().send(deploy::construction(factory, &constructor)).await?;
    check_factory(workshop.chain(), factory, templates).await
}

async fn same_code_needs_no_activation() -> Result<()> {
    let workshop = Workshop::open().await?;
    let (first, text) = workshop.deploy(Program::Token, &[]).await?;
    ensure!(text.contains(ACTIVATED) && !text.contains(ALREADY), "{text}");
    let (second, text) = workshop.deploy(Program::Token, &[]).await?;
    ensure!(text.contains(ALREADY) && !text.contains(ACTIVATED), "{text}");
    ensure!(first != second);
    construct_and_use(workshop.chain(), second).await
}

async fn activation_can_follow_later() -> Result<()> {
    let workshop = Workshop::open().await?;
    let (address, text) = workshop.deploy(Program::Token, &["--no-activate"]).await?;
    ensure!(text.contains("You must activate") && !text.contains(ACTIVATED), "{text}");
    let constructor =
        TransactionRequest::default().to(address).input(deploy::token_constructor("A", "B", 1).into());
    ensure!(workshop.chain().payer().send(constructor).await.is_err(), "the program is not active yet");
    let activate = ["activate", "--private-key", KEY, "--address", &address.to_string()];
    let text = workshop.run(&[&activate[..], &["--estimate-gas"]].concat()).await?;
    let gas: u64 = value_after(&text, "activation tx gas: ")?.parse()?;
    let text = workshop.run(&activate).await?;
    ensure!(text.contains(ACTIVATED), "{text}");
    let hash = value_after(&text, "with tx ")?.parse()?;
    let receipt = workshop.chain().provider().get_transaction_receipt(hash).await?.context("no receipt")?;
    ensure!(receipt.gas_used == gas, "estimated {gas} gas, used {}", receipt.gas_used);
    construct_and_use(workshop.chain(), address).await?;
    let text = workshop.failure(&activate).await?;
    let up_to_date = &keccak256("ProgramUpToDate()")[..4];
    ensure!(text.contains(&alloy::hex::encode(up_to_date)), "{text}");
    Ok(())
}

async fn estimates_change_nothing() -> Result<()> {
    let workshop = Workshop::open().await?;
    let file = wasm(Program::Vault)?.display().to_string();
    let words = ["deploy", "--no-verify", "--private-key", KEY, "--estimate-gas", "--wasm-file", &file];
    let text = workshop.run(&words).await?;
    ensure!(text.contains("deployment tx gas: "), "{text}");
    ensure!(workshop.chain().provider().get_block_number().await? == 0);
    Ok(())
}

/// `cargo stylus deploy --constructor-args …` in a project.
async fn deploy_project(stage: &Stage, project: &Project, arguments: &[&str]) -> Result<String> {
    output(project_command(stage, project, arguments)?).await
}

fn project_command(stage: &Stage, project: &Project, arguments: &[&str]) -> Result<Command> {
    let mut words = vec!["deploy", "--no-verify", "--private-key", KEY, "--endpoint", &stage.url];
    if !arguments.is_empty() {
        words.push("--constructor-args");
    }
    words.extend(arguments);
    let mut command = Command::new("cargo");
    command.arg("stylus").args(words).current_dir(project.path());
    project.prepare(&mut command)?;
    Ok(command)
}

async fn project_is_deployed_with_arguments() -> Result<()> {
    let stage = Stage::start().await?;
    let token = Project::of(Program::Token, TOKEN_CONSTRUCTOR)?;
    let text = deploy_project(&stage, &token, &["Some Coin", "COIN", "8"]).await?;
    let address = value_after(&text, DEPLOYED)?.parse()?;
    use_token(&stage.chain, address, ("Some Coin", "COIN", 8)).await?;

    let factory = Project::of(Program::Factory, FACTORY_CONSTRUCTOR)?;
    let arguments = template_words(&stage).await?;
    let blocks = stage.chain.provider().get_block_number().await?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let text = deploy_project(&stage, &factory, &arguments).await?;
    check_factory(&stage.chain, value_after(&text, DEPLOYED)?.parse()?, templates(&stage).await?).await?;
    ensure!(
        stage.chain.provider().get_block_number().await? == blocks + 1,
        "created, activated and constructed in one transaction"
    );
    Ok(())
}

async fn wrong_arguments_are_rejected() -> Result<()> {
    let stage = Stage::start().await?;
    let token = Project::of(Program::Token, TOKEN_CONSTRUCTOR)?;
    let cases: [(&[&str], &str); 3] = [
        (&["Coin"], "mismatch number of constructor arguments"),
        (&["Coin", "COIN", "many"], "could not parse constructor arg"),
        (&[], "mismatch number of constructor arguments"),
    ];
    for (arguments, reason) in cases {
        let text = failure(project_command(&stage, &token, arguments)?).await?;
        ensure!(text.contains(reason), "{text}");
    }
    // The contract itself rejects a template without code.
    let factory = Project::of(Program::Factory, FACTORY_CONSTRUCTOR)?;
    let words = wrong_template_words(&stage).await?;
    let blocks = stage.chain.provider().get_block_number().await?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = failure(project_command(&stage, &factory, &words)?).await?;
    ensure!(text.contains("execution reverted") && text.contains(&invalid_template()), "{text}");
    ensure!(stage.chain.provider().get_block_number().await? == blocks, "nothing was sent");
    Ok(())
}

/// The tool needs a JavaScript tracer or Nitro's own, which report arguments and results of host functions.
async fn trace_error_lists_the_tracers() -> Result<()> {
    let workshop = Workshop::open().await?;
    let (_, text) = workshop.deploy(Program::Token, &[]).await?;
    let hash = value_after(&text, "deployment tx hash: ")?;
    for options in [&["trace", "--tx", &hash][..], &["trace", "--use-native-tracer", "--tx", &hash]] {
        let text = workshop.failure(options).await?;
        ensure!(text.contains("unknown tracer") && text.contains("stylusProfile"), "{text}");
    }
    Ok(())
}
