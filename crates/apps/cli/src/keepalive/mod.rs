//! `weir keepalive`: renews programs before they expire, once or for as long as it runs (`--watch`).
//! It shows the cost first and asks before it sends anything.

mod arguments;
mod find;
mod outcome;
mod plan;
mod renew;
mod report;
mod watch;

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use weir_client::Node;

pub use self::arguments::{Arguments, HELP};
use self::{
    outcome::Outcome,
    plan::{Limits, Plan, Step},
    renew::Session,
};
use crate::{confirm::confirm, exit::Failure, keys, output::Output};

/// Runs `weir keepalive`.
///
/// # Errors
/// If there is nothing to renew by that name, no key, or the node does not answer; if a program cannot run, or a
/// renewal fails. The others are renewed all the same.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let signer = arguments.key.signer(|warning| output.note(warning))?;
    let node = arguments.node.connect().await?;
    if let Some(seconds) = arguments.watch {
        return watch::run(arguments, &node, signer, seconds, output).await;
    }
    let plan = make_plan(arguments, &node, signer.as_ref()).await?;
    output.say(report::plan(&plan))?;
    if arguments.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return finish(&plan, None, output);
    }
    if !plan.renews() {
        return finish(&plan, None, output);
    }
    let Some(signer) = signer else { return Err(keys::missing().into()) };
    plan.check_balance()?;
    if !arguments.yes {
        confirm(&format!("Renew these programs on chain {}?", plan.chain_id), "renew", output)?;
    }
    let session = Session::open(&node, signer).await?;
    let outcome = session.renew_all(&plan, |line| output.say(line)).await?;
    if let Some(summary) = report::outcome(&outcome) {
        output.say(summary)?;
    }
    finish(&plan, Some(&outcome), output)
}

/// Finds the programs and what there is to do.
async fn make_plan(arguments: &Arguments, node: &Node, signer: Option<&PrivateKeySigner>) -> Result<Plan> {
    let programs = find::programs(&arguments.targets, &arguments.folder, node).await?;
    let payer = match signer.map(PrivateKeySigner::address) {
        Some(address) => Some((address, node.provider.get_balance(address).await?)),
        None => None,
    };
    Plan::make(node, &programs, arguments.limits()?, payer).await
}

/// Prints the document, or returns the error that the command ends with.
fn finish(plan: &Plan, outcome: Option<&Outcome>, output: Output) -> Result<()> {
    let document = report::document(plan, outcome);
    match failure(plan, outcome) {
        Some(failure) => Err(failure.with_document(document).into()),
        None => output.result(&document),
    }
}

/// The error that the command ends with, if a renewal failed or a program cannot be renewed.
fn failure(plan: &Plan, outcome: Option<&Outcome>) -> Option<Failure> {
    if let Some(failure) = outcome.and_then(Outcome::failure) {
        return Some(failure);
    }
    let failed = plan.items.iter().find_map(|item| match &item.step {
        Step::Failed(why) => Some(format!("the program {} is not renewed: {why}", item.program.name)),
        _ => None,
    });
    if let Some(failed) = failed {
        return Some(Failure::rejected(failed));
    }
    let inactive = plan.problems();
    (!inactive.is_empty()).then(|| Failure::check(inactive.join("; ")))
}

/// The account that pays, and its balance in wei.
type Payer = (Address, U256);
