//! The config file: the contracts that a team wants on a chain.
//! Unknown fields are errors, and every error names its line.

use std::{
    collections::BTreeMap,
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use alloy::primitives::Address;
use anyhow::Result;
use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;
use weir_units::{Decimal, Seconds, parse_address};

use crate::exit::Failure;

/// A config. `examples/` explains its fields.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub chain: Option<Chain>,
    #[serde(default)]
    pub token: BTreeMap<String, Spanned<Token>>,
    pub factory: Option<Spanned<Factory>>,
    pub router: Option<Spanned<Router>>,
    #[serde(default)]
    pub vault: BTreeMap<String, Spanned<Vault>>,
    #[serde(default)]
    pub pair: BTreeMap<String, Spanned<Pair>>,
}

/// `[chain]`: restricts the config to one chain.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The id of that chain.
    pub id: Spanned<u64>,
}

/// `[token.NAME]`: an existing token (`address`), or a test token to deploy (`test`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    #[serde(default, deserialize_with = "address")]
    pub address: Option<Address>,
    #[serde(default)]
    pub test: bool,
    /// The name of a test token, or the name that an existing token must have. So are symbol and decimals.
    pub name: Option<String>,
    pub symbol: Option<String>,
    pub decimals: Option<u8>,
    /// Whole test tokens to mint for the payer.
    pub mint: Option<Spanned<Decimal>>,
}

/// `[factory]`: an existing factory (`address`), or a new one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Factory {
    #[serde(default, deserialize_with = "address")]
    pub address: Option<Address>,
}

/// `[router]`: a new router.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Router {}

/// `[vault.NAME]`: a new vault.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vault {
    pub name: String,
    pub symbol: String,
    /// The name of a `[token]`, or an address. So are reward and yield token.
    pub asset: Spanned<String>,
    pub reward: Spanned<String>,
    pub yield_token: Spanned<String>,
    /// No owner by default.
    #[serde(default, deserialize_with = "address")]
    pub owner: Option<Address>,
    pub epoch_length: Spanned<Seconds>,
    pub auction: Auction,
}

/// `[pair.NAME]`: a new standalone pair.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The name of a `[vault]`, or an address.
    pub source: Spanned<String>,
    /// The name of a `[token]`, or an address. So is `token_out`.
    pub token_in: Spanned<String>,
    pub token_out: Spanned<String>,
    pub auction: Auction,
}

/// The auction of a vault or pair.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auction {
    pub target_period: Spanned<Seconds>,
    /// Whole tokens of the token paid in.
    pub target_price: Spanned<Decimal>,
    /// The part of the balance that is not for sale, 0 to 0.99; 0.9 by default.
    pub smoothing: Option<Spanned<Decimal>>,
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Address>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_address(&text).map(Some).map_err(D::Error::custom)
}

/// The config's file, for errors that name a line.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read, is not TOML, or has an unknown or wrong field. The error names the line.
    pub fn read(path: &Path) -> Result<(Self, ConfigFile)> {
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!("cannot read the config {} ({error})", path.display()))
        })?;
        Self::parse(path, text)
    }

    /// Parses the text of a file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn parse(path: &Path, text: String) -> Result<(Self, ConfigFile)> {
        let file = ConfigFile { path: path.to_owned(), text };
        let config = toml::from_str(&file.text).map_err(|error| {
            let message = error.message().replace('\n', " ");
            let hint = did_you_mean(&message).unwrap_or_else(|| "see examples/".into());
            file.usage_error(error.span().unwrap_or_default(), &format!("{message} ({hint})"))
        })?;
        Ok((config, file))
    }
}

/// Suggests the known name that is most similar to the unknown one in serde's message: "unknown field `tokens`,
/// expected one of `token`, …".
fn did_you_mean(message: &str) -> Option<String> {
    /// The least similarity, from 0 to 1, as in clap.
    const MIN_SIMILARITY: f64 = 0.7;
    let names: Vec<&str> = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2).collect();
    let (unknown, known) = names.split_first()?;
    let scored = known.iter().map(|name| (strsim::jaro_winkler(unknown, name), name));
    let (_, best) = scored.filter(|(score, _)| *score > MIN_SIMILARITY).max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("did you mean `{best}`?"))
}

impl ConfigFile {
    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// An error in the config: `deploy.toml:12: …`.
    pub fn usage_error(&self, span: Range<usize>, what: &str) -> Failure {
        Failure::usage(self.at(span, what))
    }

    /// An error because the chain differs from the config.
    pub fn check_error(&self, span: Range<usize>, what: &str) -> Failure {
        Failure::check(self.at(span, what))
    }

    fn at(&self, span: Range<usize>, what: &str) -> String {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        format!("{}:{line}: {what}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[token.usd]
test = true
name = "Test USD"
symbol = "tUSD"

[vault.savings]
name = "Savings"
symbol = "sUSD"
asset = "usd"
reward = "0x0000000000000000000000000000000000000001"
yield_token = "usd"
epoch_length = "7 days"

[vault.savings.auction]
target_period = 21600
target_price = "12.5"
smoothing = 0.9
"#;

    fn read(text: &str) -> Result<Config> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        Config::read(file.path()).map(|(config, _)| config)
    }

    #[test]
    fn durations_may_be_words_and_amounts_decimals() {
        let config = read(GOOD).unwrap();
        let vault = config.vault["savings"].get_ref();
        assert_eq!(vault.epoch_length.get_ref(), &Seconds(604_800));
        assert_eq!(vault.auction.target_period.get_ref(), &Seconds(21_600));
        assert_eq!(vault.auction.target_price.get_ref(), &"12.5".parse().unwrap());
        assert!(config.token["usd"].get_ref().test && vault.owner.is_none());
    }

    #[test]
    fn every_example_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples");
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let (config, _) = Config::read(&path).unwrap();
            assert!(!config.vault.is_empty(), "{}", path.display());
            names.push(path.file_name().unwrap().to_owned());
        }
        assert!(names.len() >= 2, "{names:?}");
    }

    #[test]
    fn every_error_names_its_line() {
        for (from, to, line, word) in [
            ("test = true", "tset = true", 3, "did you mean `test`?"),
            ("[token.usd]", "[tokens.usd]", 2, "did you mean `token`?"),
            ("smoothing = 0.9", "smothing = 0.9", 18, "did you mean `smoothing`?"),
            ("symbol = \"sUSD\"\n", "", 7, "missing field `symbol`"),
            ("\"7 days\"", "\"7 dys\"", 13, "is no duration"),
            ("\"12.5\"", "\"12,5\"", 17, "is no decimal number"),
            ("21600", "-1", 16, "is no duration"),
            ("true", "yes", 3, ""),
            ("test = true", "address = \"0x12\"", 3, ""),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(&format!(":{line}: ")) && error.contains(word), "{to}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }
}
