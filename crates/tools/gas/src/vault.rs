//! Measures the vault: the operations it shares with its peers, sales, share transfers, and the first calls of an
//! epoch.

use alloy::{
    primitives::{Address, U256},
    providers::DynProvider,
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};
use anyhow::Result;
use weir_bindings::IVault::{self, IVaultInstance};
use weir_client::{Account, Action};
use weir_harness::{Vault, VaultSettings};

use crate::{
    stage::{Stage, tokens},
    staking::{self, Actors, HOUR, PERIOD as EPOCH, REWARDS, Staking},
};

/// Target period of the auction in seconds: six hours, as in the measurement of PoolTogether's original.
pub const AUCTION: u64 = 6 * HOUR;
/// Price of the lot after one target period, in tokens.
pub const PRICE: u128 = 10;
/// Size of a purchase, in tokens.
pub const LOT: u128 = 100;

/// Settings of a vault with these tokens (asset, reward, yield token) and epochs of this length, in seconds.
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

/// A vault with its tokens and accounts.
pub struct VaultSetup {
    pub vault: IVaultInstance<DynProvider>,
    /// Time of the vault's creation, at which its epoch 0 starts (Unix seconds).
    pub start: u64,
    yield_token: Address,
    reward: Address,
    pub asset: Address,
    pub actors: Actors,
}

/// Measures all operations.
pub async fn operations(stage: &mut Stage) -> Result<()> {
    let setup = VaultSetup::new(stage, EPOCH).await?;
    let half = setup.actors.prepare(stage, &setup.vault, setup.start).await?;
    staking::measure(stage, &setup.vault, &setup.actors, half).await?;
    setup.sales(stage, half).await?;
    setup.shares(stage, half).await?;
    setup.next_epoch(stage).await
}

impl Staking for IVaultInstance<DynProvider> {
    fn address(&self) -> Address {
        *self.address()
    }

    /// Rewards of epoch 0 are paid in epoch 1, the measured period. Funds both epochs, so that as much is queued for
    /// epoch 2.
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

impl VaultSetup {
    /// Creates a vault with epochs of this length, in seconds.
    pub async fn new(stage: &Stage, epoch: u64) -> Result<Self> {
        let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
        let vault = Vault::create(&stage.chain, &settings(tokens, epoch)).await?;
        let start = vault.lastAuctionAt().call().await?;
        Self::of(stage, vault.address(), start, tokens).await
    }

    /// As [`new`](Self::new), for an epoch length that the factory would reject.
    pub async fn beyond_bounds(stage: &Stage, epoch: u64) -> Result<Self> {
        let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
        let vault = Vault::create_beyond_bounds(&stage.chain, &settings(tokens, epoch)).await?;
        let start = vault.lastAuctionAt().call().await?;
        Self::of(stage, vault.address(), start, tokens).await
    }

    /// Uses a vault of these tokens (asset, reward, yield token) that was created at `start` (Unix seconds).
    pub async fn of(stage: &Stage, vault: Address, start: u64, tokens: [Address; 3]) -> Result<Self> {
        let [asset, reward, yield_token] = tokens;
        let actors = Actors::of(stage, &[asset, reward], vault).await?;
        Ok(Self { vault: IVault::new(vault, stage.provider()), start, yield_token, reward, asset, actors })
    }

    /// A buyer's account. Also gives the vault yield to sell.
    pub async fn buyer(&self, stage: &Stage) -> Result<Account> {
        let vault = *self.vault.address();
        stage.give(self.yield_token, vault).await?;
        stage.account("buyer", &[self.reward, self.yield_token], vault).await
    }

    /// The purchase of a lot for `receiver`.
    pub fn purchase(&self, receiver: Address, data: &'static [u8]) -> TransactionRequest {
        self.vault.swapExactAmountOut(receiver, tokens(LOT), U256::MAX, data.into()).into_request()
    }

    /// Measures sales, each one target period after the previous sale. `half` is the middle of the epoch, in Unix
    /// seconds.
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

    /// Measures the shares as a token.
    async fn shares(&self, stage: &mut Stage, half: u64) -> Result<()> {
        let (vault, time, program) = (&self.vault, half + 30 * HOUR, *self.vault.address());
        let (holder, other) =
            (stage.account("holder", &[], program).await?, stage.account("other", &[], program).await?);
        stage.chain.act(time, &self.actors.funder, vault.deposit(tokens(10), holder.address())).await?;
        let send = vault.transfer(other.address(), tokens(1));
        stage.measure("transfer of shares, new holder", time + HOUR, &holder, program, send.clone()).await?;
        stage.measure("transfer of shares", time + 2 * HOUR, &holder, program, send).await?;
        let approve = vault.approve(other.address(), U256::MAX);
        stage.measure("approval of shares", time + 2 * HOUR, &holder, program, approve).await?;
        let pull = vault.transferFrom(holder.address(), other.address(), tokens(1));
        stage.measure("transfer of shares by allowance", time + 3 * HOUR, &other, program, pull).await
    }

    /// Measures the first call in a new epoch, which starts the queued rewards.
    async fn next_epoch(&self, stage: &mut Stage) -> Result<()> {
        let (vault, next) = (&self.vault, self.start + 2 * EPOCH + HOUR);
        let (funder, program) = (&self.actors.funder, *self.vault.address());
        let before = stage.snapshot().await?;
        let fund = vault.fund(tokens(1));
        stage.measure("fund, first in an epoch", next, funder, program, fund).await?;
        let funder = &stage.revert_to(&before, funder).await?;
        let deposit = vault.deposit(tokens(1), funder.address());
        stage.measure("deposit, first in an epoch", next, funder, program, deposit).await
    }
}
