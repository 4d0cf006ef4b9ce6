//! The setup of the tests of pairs: factory, router, a source in Solidity, and its pair.
//! Times are seconds after the pair's creation.

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U192},
    providers::DynProvider,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolError,
};
use anyhow::{Context, Result, ensure};
use weir_client::{Account, Action};
use weir_harness::{Chain, Market, Pair, PairSettings, Token};

use crate::{
    reverts::{GAS_LIMIT, call_reverts},
    scene::{FIRST_PRICE, PERIOD, u},
    solidity::{ISource, ISource::ISourceInstance},
};

/// A pair with its source and tokens, on its own chain.
pub struct PairScene {
    pub chain: Chain,
    pub market: Market,
    pub token_in: Token,
    pub token_out: Token,
    pub source: ISourceInstance<DynProvider>,
    pub pair: Pair,
    /// Unix time of the pair's creation.
    pub start: u64,
}

/// The default settings of a pair in tests: those of the tests of PoolTogether's original.
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

impl PairScene {
    /// A pair with the default settings.
    pub async fn new() -> Result<Self> {
        Self::with(|_| ()).await
    }

    /// A pair, its settings changed by `change`.
    pub async fn with(change: impl FnOnce(&mut PairSettings)) -> Result<Self> {
        Self::on(Chain::from_environment().await?, change).await
    }

    /// A pair on this chain.
    pub async fn on(chain: Chain, change: impl FnOnce(&mut PairSettings)) -> Result<Self> {
        let market = chain.market().await?.clone();
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

    /// An account with `amount` of the token paid in, and the router approved.
    pub async fn buyer(&self, name: &str, amount: u128) -> Result<Account> {
        let account = self.chain.account(name).await?;
        self.token_in.mint(&self.chain, account.address(), u(amount)).await?;
        self.token_in.approve_all(&account, *self.market.router.address()).await?;
        Ok(account)
    }

    /// Mints `amount` of the token sold to the source.
    pub async fn stock(&self, amount: u128) -> Result<()> {
        self.token_out.mint(&self.chain, *self.source.address(), u(amount)).await?;
        Ok(())
    }

    /// Mints `amount` of the token paid in to the source, so that a swap is paid in advance.
    pub async fn prepay(&self, amount: u128) -> Result<()> {
        self.token_in.mint(&self.chain, *self.source.address(), u(amount)).await?;
        Ok(())
    }

    /// A swap called on the pair itself.
    pub fn swap(
        &self,
        receiver: Address,
        amount: u128,
        max: U256,
        data: impl Into<Bytes>,
    ) -> TransactionRequest {
        self.pair.swapExactAmountOut(receiver, u(amount), max, data.into()).into_request()
    }

    /// A swap through the router for `receiver`, with a deadline 100 seconds after `now`.
    pub fn routed(&self, receiver: Address, amount: u128, now: u64) -> TransactionRequest {
        let deadline = U256::from(self.start + now + 100);
        let (router, pair) = (&self.market.router, self.pair.address());
        router.swapExactAmountOut(pair, receiver, u(amount), U256::MAX, deadline).into_request()
    }

    /// Sends `action` of `account` in a block `seconds` after the pair's creation.
    pub async fn send_at(
        &self,
        seconds: u64,
        account: &Account,
        action: impl Action,
    ) -> Result<TransactionReceipt> {
        let done = self.chain.act(self.start + seconds, account, action).await;
        done.with_context(|| format!("{seconds} s after the creation"))
    }

    /// Mines a block `seconds` after the pair's creation, so that views see that time.
    pub async fn advance_to(&self, seconds: u64) -> Result<()> {
        self.chain.mine_at(self.start + seconds).await
    }

    /// The price `seconds` after the pair's creation.
    pub async fn price_at(&self, seconds: u64) -> Result<U256> {
        self.advance_to(seconds).await?;
        Ok(self.pair.computeExactAmountIn(u(1)).call().await?)
    }

    /// Checks that `action`, `seconds` after the creation, reverts with `error` and changes nothing.
    pub async fn reverts_at(
        &self,
        seconds: u64,
        account: &Account,
        action: impl Action,
        error: impl SolError,
    ) -> Result<()> {
        self.advance_to(seconds).await?;
        let request = action.into_request();
        call_reverts(account, request.clone(), &error.abi_encode()).await?;
        let before = self.snapshot(account.address()).await?;
        self.chain.set_time(self.start + seconds).await?;
        let receipt = account.send_with_gas(request, GAS_LIMIT).await?;
        ensure!(!receipt.status() && receipt.logs().is_empty(), "the transaction succeeded");
        let after = self.snapshot(account.address()).await?;
        ensure!(before == after, "the state changed from {before:?} to {after:?}");
        Ok(())
    }

    /// The last sale, what was credited and created, and all balances of both tokens.
    pub async fn snapshot(&self, account: Address) -> Result<Vec<U256>> {
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
