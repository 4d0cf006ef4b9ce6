//! The vault's operations: those it shares with its peers, and sales, shares, and the first calls of an epoch.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::Result;
use weir_bindings::IVault::{self, IVaultInstance};
use weir_harness::{Account, Action, Vault, VaultSettings};

use crate::{
    stage::{Stage, tokens},
    staking::{self, Cast, HOUR, PERIOD as EPOCH, REWARDS, Staking},
};

/// Target period of the auction in seconds: six hours, as the original's was when it was measured.
pub const AUCTION: u64 = 6 * HOUR;
/// Price of the lot after one target period, in tokens.
pub const PRICE: u128 = 10;
/// What is bought at once, in tokens.
pub const LOT: u128 = 100;

/// What the vault of these tokens (asset, reward, yield token) is made with; the epoch's length is in seconds.
pub fn settings([asset, reward, yield_token]: [Address; 3], epoch: u64) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: epoch as u32,
        targetAuctionPeriod: AUCTION as u32,
        targetAuctionPrice: tokens(PRICE),
        smoothingFactor: 0,
        name: "Weir Plain Token".into(),
        symbol: "wPLAIN".into(),
        owner: Address::ZERO,
    }
}

/// A vault with its tokens, and everyone who acts on it.
pub struct Site {
    pub vault: IVaultInstance<DynProvider>,
    /// When it was made, and its epoch 0 began (Unix seconds).
    pub start: u64,
    yield_token: Address,
    reward: Address,
    pub asset: Address,
    pub cast: Cast,
}

/// Measures all operations.
pub async fn operations(stage: &mut Stage) -> Result<()> {
    let site = Site::new(stage, EPOCH).await?;
    let half = site.cast.set_out(stage, &site.vault, site.start).await?;
    staking::measure(stage, &site.vault, &site.cast, half).await?;
    site.sales(stage, half).await?;
    site.shares(stage, half).await?;
    site.next_epoch(stage).await
}

impl Staking for IVaultInstance<DynProvider> {
    fn address(&self) -> Address {
        *self.address()
    }

    /// What comes in an epoch is paid in the next, the first here: funded in both, there is as much queued for the one after.
    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64> {
        stage.chain.act(start + HOUR, funder, self.fund(tokens(REWARDS))).await?;
        stage.chain.act(start + EPOCH, funder, self.fund(tokens(REWARDS))).await?;
        Ok(start + EPOCH)
    }

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest {
        self.deposit(tokens(amount), who).into_request()
    }

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest {
        self.withdraw(tokens(amount), who, who).into_request()
    }

    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest> {
        Ok(self.redeem(tokens(amount), who, who).into_request())
    }

    fn claim(&self, who: Address) -> Option<TransactionRequest> {
        Some(self.claim(who).into_request())
    }

    fn leave_with_claim(&self, who: Address, _: u128) -> Option<TransactionRequest> {
        Some(self.exit(who).into_request())
    }

    fn fund(&self) -> Vec<TransactionRequest> {
        vec![self.fund(tokens(REWARDS)).into_request()]
    }
}

impl Site {
    /// A vault with epochs of this length, in seconds.
    pub async fn new(stage: &Stage, epoch: u64) -> Result<Self> {
        let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
        let vault = Vault::create(&stage.chain, &settings(tokens, epoch)).await?;
        let start = vault.lastAuctionAt().call().await?;
        Self::around(stage, vault.address(), start, tokens).await
    }

    /// As [`new`](Self::new), with epochs that the factory would reject.
    pub async fn beyond_bounds(stage: &Stage, epoch: u64) -> Result<Self> {
        let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
        let vault = Vault::create_beyond_bounds(&stage.chain, &settings(tokens, epoch)).await?;
        let start = vault.lastAuctionAt().call().await?;
        Self::around(stage, vault.address(), start, tokens).await
    }

    /// A vault of these tokens (asset, reward, yield token) that was made at `start` (Unix seconds).
    pub async fn around(stage: &Stage, vault: Address, start: u64, tokens: [Address; 3]) -> Result<Self> {
        let [asset, reward, yield_token] = tokens;
        let cast = Cast::of(stage, &[asset, reward], vault).await?;
        Ok(Self { vault: IVault::new(vault, stage.provider()), start, yield_token, reward, asset, cast })
    }

    /// An account that buys, and yield for it to buy.
    pub async fn buyer(&self, stage: &Stage) -> Result<Account> {
        let vault = *self.vault.address();
        stage.give(self.yield_token, vault).await?;
        stage.account("buyer", &[self.reward, self.yield_token], vault).await
    }

    /// The purchase of a lot for `receiver`.
    pub fn purchase(&self, receiver: Address, data: &'static [u8]) -> TransactionRequest {
        self.vault.swapExactAmountOut(receiver, tokens(LOT), U256::MAX, data.into()).into_request()
    }

    /// In the epoch in whose `half` all this happens, and each one target period after the sale before.
    pub async fn sales(&self, stage: &mut Stage, half: u64) -> Result<()> {
        let program = *self.vault.address();
        let buyer = self.buyer(stage).await?;
        let flash_buyer =
            stage.chain.create_solidity("FlashReceiver", &(self.reward, program).abi_encode()).await?;
        stage.give(self.yield_token, flash_buyer).await?;
        stage.give(self.reward, flash_buyer).await?;

        let mut time = half + 7 * HOUR;
        let to_wallet = self.purchase(buyer.address(), &[]);
        stage.chain.act(time, &buyer, to_wallet.clone()).await?;
        time += AUCTION;
        stage.measure("sale to a wallet", time, &buyer, program, to_wallet).await?;
        time += AUCTION;
        stage.measure("sale by flash swap", time, &buyer, program, self.purchase(flash_buyer, &[1])).await
    }

    /// The shares as a token.
    async fn shares(&self, stage: &mut Stage, half: u64) -> Result<()> {
        let (vault, time, program) = (&self.vault, half + 30 * HOUR, *self.vault.address());
        let (holder, other) =
            (stage.account("holder", &[], program).await?, stage.account("other", &[], program).await?);
        stage.chain.act(time, &self.cast.funder, vault.deposit(tokens(10), holder.address())).await?;
        let send = vault.transfer(other.address(), tokens(1));
        stage.measure("transfer of shares, new holder", time + HOUR, &holder, program, send.clone()).await?;
        stage.measure("transfer of shares", time + 2 * HOUR, &holder, program, send).await?;
        let approve = vault.approve(other.address(), U256::MAX);
        stage.measure("approval of shares", time + 2 * HOUR, &holder, program, approve).await?;
        let pull = vault.transferFrom(holder.address(), other.address(), tokens(1));
        stage.measure("transfer of shares by allowance", time + 3 * HOUR, &other, program, pull).await
    }

    /// The first call in a new epoch, which rolls the queue on.
    async fn next_epoch(&self, stage: &mut Stage) -> Result<()> {
        let (vault, next) = (&self.vault, self.start + 2 * EPOCH + HOUR);
        let (funder, program) = (&self.cast.funder, *self.vault.address());
        let before = stage.snapshot().await?;
        let fund = vault.fund(tokens(1));
        stage.measure("fund, first in an epoch", next, funder, program, fund).await?;
        let funder = &stage.back(&before, funder).await?;
        let deposit = vault.deposit(tokens(1), funder.address());
        stage.measure("deposit, first in an epoch", next, funder, program, deposit).await
    }
}
