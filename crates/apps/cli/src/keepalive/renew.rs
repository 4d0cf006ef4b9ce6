//! Sends the renewals of a plan, one transaction a program.
//! One that fails does not keep the others from being renewed.

use alloy::{primitives::U256, signers::local::PrivateKeySigner};
use anyhow::{Result, anyhow};
use weir_bindings::deploy::with_margin;
use weir_client::{Account, Node};
use weir_programs::{FoundProgram, data_fee_paid, data_fees, renewal};

use super::{
    outcome::{Outcome, Renewed},
    plan::Plan,
    report,
};
use crate::{
    activity::time_of,
    exit::{ErrorKind, Failure, sentence},
    now::Now,
    transaction::send,
};

/// The node and the account that pays.
pub struct Session<'a> {
    node: &'a Node,
    account: Account,
}

impl<'a> Session<'a> {
    /// The account of `signer`, at its current nonce.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn open(node: &'a Node, signer: PrivateKeySigner) -> Result<Self> {
        let account = Account::new(node.provider.clone(), node.chain_id, signer).await?;
        Ok(Self { node, account })
    }

    /// Sends all renewals of the plan, and passes a line for each to `say`.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn renew_all(&self, plan: &Plan, say: impl Fn(String) -> Result<()>) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        for (item, _) in plan.renewals() {
            match self.renew(&item.program).await {
                Ok(renewed) => {
                    say(report::renewed(&renewed))?;
                    outcome.renewed.push(renewed);
                }
                Err(error) if ErrorKind::of(&error) == ErrorKind::Unreachable => return Err(error),
                Err(error) => {
                    let why = sentence(&error);
                    say(format!("  {:<9}  not renewed: {why}", item.program.name))?;
                    outcome.failed.push((item.program.clone(), why));
                }
            }
        }
        Ok(outcome)
    }

    /// Renews one program. The fee is read again, because earlier renewals have raised it.
    async fn renew(&self, program: &FoundProgram) -> Result<Renewed> {
        let fees = data_fees(self.node, &[program.code_hash]).await?;
        let Some(fee) = fees.first().copied().flatten() else {
            return Err(anyhow!(Failure::rejected("the chain does not let it be renewed now")));
        };
        let receipt =
            send(&self.account, renewal(program.code_hash, with_margin(fee)), "the renewal").await?;
        let data_fee = data_fee_paid(&receipt);
        let now = Now::of(&self.node.provider).await?.time;
        Ok(Renewed {
            program: program.clone(),
            expires: time_of(self.node, program.address, now).await?.expires(),
            transaction: receipt.transaction_hash,
            gas_used: receipt.gas_used,
            data_fee,
            wei: data_fee + U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price),
        })
    }
}
