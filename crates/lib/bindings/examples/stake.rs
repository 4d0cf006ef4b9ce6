//! Stakes in a vault and claims the rewards: approve, deposit, claim.
//!
//!     WEIR_PRIVATE_KEY=0x… cargo run -p weir-bindings --example stake -- RPC_URL VAULT AMOUNT
//!
//! AMOUNT is in base units of the vault's asset, which the account of the key must hold. With 0 it only claims.

use std::env;

use alloy::{
    primitives::{Address, U256},
    providers::{Provider, ProviderBuilder},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result, bail};
use weir_bindings::{
    IERC20,
    IVault::{self, IVaultInstance, RewardPaid},
    revert::explain,
};

#[allow(dead_code, reason = "the test has a main function of its own")]
#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [url, vault, amount] = arguments.as_slice() else {
        bail!("expected RPC_URL VAULT AMOUNT, for example http://127.0.0.1:8547 0x… 1000000");
    };
    let key = env::var("WEIR_PRIVATE_KEY").context("set WEIR_PRIVATE_KEY to the staker's key")?;
    run(url, &key, vault.parse()?, amount.parse()?).await?;
    Ok(())
}

/// The account's position after a run.
#[derive(Debug)]
pub struct Staked {
    /// Shares of the vault.
    pub shares: U256,
    /// Rewards paid by this run, in base units of the reward token.
    pub claimed: U256,
}

/// Stakes `assets` base units, unless 0, and claims the rewards earned so far.
pub async fn run(url: &str, key: &str, vault: Address, assets: U256) -> Result<Staked> {
    let signer: PrivateKeySigner = key.parse()?;
    let account = signer.address();
    let provider = ProviderBuilder::new().wallet(signer).connect_http(url.parse()?);
    let vault = IVault::new(vault, provider);

    if !assets.is_zero() {
        stake(&vault, account, assets).await?;
    }
    let shares = vault.balanceOf(account).call().await?;
    println!(
        "{} {} staked; epoch {} ends at {}",
        shares,
        vault.symbol().call().await?,
        vault.epoch().call().await?,
        vault.epochEnd().call().await?
    );

    let receipt = vault.claim(account).send().await?.get_receipt().await?;
    let paid = receipt.decoded_log::<RewardPaid>();
    let claimed = paid.map_or(U256::ZERO, |event| event.amount);
    println!("{claimed} base units of reward claimed");
    Ok(Staked { shares, claimed })
}

async fn stake(vault: &IVaultInstance<impl Provider>, account: Address, assets: U256) -> Result<()> {
    let asset = IERC20::new(vault.asset().call().await?, vault.provider());
    let approval = asset.approve(*vault.address(), assets).send().await?.get_receipt().await?;
    anyhow::ensure!(
        approval.status(),
        "the asset's approval failed: see transaction {}",
        approval.transaction_hash
    );
    // Simulate first: a failed call returns the reason, a failed transaction does not.
    let deposit = vault.deposit(assets, account);
    if let Err(error) = deposit.call().await {
        let reason = error.as_revert_data().map_or_else(|| error.to_string(), |data| explain(&data));
        bail!("the deposit would revert: {reason}");
    }
    let receipt = deposit.send().await?.get_receipt().await?;
    println!("deposited {assets} in block {}", receipt.block_number.unwrap_or_default());
    Ok(())
}
