//! Kinds of staker behaviour.
//! `engine/agents.rs` implements them.

/// How a staker behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// The toy model's agent: deposits, withdraws and claims by coin flips and its expectation.
    CoinFlipper,
    /// Moves to the vault with the best reward per stake.
    Seeker,
    /// Deposits once and stays.
    Holder,
    /// Deposits right before reward arrives and leaves right after.
    Sniper,
}

impl Behaviour {
    /// All behaviours.
    pub const ALL: [Self; 4] = [Self::CoinFlipper, Self::Seeker, Self::Holder, Self::Sniper];

    /// Name in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::CoinFlipper => "coin-flipper",
            Self::Seeker => "seeker",
            Self::Holder => "holder",
            Self::Sniper => "sniper",
        }
    }

    /// Index in [`ALL`](Self::ALL).
    pub fn number(self) -> usize {
        self as usize
    }
}
