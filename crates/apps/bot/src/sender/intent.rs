//! What a transaction of the bot is for.

use std::fmt;

use alloy::primitives::{Address, U256};
use weir_units::{Rational, exact};

use crate::market::Pair;

/// What a transaction is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    Bid(Box<BidIntent>),
    /// Lets `spender` pull `amount` of the token at this address.
    Approval {
        token: Address,
        spender: Address,
        amount: U256,
        /// What one wei was worth then, in the unit that prices are in.
        unit_of_wei: Rational,
    },
    /// Nothing: takes the nonce of a bid that is not wanted any more.
    Cancellation {
        /// What one wei was worth then, in the unit that prices are in.
        unit_of_wei: Rational,
    },
}

impl Intent {
    /// What one wei was worth when it was sent, in the unit that prices are in.
    pub fn unit_of_wei(&self) -> &Rational {
        match self {
            Self::Bid(bid) => &bid.unit_of_wei,
            Self::Approval { unit_of_wei, .. } | Self::Cancellation { unit_of_wei } => unit_of_wei,
        }
    }
}

/// A bid as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BidIntent {
    pub pair: Pair,
    /// In base units of the token bought.
    pub amount_out: U256,
    /// In base units of the token paid with.
    pub limit: U256,
    /// What one base unit of the token paid with, and one wei, were worth then, in the unit that prices are in.
    pub unit_of_in: Rational,
    pub unit_of_wei: Rational,
    /// What the lot was worth then, in base units of the token paid with.
    pub worth: U256,
}

impl fmt::Display for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bid(bid) => {
                let BidIntent { pair, amount_out, limit, .. } = &**bid;
                write!(
                    f,
                    "bid of at most {} {} for {} {} at {}",
                    exact(*limit, pair.token_in.decimals),
                    pair.token_in.symbol,
                    exact(*amount_out, pair.token_out.decimals),
                    pair.token_out.symbol,
                    pair.address
                )
            }
            Self::Approval { token, spender, .. } => write!(f, "approval of {token} for {spender}"),
            Self::Cancellation { .. } => f.write_str("cancellation"),
        }
    }
}
