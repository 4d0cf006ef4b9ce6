//! A contract to be shown: which kind it is, and its sections as a table.

use alloy::providers::Provider;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir::clones::VaultCode;
use weir_bindings::{IFactory, IPair, IVault};
use weir_client::{Node, answers};

use super::{
    factory,
    pair::Pair,
    question::{Now, Question},
    sections::sections,
    vault::Vault,
};
use crate::{exit::Failure, targets::Target};

/// What stands at an address.
#[derive(Clone, Debug)]
pub enum Contract {
    Vault(Box<Vault>),
    Pair(Box<Pair>),
    Factory,
    /// It has no getters: a router, or a program.
    Silent,
}

impl Contract {
    /// Finds out what stands there by asking it.
    ///
    /// # Errors
    /// If there is nothing, nothing of ours, or the node does not answer.
    pub async fn find(target: &Target, node: &Node) -> Result<Self> {
        let address = target.address;
        let no_more_than =
            |function| format!("the contract at {address} answers {function} and not all that it has to");
        let code = node.provider.get_code_at(address).await?;
        if code.is_empty() {
            return Err(Failure::check(format!(
                "there is no contract at {address} on chain {} ({}): was the chain started anew, or is it another?",
                node.chain_id,
                target.words()
            ))
            .into());
        }
        // Whether its program can run or not.
        if let Some(code) = VaultCode::decode(&code) {
            return Ok(Self::Vault(Box::new(Vault::of(node, address, &code).await?)));
        }
        let reader = node.reader(address);
        if answers(reader.ask(IVault::epochLengthCall {}).await)? {
            let vault = Vault::by_views(node, address).await.with_context(|| no_more_than("epochLength"))?;
            return Ok(Self::Vault(Box::new(vault)));
        }
        if answers(reader.ask(IFactory::totalPairsCall {}).await)? {
            return Ok(Self::Factory);
        }
        if answers(reader.ask(IPair::tokenInCall {}).await)? {
            let pair = Pair::ask(node, address).await.with_context(|| no_more_than("tokenIn"))?;
            return Ok(Self::Pair(Box::new(pair)));
        }
        if target.key.is_some() {
            return Ok(Self::Silent);
        }
        Err(Failure::check(format!(
            "the contract at {address} answers neither as a vault nor as a pair or a factory: is the address right?"
        ))
        .into())
    }

    /// Its state, as a text and as a document.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn read(
        &self,
        node: &Node,
        target: &Target,
        question: &Question,
        now: Now,
    ) -> Result<(String, Value)> {
        let (text, mut document) = match self {
            Self::Vault(vault) => vault.read(node, question, now).await?,
            Self::Pair(pair) => pair.read(node, question, now).await?,
            Self::Factory => factory::read(node, target.address).await?,
            Self::Silent => silent(node, target).await?,
        };
        document["key"] = json!(target.key);
        Ok((text, document))
    }
}

async fn silent(node: &Node, target: &Target) -> Result<(String, Value)> {
    let code = node.provider.get_code_at(target.address).await?;
    let size = format!("{} bytes of code", code.len());
    let text = sections(
        &target.words(),
        &target.address.to_string(),
        vec![("on chain", vec![("code".to_owned(), size)])],
    );
    let kind = target.words();
    let kind = kind.split('.').next().unwrap_or_default();
    Ok((text, json!({ "kind": kind, "address": target.address, "code_bytes": code.len() })))
}
