//! The model of a vault and its tokens (`docs/arithmetic.md`): what every call does, or the error it reverts with.
//! It uses unbounded integers and rationals, and no code of the contract.
//!
//! A call that reverts may leave the model half-way: [`Vault::attempt`] restores it.

use std::collections::{HashMap, HashSet};

use num_bigint::BigInt;
use weir::math::stream::Stream;

use super::{
    ExactLedger, SecondBySecond,
    exact::{floor, power_of_two, ratio},
    terms::{ACCOUNTS, PUPPET, Payment, Revert, Roles, STAKERS, Terms, Unit, VAULT, ZERO_ADDRESS},
    token::Token,
};

const WAD: u64 = 1_000_000_000_000_000_000;
/// How much less than its amount a deposit may bring where surplus covers it, in base units.
const ROUNDING: u32 = 2;

#[derive(Clone)]
pub struct Vault {
    pub terms: Terms,
    pub tokens: Vec<Token>,
    pub ledger: ExactLedger,
    pub stream: SecondBySecond,
    allowances: HashMap<(usize, usize), BigInt>,
    /// Pairs of an account and one of its claimers.
    claimers: HashSet<(usize, usize)>,
    last_price: BigInt,
    last_sale: u32,
    /// Rewards credited and paid out, in base units.
    pub credited: BigInt,
    pub claimed: Vec<BigInt>,
    /// Changes of each staker's stake.
    changes: Vec<u32>,
    /// How often each staker claimed without shares.
    closings: Vec<u32>,
    /// For each staker, the sum of its stakes at each call and of the shares it sent or received: rounding the index
    /// costs up to 2^-128 of a unit a share.
    steps: Vec<BigInt>,
}

impl Vault {
    /// A new vault, and tokens without balances.
    pub fn new(terms: Terms, tokens: usize) -> Self {
        let length = terms.epoch_length.try_into().expect("an epoch has at least a second");
        Self {
            terms,
            tokens: vec![Token::new(ACCOUNTS); tokens],
            ledger: ExactLedger::new(STAKERS),
            stream: SecondBySecond::new(length, Stream::default()),
            allowances: HashMap::new(),
            claimers: HashSet::new(),
            last_price: terms.first_price.into(),
            last_sale: 0,
            credited: BigInt::ZERO,
            claimed: vec![BigInt::ZERO; STAKERS],
            changes: vec![0; STAKERS],
            closings: vec![0; STAKERS],
            steps: vec![BigInt::ZERO; STAKERS],
        }
    }

    /// Advances the time to `now` seconds after the deployment.
    pub fn pass_to(&mut self, now: u32) {
        let handed_out = self.stream.run_to(now, self.ledger.total() > 0);
        self.ledger.hand_out(&handed_out);
    }

    /// Makes a call, and restores the model if it reverts.
    pub fn attempt<T>(&mut self, call: impl FnOnce(&mut Self) -> Result<T, Revert>) -> Result<T, Revert> {
        let before = self.clone();
        for staker in 0..STAKERS {
            self.steps[staker] += self.ledger.stake(staker);
        }
        let done = call(self);
        if done.is_err() {
            *self = before;
        }
        done
    }

    // Views.

    /// Sum of all shares.
    pub fn supply(&self) -> BigInt {
        self.ledger.total().into()
    }

    /// Credited and not yet paid out.
    pub fn reserve(&self) -> BigInt {
        &self.credited - self.claimed.iter().sum::<BigInt>()
    }

    /// What the vault holds of a token.
    pub fn held(&self, token: usize) -> BigInt {
        self.tokens[token].balance(VAULT)
    }

    /// What the vault owes of a token: principal, reserve, or both.
    pub fn owed(&self, token: usize) -> BigInt {
        let Roles { asset, reward, .. } = self.terms.roles;
        let principal = if token == asset { self.supply() } else { BigInt::ZERO };
        let rewards = if token == reward { self.reserve() } else { BigInt::ZERO };
        principal + rewards
    }

    /// Whether a share is worth less than one asset.
    pub fn is_in_loss(&self) -> bool {
        self.held(self.terms.roles.asset) < self.supply()
    }

    /// What all shares are worth.
    pub fn total_assets(&self) -> BigInt {
        self.held(self.terms.roles.asset).min(self.supply())
    }

    /// What shares are worth. Rounds down.
    pub fn worth(&self, shares: &BigInt) -> BigInt {
        match self.is_in_loss() {
            false => shares.clone(),
            true => floor(&ratio(shares * self.total_assets(), self.supply())),
        }
    }

