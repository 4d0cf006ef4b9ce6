//! `weir verify`: says what a contract is, from its code and address alone, and whether it is one of this build.
//! It needs a node and this repository, and trusts neither lists nor views.

mod clone;
mod shared;

use alloy::{
    primitives::{Address, keccak256},
    providers::Provider,
};
use anyhow::Result;
use serde_json::{Value, json};
use weir::clones::{PairCode, VaultCode};
use weir_artifacts::compiler;
use weir_bindings::{
    Program,
    deploy::{code_of, is_active},
    fixed::Fixed,
};
use weir_client::Node;

use crate::{
    deployments::FolderArguments,
    exit::{ErrorKind, Failure, sentence},
    node::NodeArguments,
    output::Output,
    status::sections::{row, sections},
    targets,
};

/// Explanation and examples for `--help`.
pub const HELP: &str = "\
A vault or pair is genuine if its code is that of a clone, its address follows from its code, what it runs is at the
fixed addresses of this build, and its values are those that a factory accepts (docs/security.md). A program or lifeboat
is recognised by its code and its fixed address, a factory or router by its code and by what its clones run.

Any node that you trust will do: only the present state is read. Build the release that a contract was deployed from to verify it;
docs/verify.md says how to build the same bytes.

Examples:
  weir verify savings
  weir verify 0x8603fAB87Df961f359a0DbbBa45B53B9dd0f3E43 --rpc-url https://arb1.arbitrum.io/rpc
  weir verify 0x8603fAB87Df961f359a0DbbBa45B53B9dd0f3E43 --json

Exit codes: 0 all are genuine, 1 the programs are not built, 3 no node, 5 one is not genuine.";

/// Arguments of `weir verify`.
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Contracts, by address or by name in the deployment record.
    #[arg(value_name = "NAME|0x…", required = true)]
    contracts: Vec<String>,

    #[command(flatten)]
    node: NodeArguments,

    #[command(flatten)]
    folder: FolderArguments,
}

/// What a contract with other code was found not to be.
const UNKNOWN: &str = "contract of this build";

/// What a contract was found to be.
struct Finding {
    /// `vault`, `program vault`, `factory`, …
    what: String,
    /// Why it is not genuine.
    reason: Option<anyhow::Error>,
    /// Names and values of what was found, by section.
    sections: Vec<(&'static str, Vec<(String, String)>)>,
    document: Value,
}

/// Verifies the contracts.
///
/// # Errors
/// If one is not genuine, the programs have not been built, or the node does not answer.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let node = arguments.node.connect().await?;
    let targets = targets::find(&arguments.contracts, &arguments.folder, node.chain_id)?;
    let mut documents = Vec::new();
    let mut failed = None;
    for target in targets {
        let finding = find(&node, target.address).await?;
        output.say(finding.text(&node, target.address))?;
        documents.push(finding.document(target.address));
        failed = failed.or(finding.reason.as_ref().map(sentence));
    }
    let document = json!({
        "chain_id": node.chain_id,
        "version": env!("CARGO_PKG_VERSION"),
        "compiler": compiler().ok(),
        "contracts": documents,
    });
    match failed {
        Some(why) => Err(Failure::check(why).with_document(document).into()),
        None => output.result(&document),
    }
}

