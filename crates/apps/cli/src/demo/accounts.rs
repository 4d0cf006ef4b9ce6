//! Accounts of stakers, buyers and funders.
//! Each has ether for gas, tokens, and an approval of the vault.

use anyhow::{Context, Result};
use weir_client::Account;
use weir_harness::{Chain, Token, Vault};

use crate::demo::rational::tokens;

/// Creates an account with `amount` whole tokens and approves the vault for them. `name` must be unique on this chain.
///
/// # Errors
/// If a transaction fails.
pub async fn funded_account(
    chain: &Chain,
    token: &Token,
    vault: &Vault,
    name: &str,
    amount: u64,
) -> Result<Account> {
    let account = chain.account(name).await.with_context(|| format!("cannot fund {name} with ether"))?;
    token.mint(chain, account.address(), tokens(amount)).await?;
    token
        .approve_all(&account, vault.address())
        .await
        .with_context(|| format!("the approval of {name} failed"))?;
    Ok(account)
}
