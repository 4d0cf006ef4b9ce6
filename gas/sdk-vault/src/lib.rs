//! The core of Weir's vault as one would write it with the macros of the Stylus SDK: row zero of `docs/gas.md`.
//!
//! It does what `weir::vault` does: the same checks in the same order, the same events and errors, the arithmetic of
//! `weir::math`, and the same packing of slots. It differs where the SDK does:
//!
//! - A program with a constructor has no immutable arguments, so the configuration is in storage. It takes three slots,
//!   packed as Weir's was before vaults became clones: a call reads one of the first two, and a sale the third.
//! - Positions are a `mapping`, so each is at a hash.
//! - A call with ether, a re-entrant call and one that does not decode revert without data.
//!
//! There are no allowances here: only the owner of shares can withdraw them.

extern crate alloc;

mod errors;
mod ledger;
mod tokens;

use alloc::{vec, vec::Vec};

use alloy_primitives::{
    aliases::{U104, U112, U40},
    Address, U256, U32, U64,
};
use stylus_sdk::{abi::Bytes, prelude::*};
use weir::math::{auction, backing::Backing, MAX_UNPAID_REWARD};

use crate::{
    errors::{require, VaultError},
    ledger::Clock,
    IVault::*,
};

// Errors and events. (The SDK's router takes functions from the `impl` below, and their names from Rust's.)
alloy_sol_types::sol!("../../abi/generated/IVault.sol");

sol_interface! {
    interface IERC20 {
        function balanceOf(address account) external view returns (uint256);
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
    }

    interface IFlashSwapCallback {
        function flashSwapCallback(address sender, uint256 amount_in, uint256 amount_out, bytes data) external;
    }
}

sol_storage! {
    #[entrypoint]
    pub struct Vault {
        // EPOCH
        uint112 total_shares;
        uint112 epoch_reward;
        uint32 updated;
        // INDEX
        uint256 index;
        // UNPAID
        uint112 unpaid;
        uint32 queue_epoch;
        // The configuration; clock and flags are in both token slots, so that a call reads one of the two.
        Holding asset;
        Holding reward;
        address yield_token;
        uint32 target_period;
        uint64 smoothing;
        // QUEUE
        uint112 queued;
        uint40 sale_time;
        uint104 sale_price;
        // POSITIONS
        mapping(address => Staker) stakers;
    }

    pub struct Holding {
        address token;
        uint40 deployed_at;
        uint32 epoch_length;
        bool asset_is_reward;
        bool asset_is_yield;
    }

    pub struct Staker {
        uint112 shares;
        uint144 debt;
    }
}

/// How much less than its amount a deposit may bring, in base units, if surplus covers it: see `weir::vault`.
const ROUNDING: U256 = U256::from_limbs([2, 0, 0, 0]);

#[public]
impl Vault {
    #[constructor]
    #[allow(clippy::too_many_arguments)]
    pub fn constructor(
        &mut self,
        asset: Address,
        reward: Address,
        yield_token: Address,
        epoch_length: u32,
        target_period: u32,
        target_price: U256,
        smoothing: u64,
    ) {
        let now = U40::from(self.vm().block_timestamp());
        for (holding, token) in [(&mut self.asset, asset), (&mut self.reward, reward)] {
            holding.token.set(token);
            holding.deployed_at.set(now);
            holding.epoch_length.set(U32::from(epoch_length));
            holding.asset_is_reward.set(asset == reward);
            holding.asset_is_yield.set(asset == yield_token);
        }
        self.yield_token.set(yield_token);
        self.target_period.set(U32::from(target_period));
        self.smoothing.set(U64::from(smoothing));
        self.record_sale(target_price);
    }

    pub fn asset(&self) -> Address {
        self.asset.token.get()
    }

    pub fn reward(&self) -> Address {
        self.reward.token.get()
    }

    pub fn yield_token(&self) -> Address {
        self.yield_token.get()
    }

    pub fn total_supply(&self) -> U256 {
        U256::from(self.total_shares.get())
    }

    pub fn balance_of(&self, account: Address) -> U256 {
        U256::from(self.position(account).shares())
    }

    pub fn earned(&self, account: Address) -> U256 {
        let accrual = self.accrue(self.reward.clock());
        U256::from(self.position(account).earned(accrual.index))
    }

