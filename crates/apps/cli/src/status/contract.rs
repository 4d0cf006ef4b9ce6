//! One contract to show: finds out its kind and reads its state.
//! Genuine vaults and pairs are recognised by their code, other contracts by the functions that they answer.

use alloy::providers::Provider;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir::clones::{PairCode, VaultCode};
use weir_bindings::{IFactory, IPair, IVault, Program};
use weir_client::{Node, answers};
use weir_programs::Programs;

use super::{
    factory, options::ViewOptions, pair::Pair, programs::ProgramStates, sections::sections, vault::Vault,
};
use crate::{exit::Failure, genuine::Verdict, now::Now, targets::Target};

/// A contract of a known kind, and the programs that it runs.
#[derive(Clone, Debug)]
pub struct Contract {
    pub kind: Kind,
    programs: Programs,
}

/// A kind of contract, with what is read only once.
#[derive(Clone, Debug)]
pub enum Kind {
    Vault(Box<Vault>),
    Pair(Box<Pair>),
    Factory,
    /// A router or a program, which have no getters; or a factory that cannot run.
    WithoutGetters,
}

impl Contract {
    /// Finds out the kind of the contract and its programs.
    ///
    /// # Errors
    /// If there is no contract of Weir's at the address, or the node does not answer.
    pub async fn find(target: &Target, node: &Node, now: Now) -> Result<Self> {
        let mut programs = Programs::default();
        programs.add_contract(node, target.address, target.program(), &target.words()).await?;
        let states = ProgramStates::read(node, &programs, now.time).await?;
        let kind = Kind::find(target, node, states.is_stopped()).await?;
        if let Kind::Vault(vault) = &kind {
            for token in [&vault.asset, &vault.reward, &vault.sold] {
                programs.add_contract(node, token.address, Some(Program::Token), &token.symbol).await?;
            }
        }
        Ok(Self { kind, programs })
    }

    /// Whether it is a vault that is not genuine. Nobody must be asked to activate its programs.
    pub fn is_forged(&self) -> bool {
        matches!(&self.kind, Kind::Vault(vault) if matches!(vault.verdict, Verdict::Forged(_)))
    }

    /// Its state as text and as a JSON document, and that of its programs.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn read(
        &self,
        node: &Node,
        target: &Target,
        options: &ViewOptions,
        now: Now,
    ) -> Result<(String, Value, ProgramStates)> {
        let programs = ProgramStates::read(node, &self.programs, now.time).await?;
        let (mut text, mut document) = match &self.kind {
            Kind::Vault(vault) => vault.read(node, options, &programs, now).await?,
            Kind::Pair(pair) => pair.read(node, options, &programs, now).await?,
            Kind::Factory if !programs.is_stopped() => factory::read(node, target.address, &programs).await?,
            Kind::Factory | Kind::WithoutGetters => without_getters(node, target, &programs).await?,
        };
        if let Some(remedies) = programs.remedies().filter(|_| !self.is_forged()) {
            text += &remedies;
        }
        document["key"] = json!(target.key);
        document["programs"] = programs.document();
        Ok((text, document, programs))
    }
}

impl Kind {
    /// `is_stopped` says whether the contract's own program cannot run, so that it answers nothing.
    async fn find(target: &Target, node: &Node, is_stopped: bool) -> Result<Self> {
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
        // Clones are recognised by their code, because their programs may not be able to run.
        if let Some(code) = VaultCode::decode(&code) {
            return Ok(Self::Vault(Box::new(Vault::of(node, address, &code).await?)));
        }
        if let Some(code) = PairCode::decode(&code) {
            return Ok(Self::Pair(Box::new(Pair::of(node, address, &code.config).await)));
        }
        if is_stopped {
            return Ok(Self::WithoutGetters);
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
}

/// A contract that has no getters, or does not answer because its program cannot run: its code and program.
async fn without_getters(node: &Node, target: &Target, programs: &ProgramStates) -> Result<(String, Value)> {
    let code = node.provider.get_code_at(target.address).await?;
    let size = format!("{} bytes of code", code.len());
    let mut parts = vec![("on chain", vec![("code".to_owned(), size)])];
    let rows = programs.rows();
    if !rows.is_empty() {
        parts.push(("program", rows));
    }
    let text = sections(&target.words(), &target.address.to_string(), parts);
    let kind = target.key.as_deref().unwrap_or("program");
    let kind = kind.split('.').next().unwrap_or_default();
    Ok((text, json!({ "kind": kind, "address": target.address, "code_bytes": code.len() })))
}
