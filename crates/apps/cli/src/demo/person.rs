//! Somebody who takes part: an account with ether for gas, tokens, and an approval of the vault.

use anyhow::{Context, Result};
use weir_client::Account;
use weir_harness::{Chain, Token, Vault};

use crate::demo::rational::tokens;

/// Makes an account with `amount` whole tokens, all of which the vault may take. `name` is its own on this chain.
///
/// # Errors
/// If a transaction fails.
pub async fn person(chain: &Chain, token: &Token, vault: &Vault, name: &str, amount: u64) -> Result<Account> {
    let account = chain.account(name).await.with_context(|| format!("{name} gets no ether"))?;
    token.mint(chain, account.address(), tokens(amount)).await?;
    token
        .approve_all(&account, vault.address())
        .await
        .with_context(|| format!("{name} cannot approve the vault"))?;
    Ok(account)
}