    /// What assets cost in shares. Rounds up; `2^256 − 1` if the vault holds nothing.
    fn cost(&self, assets: &BigInt) -> BigInt {
        if !self.is_in_loss() {
            return assets.clone();
        }
        if self.total_assets() == BigInt::ZERO {
            return unlimited();
        }
        ratio(assets * self.supply(), self.total_assets()).ceil().to_integer()
    }

    /// Shares that can still be minted.
    pub fn room(&self) -> BigInt {
        let asset = self.terms.roles.asset;
        if self.held(asset) < self.owed(asset) {
            return BigInt::ZERO;
        }
        max_stake() - self.supply()
    }

    /// Price of the lot at the current time.
    pub fn price(&self) -> BigInt {
        let highest = power_of_two(192) - 1;
        match self.stream.now - self.last_sale {
            0 => highest,
            elapsed => {
                floor(&ratio(&self.last_price * self.terms.target_period, elapsed)).clamp(100.into(), highest)
            }
        }
    }

    /// Amount of the yield token that can be bought.
    pub fn for_sale(&self) -> BigInt {
        let sold = self.terms.roles.yield_token;
        let surplus = (self.held(sold) - self.owed(sold)).max(BigInt::ZERO);
        floor(&ratio(surplus * (WAD - self.terms.smoothing), WAD))
    }

    /// Amount that the standalone pair can sell.
    pub fn foreign_surplus(&self) -> BigInt {
        let foreign = self.terms.roles.foreign;
        (self.held(foreign) - self.owed(foreign)).max(BigInt::ZERO)
    }

    /// Rewards credited but not handed out yet.
    pub fn undistributed(&self) -> BigInt {
        &self.stream.reward - self.stream.streamed() + &self.stream.queued
    }

    /// How much less than its exact share a staker may get, in 2^-128 base units: one unit, another one for each claim
    /// without shares, 2^-32 for each change of its stake, and 2^-128 for each share it held at an update or moved.
    pub fn allowed_loss(&self, staker: usize) -> BigInt {
        (1 + self.closings[staker]) * power_of_two(128)
            + self.changes[staker] * power_of_two(96)
            + &self.steps[staker]
    }

    // Shares.

    pub fn approve(&mut self, owner: usize, spender: usize, value: BigInt) {
        self.allowances.insert((owner, spender), value);
    }

    pub fn transfer(&mut self, from: usize, to: usize, value: u128) -> Result<(), Revert> {
        check_receiver(to)?;
        let balance = self.ledger.stake(from);
        if value > balance {
            return Err(Revert::InsufficientShares {
                sender: from,
                balance: balance.into(),
                needed: value.into(),
            });
        }
        if from == to {
            return Ok(());
        }
        self.ledger.withdraw(from, value);
        self.ledger.deposit(to, value);
        for staker in [from, to] {
            self.changes[staker] += 1;
            self.steps[staker] += value;
        }
        Ok(())
    }

    pub fn transfer_from(
        &mut self,
        spender: usize,
        from: usize,
        to: usize,
        value: u128,
    ) -> Result<(), Revert> {
        self.spend(from, spender, value.into())?;
        self.transfer(from, to, value)
    }

    fn spend(&mut self, owner: usize, spender: usize, needed: BigInt) -> Result<(), Revert> {
        let allowance = self.allowances.entry((owner, spender)).or_default();
        if *allowance == unlimited() {
            return Ok(());
        }
        if *allowance < needed {
            let allowance = allowance.clone();
            return Err(Revert::InsufficientAllowance { spender, allowance, needed });
        }
        *allowance -= needed;
        Ok(())
    }

    // Deposit and withdraw.

    pub fn enter(
        &mut self,
        sender: usize,
        receiver: usize,
        amount: u128,
        unit: Unit,
    ) -> Result<BigInt, Revert> {
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        let max = max_stake() - self.supply();
        if BigInt::from(amount) > max {
            return Err(match unit {
                Unit::Assets => Revert::ExceededMaxDeposit { receiver, assets: amount.into(), max },
                Unit::Shares => Revert::ExceededMaxMint { receiver, shares: amount.into(), max },
            });
        }
        let Roles { asset, reward, yield_token, .. } = self.terms.roles;
        let held_before = self.held(asset);
        self.ledger.deposit(receiver, amount);
        self.changes[receiver] += 1;
        let mut owed = self.owed(asset);
        if asset == reward || asset == yield_token {
            owed = owed.max(held_before + amount - ROUNDING);
        }
        self.move_token(asset, sender, VAULT, amount.into())?;
        self.check_held(asset, owed)?;
        Ok(amount.into())
    }

