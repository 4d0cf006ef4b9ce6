//! What the tests of pairs begin with: factory and router, a source in Solidity with something to sell, and its pair.

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U192},
    providers::DynProvider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolError,
};
use anyhow::{Context, Result, ensure};
use weir_harness::{Account, Action, Chain, Market, Pair, PairSettings, Token};

use crate::{
    refusal::{REFUSAL_GAS, expect_revert},
    scene::{FIRST_PRICE, PERIOD, u},
    solidity::{ISource, ISource::ISourceInstance},
};

/// A pair with its source and tokens on a chain of its own.
pub struct Stall {
    pub chain: Chain,
    pub market: Market,
    pub token_in: Token,
    pub token_out: Token,
    pub source: ISourceInstance<DynProvider>,
    pub pair: Pair,
    /// Unix time of the pair's creation.
    pub start: u64,
}

/// The settings that tests vary from: those of the original's tests.
pub fn settings(source: Address, token_in: Address, token_out: Address) -> PairSettings {
    PairSettings {
        source,
        tokenIn: token_in,
        tokenOut: token_out,
        targetAuctionPeriod: PERIOD,
        targetAuctionPrice: U192::from(FIRST_PRICE),
        smoothingFactor: U256::ZERO,
    }
}

impl Stall {
    /// A pair with the usual settings.
    pub async fn new() -> Result<Self> {
        Self::with(|_| ()).await
    }

    /// A pair, its settings changed by `change`.
    pub async fn with(change: impl FnOnce(&mut PairSettings)) -> Result<Self> {
        Self::on(Chain::from_environment().await?, change).await
    }

    /// A pair on this chain.
    pub async fn on(chain: Chain, change: impl FnOnce(&mut PairSettings)) -> Result<Self> {
        let market = Market::deploy(&chain).await?;
        let token_in = Token::deploy(&chain, "Token In", "TIN", 18).await?;
        let token_out = Token::deploy(&chain, "Token Out", "TOUT", 18).await?;
        let source = ISource::new(chain.create_solidity("Source", &[]).await?, chain.provider().clone());
        let mut settings = settings(*source.address(), *token_in.address(), *token_out.address());
        change(&mut settings);
        let pair = market.create_pair(chain.payer(), &settings).await?;
        chain.payer().send(source.setLiquidationPair(*token_out.address(), pair.address())).await?;
        let start = pair.lastAuctionAt().call().await?;
        Ok(Self { chain, market, token_in, token_out, source, pair, start })
    }

    /// An account with `amount` of the token paid in, and the router approved for all of it.
    pub async fn buyer(&self, name: &str, amount: u128) -> Result<Account> {
        let account = self.chain.account(name).await?;
        self.token_in.mint(&self.chain, account.address(), u(amount)).await?;
        self.token_in.approve_all(&account, *self.market.router.address()).await?;
        Ok(account)
    }

    /// Gives the source something to sell.
    pub async fn stock(&self, amount: u128) -> Result<()> {
        self.token_out.mint(&self.chain, *self.source.address(), u(amount)).await?;
        Ok(())
    }

    /// Pays the source ahead.
    pub async fn prepay(&self, amount: u128) -> Result<()> {
        self.token_in.mint(&self.chain, *self.source.address(), u(amount)).await?;
        Ok(())
    }

    /// A swap at the pair itself.
    pub fn swap(
        &self,
        receiver: Address,
        amount: u128,
        max: U256,
        data: impl Into<Bytes>,
    ) -> TransactionRequest {
        self.pair.swapExactAmountOut(receiver, u(amount), max, data.into()).into_request()
    }

    /// A swap through the router, for `receiver`, within 100 seconds after `now` (seconds after the creation).
    pub fn routed(&self, receiver: Address, amount: u128, now: u64) -> TransactionRequest {
        let deadline = U256::from(self.start + now + 100);
        let (router, pair) = (&self.market.router, self.pair.address());
        router.swapExactAmountOut(pair, receiver, u(amount), U256::MAX, deadline).into_request()
    }

    /// Lets `account` do `action` in a block `seconds` after the pair's creation.
    pub async fn act(
        &self,
        seconds: u64,
        account: &Account,
        action: impl Action,
    ) -> Result<TransactionReceipt> {
        let done = self.chain.act(self.start + seconds, account, action).await;
        done.with_context(|| format!("{seconds} s after the creation"))
    }

    /// Mines a block `seconds` after the pair's creation, so that views see that time.
    pub async fn look_at(&self, seconds: u64) -> Result<()> {
        self.chain.mine_at(self.start + seconds).await
    }

    /// The price `seconds` after the pair's creation.
    pub async fn price_at(&self, seconds: u64) -> Result<U256> {
        self.look_at(seconds).await?;
        Ok(self.pair.computeExactAmountIn(u(1)).call().await?)
    }

    /// Makes sure that `action`, `seconds` after the creation, is refused with `error` and changes nothing.
    pub async fn refused_at(
        &self,
        seconds: u64,
        account: &Account,
        action: impl Action,
        error: impl SolError,
    ) -> Result<()> {
        self.look_at(seconds).await?;
        let request = action.into_request();
        expect_revert(account, request.clone(), &error.abi_encode()).await?;
        let before = self.everything(account.address()).await?;
        self.chain.set_time(self.start + seconds).await?;
        let receipt = account.send_with_gas(request, REFUSAL_GAS).await?;
        ensure!(!receipt.status() && receipt.logs().is_empty(), "it went through");
        let after = self.everything(account.address()).await?;
        ensure!(before == after, "it changed {before:?} to {after:?}");
        Ok(())
    }

    /// The last sale, and who has how much of both tokens.
    pub async fn everything(&self, account: Address) -> Result<Vec<U256>> {
        let mut seen = vec![
            U256::from(self.pair.lastAuctionAt().call().await?),
            U256::from(self.pair.lastAuctionPrice().call().await?),
            self.source.credited().call().await?,
            self.market.factory.totalPairs().call().await?,
        ];
        let holders = [account, *self.source.address(), self.pair.address(), *self.market.router.address()];
        for token in [&self.token_in, &self.token_out] {
            for holder in holders {
                seen.push(token.balance(holder).await?);
            }
        }
        Ok(seen)
    }
}
