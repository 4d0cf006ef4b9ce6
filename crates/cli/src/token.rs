//! The tokens that are shown: what they call themselves, and amounts of them.

use alloy::primitives::{Address, U256};
use serde_json::{Value, json};
use tokio::join;
use weir_bindings::IERC20;

use crate::{
    amount::{Amount, decimal, short},
    node::Node,
};

/// Significant digits of a rate or a price that people are shown.
const DIGITS: usize = 8;

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    pub address: Address,
    pub symbol: String,
    pub decimals: u8,
}

/// A name that somebody else has chosen, without characters that would move a terminal's cursor or change its colours.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter })
        .collect()
}

impl Token {
    /// Asks it. One that does not answer is shown by its address, and its amounts in base units.
    pub async fn ask(node: &Node, address: Address) -> Self {
        let token = node.reader(address);
        let (symbol, decimals) = join!(token.ask(IERC20::symbolCall {}), token.ask(IERC20::decimalsCall {}));
        Self {
            address,
            symbol: symbol.map_or_else(|_| address.to_string(), |symbol| printable(&symbol)),
            decimals: decimals.unwrap_or(0),
        }
    }

    /// `12.5 USD`, with every digit.
    pub fn exact(&self, amount: U256) -> String {
        format!("{} {}", decimal(amount, self.decimals), self.symbol)
    }

    /// `12.5 USD`, with the digits that matter.
    pub fn short(&self, amount: U256) -> String {
        format!("{} {}", short(amount, self.decimals, DIGITS), self.symbol)
    }

    /// An amount for scripts.
    pub fn amount(&self, amount: U256) -> Amount {
        Amount::new(amount, self.decimals)
    }

    /// The token for people: `USD at 0x…`.
    pub fn words(&self) -> String {
        format!("{} at {}", self.symbol, self.address)
    }

    /// The token for scripts.
    pub fn document(&self) -> Value {
        json!({ "address": self.address, "symbol": self.symbol, "decimals": self.decimals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_move_the_cursor() {
        assert_eq!(printable("Weir \u{1b}[2J\r\nÄ"), "Weir \u{fffd}[2J\u{fffd}\u{fffd}Ä");
    }
}
