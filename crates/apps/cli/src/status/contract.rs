//! One contract to show: finds out its kind and reads its state.
//! Genuine vaults are recognised by their code, other contracts by the functions that they answer.

use alloy::providers::Provider;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir::clones::VaultCode;
use weir_bindings::{IFactory, IPair, IVault};
use weir_client::{Node, answers};

use super::{factory, options::ViewOptions, pair::Pair, sections::sections, vault::Vault};
use crate::{exit::Failure, now::Now, targets::Target};

/// A contract of a known kind.
#[derive(Clone, Debug)]
pub enum Contract {
    Vault(Box<Vault>),
    Pair(Box<Pair>),
    Factory,
    /// A router or a program, which have no getters.
    WithoutGetters,
}

impl Contract {
    /// Finds out the kind of the contract.
    ///
    /// # Errors
    /// If there is no contract of Weir's at the address, or the node does not answer.
    pub async fn find(target: &Target, node: &Node) -> Result<Self> {
        let address = target.address;
        let incomplete = |function| {
            format!("the contract at {address} answers {function}, but not the other functions of its kind")
        };
        let code = node.provider.get_code_at(address).await?;
        if code.is_empty() {
            return Err(Failure::check(format!(
                "there is no contract at {address} on chain {} ({}): check the address and the chain, which may have \
                 been restarted",
                node.chain_id,
                target.words()
            ))
            .into());
        }
        // A vault is recognised by its code, because its program may not be able to run.
        if let Some(code) = VaultCode::decode(&code) {
            return Ok(Self::Vault(Box::new(Vault::of(node, address, &code).await?)));
        }
        let reader = node.reader(address);
        if answers(reader.ask(IVault::epochLengthCall {}).await)? {
            let vault = Vault::by_views(node, address).await.with_context(|| incomplete("epochLength"))?;
            return Ok(Self::Vault(Box::new(vault)));
        }
        if answers(reader.ask(IFactory::totalPairsCall {}).await)? {
            return Ok(Self::Factory);
        }
        if answers(reader.ask(IPair::tokenInCall {}).await)? {
            let pair = Pair::ask(node, address).await.with_context(|| incomplete("tokenIn"))?;
            return Ok(Self::Pair(Box::new(pair)));
        }
        if target.key.is_some() {
            return Ok(Self::WithoutGetters);
        }
        Err(Failure::check(format!(
            "the contract at {address} does not answer as a vault, pair or factory: check the address"
        ))
        .into())
    }

    /// Its state as text and as a JSON document.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn read(
        &self,
        node: &Node,
        target: &Target,
        options: &ViewOptions,
        now: Now,
    ) -> Result<(String, Value)> {
        let (text, mut document) = match self {
            Self::Vault(vault) => vault.read(node, options, now).await?,
            Self::Pair(pair) => pair.read(node, options, now).await?,
            Self::Factory => factory::read(node, target.address).await?,
            Self::WithoutGetters => code_size(node, target).await?,
        };
        document["key"] = json!(target.key);
        Ok((text, document))
    }
}

async fn code_size(node: &Node, target: &Target) -> Result<(String, Value)> {
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
