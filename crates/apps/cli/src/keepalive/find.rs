//! Finds the programs of the contracts that the arguments name.
//! Without arguments they are all contracts of the deployment record.

use anyhow::Result;
use weir_client::Node;
use weir_programs::Programs;

use crate::{
    deployments::FolderArguments,
    exit::Failure,
    targets::{self, Target},
};

/// The programs of the contracts that these words name. Without words, of all contracts of the record.
///
/// # Errors
/// If there is no record, a name is unknown, a named contract runs no Stylus program, or the node does not answer.
pub async fn programs(words: &[String], folder: &FolderArguments, node: &Node) -> Result<Programs> {
    let targets = match words.is_empty() {
        true => targets::all(folder, node.chain_id)?,
        false => targets::find(words, folder, node.chain_id)?,
    };
    let mut programs = Programs::default();
    for target in &targets {
        let Target { address, .. } = target;
        let found = programs.add_contract(node, *address, target.program(), &target.words()).await?;
        // The record also has contracts that are not programs, such as the lifeboat.
        if !found && !words.is_empty() {
            return Err(Failure::check(format!(
                "the contract {} on chain {} runs no Stylus program: check the address and the chain",
                target.words(),
                node.chain_id
            ))
            .into());
        }
    }
    if programs.list().is_empty() {
        return Err(Failure::check(format!(
            "none of the recorded contracts is on chain {}, which may have been restarted: check --rpc-url",
            node.chain_id
        ))
        .into());
    }
    Ok(programs)
}
