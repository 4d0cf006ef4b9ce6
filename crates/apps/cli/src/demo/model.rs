//! The toy vault model in exact arithmetic: one vault whose reward is shared by stake in each step.
//! It does not use the contracts, which are compared with it.
//!
//! In each step, staker *i* with stake *s_i* of the total *S* earns *s_i / S · R*. Amounts are rationals of whole
//! tokens.

use anyhow::{Result, bail};
use num_bigint::BigInt;
use num_rational::BigRational;

/// An action of a staker. Stakers are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Moves whole tokens from the wallet into the vault.
    Deposit { staker: usize, tokens: u64 },
    /// Withdraws the whole stake.
    WithdrawAll { staker: usize },
    /// Claims everything earned so far.
    ClaimAll { staker: usize },
}

impl Action {
    /// The staker who acts.
    pub fn staker(self) -> usize {
        let (Self::Deposit { staker, .. } | Self::WithdrawAll { staker } | Self::ClaimAll { staker }) = self;
        staker
    }

    /// A short code of the action: `d2`, `w`, `c`.
    pub fn code(self) -> String {
        match self {
            Self::Deposit { tokens, .. } => format!("d{tokens}"),
            Self::WithdrawAll { .. } => "w".into(),
            Self::ClaimAll { .. } => "c".into(),
        }
    }
}

/// One staker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staker {
    /// *b_i*, the balance of the wallet.
    pub wallet: BigRational,
    /// *s_i*, the stake in the vault.
    pub stake: BigRational,
    /// Rewards paid out.
    pub claimed: BigRational,
    /// Rewards not yet paid out.
    pub unclaimed: BigRational,
}

impl Staker {
    /// Total rewards.
    pub fn earned(&self) -> BigRational {
        &self.claimed + &self.unclaimed
    }
}

/// The vault and its stakers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    stakers: Vec<Staker>,
    /// Reward of steps without stake, which goes to the next step.
    carried: BigRational,
}

impl Model {
    /// Stakers with these wallets, in whole tokens, and an empty vault.
    pub fn new(wallets: &[u64]) -> Self {
        let staker =
            |&tokens: &u64| Staker { wallet: BigRational::from_integer(tokens.into()), ..Staker::default() };
        Self { stakers: wallets.iter().map(staker).collect(), carried: BigRational::default() }
    }

    /// The stakers.
    pub fn stakers(&self) -> &[Staker] {
        &self.stakers
    }

    /// *S*, the total stake.
    pub fn total_stake(&self) -> BigRational {
        self.stakers.iter().map(|staker| &staker.stake).sum()
    }

    /// Executes an action.
    ///
    /// # Errors
    /// If there is no such staker, or the deposit exceeds the wallet. The model is then unchanged.
    pub fn act(&mut self, action: Action) -> Result<()> {
        let number = action.staker();
        let Some(staker) = self.stakers.get_mut(number) else {
            bail!("the model has no staker {number}");
        };
        match action {
            Action::Deposit { tokens, .. } => {
                let amount = BigRational::from_integer(BigInt::from(tokens));
                if amount > staker.wallet {
                    bail!("staker {number} of the model holds {} and cannot deposit {tokens}", staker.wallet);
                }
                staker.wallet -= &amount;
                staker.stake += amount;
            }
            Action::WithdrawAll { .. } => staker.wallet += std::mem::take(&mut staker.stake),
            Action::ClaimAll { .. } => {
                let amount = std::mem::take(&mut staker.unclaimed);
                staker.wallet += &amount;
                staker.claimed += amount;
            }
        }
        Ok(())
    }

    /// Ends a step: shares `reward` tokens by stake, or keeps them for the next step if there is no stake.
    pub fn share(&mut self, reward: &BigRational) {
        let total = self.total_stake();
        let reward = reward + std::mem::take(&mut self.carried);
        if total == BigRational::default() {
            self.carried = reward;
            return;
        }
        for staker in &mut self.stakers {
            staker.unclaimed += &staker.stake / &total * &reward;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::rational::ratio;

    #[test]
    fn a_reward_is_shared_by_stake() {
        let mut model = Model::new(&[5, 5]);
        model.act(Action::Deposit { staker: 0, tokens: 2 }).unwrap();
        model.act(Action::Deposit { staker: 1, tokens: 5 }).unwrap();
        model.share(&ratio(3, 1));
        assert_eq!(model.stakers()[0].unclaimed, ratio(6, 7));
        assert_eq!(model.stakers()[1].unclaimed, ratio(15, 7));
    }

    #[test]
    fn a_claim_pays_the_rewards_and_a_withdrawal_the_stake() {
        let mut model = Model::new(&[5]);
        model.act(Action::Deposit { staker: 0, tokens: 2 }).unwrap();
        model.share(&ratio(7, 2));
        model.act(Action::ClaimAll { staker: 0 }).unwrap();
        assert_eq!(model.stakers()[0].wallet, ratio(13, 2));
        model.act(Action::WithdrawAll { staker: 0 }).unwrap();
        let staker = &model.stakers()[0];
        assert_eq!((&staker.wallet, &staker.stake), (&ratio(17, 2), &ratio(0, 1)));
        assert_eq!(staker.earned(), ratio(7, 2));
    }

    #[test]
    fn the_reward_of_a_step_without_stakers_goes_to_the_next() {
        let mut model = Model::new(&[5]);
        model.share(&ratio(7, 1));
        model.act(Action::Deposit { staker: 0, tokens: 1 }).unwrap();
        model.share(&ratio(7, 1));
        assert_eq!(model.stakers()[0].unclaimed, ratio(14, 1));
    }

    #[test]
    fn a_deposit_above_the_wallet_is_an_error() {
        let mut model = Model::new(&[5]);
        let before = model.clone();
        assert!(model.act(Action::Deposit { staker: 0, tokens: 6 }).is_err());
        assert!(model.act(Action::WithdrawAll { staker: 1 }).is_err());
        assert_eq!(model, before);
    }
}
