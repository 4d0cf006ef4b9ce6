//! The ways in which stakers behave; `engine/agents.rs` says how.

/// How a staker behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// The toy model's: deposits, withdraws and claims by coin flips and its expectation.
    CoinFlipper,
    /// Moves to the vault whose reward per stake is best.
    Seeker,
    /// Deposits once, and stays.
    Holder,
    /// Deposits right before reward arrives, and leaves right after.
    Sniper,
}

impl Behaviour {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::CoinFlipper, Self::Seeker, Self::Holder, Self::Sniper];

    /// As in flags and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::CoinFlipper => "coin-flipper",
            Self::Seeker => "seeker",
            Self::Holder => "holder",
            Self::Sniper => "sniper",
        }
    }

    /// Its place in [`ALL`](Self::ALL).
    pub fn number(self) -> usize {
        self as usize
    }
}
