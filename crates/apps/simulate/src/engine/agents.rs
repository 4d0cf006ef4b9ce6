//! The stakers' actions by behaviour, in the first second of an epoch.
//! Snipers act when reward is about to arrive.

use super::{staker::Staker, world::World};
use crate::config::{
    Behaviour,
    quantity::{DAY, TOKEN, approximate},
};
use anyhow::Result;

impl World<'_> {
    /// Lets all stakers act, in order.
    pub fn stakers_act(&mut self) -> Result<()> {
        for staker in 0..self.stakers.len() {
            if self.stakers[staker].is_gone || self.exits_by_chance(staker) {
                continue;
            }
            match self.stakers[staker].behaviour {
                Behaviour::CoinFlipper => self.flip_coins(staker)?,
                Behaviour::Seeker => self.seek(staker)?,
                Behaviour::Holder => self.hold(staker)?,
                Behaviour::Sniper => {}
            }
        }
        Ok(())
    }

    /// Lets all snipers deposit their wallets in a vault that is about to receive reward, and schedules their exits.
    pub fn snipe(&mut self, vault: usize) -> Result<()> {
        let leaving = self.now.saturating_add(self.config.sniper_hold.0);
        for number in 0..self.snipers.len() {
            let staker = self.snipers[number];
            let wallet = self.stakers[staker].wallet;
            if wallet > 0 && !self.stakers[staker].is_gone {
                self.deposit(staker, vault, wallet)?;
                self.leaving.push_back((leaving, staker, vault));
            }
        }
        Ok(())
    }

    fn exits_by_chance(&mut self, staker: usize) -> bool {
        let chance = self.config.exit_chance.approximate();
        if chance == 0.0 || self.stakers[staker].random.f64() >= chance {
            return false;
        }
        for vault in 0..self.vaults.len() {
            self.exit(staker, vault);
        }
        self.stakers[staker].is_gone = true;
        true
    }

    /// The toy model's “degen”, in whole tokens. Source: `Staker.act` of marek-new/toy_vault_model. A withdrawal does
    /// not claim the rewards, as in the model's published run.
    fn flip_coins(&mut self, staker: usize) -> Result<()> {
        let Staker { home, wallet, expectation, .. } = self.stakers[staker];
        let (epoch, tokens) = (f64::from(self.config.epoch_length.0) / f64::from(DAY), wallet / TOKEN);
        let expected = approximate(expectation) * epoch;
        if tokens >= 1 && self.stakers[staker].random.bool() {
            let part = self.stakers[staker].random.u128(1..=tokens);
            return self.deposit(staker, home, part * TOKEN);
        }
        let vault = &self.vaults[home];
        let stake = vault.stake(staker);
        if stake > 0 {
            let share = stake as f64 / vault.total_stake() as f64;
            if share * approximate(vault.epoch_reward(self.now)) < expected {
                self.redeem(staker, home);
                return Ok(());
            }
        }
        if self.stakers[staker].random.bool() {
            let vault = &self.vaults[home];
            let rewards = vault.earned(staker, vault.accrued(self.now).1);
            if rewards > 0 && approximate(rewards) > expected {
                self.claim(staker, home);
            }
        }
        Ok(())
    }

    /// Moves to the vault that would pay most per unit of stake this epoch, including its own stake.
    fn seek(&mut self, staker: usize) -> Result<()> {
        let home = self.stakers[staker].home;
        let stake = self.vaults[home].stake(staker);
        let own = stake + self.stakers[staker].wallet;
        let rate = |vault: usize| {
            let joining = if vault == home { own - stake } else { own };
            let total = self.vaults[vault].total_stake() + joining;
            if total == 0 { 0.0 } else { self.epoch_rewards[vault] / total as f64 }
        };
        let best = (0..self.vaults.len())
            .fold(home, |best, vault| if rate(vault) > rate(best) { vault } else { best });
        let is_better = rate(best) > rate(home) * (1.0 + self.config.seeker_threshold.approximate());
        if is_better {
            if stake > 0 {
                self.exit(staker, home);
            }
            self.stakers[staker].home = best;
        }
        let (home, wallet) = (self.stakers[staker].home, self.stakers[staker].wallet);
        if wallet > 0 && (stake == 0 || is_better) {
            self.deposit(staker, home, wallet)?;
        }
        Ok(())
    }

    fn hold(&mut self, staker: usize) -> Result<()> {
        let Staker { home, wallet, deposits, .. } = self.stakers[staker];
        if deposits == 0 && wallet > 0 {
            self.deposit(staker, home, wallet)?;
        }
        Ok(())
    }
}
