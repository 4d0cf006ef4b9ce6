//! Reads back what was deployed, getter by getter, and compares it with the order.

use std::fmt::Display;

use alloy::{
    primitives::{Address, U256, keccak256},
    providers::Provider,
};
use anyhow::{Context, Result};
use tokio::try_join;
use weir::clones::Kind;
use weir_bindings::{IERC20, IFactory, IPair, IVault, deploy::data_fee};
use weir_client::Node;

use super::{
    order::{Order, PairOrder, Places, TokenOrder, VaultOrder},
    plan::Item,
};
use crate::{
    deployments::{Entry, Record},
    exit::Failure,
    genuine::{self, Part},
};

/// Number of the slot in which a router keeps its factory.
const ROUTER_FACTORY: U256 = U256::ZERO;

/// What was compared.
#[derive(Debug, Default)]
struct Comparison {
    /// How many values.
    count: usize,
    /// Those that differ from the order, in words.
    different: Vec<String>,
}

impl Comparison {
    fn same<T: PartialEq + Display>(&mut self, what: &str, found: T, ordered: T) {
        self.count += 1;
        if found != ordered {
            self.different.push(format!("{what} is {found}, not {ordered}"));
        }
    }
}

/// Verifies a contract that was just deployed: its code and all values. Returns how many values were compared.
///
/// # Errors
/// If a value differs from the order, or the node does not answer.
pub async fn fresh(node: &Node, item: &Item, entry: &Entry, record: &Record) -> Result<usize> {
    let mut seen = Comparison::default();
    if let Some(part) = item.order.part() {
        let code = part.code()?;
        let found = entry.code_hash.unwrap_or_default();
        seen.same("the hash of its code", found, keccak256(&code));
        if let Part::Program(_) = part {
            seen.same("its data fee (0 if it is active)", data_fee(&node.provider, &code).await?, U256::ZERO);
        }
    }
    compare(node, item, entry, record, Age::New, seen).await
}

/// Verifies a contract of an earlier run: its code is the recorded one, and values that cannot change match the order.
///
/// # Errors
/// As [`fresh`].
pub async fn again(node: &Node, item: &Item, entry: &Entry, record: &Record) -> Result<usize> {
    let mut seen = Comparison::default();
    let address = address(entry)?;
    let code = node.provider.get_code_at(address).await?;
    if code.is_empty() {
        return Err(Failure::check(format!(
            "{} is no longer at {address}, where it was deployed: the chain was started anew; run again with --reset to begin a \
             new record",
            item.key
        ))
        .into());
    }
    seen.same("the hash of its code", keccak256(&code), entry.code_hash.unwrap_or_default());
    compare(node, item, entry, record, Age::Old, seen).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// Nobody has used it yet.
    New,
    /// Values that can change may have changed.
    Old,
}

async fn compare(
    node: &Node,
    item: &Item,
    entry: &Entry,
    record: &Record,
    age: Age,
    mut seen: Comparison,
) -> Result<usize> {
    let address = address(entry)?;
    match &item.order {
        Order::Token(order) => token(node, address, order, age, &mut seen).await,
        Order::Factory { pair_template, vault_template, vault_extension, vault_lifeboat } => {
            let [pair, vault, extension, lifeboat] =
                genuine::parts_of(node, address).await?.map(|(_, at)| at);
            seen.same("vaultLifeboat", lifeboat, record.find(vault_lifeboat)?);
            seen.same("vaultExtension", extension, record.find(vault_extension)?);
            seen.same("pairTemplate", pair, record.find(pair_template)?);
            seen.same("vaultTemplate", vault, record.find(vault_template)?);
            Ok(())
        }
        Order::Vault(order) => vault(node, address, order, record, age, &mut seen).await,
        Order::Pair(order) => pair(node, (address, entry.block), order, record, age, &mut seen).await,
        Order::Router { factory } => {
            // It has no getter.
            let word = node.provider.get_storage_at(address, ROUTER_FACTORY).await?;
            let found = Address::from_word(word.into());
            seen.same("its factory (slot 0)", found, record.find(factory)?);
            Ok(())
        }
        // Its code is all there is.
        Order::Template(_) | Order::Lifeboat => Ok(()),
    }
    .with_context(|| format!("{} at {address} cannot be read back", item.key))?;
    if seen.different.is_empty() {
        return Ok(seen.count);
    }
    Err(Failure::check(format!(
        "{} at {address} is not as ordered ({}): do not use it",
        item.key,
        seen.different.join("; ")
    ))
    .into())
}

fn address(entry: &Entry) -> Result<Address> {
    entry.address.context("the record has no address")
}

async fn token(
    node: &Node,
    address: Address,
    order: &TokenOrder,
    age: Age,
    seen: &mut Comparison,
) -> Result<()> {
    let token = node.reader(address);
    let (name, symbol, decimals, supply) = try_join!(
        token.ask(IERC20::nameCall {}),
        token.ask(IERC20::symbolCall {}),
        token.ask(IERC20::decimalsCall {}),
        token.ask(IERC20::totalSupplyCall {})
    )?;
    seen.same("name", name.as_str(), order.name.as_str());
    seen.same("symbol", symbol.as_str(), order.symbol.as_str());
    seen.same("decimals", decimals, order.decimals);
    if age == Age::New {
        // Anyone may have minted more by now.
        seen.same("whether there is as much as was to be minted", supply >= order.mint, true);
    }
    Ok(())
}

