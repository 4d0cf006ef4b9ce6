//! Tokens as they are shown: symbol, decimals, and amounts for people and scripts.
//! Names come from contracts that anyone can deploy, so they are made safe to print.

use alloy::primitives::{Address, U256};
use serde_json::{Value, json};
use tokio::join;
use weir::clones::VaultConfig;
use weir_bindings::IERC20;
use weir_client::Node;
use weir_units::{Amount, exact, short};

/// Significant digits of a shortened amount.
const DIGITS: usize = 8;

/// A token.
#[derive(Clone, Debug)]
pub struct Token {
    pub address: Address,
    pub symbol: String,
    pub decimals: u8,
}

/// Characters of a name that are shown.
const LONGEST_NAME: usize = 64;

/// A name from a contract, made safe to print: replaces control and invisible characters, which could move the cursor
/// or reverse the text, and cuts a long name.
pub fn printable(text: &str) -> String {
    let shown = |letter: char| if is_visible(letter) { letter } else { char::REPLACEMENT_CHARACTER };
    let mut name: String = text.chars().take(LONGEST_NAME).map(shown).collect();
    if text.chars().nth(LONGEST_NAME).is_some() {
        name.push('…');
    }
    name
}

/// Whether `letter` is neither a control nor a format character.
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
    /// Reads symbol and decimals. If the token does not answer, its address is the symbol and 0 the decimals.
    pub async fn ask(node: &Node, address: Address) -> Self {
        Self::ask_or(node, address, 0).await
    }

    /// As [`ask`](Self::ask), with other decimals for a token that does not answer.
    async fn ask_or(node: &Node, address: Address, default_decimals: u8) -> Self {
        let token = node.reader(address);
        let (symbol, decimals) = join!(token.ask(IERC20::symbolCall {}), token.ask(IERC20::decimalsCall {}));
        Self {
            address,
            symbol: symbol.map_or_else(|_| address.to_string(), |symbol| printable(&symbol)),
            decimals: decimals.unwrap_or(default_decimals),
        }
    }

    /// Asset and reward token of a vault. If the asset does not answer, such as a program that cannot run, its decimals
    /// are those of the shares.
    pub async fn of_vault(node: &Node, config: &VaultConfig) -> (Self, Self) {
        let of_reward = if config.asset_is_reward() { config.decimals } else { 0 };
        join!(Self::ask_or(node, config.asset, config.decimals), Self::ask_or(node, config.reward, of_reward))
    }

    /// `12.5 USD` with every digit.
    pub fn exact(&self, amount: U256) -> String {
        format!("{} {}", exact(amount, self.decimals), self.symbol)
    }

    /// `12.5 USD` with the significant digits.
    pub fn short(&self, amount: U256) -> String {
        format!("{} {}", short(amount, self.decimals, DIGITS), self.symbol)
    }

    /// The amount for scripts.
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
