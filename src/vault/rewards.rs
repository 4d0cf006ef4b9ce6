//! Rewards: what arrives is queued for the next epoch, and what has streamed out can be claimed.

use alloy_primitives::{Address, U256};

use super::{Vault, checks::check_amount};
use crate::{
    abi::IVault::{NotClaimer, RewardBoundExceeded},
    components::{events, ledger::Exceeds, token},
    math::{MAX_UNPAID_REWARD, stream::Stream},
    stylus::revert::{Revert, require},
};

impl Vault {
    /// What `account` could claim now. Rounds down.
    pub fn earned(&self, account: Address) -> u128 {
        self.ledger.earned(account, self.clock())
    }

    /// Pays the caller's reward to `receiver`; 0 if there is none.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver`, the reward token's own, and `PrincipalShortfall` if reward and asset are one token and what
    /// is left would not cover the principal, which is senior.
    pub fn claim(&mut self, receiver: Address) -> Result<U256, Revert> {
        let account = self.host.msg_sender();
        self.pay(account, receiver)
    }

    /// Pays `account` its reward, if the caller is one of its claimers (`claimers`).
    ///
    /// # Errors
    /// `NotClaimer`; as [`claim`](Self::claim).
    pub fn claim_for(&mut self, account: Address) -> Result<U256, Revert> {
        let caller = self.host.msg_sender();
        require(self.is_claimer(account, caller), NotClaimer { account, caller })?;
        self.pay(account, account)
    }

    /// Redeems all of the caller's shares and claims its reward, both to `receiver`; either may be 0. Returns what was
    /// sent: assets, then rewards.
    ///
    /// # Errors
    /// As [`redeem`](Self::redeem) and [`claim`](Self::claim). Where the claim reverts, `redeem` alone still works.
    pub fn exit(&mut self, receiver: Address) -> Result<(U256, U256), Revert> {
        let owner = self.host.msg_sender();
        let shares = U256::from(self.ledger.shares(owner));
        let assets = if shares.is_zero() { U256::ZERO } else { self.redeem(shares, receiver, owner)? };
        Ok((assets, self.pay(owner, receiver)?))
    }

    /// Pulls `amount` of the reward token from the caller and queues what the vault then holds above what it owes: what
    /// really arrived, and what was there unqueued.
    ///
    /// # Errors
    /// `ZeroAmount` (also if nothing arrived), the token's own, `PrincipalShortfall`, and `RewardBoundExceeded` if what
    /// arrived does not fit whole.
    pub fn fund(&mut self, amount: U256) -> Result<U256, Revert> {
        check_amount(amount)?;
        let sender = self.host.msg_sender();
        token::transfer_from(&self.host, self.config.reward, sender, self.address(), amount)?;
        let surplus = self.surplus_of_reward()?;
        check_amount(surplus)?;
        self.credit_and_emit(surplus, surplus.min(amount))
    }

    /// Queues what the vault holds of the reward token above what it owes; 0 if there is nothing.
    ///
    /// # Errors
    /// `PrincipalShortfall` if it holds less than it owes; `RewardBoundExceeded` if no reward fits any more.
    pub fn sync(&mut self) -> Result<U256, Revert> {
        let surplus = self.surplus_of_reward()?;
        if surplus.is_zero() {
            return Ok(surplus);
        }
        self.credit_and_emit(surplus, U256::ONE)
    }

    /// Number of the current epoch.
    pub fn epoch(&self) -> u32 {
        self.clock().epoch()
    }

    /// First second of the current epoch (Unix time).
    pub fn epoch_start(&self) -> u64 {
        self.config.deployed_at + u64::from(self.epoch()) * u64::from(self.config.epoch_length)
    }

    /// First second of the next epoch (Unix time).
    pub fn epoch_end(&self) -> u64 {
        self.epoch_start() + u64::from(self.config.epoch_length)
    }

    /// The stream as of now: the epoch's reward, and the queue.
    pub fn stream(&self) -> Stream {
        self.ledger.stream(self.clock())
    }

    /// Reward per share so far, Q128, modulo 2^256.
    pub fn reward_index(&self) -> U256 {
        self.ledger.accrue(self.clock()).index
    }

    /// Rewards credited and not yet paid, in base units.
    pub fn reserve(&self) -> u128 {
        self.ledger.reserve()
    }

    fn pay(&mut self, account: Address, receiver: Address) -> Result<U256, Revert> {
        self.check_receiver(receiver)?;
        let amount = U256::from(self.ledger.claim(account, self.clock()));
        if amount.is_zero() {
            return Ok(amount);
        }
        token::transfer(&self.host, self.config.reward, receiver, amount)?;
        if self.config.asset_is_reward() {
            self.check_assets(U256::from(self.ledger.total_shares()))?;
        }
        events::reward_paid(&self.host, account, receiver, amount);
        Ok(amount)
    }

    /// [`credit`](Self::credit), and emits `RewardAdded`.
    pub(super) fn credit_and_emit(&mut self, surplus: U256, least: U256) -> Result<U256, Revert> {
        let credited = self.credit(surplus, least)?;
        events::reward_added(&self.host, self.host.msg_sender(), credited);
        Ok(credited)
    }

    /// Queues `surplus`, or as much of it as the bound on unpaid rewards allows, but at least `least`. So a surplus that does
    /// not fit stops no call; once the bound is reached, calls revert until claims make room.
    ///
    /// # Errors
    /// `RewardBoundExceeded` if not even `least` fits.
    pub(super) fn credit(&mut self, surplus: U256, least: U256) -> Result<U256, Revert> {
        let bound = U256::from(MAX_UNPAID_REWARD);
        let credited = self.ledger.credit(surplus, least, self.clock());
        credited.map_err(|Exceeds(unpaid)| RewardBoundExceeded { unpaid: U256::from(unpaid), bound }.into())
    }
}