    pub fn max_amount_out(&self) -> Result<U256, VaultError> {
        // Of the reward token's slot, which a sale reads anyway.
        let owed = if self.reward.asset_is_yield.get() { self.owed_of_asset() } else { U256::ZERO };
        let liquidatable = self.held(self.yield_token.get())?.saturating_sub(owed);
        Ok(auction::available(liquidatable, self.smoothing.get().to()))
    }

    pub fn compute_exact_amount_in(&self, _amount_out: U256) -> U256 {
        let now = self.vm().block_timestamp();
        let elapsed = now.saturating_sub(self.sale_time.get().to());
        auction::price(self.target_period.get().to(), U256::from(self.sale_price.get()), elapsed)
    }

    pub fn deposit(&mut self, assets: U256, receiver: Address) -> Result<U256, VaultError> {
        check_amount(assets)?;
        self.check_receiver(receiver)?;
        let minted = self.mint(receiver, assets, self.asset.clock());
        minted.map_err(|max| ERC4626ExceededMaxDeposit { receiver, assets, max: U256::from(max) })?;

        let (sender, token) = (self.vm().msg_sender(), self.asset.token.get());
        let due = self.due_after_deposit(assets)?;
        self.pull(token, sender, assets)?;
        self.check_assets(due)?;

        self.vm().log(Transfer { from: Address::ZERO, to: receiver, value: assets });
        self.vm().log(Deposit { sender, owner: receiver, assets, shares: assets });
        Ok(assets)
    }

    pub fn withdraw(&mut self, assets: U256, receiver: Address, owner: Address) -> Result<U256, VaultError> {
        check_amount(assets)?;
        let token = self.asset.token.get();
        let backing = Backing::new(self.total_shares.get().to(), self.held(token)?);
        let shares = backing.shares_for(assets).unwrap_or(U256::MAX);
        self.check_receiver(receiver)?;
        let sender = self.vm().msg_sender();
        require(
            sender == owner,
            ERC20InsufficientAllowance { spender: sender, allowance: U256::ZERO, needed: shares },
        )?;
        let max = backing.assets_for(self.balance_of(owner)).unwrap_or_default();
        require(assets <= max, ERC4626ExceededMaxWithdraw { owner, assets, max })?;

        let burned = self.burn(owner, shares, self.asset.clock());
        burned.map_err(|max| ERC4626ExceededMaxRedeem { owner, shares, max: U256::from(max) })?;
        self.send(token, receiver, assets)?;

        self.vm().log(Transfer { from: owner, to: Address::ZERO, value: shares });
        self.vm().log(Withdraw { sender, receiver, owner, assets, shares });
        Ok(shares)
    }

    pub fn claim(&mut self, receiver: Address) -> Result<U256, VaultError> {
        self.check_receiver(receiver)?;
        let account = self.vm().msg_sender();
        let amount = U256::from(self.take_reward(account, self.reward.clock()));
        if amount.is_zero() {
            return Ok(amount);
        }
        self.send(self.reward.token.get(), receiver, amount)?;
        if self.reward.asset_is_reward.get() {
            self.check_assets(self.total_supply())?;
        }
        self.vm().log(RewardPaid { account, receiver, amount });
        Ok(amount)
    }

    pub fn fund(&mut self, amount: U256) -> Result<U256, VaultError> {
        check_amount(amount)?;
        let sender = self.vm().msg_sender();
        self.pull(self.reward.token.get(), sender, amount)?;
        let surplus = self.surplus_of_reward()?;
        check_amount(surplus)?;
        let credited = self.queue(surplus, surplus.min(amount))?;
        self.vm().log(RewardAdded { sender, amount: credited });
        Ok(credited)
    }

