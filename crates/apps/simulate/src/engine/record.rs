//! The record of a run: rows over time, sales, results of stakers and vaults, and on request every operation.

use weir::math::U256;

use crate::config::{Behaviour, Config};

/// Optional parts of a record, which take memory and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// Records every operation, and all balances in each epoch.
    pub steps: bool,
    /// Number of samples of the rewards by behaviour, spread evenly over the run.
    pub samples: u32,
}

/// The record of a run.
#[derive(Clone, Debug)]
pub struct Record {
    pub config: Config,
    /// One row per epoch and vault, epoch by epoch.
    pub rows: Vec<EpochRow>,
    pub sales: Vec<Sale>,
    pub samples: Vec<Sample>,
    pub stakers: Vec<StakerResult>,
    pub vaults: Vec<VaultResult>,
    pub steps: Vec<Step>,
    /// Number of operations.
    pub operations: u64,
}

impl Record {
    /// The record of a run that has not started.
    pub fn new(config: &Config) -> Self {
        Self {
            config: config.clone(),
            rows: Vec::with_capacity(config.epochs as usize * config.vaults),
            sales: Vec::new(),
            samples: Vec::new(),
            stakers: Vec::new(),
            vaults: vec![VaultResult::default(); config.vaults],
            steps: Vec::new(),
            operations: 0,
        }
    }
}

/// A vault in the first second of an epoch, after the stakers have acted. Amounts are base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRow {
    pub epoch: u32,
    pub vault: usize,
    /// *S*: total stake.
    pub stake: u128,
    /// *R*: reward of the epoch.
    pub reward: u128,
    /// Yield tokens for sale.
    pub lot: u128,
}

/// A sale. Amounts are base units, times are seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    pub vault: usize,
    pub time: u32,
    /// Time since the previous sale, or since the vault's creation.
    pub interval: u32,
    /// In the yield token.
    pub lot: u128,
    /// In the reward token.
    pub price: u128,
    /// Worth of the lot, in the reward token.
    pub worth: u128,
}

/// Rewards of each behaviour up to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub time: u32,
    /// Claimed and claimable, in the order of [`Behaviour::ALL`]. Base units.
    pub rewards: [u128; Behaviour::ALL.len()],
}

/// A staker at the end of the run. Amounts are base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakerResult {
    pub behaviour: Behaviour,
    /// Initial *b_i*.
    pub budget: u128,
    /// *x_i*, per day.
    pub expectation: u128,
    /// Asset in the wallet.
    pub wallet: u128,
    /// *Σ s_ij*: stake in all vaults.
    pub stake: u128,
    pub claimed: u128,
    /// Claimable, not yet claimed.
    pub earned: u128,
    pub deposits: u64,
    /// Stake times seconds held.
    pub stake_seconds: u128,
}

impl StakerResult {
    /// All rewards, claimed and claimable.
    pub fn reward(&self) -> u128 {
        self.claimed + self.earned
    }
}

/// A vault at the end of the run. Amounts are base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VaultResult {
    /// In the yield token, or in the reward token if that is funded directly.
    pub arrived: u128,
    /// In the yield token.
    pub unsold: u128,
    pub credited: u128,
    /// Credited, but not distributed, because there was no stake.
    pub undistributed: u128,
    pub reserve: u128,
    /// Number of claims by stakers without a stake. Each loses less than a base unit to rounding.
    pub last_claims: u128,
    pub stake_seconds: u128,
}

/// An action at a time, in seconds since deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub time: u32,
    pub action: Action,
}

/// An action: one transaction each, except [`Look`](Self::Look). Amounts are base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Deposit {
        staker: usize,
        vault: usize,
        amount: u128,
    },
    Redeem {
        staker: usize,
        vault: usize,
        shares: u128,
    },
    Claim {
        staker: usize,
        vault: usize,
        paid: u128,
    },
    /// Redeems the whole stake and claims.
    Exit {
        staker: usize,
        vault: usize,
        shares: u128,
        paid: u128,
    },
    Yield {
        vault: usize,
        amount: u128,
    },
    Fund {
        vault: usize,
        amount: u128,
    },
    Buy {
        vault: usize,
        lot: u128,
        price: u128,
    },
    /// No transaction: all balances at this time.
    Look(Box<Snapshot>),
}

/// All balances at one time. Amounts are base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub vaults: Vec<VaultState>,
    /// Of each staker: asset in the wallet, and reward token, 0 if both are the same token.
    pub wallets: Vec<(u128, u128)>,
    /// Of each vault, of each staker: stake and claimable reward.
    pub positions: Vec<Vec<(u128, u128)>>,
}

/// The state of a vault at one time, as its views return it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultState {
    pub stake: u128,
    pub reward: u128,
    pub queued: u128,
    pub index: U256,
    pub reserve: u128,
    pub last_price: U256,
    pub lot: u128,
}