    /// Withdraws `amount` of assets or of shares; returns the amount in the other unit.
    pub fn leave(
        &mut self,
        sender: usize,
        receiver: usize,
        owner: usize,
        amount: u128,
        unit: Unit,
    ) -> Result<BigInt, Revert> {
        let (amount, stake) = (BigInt::from(amount), BigInt::from(self.ledger.stake(owner)));
        check_amount(&amount)?;
        let shares = match unit {
            Unit::Assets => self.cost(&amount),
            Unit::Shares => amount.clone(),
        };
        check_receiver(receiver)?;
        if sender != owner {
            self.spend(owner, sender, shares.clone())?;
        }
        let assets = match unit {
            Unit::Assets => self.assets_up_to(owner, amount, &stake)?,
            Unit::Shares => self.assets_of(owner, &shares, stake)?,
        };
        self.ledger.withdraw(owner, u128::try_from(&shares).expect("a stake"));
        self.changes[owner] += 1;
        self.move_token(self.terms.roles.asset, VAULT, receiver, assets.clone())?;
        Ok(match unit {
            Unit::Assets => shares,
            Unit::Shares => assets,
        })
    }

    fn assets_up_to(&self, owner: usize, assets: BigInt, stake: &BigInt) -> Result<BigInt, Revert> {
        let max = self.worth(stake);
        if assets > max {
            return Err(Revert::ExceededMaxWithdraw { owner, assets, max });
        }
        Ok(assets)
    }

    fn assets_of(&self, owner: usize, shares: &BigInt, stake: BigInt) -> Result<BigInt, Revert> {
        if *shares > stake {
            return Err(Revert::ExceededMaxRedeem { owner, shares: shares.clone(), max: stake });
        }
        let assets = self.worth(shares);
        if assets == BigInt::ZERO {
            let token = self.terms.roles.asset;
            return Err(Revert::PrincipalShortfall { token, owed: self.supply(), held: self.total_assets() });
        }
        Ok(assets)
    }

    // Rewards. The model only bounds what a staker has `earned`, so the caller passes what the vault returned before.

    pub fn claim(&mut self, account: usize, receiver: usize, earned: &BigInt) -> Result<BigInt, Revert> {
        check_receiver(receiver)?;
        if *earned == BigInt::ZERO {
            return Ok(BigInt::ZERO);
        }
        let Roles { asset, reward, .. } = self.terms.roles;
        self.claimed[account] += earned;
        self.closings[account] += u32::from(self.ledger.stake(account) == 0);
        self.move_token(reward, VAULT, receiver, earned.clone())?;
        if asset == reward {
            self.check_held(asset, self.supply())?;
        }
        Ok(earned.clone())
    }

    /// Sets whether `claimer` may claim for `account`; the zero address stands for anyone.
    pub fn set_claimer(&mut self, account: usize, claimer: usize, allowed: bool) {
        match allowed {
            true => self.claimers.insert((account, claimer)),
            false => self.claimers.remove(&(account, claimer)),
        };
    }

    pub fn claim_for(&mut self, caller: usize, account: usize, earned: &BigInt) -> Result<BigInt, Revert> {
        let is_set = |claimer| self.claimers.contains(&(account, claimer));
        if caller != account && !is_set(caller) && !is_set(ZERO_ADDRESS) {
            return Err(Revert::NotClaimer { account, caller });
        }
        self.claim(account, account, earned)
    }

    /// Returns assets and rewards.
    pub fn exit(&mut self, owner: usize, receiver: usize, earned: &BigInt) -> Result<[BigInt; 2], Revert> {
        let assets = match self.ledger.stake(owner) {
            0 => BigInt::ZERO,
            shares => self.leave(owner, receiver, owner, shares, Unit::Shares)?,
        };
        Ok([assets, self.claim(owner, receiver, earned)?])
    }

    /// Returns what was credited, as `sync` does.
    pub fn fund(&mut self, sender: usize, amount: u128) -> Result<BigInt, Revert> {
        check_amount(&amount.into())?;
        self.move_token(self.terms.roles.reward, sender, VAULT, amount.into())?;
        let surplus = self.reward_surplus()?;
        check_amount(&surplus)?;
        self.credit(surplus.clone(), surplus.min(amount.into()))
    }

    pub fn sync(&mut self) -> Result<BigInt, Revert> {
        let surplus = self.reward_surplus()?;
        if surplus == BigInt::ZERO {
            return Ok(surplus);
        }
        self.credit(surplus, 1.into())
    }

    fn reward_surplus(&self) -> Result<BigInt, Revert> {
        let reward = self.terms.roles.reward;
        self.check_held(reward, self.owed(reward))?;
        Ok(self.held(reward) - self.owed(reward))
    }