async fn vault(
    node: &Node,
    address: Address,
    order: &VaultOrder,
    record: &Record,
    age: Age,
    seen: &mut Comparison,
) -> Result<()> {
    let vault = node.reader(address);
    let (name, symbol, asset, reward, sold, owner, source) = try_join!(
        vault.ask(IVault::nameCall {}),
        vault.ask(IVault::symbolCall {}),
        vault.ask(IVault::assetCall {}),
        vault.ask(IVault::rewardCall {}),
        vault.ask(IVault::yieldTokenCall {}),
        vault.ask(IVault::ownerCall {}),
        vault.ask(IVault::sourceCall {})
    )?;
    let (length, epoch, start) = try_join!(
        vault.ask(IVault::epochLengthCall {}),
        vault.ask(IVault::epochCall {}),
        vault.ask(IVault::epochStartCall {})
    )?;
    seen.same("name", name.as_str(), order.name.as_str());
    seen.same("symbol", symbol.as_str(), order.symbol.as_str());
    seen.same("asset", asset, record.find(&order.asset)?);
    seen.same("reward", reward, record.find(&order.reward)?);
    seen.same("yieldToken", sold, record.find(&order.yield_token)?);
    seen.same("epochLength", length, U256::from(order.epoch_length));
    seen.same("source", source, address);
    if age == Age::New {
        seen.same("owner", owner, order.owner);
    }
    let factory = node.reader(record.find(&order.factory)?);
    let is_registered = factory.ask(IFactory::deployedVaultsCall { vault: address }).await?;
    seen.same("deployedVaults of the factory", is_registered, true);
    let is_genuine = genuine::check_new_clone(node, address).await? == Some(Kind::Vault);
    seen.same("whether code and address are a vault's", is_genuine, true);
    let expected = Sale {
        tokens: [record.find(&order.reward)?, record.find(&order.yield_token)?],
        target_period: order.target_period.into(),
        target_price: order.target_price,
        smoothing: order.smoothing,
        began: start.saturating_sub(epoch.saturating_mul(length)),
    };
    sale(node, address, &expected, age, seen).await
}

async fn pair(
    node: &Node,
    (address, made_in): (Address, Option<u64>),
    order: &PairOrder,
    record: &Record,
    age: Age,
    seen: &mut Comparison,
) -> Result<()> {
    let block = node.provider.get_block_by_number(made_in.unwrap_or_default().into()).await?;
    let source = node.reader(address).ask(IPair::sourceCall {}).await?;
    seen.same("source", source, record.find(&order.source)?);
    let factory = node.reader(record.find(&order.factory)?);
    let is_registered = factory.ask(IFactory::deployedPairsCall { pair: address }).await?;
    seen.same("deployedPairs of the factory", is_registered, true);
    let is_genuine = genuine::check_new_clone(node, address).await? == Some(Kind::Pair);
    seen.same("whether code and address are a pair's", is_genuine, true);
    let expected = Sale {
        tokens: [record.find(&order.token_in)?, record.find(&order.token_out)?],
        target_period: order.target_period,
        target_price: U256::from(order.target_price),
        smoothing: order.smoothing,
        began: U256::from(block.map_or(0, |block| block.header.timestamp)),
    };
    sale(node, address, &expected, age, seen).await
}

/// The auction of a vault or a pair.
struct Sale {
    /// Token paid in, then token sold.
    tokens: [Address; 2],
    target_period: u64,
    target_price: U256,
    smoothing: u64,
    /// When its auction began, in Unix seconds.
    began: U256,
}

async fn sale(node: &Node, address: Address, expected: &Sale, age: Age, seen: &mut Comparison) -> Result<()> {
    let pair = node.reader(address);
    let (token_in, token_out, period, smoothing, last_price, last_at) = try_join!(
        pair.ask(IPair::tokenInCall {}),
        pair.ask(IPair::tokenOutCall {}),
        pair.ask(IPair::targetAuctionPeriodCall {}),
        pair.ask(IPair::smoothingFactorCall {}),
        pair.ask(IPair::lastAuctionPriceCall {}),
        pair.ask(IPair::lastAuctionAtCall {})
    )?;
    seen.same("tokenIn", token_in, expected.tokens[0]);
    seen.same("tokenOut", token_out, expected.tokens[1]);
    seen.same("targetAuctionPeriod", period, U256::from(expected.target_period));
    seen.same("smoothingFactor", smoothing, U256::from(expected.smoothing));
    // After a sale it is that sale's.
    if age == Age::New && U256::from(last_at) == expected.began {
        seen.same("lastAuctionPrice", U256::from(last_price), expected.target_price);
    }
    Ok(())
}
