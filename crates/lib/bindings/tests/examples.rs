//! Runs the examples on a devnode as a user runs them.

#[path = "../examples/stake.rs"]
mod stake;
#[path = "../examples/watch_auction.rs"]
mod watch_auction;

use alloy::primitives::{Bytes, U256};
use anyhow::{Context, Result};
use weir_bindings::ILiquidationPair;
use weir_devnode::Devnode;
use weir_harness::{Chain, Token, Vault, VaultSettings};

/// Length of an epoch and target period of the auction, in seconds.
const EPOCH: u64 = 86_400;
/// First price of the auction, stake, reward and lot. A power of two, so that rewards are exact.
const AMOUNT: u64 = 1 << 20;

/// A vault on a devnode, with tokens that anyone can mint.
struct Fixture {
    chain: Chain,
    asset: Token,
    reward: Token,
    yield_token: Token,
    vault: Vault,
}

impl Fixture {
    async fn new() -> Result<Self> {
        let chain = Chain::at_a_standstill(Devnode::builder()).await?;
        let asset = Token::deploy(&chain, "Asset", "AST", 18).await?;
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let settings = VaultSettings {
            asset: *asset.address(),
            reward: *reward.address(),
            yieldToken: *yield_token.address(),
            epochLength: EPOCH as u32,
            targetAuctionPeriod: EPOCH as u32,
            targetAuctionPrice: U256::from(AMOUNT),
            name: "Staked Asset".into(),
            symbol: "sAST".into(),
            ..Default::default()
        };
        let vault = Vault::create(&chain, &settings).await?;
        Ok(Self { chain, asset, reward, yield_token, vault })
    }

    fn url(&self) -> Result<String> {
        Ok(self.chain.node().context("the chain is not a devnode")?.rpc_url())
    }
}

#[tokio::test]
async fn stake_deposits_and_claims() -> Result<()> {
    let fixture = Fixture::new().await?;
    let (vault, amount) = (fixture.vault.address(), U256::from(AMOUNT));
    let staker = fixture
        .chain
        .node()
        .and_then(|node| node.accounts().get(1))
        .context("the devnode has no second account")?;
    let (url, key) = (fixture.url()?, staker.key().to_string());

    let error =
        stake::run(&url, &key, vault, amount).await.err().context("a deposit without assets succeeded")?;
    assert!(error.to_string().contains("ERC20InsufficientBalance"), "{error}");

    fixture.asset.mint(&fixture.chain, staker.address(), amount).await?;
    let first = stake::run(&url, &key, vault, amount).await?;
    assert_eq!((first.shares, first.claimed), (amount, U256::ZERO));

    // Rewards of epoch 0 stream out in epoch 1.
    fixture.reward.mint(&fixture.chain, vault, amount).await?;
    fixture.chain.payer().send(fixture.vault.sync()).await?;
    fixture.chain.mine_at(fixture.vault.lastAuctionAt().call().await? + 2 * EPOCH).await?;
    let second = stake::run(&url, &key, vault, U256::ZERO).await?;
    assert_eq!((second.shares, second.claimed), (amount, amount));
    assert_eq!(fixture.reward.balance(staker.address()).await?, amount);
    Ok(())
}

#[tokio::test]
async fn watch_auction_reads_the_offer_and_the_sales() -> Result<()> {
    let fixture = Fixture::new().await?;
    let (chain, payer, amount) = (&fixture.chain, fixture.chain.payer(), U256::from(AMOUNT));
    let start = fixture.vault.lastAuctionAt().call().await?;
    let pair = ILiquidationPair::new(fixture.vault.address(), chain.provider().clone());
    fixture.yield_token.mint(chain, fixture.vault.address(), amount).await?;
    chain.mine_at(start + EPOCH).await?;

    // The lot costs the first price one target period after the start, and half of it a period later.
    let offer = watch_auction::Offer::of(&pair, amount / U256::from(2)).await?;
    assert_eq!((offer.lot, offer.price, offer.symbol.as_str()), (amount, amount, "YLD"));
    assert_eq!(offer.meets_limit_at, U256::from(start + 2 * EPOCH));

    let (none, next) = watch_auction::sales_since(&pair, 0).await?;
    assert!(none.is_empty());
    fixture.reward.mint(chain, payer.address(), amount).await?;
    fixture.reward.approve_all(payer, fixture.vault.address()).await?;
    let swap = fixture.vault.swapExactAmountOut(payer.address(), amount, amount, Bytes::new());
    chain.act(start + EPOCH, payer, swap).await?;
    let (sales, after) = watch_auction::sales_since(&pair, next).await?;
    assert_eq!(
        sales.iter().map(|sale| (sale.amountOut, sale.amountIn)).collect::<Vec<_>>(),
        [(amount, amount)]
    );
    assert!(watch_auction::sales_since(&pair, after).await?.0.is_empty(), "a sale is reported twice");
    Ok(())
}
