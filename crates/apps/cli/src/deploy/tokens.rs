//! The tokens that a config names.
//! Symbol and decimals come from the chain if the token exists, otherwise from the config.

use std::collections::BTreeMap;

use alloy::primitives::Address;
use anyhow::Result;
use tokio::try_join;
use toml::Spanned;
use weir_bindings::IERC20;
use weir_client::Node;
use weir_units::parse_address;

use super::{
    config::{self, Config, ConfigFile},
    spec::{ContractRef, key},
};
use crate::{deployments::ContractKind, exit::Failure};

/// A token that specs refer to.
#[derive(Clone, Debug)]
pub struct Token {
    pub contract: ContractRef,
    pub symbol: String,
    pub decimals: u8,
}

/// All tokens of a config, by name or address as the config writes it.
#[derive(Debug)]
pub struct Tokens(BTreeMap<String, Token>);

/// Decimals of a test token if the config does not set them.
pub const TEST_DECIMALS: u8 = 18;

impl Tokens {
    /// Looks up all tokens that the config names.
    ///
    /// # Errors
    /// If one does not exist, is not a token, or has another name, symbol or decimals than the config.
    pub async fn look_up(config: &Config, file: &ConfigFile, node: &Node) -> Result<Self> {
        let mut tokens = BTreeMap::new();
        for (name, section) in &config.token {
            tokens.insert(name.clone(), named(name, section, file, node).await?);
        }
        for reference in references(config) {
            let word = reference.get_ref();
            if tokens.contains_key(word) {
                continue;
            }
            if !word.starts_with("0x") {
                let what = format!(
                    "there is no [token.{word}]: use the name of a [token] in this file, or an address"
                );
                return Err(file.usage_error(reference.span(), &what).into());
            }
            let address = parse_address(word).map_err(|what| file.usage_error(reference.span(), &what))?;
            let found = on_chain(address, node).await?;
            let found = found.map_err(|what| file.check_error(reference.span(), &what))?;
            tokens.insert(word.clone(), found.into());
        }
        Ok(Self(tokens))
    }

    /// The token that the config refers to.
    ///
    /// # Errors
    /// If there is none.
    pub fn get(&self, reference: &Spanned<String>) -> Result<&Token> {
        let token = self.0.get(reference.get_ref());
        token.ok_or_else(|| Failure::usage(format!("there is no token {}", reference.get_ref())).into())
    }
}

/// All references to tokens in the config.
fn references(config: &Config) -> Vec<&Spanned<String>> {
    let vaults = config.vault.values().map(Spanned::get_ref);
    let vaults = vaults.flat_map(|vault| [&vault.asset, &vault.reward, &vault.yield_token]);
    let pairs = config.pair.values().map(Spanned::get_ref);
    vaults.chain(pairs.flat_map(|pair| [&pair.token_in, &pair.token_out])).collect()
}

async fn named(
    name: &str,
    section: &Spanned<config::Token>,
    file: &ConfigFile,
    node: &Node,
) -> Result<Token> {
    let wrong = |what: String| Err(file.usage_error(section.span(), &what).into());
    let token = section.get_ref();
    match (token.address, token.test) {
        (Some(_), true) => {
            wrong(format!("[token.{name}] has both an address and test = true: remove one of them"))
        }
        (None, false) => wrong(format!(
            "[token.{name}] needs the address of an existing token, or test = true for a new one that anyone can mint"
        )),
        (None, true) => {
            let (Some(_), Some(symbol)) = (&token.name, &token.symbol) else {
                return wrong(format!(
                    "[token.{name}] is a test token and needs a name and a symbol: add them"
                ));
            };
            let contract = ContractRef::Planned(key(ContractKind::Token, name));
            Ok(Token { contract, symbol: symbol.clone(), decimals: token.decimals.unwrap_or(TEST_DECIMALS) })
        }
        (Some(address), false) => {
            if token.mint.is_some() {
                return wrong(format!(
                    "[token.{name}] is not a test token, so it cannot be minted: remove mint"
                ));
            }
            let found = on_chain(address, node).await?;
            let found = found.and_then(|found| found.check(token).map(|()| found));
            Ok(found.map_err(|what| file.check_error(section.span(), &what))?.into())
        }
    }
}

/// A token on the chain.
struct Found {
    address: Address,
    name: String,
    symbol: String,
    decimals: u8,
}

impl Found {
    fn check(&self, expected: &config::Token) -> Result<(), String> {
        let address = self.address;
        let differs = |what, found: &dyn std::fmt::Display, expected: &dyn std::fmt::Display| {
            Err(format!("the token at {address} has the {what} {found}, not {expected}: check the address"))
        };
        match expected {
            config::Token { symbol: Some(symbol), .. } if *symbol != self.symbol => {
                differs("symbol", &self.symbol, symbol)
            }
            config::Token { name: Some(name), .. } if *name != self.name => differs("name", &self.name, name),
            config::Token { decimals: Some(decimals), .. } if *decimals != self.decimals => {
                differs("decimals", &self.decimals, decimals)
            }
            _ => Ok(()),
        }
    }
}

impl From<Found> for Token {
    fn from(found: Found) -> Self {
        Self {
            contract: ContractRef::Existing(found.address),
            symbol: found.symbol,
            decimals: found.decimals,
        }
    }
}

/// Reads the token at `address`. The inner error is the reason why there is no token.
///
/// # Errors
/// If the node does not answer.
async fn on_chain(address: Address, node: &Node) -> Result<Result<Found, String>> {
    if !node.has_code(address).await? {
        let chain_id = node.chain_id;
        return Ok(Err(format!(
            "there is no contract at {address} on chain {chain_id}: check the address and the chain"
        )));
    }
    let token = node.reader(address);
    let answers = try_join!(
        token.ask(IERC20::nameCall {}),
        token.ask(IERC20::symbolCall {}),
        token.ask(IERC20::decimalsCall {}),
        token.ask(IERC20::balanceOfCall { account: Address::repeat_byte(1) })
    );
    match answers {
        Ok((name, symbol, decimals, _)) => Ok(Ok(Found { address, name, symbol, decimals })),
        Err(error) if !error.is_answer() => Err(error.into()),
        Err(_) => Ok(Err(format!(
            "the contract at {address} does not answer name, symbol, decimals and balanceOf as a token does: check the \
             address"
        ))),
    }
}
