//! Rewards: what arrives is queued for the next epoch, what has streamed out is claimed.

use alloy_primitives::{Address, U256};
use stylus_sdk::stylus_core::*;

use super::{Holding, Vault, deposits::check_amount};
use crate::{
    abi::IVault::{PrincipalShortfall, RewardBoundExceeded},
    components::{events, ledger::Exceeds, revert::Revert, token},
    math::{MAX_UNPAID_REWARD, stream::Stream},
};

impl Vault {
    /// The token that rewards are paid in.
    pub fn reward(&self) -> Address {
        self.reward_token()
    }

    /// What `account` could claim now. Rounds down.
    pub fn earned(&self, account: Address) -> u128 {
        self.ledger.earned(account, self.rewards().clock)
    }

    /// Pays the caller's reward to `receiver`; 0 if there is none.
    ///
    /// # Errors
    /// `ERC20InvalidReceiver`, what the reward token refuses, and `PrincipalShortfall` if the reward token is
    /// the asset and what is left would not cover the principal, which is senior.
    pub fn claim(&mut self, receiver: Address) -> Result<U256, Revert> {
        let account = self.vm.msg_sender();
        self.pay(account, receiver)
    }

    /// Pays `account` its reward; anyone may call it.
    ///
    /// # Errors
    /// As [`claim`](Self::claim).
    pub fn claim_for(&mut self, account: Address) -> Result<U256, Revert> {
        self.pay(account, account)
    }

    /// Redeems all of the caller's shares and claims its reward, both to `receiver`; either may be 0. Returns
    /// what was sent: assets, then rewards.
    ///
    /// # Errors
    /// As [`redeem`](Self::redeem) and [`claim`](Self::claim): the first also serves when the second is refused.
    pub fn exit(&mut self, receiver: Address) -> Result<(U256, U256), Revert> {
        let owner = self.vm.msg_sender();
        let shares = U256::from(self.ledger.shares(owner));
        let assets = if shares.is_zero() { U256::ZERO } else { self.redeem(shares, receiver, owner)? };
        Ok((assets, self.pay(owner, receiver)?))
    }

    /// Pulls `amount` of the reward token from the caller and queues what the vault then holds above what it
    /// owes: what really arrived, and whatever was lying there.
    ///
    /// # Errors
    /// `ZeroAmount` (also if nothing arrived), what the token refuses, `PrincipalShortfall`, and
    /// `RewardBoundExceeded` if what arrived does not fit whole.
    pub fn fund(&mut self, amount: U256) -> Result<U256, Revert> {
        check_amount(amount)?;
        let (sender, vault) = (self.vm.msg_sender(), self.vm.contract_address());
        let rewards = self.rewards();
        token::transfer_from(&self.vm, rewards.token, sender, vault, amount)?;
        let surplus = self.reward_surplus(&rewards)?;
        check_amount(surplus)?;
        self.announce_credit(surplus, surplus.min(amount), &rewards)
    }

    /// Queues whatever reward token the vault holds above what it owes; 0 if there is none.
    ///
    /// # Errors
    /// `PrincipalShortfall` if it holds less than it owes; `RewardBoundExceeded` if no reward fits any more.
    pub fn sync(&mut self) -> Result<U256, Revert> {
        let rewards = self.rewards();
        let surplus = self.reward_surplus(&rewards)?;
        if surplus.is_zero() {
            return Ok(surplus);
        }
        self.announce_credit(surplus, U256::ONE, &rewards)
    }

    /// Seconds an epoch.
    pub fn epoch_length(&self) -> u128 {
        u128::from(self.principal().clock.epoch_length.get())
    }

    /// Number of the current epoch.
    pub fn epoch(&self) -> u128 {
        u128::from(self.principal().clock.epoch())
    }

    /// First second of the current epoch, Unix time.
    pub fn epoch_start(&self) -> u128 {
        u128::from(self.deployed_at()) + self.epoch() * self.epoch_length()
    }

    /// First second of the next epoch, Unix time.
    pub fn epoch_end(&self) -> u128 {
        self.epoch_start() + self.epoch_length()
    }

    /// The stream as of now: the epoch's reward, and the queue.
    pub fn stream(&self) -> Stream {
        self.ledger.stream(self.principal().clock)
    }

    /// Reward per share so far, Q128, modulo 2^256.
    pub fn reward_index(&self) -> U256 {
        self.ledger.accrue(self.principal().clock).index
    }

    /// Rewards credited and not yet paid out.
    pub fn reserve(&self) -> u128 {
        self.ledger.reserve()
    }

    fn pay(&mut self, account: Address, receiver: Address) -> Result<U256, Revert> {
        self.check_receiver(receiver)?;
        let rewards = self.rewards();
        let amount = U256::from(self.ledger.claim(account, rewards.clock));
        if amount.is_zero() {
            return Ok(amount);
        }
        token::transfer(&self.vm, rewards.token, receiver, amount)?;
        if rewards.asset_is_reward {
            self.check_principal(&rewards)?;
        }
        events::reward_paid(&self.vm, account, receiver, amount);
        Ok(amount)
    }

    /// What the vault holds of the reward token above what it owes of it.
    ///
    /// # Errors
    /// `PrincipalShortfall` if it holds less.
    pub(super) fn reward_surplus(&self, rewards: &Holding) -> Result<U256, Revert> {
        let token = rewards.token;
        let held = token::balance_of(&self.vm, token, self.vm.contract_address())?;
        let owed = if rewards.asset_is_reward {
            self.owed_principal(rewards)
        } else {
            U256::from(self.ledger.reserve())
        };
        held.checked_sub(owed).ok_or_else(|| PrincipalShortfall { token, owed, held }.into())
    }

    pub(super) fn announce_credit(
        &mut self,
        surplus: U256,
        least: U256,
        rewards: &Holding,
    ) -> Result<U256, Revert> {
        let credited = self.credit(surplus, least, rewards)?;
        events::reward_added(&self.vm, self.vm.msg_sender(), credited);
        Ok(credited)
    }

    /// Queues `surplus`, or as much of it as fits the bound on unpaid rewards but at least `least`; so nobody can
    /// stop sales by sending the vault an absurd amount.
    ///
    /// # Errors
    /// `RewardBoundExceeded` if not even `least` fits.
    pub(super) fn credit(&mut self, surplus: U256, least: U256, rewards: &Holding) -> Result<U256, Revert> {
        let bound = U256::from(MAX_UNPAID_REWARD);
        let credited = self.ledger.credit(surplus, least, rewards.clock);
        credited.map_err(|Exceeds(unpaid)| RewardBoundExceeded { unpaid: U256::from(unpaid), bound }.into())
    }
}