    pub fn swap_exact_amount_out(
        &mut self,
        receiver: Address,
        amount_out: U256,
        amount_in_max: U256,
        flash_swap_data: Bytes,
    ) -> Result<U256, VaultError> {
        require(!receiver.is_zero(), ReceiverIsZero {})?;
        let amount_in = self.compute_exact_amount_in(amount_out);
        require(
            amount_in <= amount_in_max,
            SwapExceedsMax { amountInMax: amount_in_max, amountIn: amount_in },
        )?;
        self.record_sale(amount_in);

        let available = self.max_amount_out()?;
        require(amount_out <= available, InsufficientBalance { requested: amount_out, available })?;
        check_amount(amount_out)?;
        self.check_receiver(receiver)?;
        let (sender, reward) = (self.vm().msg_sender(), self.reward.token.get());
        let surplus_before = self.held(reward)?.saturating_sub(self.owed_of_reward());
        self.send(self.yield_token.get(), receiver, amount_out)?;
        if flash_swap_data.is_empty() {
            self.pull(reward, sender, amount_in)?;
        } else {
            let (call, data) = (Call::new_mutating(self), flash_swap_data.clone());
            let buyer = IFlashSwapCallback::new(receiver);
            buyer.flash_swap_callback(self.vm(), call, sender, amount_in, amount_out, data)?;
            require(self.vm().code_size(receiver) != 0, ReceiverIsNotAContract { receiver })?;
        }

        let surplus = self.surplus_of_reward()?;
        let paid = surplus.saturating_sub(surplus_before);
        require(paid >= amount_in, InsufficientPayment { amountIn: amount_in, paid })?;
        let credited = self.queue(surplus, amount_in)?;
        if credited > amount_in {
            self.vm().log(RewardAdded { sender, amount: credited.wrapping_sub(amount_in) });
        }
        self.vm().log(SwappedExactAmountOut {
            sender,
            receiver,
            amountOut: amount_out,
            amountInMax: amount_in_max,
            amountIn: amount_in,
            flashSwapData: flash_swap_data,
        });
        Ok(amount_in)
    }
}

impl Holding {
    fn clock(&self) -> Clock {
        let since = self.vm().block_timestamp().saturating_sub(self.deployed_at.get().to());
        Clock {
            now: u32::try_from(since).unwrap_or(u32::MAX),
            epoch_length: self
                .epoch_length
                .get()
                .to::<u32>()
                .try_into()
                .unwrap_or(core::num::NonZeroU32::MIN),
        }
    }
}

impl Vault {
    fn check_receiver(&self, receiver: Address) -> Result<(), VaultError> {
        let is_lost = receiver.is_zero() || receiver == self.vm().contract_address();
        require(!is_lost, ERC20InvalidReceiver { receiver })
    }

    fn record_sale(&mut self, price: U256) {
        self.sale_time.set(U40::from(self.vm().block_timestamp()));
        self.sale_price.set(U104::from(price.min(auction::MAX_RECORDED_PRICE)));
    }

    /// What the vault owes of the asset: principal, and the reserve if that is the same token.
    fn owed_of_asset(&self) -> U256 {
        let reserve = if self.asset.asset_is_reward.get() { self.reserve() } else { 0 };
        U256::from(self.total_shares.get().to::<u128>() + reserve)
    }

    /// What the vault owes of the reward token: the reserve, and principal if that is the same token.
    fn owed_of_reward(&self) -> U256 {
        let principal = if self.reward.asset_is_reward.get() { self.total_shares.get() } else { U112::ZERO };
        U256::from(principal.to::<u128>() + self.reserve())
    }

    /// What the vault holds of the reward token above what it owes.
    fn surplus_of_reward(&self) -> Result<U256, VaultError> {
        let token = self.reward.token.get();
        let (held, owed) = (self.held(token)?, self.owed_of_reward());
        require(held >= owed, PrincipalShortfall { token, owed, held })?;
        Ok(held.wrapping_sub(owed))
    }

    /// What the vault has to hold of the asset once a deposit of `amount` has arrived: see `weir::vault`.
    fn due_after_deposit(&self, amount: U256) -> Result<U256, VaultError> {
        let owed = self.owed_of_asset();
        if !self.asset.asset_is_reward.get() && !self.asset.asset_is_yield.get() {
            return Ok(owed);
        }
        let whole = self.held(self.asset.token.get())?.saturating_add(amount);
        Ok(owed.max(whole.saturating_sub(ROUNDING)))
    }

    fn check_assets(&self, owed: U256) -> Result<(), VaultError> {
        let token = self.asset.token.get();
        let held = self.held(token)?;
        require(held >= owed, PrincipalShortfall { token, owed, held })
    }

    /// Queues `surplus`, or as much of it as fits, but at least `least`.
    fn queue(&mut self, surplus: U256, least: U256) -> Result<U256, VaultError> {
        let bound = U256::from(MAX_UNPAID_REWARD);
        let credited = self.credit(surplus, least, self.reward.clock());
        credited.map_err(|unpaid| RewardBoundExceeded { unpaid: U256::from(unpaid), bound }.into())
    }
}

fn check_amount(amount: U256) -> Result<(), VaultError> {
    require(!amount.is_zero(), ZeroAmount {})
}
