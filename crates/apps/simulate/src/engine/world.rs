//! The state of a simulation, and the operations that change it.
//! Each operation corresponds to one transaction.

use std::{collections::VecDeque, num::NonZeroU32};

use anyhow::Result;
use fastrand::Rng;
use weir::math::U256;

use super::{
    record::{Action, Record, Recording, Sample, Snapshot, StakerResult, Step, VaultState},
    staker::Staker,
    supply::{Buyers, Supply},
    vault::{Terms, Vault},
};
use crate::config::{
    Behaviour, Config,
    quantity::{DAY, TOKEN},
};

/// The simulated world at second `now`.
pub struct World<'a> {
    pub config: &'a Config,
    pub recording: Recording,
    pub now: u32,
    pub vaults: Vec<Vault>,
    pub supplies: Vec<Supply>,
    pub buyers: Vec<Buyers>,
    pub stakers: Vec<Staker>,
    /// Numbers of the stakers that are snipers.
    pub snipers: Vec<usize>,
    /// Planned exits of snipers, the earliest first: time, staker, vault.
    pub leaving: VecDeque<(u32, usize, usize)>,
    /// *R* of each vault in the current epoch, in base units. Approximate, for decisions only.
    pub epoch_rewards: Vec<f64>,
    /// Stake of each staker in all vaults.
    staker_holdings: Vec<Holding>,
    /// Stake in each vault.
    vault_holdings: Vec<Holding>,
    pub record: Record,
}

/// An amount, and its integral over time.
#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    amount: u128,
    since: u32,
    /// Amount times seconds until `since`.
    product: u128,
}

impl Holding {
    fn change(&mut self, amount: u128, now: u32) {
        self.product += self.amount * u128::from(now - self.since);
        (self.amount, self.since) = (amount, now);
    }
}

impl<'a> World<'a> {
    /// The world at second 0, before the first event.
    pub fn new(config: &'a Config, recording: Recording) -> Self {
        let mut random = Rng::with_seed(config.seed);
        // Separate generators: the number of stakers does not change the random numbers of vaults, and vice versa.
        let (mut for_supplies, mut for_buyers, mut for_stakers) =
            (random.fork(), random.fork(), random.fork());
        let stakers: Vec<Staker> = config
            .mix
            .behaviours(config.stakers)
            .into_iter()
            .map(|behaviour| Staker::new(behaviour, config, for_stakers.fork()))
            .collect();
        let snipers =
            (0..stakers.len()).filter(|staker| stakers[*staker].behaviour == Behaviour::Sniper).collect();
        Self {
            config,
            recording,
            now: 0,
            vaults: vec![Vault::new(terms(config), stakers.len()); config.vaults],
            supplies: (0..config.vaults).map(|_| Supply::new(config, for_supplies.fork())).collect(),
            buyers: (0..config.vaults).map(|_| Buyers::new(config, for_buyers.fork())).collect(),
            staker_holdings: vec![Holding::default(); stakers.len()],
            vault_holdings: vec![Holding::default(); config.vaults],
            epoch_rewards: vec![0.0; config.vaults],
            stakers,
            snipers,
            leaving: VecDeque::new(),
            record: Record::new(config),
        }
    }

    /// Moves `amount` from the staker's wallet into the vault.
    ///
    /// # Errors
    /// If the amount exceeds the vault's bound.
    pub fn deposit(&mut self, staker: usize, vault: usize, amount: u128) -> Result<()> {
        self.vaults[vault].deposit(staker, amount, self.now)?;
        let owner = &mut self.stakers[staker];
        owner.wallet -= amount;
        owner.deposits += 1;
        self.note_stake(staker, vault, self.staker_holdings[staker].amount + amount);
        self.note(Action::Deposit { staker, vault, amount });
        Ok(())
    }

    /// Withdraws the whole stake, without claiming rewards.
    pub fn redeem(&mut self, staker: usize, vault: usize) {
        let shares = self.take_stake(staker, vault);
        if shares > 0 {
            self.note(Action::Redeem { staker, vault, shares });
        }
    }

    /// Claims the rewards.
    pub fn claim(&mut self, staker: usize, vault: usize) {
        let paid = self.take_reward(staker, vault);
        if paid > 0 {
            self.note(Action::Claim { staker, vault, paid });
        }
    }

    /// Withdraws the whole stake and claims the rewards.
    pub fn exit(&mut self, staker: usize, vault: usize) {
        let (shares, paid) = (self.take_stake(staker, vault), self.take_reward(staker, vault));
        if shares > 0 || paid > 0 {
            self.note(Action::Exit { staker, vault, shares, paid });
        }
    }

    /// Adds yield tokens to the vault.
    pub fn yield_arrives(&mut self, vault: usize, amount: u128) {
        self.vaults[vault].accrue_yield(amount);
        self.record.vaults[vault].arrived += amount;
        self.note(Action::Yield { vault, amount });
    }

    /// Funds the vault with reward tokens.
    ///
    /// # Errors
    /// If the amount exceeds the vault's bound.
    pub fn fund(&mut self, vault: usize, amount: u128) -> Result<()> {
        self.vaults[vault].credit(amount, self.now)?;
        self.record.vaults[vault].arrived += amount;
        self.record.vaults[vault].credited += amount;
        self.note(Action::Fund { vault, amount });
        Ok(())
    }

