//! Token prices: sources that are read at intervals, a guard that checks their prices, and a board of accepted prices.
//! Each source is read by its own task.

mod board;
mod chainlink;
mod document;
mod guard;
mod source;
mod uniswap;
mod watch;

pub use board::{Board, NoPrice, Rejected};
pub use guard::Limits;
pub use source::Source;
pub use watch::{Reader, Report};

use alloy::primitives::Address;

/// The token that a price belongs to; [`ETHER`] for ether.
pub type Token = Address;

/// Represents ether, which pays for gas, among the tokens.
pub const ETHER: Token = Address::ZERO;

/// Formats a token: its address, or `ether`.
pub fn show_token(token: Token) -> String {
    if token == ETHER { "ether".into() } else { token.to_string() }
}
