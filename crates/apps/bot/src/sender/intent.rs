//! The purpose of each transaction that the bot sends.
//! A bid keeps the prices at which it was made, to compute its profit when it is mined.

use std::fmt;

use alloy::primitives::{Address, B256, U256};
use weir_units::{Rational, exact};

use crate::market::Pair;

/// The purpose of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    Bid(Box<BidIntent>),
    /// Approves `spender` to pull `amount` of `token`.
    Approval {
        token: Address,
        spender: Address,
        amount: U256,
        /// Value of one wei when sent, in the price unit.
        wei_value: Rational,
    },
    /// Renews the program with this code hash.
    Renewal {
        name: &'static str,
        code_hash: B256,
        /// Value of one wei when sent, in the price unit.
        wei_value: Rational,
    },
    /// Uses up the nonce of a bid that is no longer profitable.
    Cancellation {
        /// Value of one wei when sent, in the price unit.
        wei_value: Rational,
    },
}

impl Intent {
    /// Returns the value of one wei when the transaction was sent, in the price unit.
    pub fn wei_value(&self) -> &Rational {
        match self {
            Self::Bid(bid) => &bid.wei_value,
            Self::Approval { wei_value, .. }
            | Self::Renewal { wei_value, .. }
            | Self::Cancellation { wei_value } => wei_value,
        }
    }
}

/// A bid as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BidIntent {
    pub pair: Pair,
    /// In base units of the token bought.
    pub amount_out: U256,
    /// In base units of the payment token.
    pub limit: U256,
    /// Value of one base unit of the payment token when sent, in the price unit.
    pub base_unit_value: Rational,
    /// Value of one wei when sent, in the price unit.
    pub wei_value: Rational,
    /// Worth of the lot when sent, in base units of the payment token.
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
            Self::Renewal { name, code_hash, .. } => write!(f, "renewal of the program {name} ({code_hash})"),
            Self::Cancellation { .. } => f.write_str("cancellation"),
        }
    }
}
