//! The tokens that are shown: what they call themselves, and amounts of them.
use weir_client::Node;

use alloy::primitives::{Address, U256};
use serde_json::{Value, json};
use tokio::join;
use weir::clones::VaultConfig;
use weir_bindings::IERC20;
use weir_units::{Amount, exact, short};

/// Significant digits of a rate or a price that people are shown.
const DIGITS: usize = 8;

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    pub address: Address,
    pub symbol: String,
    pub decimals: u8,
}

/// The longest name that is shown whole, in characters.
const LONGEST_NAME: usize = 64;

/// A name that somebody else has chosen: without characters that move a terminal's cursor, change its colours, turn the direction
/// of the text or are not seen at all; and cut where it is long.
pub fn printable(text: &str) -> String {
    let shown = |letter: char| if is_visible(letter) { letter } else { char::REPLACEMENT_CHARACTER };
    let mut name: String = text.chars().take(LONGEST_NAME).map(shown).collect();
    if text.chars().nth(LONGEST_NAME).is_some() {
        name.push('…');
    }
    name
}

/// Whether it is neither a control nor a format character.
fn is_visible(letter: char) -> bool {
    let is_format = matches!(
        letter,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    !letter.is_control() && !is_format
}

impl Token {
    /// Asks it. One that does not answer is shown by its address, and its amounts in base units.
    pub async fn ask(node: &Node, address: Address) -> Self {
        Self::ask_or(node, address, 0).await
    }

    /// As [`ask`](Self::ask), with the decimals that one has that does not tell them.
    async fn ask_or(node: &Node, address: Address, decimals_if_silent: u8) -> Self {
        let token = node.reader(address);
        let (symbol, decimals) = join!(token.ask(IERC20::symbolCall {}), token.ask(IERC20::decimalsCall {}));
        Self {
            address,
            symbol: symbol.map_or_else(|_| address.to_string(), |symbol| printable(&symbol)),
            decimals: decimals.unwrap_or(decimals_if_silent),
        }
    }

    /// Asset and reward token of a vault. The decimals of an asset that does not tell them, such as a program that cannot run, are
    /// those of the shares.
    pub async fn of_vault(node: &Node, config: &VaultConfig) -> (Self, Self) {
        let of_reward = if config.asset_is_reward() { config.decimals } else { 0 };
        join!(Self::ask_or(node, config.asset, config.decimals), Self::ask_or(node, config.reward, of_reward))
    }

    /// `12.5 USD`, with every digit.
    pub fn exact(&self, amount: U256) -> String {
        format!("{} {}", exact(amount, self.decimals), self.symbol)
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
        assert_eq!(printable("a\u{202e}b\u{200b}"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(printable(&"n".repeat(64)), "n".repeat(64));
        assert_eq!(printable(&"n".repeat(70_000)), "n".repeat(64) + "…");
    }
}
