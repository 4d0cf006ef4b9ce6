//! One scenario on the chain: yield arrives in ticks, and a buyer buys each lot when its price falls to its worth.
//! Every price is compared with the arithmetic, and all tokens are accounted for at the end.

use alloy::primitives::{Address, Bytes, U256};
use anyhow::{Context, Result, bail, ensure};
use weir::math::auction;
use weir_bindings::IVault::SwappedExactAmountOut;
use weir_client::Account;
use weir_harness::{Chain, Token, Vault, VaultSettings};

use super::scenario::{EPOCH, FIRST_PRICE, Scenario, TARGET_PERIOD, TICK, TICKS_PER_PERIOD, WORTH};
use crate::{
    demo::accounts::funded_account,
    demo::rational::{DECIMALS, tokens},
    transaction::{event, send},
};

/// The only staker's stake in whole tokens.
const STAKE: u64 = 100;
/// The buyer's balance at the start, in whole reward tokens.
const BUYER_FUNDS: u64 = 1_000_000;

/// A sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Seconds since the vault's creation.
    pub time: u64,
    /// Seconds since the sale before, or since the vault's creation.
    pub interval: u64,
    /// Price of the lot in base units of the reward token.
    pub price: U256,
    /// The lot in base units of the yield token.
    pub lot: U256,
}

/// The result of a scenario.
#[derive(Clone, Debug)]
pub struct Ran {
    pub scenario: Scenario,
    pub sales: Vec<Sale>,
    /// The lot over time: seconds since the vault's creation, base units of the yield token.
    pub lots: Vec<(u64, U256)>,
}

impl Ran {
    /// Sum of all prices paid, in base units of the reward token.
    pub fn proceeds(&self) -> U256 {
        self.sales.iter().map(|sale| sale.price).sum()
    }
}

/// Worth of a lot to the buyer in base units of the reward token.
pub fn worth(lot: U256) -> U256 {
    lot * U256::from(WORTH)
}

/// A vault with its tokens, a staker and a buyer.
pub struct Market<'a> {
    chain: &'a Chain,
    yield_token: Token,
    reward: Token,
    vault: Vault,
    staker: Account,
    buyer: Account,
    /// Time of the vault's creation in Unix seconds.
    start: u64,
    tick: u64,
    /// Base units of the yield token that have arrived.
    arrived: U256,
    last_price: U256,
    ran: Ran,
}

impl<'a> Market<'a> {
    /// Deploys tokens and vault, and deposits the stake.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn open(chain: &'a Chain, scenario: Scenario) -> Result<Self> {
        let asset = Token::deploy(chain, "Stake", "STAKE", DECIMALS).await?;
        let reward = Token::deploy(chain, "Reward", "RWD", DECIMALS).await?;
        let yield_token = Token::deploy(chain, "Yield", "YLD", DECIMALS).await?;
        let settings = settings(scenario, [*asset.address(), *reward.address(), *yield_token.address()]);
        let vault = Vault::create(chain, &settings).await?;
        let start = vault.lastAuctionAt().call().await.context("cannot read the vault's start")?;

        let title = scenario.title();
        let staker = funded_account(chain, &asset, &vault, &format!("{title}: the staker"), STAKE).await?;
        let buyer =
            funded_account(chain, &reward, &vault, &format!("{title}: the buyer"), BUYER_FUNDS).await?;
        let deposit = vault.deposit(tokens(STAKE), staker.address()).into_transaction_request();
        send(&staker, deposit, format!("{title}: the deposit")).await?;