/// Finds out what the contract is.
async fn find(node: &Node, address: Address) -> Result<Finding> {
    let code = node.provider.get_code_at(address).await?;
    if code.is_empty() {
        let chain = node.chain_id;
        let message =
            format!("there is no contract at {address} on chain {chain}: check the address and the chain");
        return Ok(Finding {
            what: UNKNOWN.into(),
            reason: Some(Failure::check(message).into()),
            sections: vec![("code", vec![row("hash", "none".into())])],
            document: Value::Null,
        });
    }
    if let Some(vault) = VaultCode::decode(&code) {
        return clone::vault(node, address, &code, &vault).await;
    }
    if let Some(pair) = PairCode::decode(&code) {
        return clone::pair(node, address, &code, &pair).await;
    }
    let hash = keccak256(&code);
    for fixed in Fixed::ALL {
        if keccak256(fixed.code()?) == hash {
            return fixed_contract(node, address, fixed).await;
        }
    }
    match [Program::Factory, Program::Router, Program::Token].into_iter().find_map(|program| {
        (keccak256(code_of(program).ok()?) == hash).then_some(program)
    }) {
        Some(Program::Factory) => shared::factory(node, address, hash).await,
        Some(Program::Router) => shared::router(node, address, hash).await,
        Some(_) => Ok(Finding {
            what: "test token".into(),
            reason: None,
            sections: vec![("code", vec![row("hash", hash.to_string())])],
            document: json!({ "code_hash": hash, "program": Program::Token.name() }),
        }),
        None => Ok(Finding {
            what: UNKNOWN.into(),
            reason: Some(
                Failure::check(format!(
                    "{address} on chain {} is no contract of this build: its code has the hash {hash}; build the \
                     release that it was deployed from, or do not use it",
                    node.chain_id
                ))
                .into(),
            ),
            sections: vec![("code", vec![row("hash", hash.to_string())])],
            document: json!({ "code_hash": hash }),
        }),
    }
}

/// A program or lifeboat that clones run. With the same code at another address it is harmless, but clones that run it
/// are not genuine.
async fn fixed_contract(node: &Node, address: Address, fixed: Fixed) -> Result<Finding> {
    let expected = fixed.address()?;
    let reason = (address != expected).then(|| {
        Failure::check(format!(
            "{address} has the code of the {} but not its address, which is {expected} on every chain: no genuine clone \
             runs it",
            fixed.words()
        ))
        .into()
    });
    let code = fixed.code()?;
    let hash = keccak256(&code);
    let mut rows = vec![row("hash", hash.to_string()), row("fixed address", expected.to_string())];
    let mut document = json!({ "code_hash": hash, "fixed_address": expected });
    if let Fixed::Program(_) = fixed {
        let is_active = is_active(&node.provider, &code).await?;
        rows.push(row("can run", if is_active { "yes" } else { "no: not activated, or expired" }.into()));
        document["active"] = json!(is_active);
    }
    Ok(Finding { what: fixed.words(), reason, sections: vec![("code", rows)], document })
}

impl Finding {
    fn text(&self, node: &Node, address: Address) -> String {
        let what = &self.what;
        let verdict = match &self.reason {
            None => format!("genuine {what} on chain {}", node.chain_id),
            Some(_) if what == UNKNOWN => format!("no {what}"),
            Some(_) => format!("NOT a genuine {what}: do not use it"),
        };
        sections(&verdict, &address.to_string(), self.sections.clone())
    }

    fn document(&self, address: Address) -> Value {
        json!({
            "address": address,
            "what": self.what,
            "genuine": self.reason.is_none(),
            "reason": self.reason.as_ref().map(|reason| format!("{reason:#}")),
            "found": self.document,
        })
    }
}

/// What a clone, or a factory's clones, run: rows for people, and addresses for scripts.
fn runs(found: &[(Fixed, Address)]) -> Result<(Vec<(String, String)>, Value)> {
    let mut rows = Vec::new();
    for (fixed, at) in found {
        let is_fixed = fixed.address()? == *at;
        let words = if is_fixed { "its fixed address" } else { "NOT its fixed address" };
        rows.push(row(&fixed.words(), format!("at {at}, {words}")));
    }
    Ok((rows, clone::addresses(found)))
}

/// Whether a check failed: then its reason. Other errors are returned as errors.
fn reason(checked: Result<()>) -> Result<Option<anyhow::Error>> {
    match checked {
        Ok(()) => Ok(None),
        Err(error) if ErrorKind::of(&error) == ErrorKind::Check => Ok(Some(error)),
        Err(error) => Err(error),
    }
}
