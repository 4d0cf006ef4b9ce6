//! Deposit, earn, claim, withdraw: the vault's main way, on the WASM.

use alloy::primitives::U256;
use anyhow::Result;

use crate::scene::{Scene, TOKEN, Tokens};

#[tokio::test]
async fn a_deposit_comes_back_whole() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 5 * TOKEN).await?;
    let amount = U256::from(3 * TOKEN);
    let receipt = staker.send(scene.vault.deposit(amount, staker.address()).into_transaction_request()).await?;
    println!("deposit gas {}", receipt.gas_used);
    assert_eq!(scene.vault.balanceOf(staker.address()).call().await?, amount);
    let receipt = staker
        .send(scene.vault.withdraw(amount, staker.address(), staker.address()).into_transaction_request())
        .await?;
    println!("withdraw gas {}", receipt.gas_used);
    assert_eq!(scene.asset.balance(staker.address()).await?, U256::from(5 * TOKEN));
    assert_eq!(scene.vault.totalSupply().call().await?, U256::ZERO);
    Ok(())
}
