//! A command at work: the node, the vault, and the account that signs, all checked.
//! It ends with a document for scripts.

use alloy::{primitives::U256, rpc::types::TransactionReceipt};
use anyhow::Result;
use serde_json::{Value, json};
use weir_bindings::Program;
use weir_client::{Account, Node};

use super::{
    VaultArguments,
    place::Place,
    sending::{Payment, account},
};
use crate::output::Output;

/// What a command acts with.
pub struct Session {
    pub node: Node,
    pub place: Place,
    pub account: Account,
    pub output: Output,
}

impl Session {
    /// Connects, finds and checks the vault, and reads the key. `needs` is the program that has to run, if one has to.
    ///
    /// # Errors
    /// If there is no node, vault or key, the vault is not genuine, or its program cannot run.
    pub async fn open(arguments: &VaultArguments, needs: Option<Program>, output: Output) -> Result<Self> {
        let node = arguments.act.node.connect().await?;
        let place = Place::find(&arguments.vault, &arguments.act, &node, output).await?;
        if let Some(program) = needs {
            place.needs(program)?;
        }
        let account = account(&arguments.act, &node, output).await?;
        Ok(Self { node, place, account, output })
    }

    /// Pays the vault, after an approval if it needs one.
    ///
    /// # Errors
    /// If the token reverts, or the node does not answer.
    pub async fn approve(&self, payment: &Payment<'_>, needs_approval: bool) -> Result<()> {
        if needs_approval { payment.approve(&self.node, &self.account, self.output).await } else { Ok(()) }
    }

    /// A payment of the asset to the vault.
    pub fn deposit(&self, amount: U256) -> Payment<'_> {
        Payment { token: &self.place.asset, amount, spender: self.place.address() }
    }

    /// A payment of the reward token to the vault.
    pub fn gift(&self, amount: U256) -> Payment<'_> {
        Payment { token: &self.place.reward, amount, spender: self.place.address() }
    }

    /// The document of a command that has sent nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(&self, mut document: Value) -> Result<()> {
        document["vault"] = json!(self.place.address());
        document["account"] = json!(self.account.address());
        document["transaction"] = Value::Null;
        self.output.result(&document)
    }

    /// The document of a command whose transaction was mined.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sent(&self, mut document: Value, receipt: &TransactionReceipt) -> Result<()> {
        document["vault"] = json!(self.place.address());
        document["account"] = json!(self.account.address());
        document["transaction"] = json!(receipt.transaction_hash);
        document["gas_used"] = json!(receipt.gas_used);
        self.output.result(&document)
    }
}