    /// Counts a transaction, and records it if steps are recorded.
    pub fn note(&mut self, action: Action) {
        self.record.operations += 1;
        if self.recording.steps {
            self.record.steps.push(Step { time: self.now, action });
        }
    }

    /// Records all balances, if steps are recorded.
    pub fn look(&mut self) {
        if self.recording.steps {
            let action = Action::Look(Box::new(self.snapshot()));
            self.record.steps.push(Step { time: self.now, action });
        }
    }

    /// Records the rewards of each behaviour so far.
    pub fn sample(&mut self) {
        let mut rewards = [0; Behaviour::ALL.len()];
        for (staker, earned) in self.stakers.iter().zip(self.all_earned()) {
            rewards[staker.behaviour.number()] += staker.claimed + earned;
        }
        self.record.samples.push(Sample { time: self.now, rewards });
    }

    /// Completes the record at the end of the run.
    pub fn finish(mut self) -> Record {
        let earned = self.all_earned();
        for (number, staker) in self.stakers.iter().enumerate() {
            let mut holding = self.staker_holdings[number];
            holding.change(0, self.now);
            self.record.stakers.push(StakerResult {
                behaviour: staker.behaviour,
                budget: staker.budget,
                expectation: staker.expectation,
                wallet: staker.wallet,
                stake: self.staker_holdings[number].amount,
                claimed: staker.claimed,
                earned: earned[number],
                deposits: staker.deposits,
                stake_seconds: holding.product,
            });
        }
        for (number, result) in self.record.vaults.iter_mut().enumerate() {
            let vault = &self.vaults[number];
            let mut holding = self.vault_holdings[number];
            holding.change(0, self.now);
            result.unsold = vault.unsold();
            result.undistributed = vault.undistributed(self.now);
            result.last_claims = vault.last_claims();
            result.reserve = vault.reserve();
            result.stake_seconds = holding.product;
        }
        self.record
    }

    fn take_stake(&mut self, staker: usize, vault: usize) -> u128 {
        let shares = self.vaults[vault].redeem_all(staker, self.now);
        if shares > 0 {
            self.stakers[staker].wallet += shares;
            self.note_stake(staker, vault, self.staker_holdings[staker].amount - shares);
        }
        shares
    }

    fn take_reward(&mut self, staker: usize, vault: usize) -> u128 {
        let paid = self.vaults[vault].claim(staker, self.now);
        self.stakers[staker].claimed += paid;
        if self.config.one_token {
            self.stakers[staker].wallet += paid;
        }
        paid
    }

    fn note_stake(&mut self, staker: usize, vault: usize, amount: u128) {
        self.staker_holdings[staker].change(amount, self.now);
        self.vault_holdings[vault].change(self.vaults[vault].total_stake(), self.now);
    }

    /// Claimable reward of each staker in all vaults.
    fn all_earned(&self) -> Vec<u128> {
        let mut earned = vec![0; self.stakers.len()];
        for vault in &self.vaults {
            let index = vault.accrued(self.now).1;
            earned.iter_mut().enumerate().for_each(|(staker, sum)| *sum += vault.earned(staker, index));
        }
        earned
    }

    fn snapshot(&self) -> Snapshot {
        let rewards = |staker: &Staker| if self.config.one_token { 0 } else { staker.claimed };
        let state = |vault: &Vault| {
            let (stream, index) = vault.accrued(self.now);
            VaultState {
                stake: vault.total_stake(),
                reward: stream.reward,
                queued: stream.queued,
                index,
                reserve: vault.reserve(),
                last_price: vault.last_price(),
                lot: vault.lot(),
            }
        };
        let positions = |vault: &Vault| {
            let index = vault.accrued(self.now).1;
            (0..self.stakers.len()).map(|staker| (vault.stake(staker), vault.earned(staker, index))).collect()
        };
        Snapshot {
            vaults: self.vaults.iter().map(state).collect(),
            wallets: self.stakers.iter().map(|staker| (staker.wallet, rewards(staker))).collect(),
            positions: self.vaults.iter().map(positions).collect(),
        }
    }
}

fn terms(config: &Config) -> Terms {
    Terms {
        epoch_length: NonZeroU32::new(config.epoch_length.0).unwrap_or(NonZeroU32::MIN),
        payout: config.payout,
        target_period: config.target_period.0,
        smoothing: config.smoothing.0,
        first_price: first_price(config),
    }
}

/// The configured first price, or the worth of the mean yield of a target period. At least one base unit.
pub fn first_price(config: &Config) -> u128 {
    let given = config.first_price.map(|price| price.0);
    given.unwrap_or_else(|| {
        let lot = config.yield_per_day.0 * u128::from(config.target_period.0) / u128::from(DAY);
        // The largest settings (a billion tokens a day over 136 years, worth a billion each) fit 256 bits. They are
        // capped at 128.
        let worth = U256::from(lot) * U256::from(config.yield_value.0);
        u128::try_from(worth / U256::from(TOKEN)).unwrap_or(u128::MAX).max(1)
    })
}
