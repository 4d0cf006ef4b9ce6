//! Vaults and pairs: what their code says, whether or not their programs can run.
//! The code cannot change, so this is what they were created with.

use alloy::primitives::{Address, U256, keccak256};
use anyhow::Result;
use serde_json::{Value, json};
use weir::{
    clones::{Origin, PairCode, SALE_PRICE_AT, VaultCode},
    math::auction::MAX_PRICE,
};
use weir_bindings::{Program, fixed::Fixed};
use weir_client::Node;
use weir_units::{Moment, Seconds, WAD_DECIMALS, exact};

use super::{Finding, reason, runs};
use crate::{
    genuine,
    status::sections::row,
    token::{Token, printable},
};

/// Characters of a token's symbol that are shown.
const SYMBOL: usize = 16;

/// A vault.
///
/// # Errors
/// If the node does not answer.
pub async fn vault(node: &Node, address: Address, code: &[u8], vault: &VaultCode<'_>) -> Result<Finding> {
    let VaultCode { config, origin, .. } = vault;
    let (asset, reward, sold) = (
        Token::ask(node, config.asset).await,
        Token::ask(node, config.reward).await,
        Token::ask(node, config.yield_token).await,
    );
    let [name, symbol] = [vault.name, vault.symbol].map(|text| printable(&String::from_utf8_lossy(text)));
    let price = vault.first_sale >> SALE_PRICE_AT;
    let owner = if vault.owner.is_zero() { "none".into() } else { vault.owner.to_string() };
    let (run_rows, run_document) = runs(&[
        (Fixed::Program(Program::Vault), vault.program),
        (Fixed::Program(Program::Extension), config.extension),
        (Fixed::Lifeboat, vault.lifeboat),
    ])?;
    let sections = vec![
        ("code", code_rows("vault", code, *origin)),
        ("runs", run_rows),
        (
            "tokens",
            vec![
                row("asset, staked", words(&asset)),
                row("reward, earned and paid in", words(&reward)),
                row("yield, sold", words(&sold)),
            ],
        ),
        (
            "created",
            vec![
                row("at", Moment(config.deployed_at).to_string()),
                row("name and symbol", format!("{name} ({symbol})")),
                row("first owner", owner),
                row("epoch length", Seconds(config.epoch_length.into()).to_string()),
                row("target period", Seconds(config.target_period.into()).to_string()),
                row("first price", reward.exact(price)),
                row("smoothing", exact(U256::from(config.smoothing), WAD_DECIMALS)),
            ],
        ),
    ];
    let document = json!({
        "code_hash": keccak256(code),
        "factory": origin.factory,
        "number": origin.number,
        "runs": run_document,
        "asset": asset.document(),
        "reward": reward.document(),
        "yield_token": sold.document(),
        "created_at": config.deployed_at,
        "name": name,
        "symbol": symbol,
        "first_owner": vault.owner,
        "epoch_length": config.epoch_length,
        "target_period": config.target_period,
        "first_price": price.to_string(),
        "smoothing": config.smoothing.to_string(),
        "decimals": config.decimals,
    });
    let checked = genuine::check_vault(node, address).await;
    Ok(Finding { what: "vault".into(), reason: reason(checked)?, sections, document })
}

/// A standalone pair.
///
/// # Errors
/// If the node does not answer.
pub async fn pair(node: &Node, address: Address, code: &[u8], pair: &PairCode) -> Result<Finding> {
    let PairCode { config, origin, .. } = pair;
    let (paid, sold) = (Token::ask(node, config.token_in).await, Token::ask(node, config.token_out).await);
    let price = pair.first_sale & MAX_PRICE;
    let (run_rows, run_document) = runs(&[(Fixed::Program(Program::Pair), pair.program)])?;
    let sections = vec![
        ("code", code_rows("pair", code, *origin)),
        ("runs", run_rows),
        (
            "created",
            vec![
                row("source", config.source.to_string()),
                row("sells", words(&sold)),
                row("for", words(&paid)),
                row("target period", Seconds(config.target_period).to_string()),
                row("first price", paid.exact(price)),
                row("smoothing", exact(U256::from(config.smoothing), WAD_DECIMALS)),
            ],
        ),
    ];
    let document = json!({
        "code_hash": keccak256(code),
        "factory": origin.factory,
        "number": origin.number,
        "runs": run_document,
        "source": config.source,
        "token_in": paid.document(),
        "token_out": sold.document(),
        "target_period": config.target_period,
        "first_price": price.to_string(),
        "smoothing": config.smoothing.to_string(),
    });
    let checked = genuine::check_clone(node, address).await.map(drop);
    Ok(Finding { what: "pair".into(), reason: reason(checked)?, sections, document })
}

fn code_rows(kind: &str, code: &[u8], origin: Origin) -> Vec<(String, String)> {
    vec![
        row("proxy", format!("that of a {kind}, {} bytes with its configuration", code.len())),
        row("hash", keccak256(code).to_string()),
        row("created by", format!("{}, number {}", origin.factory, origin.number)),
    ]
}

fn words(token: &Token) -> String {
    // Anyone can choose a symbol, so the address comes first.
    let symbol: String = token.symbol.chars().take(SYMBOL).collect();
    format!("{} \"{symbol}\"", token.address)
}

/// For scripts: addresses by name.
pub(super) fn addresses(found: &[(Fixed, Address)]) -> Value {
    found.iter().map(|(fixed, at)| (fixed.name().to_owned(), json!(at))).collect()
}