        let ran = Ran { scenario, sales: Vec::new(), lots: Vec::new() };
        let (arrived, last_price) = (U256::ZERO, tokens(FIRST_PRICE));
        Ok(Self {
            chain,
            yield_token,
            reward,
            vault,
            staker,
            buyer,
            start,
            tick: 0,
            arrived,
            last_price,
            ran,
        })
    }

    /// Runs one target period.
    ///
    /// # Errors
    /// If a transaction fails, or the contract's price differs from the arithmetic.
    pub async fn period(&mut self) -> Result<()> {
        for _ in 0..TICKS_PER_PERIOD {
            self.tick += 1;
            let now = self.tick * TICK;
            self.accrue(now).await?;
            self.buy_between(now, now + TICK).await?;
        }
        Ok(())
    }

    async fn accrue(&mut self, now: u64) -> Result<()> {
        let amount = tokens(self.ran.scenario.supply.arrival(self.tick));
        self.chain.set_time(self.start + now).await?;
        self.yield_token.mint(self.chain, self.vault.address(), amount).await?;
        self.arrived += amount;
        Ok(())
    }

    /// Buys whenever the price falls to the lot's worth, from `from` until before `until`. No yield arrives in between,
    /// so the vault's view returns the time of the next purchase.
    async fn buy_between(&mut self, mut from: u64, until: u64) -> Result<()> {
        loop {
            let lot = self.vault.maxAmountOut().call().await?;
            self.ran.lots.push((from, lot));
            if lot.is_zero() {
                return Ok(());
            }
            let due = self.vault.computeTimeForPrice(worth(lot)).call().await?;
            let due = u64::try_from(due).unwrap_or(u64::MAX).saturating_sub(self.start);
            let Some(time) = self.time_to_buy(lot, due.max(from), until).await? else {
                return Ok(());
            };
            self.buy(lot, time).await?;
            from = time;
        }
    }

    /// The first second in which the price is at most the lot's worth: `due`, or the second after it, because `due` was
    /// rounded down. `None` if that is not before `until`.
    async fn time_to_buy(&self, lot: U256, due: u64, until: u64) -> Result<Option<u64>> {
        if due >= until {
            return Ok(None);
        }
        self.chain.mine_at(self.start + due).await?;
        let price = self.vault.computeExactAmountIn(lot).call().await?;
        let time = if price <= worth(lot) { due } else { due + 1 };
        Ok(Some(time).filter(|time| *time < until))
    }

    async fn buy(&mut self, lot: U256, time: u64) -> Result<()> {
        let what = format!("{}: the purchase at {} s", self.ran.scenario.title(), time);
        let swap = self.vault.swapExactAmountOut(self.buyer.address(), lot, worth(lot), Bytes::new());
        self.chain.set_time(self.start + time).await?;
        let receipt = send(&self.buyer, swap.into_transaction_request(), &what).await?;
        let Some(swapped) = event::<SwappedExactAmountOut>(&receipt, self.vault.address()) else {
            bail!("{what} logged no SwappedExactAmountOut: build the programs again (scripts/build)");
        };
        let interval = time - self.ran.sales.last().map_or(0, |sale| sale.time);
        let expected = auction::price(TARGET_PERIOD, self.last_price, interval);
        ensure!(
            swapped.amountIn == expected && swapped.amountOut == lot,
            "{what} should pay {expected} base units for {lot}, but paid {} for {}",
            swapped.amountIn,
            swapped.amountOut
        );
        self.last_price = swapped.amountIn;
        self.ran.sales.push(Sale { time, interval, price: swapped.amountIn, lot });
        Ok(())
    }

    /// Ends the scenario: checks the balances of yield and reward tokens, and pays the staker.
    ///
    /// # Errors
    /// If nothing was sold, or tokens were lost or created.
    pub async fn close(self) -> Result<Ran> {
        let title = self.ran.scenario.title();
        ensure!(!self.ran.sales.is_empty(), "{title}: there was no sale");
        let bought = self.yield_token.balance(self.buyer.address()).await?;
        let left = self.yield_token.balance(self.vault.address()).await?;
        ensure!(
            bought + left == self.arrived
                && bought == self.ran.sales.iter().map(|sale| sale.lot).sum::<U256>(),
            "{title}: {} base units of yield arrived, but {bought} were bought and {left} are left",
            self.arrived
        );

        let proceeds = self.ran.proceeds();
        let funds = self.reward.balance(self.buyer.address()).await?;
        ensure!(
            funds + proceeds == tokens(BUYER_FUNDS),
            "{title}: the buyer paid {proceeds} base units, but has {funds} left of {}",
            tokens(BUYER_FUNDS)
        );
        self.check_reward(&title, proceeds).await?;
        Ok(self.ran)
    }

    /// Checks that all proceeds stream to the only staker within two epochs.
    async fn check_reward(&self, title: &str, proceeds: U256) -> Result<()> {
        let end = self.vault.epochEnd().call().await?;
        let streamed = u64::try_from(end).unwrap_or(u64::MAX).saturating_add(EPOCH);
        self.chain.set_time(streamed).await?;
        let claim = self.vault.claim(self.staker.address()).into_transaction_request();
        send(&self.staker, claim, format!("{title}: the claim")).await?;
        let paid = self.reward.balance(self.staker.address()).await?;
        let short = proceeds.checked_sub(paid);
        ensure!(
            short.is_some_and(|short| short <= U256::ONE),
            "{title}: the only staker should receive the proceeds of {proceeds} base units, or one less, but has {paid}"
        );
        Ok(())
    }
}

fn settings(scenario: Scenario, [asset, reward, yield_token]: [Address; 3]) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: EPOCH as u32,
        targetAuctionPeriod: TARGET_PERIOD as u32,
        targetAuctionPrice: tokens(FIRST_PRICE),
        smoothingFactor: scenario.smoothing,
        name: "Auction Vault".into(),
        symbol: "aSTAKE".into(),
        owner: Address::ZERO,
    }
}