    /// Queues `surplus` up to the bound on unpaid rewards, but at least `least`.
    fn credit(&mut self, surplus: BigInt, least: BigInt) -> Result<BigInt, Revert> {
        let (unpaid, bound) = (self.reserve(), max_unpaid_reward());
        let room = &bound - &unpaid;
        if least > room {
            return Err(Revert::RewardBoundExceeded { unpaid, bound });
        }
        let credited = surplus.min(room);
        self.stream.queued += &credited;
        self.credited += &credited;
        Ok(credited)
    }

    // Sales.

    /// Returns the price.
    pub fn buy(
        &mut self,
        sender: usize,
        receiver: usize,
        amount: u128,
        max: u128,
        payment: Payment,
    ) -> Result<BigInt, Revert> {
        if receiver == ZERO_ADDRESS {
            return Err(Revert::ReceiverIsZero);
        }
        let (price, max) = (self.price(), BigInt::from(max));
        if price > max {
            return Err(Revert::SwapExceedsMax { max, price });
        }
        // A price above 2^104 - 1 is recorded as that.
        let recorded = price.clone().min(power_of_two(104) - 1);
        (self.last_price, self.last_sale) = (recorded, self.stream.now);
        check_for_sale(amount, self.for_sale())?;
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        let Roles { asset, reward, yield_token, .. } = self.terms.roles;
        self.move_token(yield_token, VAULT, receiver, amount.into())?;
        if yield_token == asset {
            self.check_held(asset, self.owed(asset) - ROUNDING)?;
        }
        // The surplus so far belongs to the stakers and does not count as payment.
        let before = (self.held(reward) - self.owed(reward)).max(BigInt::ZERO);
        match payment {
            Payment::Flash(paid) => self.move_token(reward, receiver, VAULT, paid.into())?,
            Payment::Wallet => self.move_token(reward, sender, VAULT, price.clone())?,
        }
        self.take_payment(price.clone(), before)?;
        Ok(price)
    }

    /// The puppet pays, sends out what it sold as a pair, and lets the vault verify the payment.
    pub fn sell_foreign(&mut self, receiver: usize, amount: u128, payment: u128) -> Result<(), Revert> {
        let Roles { asset, reward, foreign, .. } = self.terms.roles;
        self.move_token(reward, PUPPET, VAULT, payment.into())?;
        check_amount(&amount.into())?;
        check_receiver(receiver)?;
        check_for_sale(amount, self.foreign_surplus())?;
        let due = self.owed(asset).min(self.held(asset));
        let before = self.held(reward);
        self.move_token(foreign, VAULT, receiver, amount.into())?;
        self.check_held(asset, due)?;
        let after = self.held(reward);
        if after < before {
            return Err(Revert::RewardShortfall { before, after });
        }
        // The puppet does not pass the surplus before, so the whole surplus counts.
        self.take_payment(payment.into(), BigInt::ZERO)
    }

    /// Credits the whole surplus, if it has grown by `price` since it was `before`.
    fn take_payment(&mut self, price: BigInt, before: BigInt) -> Result<(), Revert> {
        let surplus = self.reward_surplus()?;
        let paid = (&surplus - before).max(BigInt::ZERO);
        if paid < price {
            return Err(Revert::InsufficientPayment { price, paid });
        }
        self.credit(surplus, price)?;
        Ok(())
    }

    // Tokens.

    pub fn move_token(&mut self, token: usize, from: usize, to: usize, value: BigInt) -> Result<(), Revert> {
        self.tokens[token].transfer(from, to, value).map_err(|short| Revert::Token { token, short })
    }

    fn check_held(&self, token: usize, owed: BigInt) -> Result<(), Revert> {
        let held = self.held(token);
        if held < owed { Err(Revert::PrincipalShortfall { token, owed, held }) } else { Ok(()) }
    }
}

/// An allowance that is never spent.
pub fn unlimited() -> BigInt {
    power_of_two(256) - 1
}

fn max_stake() -> BigInt {
    power_of_two(112) - 1
}

fn max_unpaid_reward() -> BigInt {
    power_of_two(111) - 1
}

fn check_amount(amount: &BigInt) -> Result<(), Revert> {
    if *amount == BigInt::ZERO { Err(Revert::ZeroAmount) } else { Ok(()) }
}

fn check_receiver(receiver: usize) -> Result<(), Revert> {
    if receiver == ZERO_ADDRESS || receiver == VAULT {
        Err(Revert::InvalidReceiver(receiver))
    } else {
        Ok(())
    }
}

fn check_for_sale(amount: u128, available: BigInt) -> Result<(), Revert> {
    let requested = BigInt::from(amount);
    if requested > available { Err(Revert::NotForSale { requested, available }) } else { Ok(()) }
}
