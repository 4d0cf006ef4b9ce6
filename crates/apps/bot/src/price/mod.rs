//! What tokens are worth: sources that tell it, a guard that believes them only so far, and a board of what is believed.

mod board;
mod chainlink;
mod document;
mod guard;
mod source;
mod uniswap;
mod watch;

pub use board::{Board, NoPrice, Refused};
pub use guard::Limits;
pub use source::Source;
pub use watch::{Reader, Report};

use alloy::primitives::Address;

/// What a price is of. Ether is [`ETHER`].
pub type Token = Address;

/// Stands for ether, which gas is paid with, among the tokens.
pub const ETHER: Token = Address::ZERO;

/// A token for people: its address, or `ether`.
pub fn show_token(token: Token) -> String {
    if token == ETHER { "ether".into() } else { token.to_string() }
}
