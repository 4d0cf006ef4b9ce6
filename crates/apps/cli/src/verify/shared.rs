//! Factories and routers: what their clones run.
//! A factory's lists are not looked at: its deployer could have planted entries.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
};
use anyhow::Result;
use serde_json::json;
use weir::clones::{VaultPrograms, common_of_pairs, common_of_vaults};
use weir_client::Node;

use super::{Finding, clone::addresses, reason, runs};
use crate::{exit::Failure, genuine, status::sections::row};

/// A factory.
///
/// # Errors
/// If the node does not answer.
pub async fn factory(node: &Node, address: Address, hash: B256) -> Result<Finding> {
    let found = genuine::run_by_clones_of(node, address).await?;
    let (run_rows, run_document) = runs(&found)?;
    let sections = vec![("code", vec![row("hash", hash.to_string())]), ("its clones run", run_rows)];
    let document = json!({ "code_hash": hash, "runs": run_document });
    let checked = genuine::check_factory(node, address).await;
    Ok(Finding { what: "factory".into(), reason: reason(checked)?, sections, document })
}

/// A router: its factory, and the hashes of what that factory's clones have in common, by which it knows them.
///
/// # Errors
/// If the node does not answer.
pub async fn router(node: &Node, address: Address, hash: B256) -> Result<Finding> {
    let slot = async |number: u64| node.provider.get_storage_at(address, U256::from(number)).await;
    let factory = Address::from_word(slot(0).await?.into());
    let stored = [slot(1).await?, slot(2).await?].map(B256::from);
    let found = genuine::run_by_clones_of(node, factory).await?;
    let [pair, program, extension, lifeboat] = found.map(|(_, at)| at);
    let expected = [
        keccak256(common_of_pairs(pair, factory)),
        keccak256(common_of_vaults(VaultPrograms { program, extension, lifeboat }, factory)),
    ];
    let mut checked = genuine::check_factory(node, factory).await;
    if checked.is_ok() && stored != expected {
        checked = Err(Failure::check(format!(
            "{address} on chain {} is not a genuine router: it serves other clones than those of its factory {factory}",
            node.chain_id
        ))
        .into());
    }
    let sections =
        vec![("code", vec![row("hash", hash.to_string()), row("serves the clones of", factory.to_string())])];
    let document = json!({ "code_hash": hash, "factory": factory, "runs": addresses(&found) });
    Ok(Finding { what: "router".into(), reason: reason(checked)?, sections, document })
}
