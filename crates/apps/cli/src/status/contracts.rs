//! The contracts to show: found once, and read together in one block.
//! `weir status` reads them once, `weir status --watch` until Ctrl-C.

use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_client::Node;
use weir_units::Moment;

use super::{
    arguments::Arguments,
    contract::{Contract, Kind},
    options::ViewOptions,
    programs::Findings,
};
use crate::{
    exit::Failure,
    genuine::Verdict,
    now::Now,
    targets::{self, Target},
};

/// The contracts to show, and their node.
pub struct Contracts {
    node: Node,
    options: ViewOptions,
    contracts: Vec<(Target, Contract)>,
}

/// The state of all contracts in one block.
pub struct View {
    pub text: String,
    pub document: Value,
    pub findings: Findings,
}

/// The text and document of each contract, and the findings on all.
type Parts = (Vec<(String, Value)>, Findings);

/// Number of attempts to read everything without a new block in between.
const READ_ATTEMPTS: usize = 3;

impl Contracts {
    /// Connects and finds the contracts.
    ///
    /// # Errors
    /// If the node does not answer, or an address has no contract of Weir's.
    pub async fn open(arguments: &Arguments) -> Result<Self> {
        let node = arguments.node.connect().await?;
        let now = Now::of(&node.provider).await?;
        let mut contracts = Vec::new();
        for target in targets::find(&arguments.targets, &arguments.folder, node.chain_id)? {
            let contract = Contract::find(&target, &node, now).await?;
            contracts.push((target, contract));
        }
        let account = match &arguments.account {
            Some(word) => Some(targets::account(word, &arguments.folder, node.chain_id)?),
            None => None,
        };
        Ok(Self { node, options: arguments.options(account), contracts })
    }

    /// Checks that all vaults are genuine.
    ///
    /// # Errors
    /// If one is not.
    pub fn check_genuine(&self) -> Result<()> {
        for (_, contract) in &self.contracts {
            if let Kind::Vault(vault) = &contract.kind
                && let Verdict::Forged(why) = &vault.verdict
            {
                return Err(Failure::check(why).into());
            }
        }
        Ok(())
    }

    /// Reads everything in one block, unless each attempt is interrupted by a new block.
    ///
    /// # Errors
    /// If the node does not answer, or a contract does not answer as its kind does.
    pub async fn read(&self) -> Result<View> {
        let provider = &self.node.provider;
        let mut now = Now::of(provider).await?;
        let (mut parts, mut findings) = Parts::default();
        for _ in 0..READ_ATTEMPTS {
            (parts, findings) = self.read_at(now).await?;
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
            "warnings": findings.warnings(),
        });
        Ok(View { text: format!("{head}\n{}", texts.join("\n")), document, findings })
    }

    async fn read_at(&self, now: Now) -> Result<Parts> {
        let (mut parts, mut findings) = Parts::default();
        for (target, contract) in &self.contracts {
            let read = contract.read(&self.node, target, &self.options, now).await;
            let (text, document, programs) =
                read.with_context(|| format!("cannot read {}", target.words()))?;
            if !contract.is_forged() {
                findings.add(&target.words(), &programs);
            }
            parts.push((text, document));
        }
        Ok((parts, findings))
    }
}
