//! The node, the vault and the account that a command works with, all checked.
//! A session ends with a JSON document for scripts.

use alloy::{primitives::U256, rpc::types::TransactionReceipt};
use anyhow::Result;
use serde_json::{Value, json};
use weir_bindings::Program;
use weir_client::{Account, Node};

use super::{
    VaultArguments,
    sending::{Payment, account},
    vault::VaultHandle,
};
use crate::output::Output;

/// The context of a command.
pub struct Session {
    pub node: Node,
    pub vault: VaultHandle,
    pub account: Account,
    pub output: Output,
}

impl Session {
    /// Connects, finds and checks the vault, and reads the key. `needs` is a program that must be able to run.
    ///
    /// # Errors
    /// If there is no node, vault or key, the vault is not genuine, or the program cannot run.
    pub async fn open(arguments: &VaultArguments, needs: Option<Program>, output: Output) -> Result<Self> {
        let node = arguments.act.node.connect().await?;
        let vault = VaultHandle::find(&arguments.vault, &arguments.act, &node, output).await?;
        if let Some(program) = needs {
            vault.check_program(program)?;
        }
        let account = account(&arguments.act, &node, output).await?;
        Ok(Self { node, vault, account, output })
    }

    /// Approves the payment if it needs an approval.
    ///
    /// # Errors
    /// If the token reverts, or the node does not answer.
    pub async fn approve(&self, payment: &Payment<'_>, needs_approval: bool) -> Result<()> {
        if needs_approval { payment.approve(&self.node, &self.account, self.output).await } else { Ok(()) }
    }

    /// A payment of the asset to the vault.
    pub fn deposit(&self, amount: U256) -> Payment<'_> {
        Payment { token: &self.vault.asset, amount, spender: self.vault.address() }
    }

    /// A payment of the reward token to the vault.
    pub fn funding(&self, amount: U256) -> Payment<'_> {
        Payment { token: &self.vault.reward, amount, spender: self.vault.address() }
    }

    /// Prints the document of a command that sent nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn end(&self, mut document: Value) -> Result<()> {
        document["vault"] = json!(self.vault.address());
        document["account"] = json!(self.account.address());
        document["transaction"] = Value::Null;
        self.output.result(&document)
    }

    /// Prints the document of a command whose transaction was mined.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn sent(&self, mut document: Value, receipt: &TransactionReceipt) -> Result<()> {
        document["vault"] = json!(self.vault.address());
        document["account"] = json!(self.account.address());
        document["transaction"] = json!(receipt.transaction_hash);
        document["gas_used"] = json!(receipt.gas_used);
        self.output.result(&document)
    }
}
