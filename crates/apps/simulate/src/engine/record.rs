//! What a run leaves behind: rows over time, sales, what each staker has in the end, and the operations if they are asked for.

use weir::math::U256;

use crate::config::{Behaviour, Config};

/// What is kept beyond the rows, as it takes room and time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Every operation, and all balances in each epoch.
    pub steps: bool,
    /// At how many times, spread over the run, the earnings of each behaviour are summed up.
    pub samples: u32,
}

/// A run, whole.
#[derive(Clone, Debug)]
pub struct Record {
    pub config: Config,
    /// For each epoch, each vault.
    pub rows: Vec<EpochRow>,
    pub sales: Vec<Sale>,
    pub samples: Vec<Sample>,
    pub stakers: Vec<StakerResult>,
    pub vaults: Vec<VaultResult>,
    pub steps: Vec<Step>,
    /// How many operations there were.
    pub operations: u64,
}

impl Record {
    /// Of a run that has not begun.
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

/// A vault in the first second of an epoch, when the stakers have acted. Base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRow {
    pub epoch: u32,
    pub vault: usize,
    /// *S*.
    pub stake: u128,
    /// *R*: what the epoch hands out.
    pub reward: u128,
    /// Yield tokens that could be bought.
    pub lot: u128,
}

/// A sale. Base units and seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    pub vault: usize,
    pub time: u32,
    /// Since the sale before, or since the vault began.
    pub interval: u32,
    /// Of the yield token.
    pub lot: u128,
    /// Of the reward token.
    pub price: u128,
    /// What the lot was worth, of the reward token.
    pub worth: u128,
}

/// Rewards and stakes of each behaviour, in the order of [`Behaviour::ALL`]. Base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub time: u32,
    /// Claimed and earned.
    pub rewards: [u128; Behaviour::ALL.len()],
}

/// A staker when all is over. Base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StakerResult {
    pub behaviour: Behaviour,
    /// *b_i* at the beginning.
    pub budget: u128,
    /// *x_i*, a day.
    pub expectation: u128,
    /// Asset in the wallet.
    pub wallet: u128,
    /// *Σ s_ij*.
    pub stake: u128,
    pub claimed: u128,
    /// What could still be claimed.
    pub earned: u128,
    pub deposits: u64,
    /// Stake times the seconds it was held.
    pub stake_seconds: u128,
}

impl StakerResult {
    /// Claimed or earned.
    pub fn reward(&self) -> u128 {
        self.claimed + self.earned
    }
}

/// A vault when all is over. Base units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VaultResult {
    /// Of the yield token (of the reward token, where that is paid in directly).
    pub arrived: u128,
    /// Of the yield token.
    pub unsold: u128,
    pub credited: u128,
    /// Credited and not handed out: nobody was staked.
    pub undistributed: u128,
    pub reserve: u128,
    /// Claims of stakers without a stake: each gives up less than a base unit.
    pub last_claims: u128,
    pub stake_seconds: u128,
}

/// Something that happened at a time, in seconds since deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub time: u32,
    pub action: Action,
}

/// What happened: a transaction each, but for the last. Amounts in base units.
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
    /// Redeems all and claims.
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
    /// No transaction: this is how things stand.
    Look(Box<Snapshot>),
}

/// All balances at a moment. Base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub vaults: Vec<VaultState>,
    /// Asset in each staker's wallet, and reward token if that is another.
    pub wallets: Vec<(u128, u128)>,
    /// For each vault, each staker: staked and earned.
    pub positions: Vec<Vec<(u128, u128)>>,
}

/// A vault at a moment, as its views tell it.
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
