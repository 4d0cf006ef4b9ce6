//! Contracts that were found once and are read again and again, all in one block.
//! `weir status` reads them once, `weir status --watch` until Ctrl-C.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_client::Node;
use weir_units::Moment;

use super::{
    arguments::Arguments,
    contract::Contract,
    question::{Now, Question},
};
use crate::{
    exit::Failure,
    genuine::Verdict,
    targets::{self, Target},
};

/// Contracts that were found, on a node that answered.
pub struct Session {
    node: Node,
    question: Question,
    contracts: Vec<(Target, Contract)>,
}

/// One look at all of them.
pub struct View {
    pub text: String,
    pub document: Value,
}

/// How often a look is taken again because a block came in the middle of it.
const LOOKS: usize = 3;

impl Session {
    /// Connects, and finds the contracts.
    ///
    /// # Errors
    /// If the node does not answer, or there is nothing of Weir's at an address.
    pub async fn open(arguments: &Arguments) -> Result<Self> {
        let node = arguments.node.connect().await?;
        let mut contracts = Vec::new();
        for target in targets::find(&arguments.targets, &arguments.folder, node.chain_id)? {
            let contract = Contract::find(&target, &node).await?;
            contracts.push((target, contract));
        }
        let account = match &arguments.account {
            Some(word) => Some(targets::account(word, &arguments.folder, node.chain_id)?),
            None => None,
        };
        Ok(Self { node, question: arguments.question(account), contracts })
    }

    /// Checks that all vaults are genuine.
    ///
    /// # Errors
    /// If one is not.
    pub fn check(&self) -> Result<()> {
        for (_, contract) in &self.contracts {
            if let Contract::Vault(vault) = contract
                && let Verdict::Forged(why) = &vault.verdict
            {
                return Err(Failure::check(why).into());
            }
        }
        Ok(())
    }

    /// Reads everything in one block, unless a new block comes in between three times in a row.
    ///
    /// # Errors
    /// If the node does not answer, or a contract answers as none of its kind.
    pub async fn look(&self) -> Result<View> {
        let provider = &self.node.provider;
        let mut now = Now::of(provider).await?;
        let mut parts = Vec::new();
        for _ in 0..LOOKS {
            parts = self.read(now).await?;
            let then = Now::of(provider).await?;
            if then.block == now.block {
                break;
            }
            now = then;
        }
        let (texts, documents): (Vec<String>, Vec<Value>) = parts.into_iter().unzip();
        let head = format!(
            "Chain {} at {}, block {}, {}\n",
            self.node.chain_id,
            self.node.endpoint,
            now.block,
            Moment(now.time)
        );
        let document = json!({
            "chain_id": self.node.chain_id, "block": now.block, "time": now.time, "contracts": documents,
        });
        Ok(View { text: format!("{head}\n{}", texts.join("\n")), document })
    }

    async fn read(&self, now: Now) -> Result<Vec<(String, Value)>> {
        let mut parts = Vec::new();
        for (target, contract) in &self.contracts {
            let read = contract.read(&self.node, target, &self.question, now).await;
            parts.push(read.with_context(|| format!("cannot read {}", target.words()))?);
        }
        Ok(parts)
    }
}
