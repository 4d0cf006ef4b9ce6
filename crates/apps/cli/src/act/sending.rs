//! Sends an account's transactions: an approval if it is needed, then the call.
//! Each is simulated first, so that a revert costs no gas and is reported by name.

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
};
use anyhow::{Context, Result};
use tokio::try_join;
use weir_bindings::IERC20;
use weir_client::{Account, Action, Node};

use super::ActArguments;
use crate::{exit::Failure, keys, output::Output, token::Token, transaction::send};

/// The account that signs.
///
/// # Errors
/// If there is no key, or the node does not answer.
pub async fn account(arguments: &ActArguments, node: &Node, output: Output) -> Result<Account> {
    let Some(signer) = arguments.key.signer(|warning| output.note(warning))? else {
        return Err(keys::missing().into());
    };
    Ok(Account::new(node.provider.clone(), node.chain_id, signer).await?)
}

/// A payment by the account that the vault or router pulls.
pub struct Payment<'a> {
    pub token: &'a Token,
    /// Base units.
    pub amount: U256,
    /// The contract that pulls it.
    pub spender: Address,
}

impl Payment<'_> {
    /// Checks that the account has the amount. Returns whether the spender still needs an approval.
    ///
    /// # Errors
    /// If the account has less, or the node does not answer.
    pub async fn check(&self, node: &Node, account: Address) -> Result<bool> {
        let token = node.reader(self.token.address).in_next_block();
        let (balance, allowance) = try_join!(
            token.ask(IERC20::balanceOfCall { account }),
            token.ask(IERC20::allowanceCall { owner: account, spender: self.spender })
        )
        .with_context(|| format!("cannot read the token {}", self.token.words()))?;
        if balance < self.amount {
            let (has, needs) = (self.token.exact(balance), self.token.exact(self.amount));
            return Err(Failure::rejected(format!(
                "{account} has {has} and needs {needs}: send it tokens, or choose a smaller amount"
            ))
            .into());
        }
        Ok(allowance < self.amount)
    }

    /// Approves exactly the amount. A token that rejects a change of a non-zero allowance (USDT) is set to 0 first.
    ///
    /// # Errors
    /// If the token reverts, or the node does not answer.
    pub async fn approve(&self, node: &Node, account: &Account, output: Output) -> Result<()> {
        let token = IERC20::new(self.token.address, node.provider.clone());
        let approve = token.approve(self.spender, self.amount).into_request();
        let needs_reset = match account.gas_for(approve.clone()).await {
            Ok(_) => false,
            Err(error) if error.revert_data().is_some() => true,
            Err(error) => return Err(error.into()),
        };
        if needs_reset {
            send(account, token.approve(self.spender, U256::ZERO), "the approval").await?;
        }
        let receipt = send(account, approve, "the approval").await?;
        let amount = self.token.exact(self.amount);
        output.say(format_args!(
            "Approved {amount} for {}. Transaction {}.",
            self.spender, receipt.transaction_hash
        ))
    }
}

/// Describes a mined transaction: `Transaction 0x…, 85185 gas.`
pub fn mined(receipt: &TransactionReceipt) -> String {
    format!("Transaction {}, {} gas.", receipt.transaction_hash, receipt.gas_used)
}
