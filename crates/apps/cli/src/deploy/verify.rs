//! Reads deployed contracts back from the chain, getter by getter, and compares them with their specs.
//! An earlier run's contracts are compared with the record, too.

use std::fmt::Display;

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
};
use anyhow::{Context, Result};
use tokio::try_join;
use weir::clones::Kind;
use weir_bindings::{IERC20, IFactory, IPair, IVault, deploy::is_active};
use weir_client::Node;

use super::{
    plan::Item,
    spec::{Addresses, ContractSpec, PairSpec, TokenSpec, VaultSpec},
};
use crate::{
    deployments::{Entry, Record},
    exit::Failure,
    genuine,
};

/// Storage slot of a router's factory.
const ROUTER_FACTORY: U256 = U256::ZERO;

/// Compared values.
#[derive(Debug, Default)]
struct Comparison {
    /// Number of values.
    count: usize,
    /// Descriptions of those that differ.
    different: Vec<String>,
}

impl Comparison {
    fn check_equal<T: PartialEq + Display>(&mut self, what: &str, found: T, expected: T) {
        self.count += 1;
        if found != expected {
            self.different.push(format!("{what} is {found}, not {expected}"));
        }
    }

    /// The number of values, or an error that names those that differ.
    fn result(self, item: &Item, address: Address) -> Result<usize> {
        if self.different.is_empty() {
            return Ok(self.count);
        }
        let (key, different) = (&item.key, self.different.join("; "));
        let message = format!("{key} at {address} differs from the config ({different}): do not use it");
        Err(Failure::check(message).into())
    }
}

/// Verifies a new contract: its code and all values. Returns the number of compared values.
///
/// # Errors
/// If a value differs from the spec, or the node does not answer.
pub async fn new_contract(node: &Node, item: &Item, entry: &Entry, record: &Record) -> Result<usize> {
    let mut comparison = Comparison::default();
    if let Some(code) = item.spec.code()? {
        let found = entry.code_hash.unwrap_or_default();
        comparison.check_equal("the hash of its code", found, keccak256(&code));
        if item.spec.program().is_some() {
            let is_active = is_active(&node.provider, &code).await?;
            comparison.check_equal("whether its program is active", is_active, true);
        }
    }
    compare(node, item, entry, record, Age::New, comparison).await
}

/// Verifies the values of an earlier run's contract that cannot change.
///
/// # Errors
/// As [`new_contract`].
pub async fn existing_contract(node: &Node, item: &Item, entry: &Entry, record: &Record) -> Result<usize> {
    compare(node, item, entry, record, Age::Old, Comparison::default()).await
}

/// Verifies the code of an earlier run's contract, against the record and this build. Its program may be inactive.
///
/// # Errors
/// If it is no longer on the chain, another build deployed it, or the node does not answer.
pub async fn existing_code(node: &Node, item: &Item, entry: &Entry) -> Result<usize> {
    let mut comparison = Comparison::default();
    let address = address(entry)?;
    let code = node.provider.get_code_at(address).await?;
    if code.is_empty() {
        return Err(Failure::check(format!(
            "{} is no longer at {address}, where it was deployed, because the chain was restarted: run again with \
             --reset to begin a new record",
            item.key
        ))
        .into());
    }
    let found = keccak256(&code);
    check_build(item, address, found)?;
    comparison.check_equal("the hash of its code", found, entry.code_hash.unwrap_or_default());
    comparison.result(item, address)
}

/// Checks that this build would deploy the same code, and at the same address if it is fixed. Clones made by a factory of
/// another build would not be genuine for this one.
fn check_build(item: &Item, address: Address, found: B256) -> Result<()> {
    let fixed = match &item.spec {
        ContractSpec::Template(fixed) => Some(fixed.address()?),
        _ => None,
    };
    // A test token of another build is as good.
    let code = if matches!(item.spec, ContractSpec::Token(_)) { None } else { item.spec.code()? };
    let is_this_build =
        code.is_none_or(|code| keccak256(code) == found) && fixed.is_none_or(|fixed| fixed == address);
    if is_this_build {
        return Ok(());
    }
    Err(Failure::check(format!(
        "{} at {address} was deployed by another build of Weir: use that release, or deploy with this one into another \
         folder (--deployments)",
        item.key
    ))
    .into())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// The contract has not been used yet.
    New,
    /// Its mutable values may have changed.
    Old,
}

async fn compare(
    node: &Node,
    item: &Item,
    entry: &Entry,
    record: &Record,
    age: Age,
    mut comparison: Comparison,
) -> Result<usize> {
    let address = address(entry)?;
    match &item.spec {
        ContractSpec::Token(spec) => token(node, address, spec, age, &mut comparison).await,
        ContractSpec::Factory { pair_template, vault_template, vault_extension, vault_lifeboat } => {
            let [pair, vault, extension, lifeboat] =
                genuine::run_by_clones_of(node, address).await?.map(|(_, at)| at);
            comparison.check_equal("vaultLifeboat", lifeboat, record.resolve(vault_lifeboat)?);
            comparison.check_equal("vaultExtension", extension, record.resolve(vault_extension)?);
            comparison.check_equal("pairTemplate", pair, record.resolve(pair_template)?);
            comparison.check_equal("vaultTemplate", vault, record.resolve(vault_template)?);
            Ok(())
        }
        ContractSpec::Vault(spec) => vault(node, address, spec, record, age, &mut comparison).await,
        ContractSpec::Pair(spec) => {
            pair(node, (address, entry.block), spec, record, age, &mut comparison).await
        }
        ContractSpec::Router { factory } => {
            // A router has no getter.
            let word = node.provider.get_storage_at(address, ROUTER_FACTORY).await?;
            let found = Address::from_word(word.into());
            comparison.check_equal("its factory (slot 0)", found, record.resolve(factory)?);
            Ok(())
        }
        // They consist of their code alone.
        ContractSpec::Template(_) => Ok(()),
    }
    .with_context(|| format!("{} at {address} cannot be read back", item.key))?;
    comparison.result(item, address)
}

fn address(entry: &Entry) -> Result<Address> {
    entry.address.context("the record has no address of the contract")
}

async fn token(
    node: &Node,
    address: Address,
    spec: &TokenSpec,
    age: Age,
    comparison: &mut Comparison,
) -> Result<()> {
    let token = node.reader(address);
    let (name, symbol, decimals, supply) = try_join!(
        token.ask(IERC20::nameCall {}),
        token.ask(IERC20::symbolCall {}),
        token.ask(IERC20::decimalsCall {}),
        token.ask(IERC20::totalSupplyCall {})
    )?;
    comparison.check_equal("name", name.as_str(), spec.name.as_str());
    comparison.check_equal("symbol", symbol.as_str(), spec.symbol.as_str());
    comparison.check_equal("decimals", decimals, spec.decimals);
    if age == Age::New {
        // Other accounts may have minted more by now.
        comparison.check_equal("whether the supply includes the minted amount", supply >= spec.mint, true);
    }
    Ok(())
}

async fn vault(
    node: &Node,
    address: Address,
    spec: &VaultSpec,
    record: &Record,
    age: Age,
    comparison: &mut Comparison,
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
    comparison.check_equal("name", name.as_str(), spec.name.as_str());
    comparison.check_equal("symbol", symbol.as_str(), spec.symbol.as_str());
    comparison.check_equal("asset", asset, record.resolve(&spec.asset)?);
    comparison.check_equal("reward", reward, record.resolve(&spec.reward)?);
    comparison.check_equal("yieldToken", sold, record.resolve(&spec.yield_token)?);
    comparison.check_equal("epochLength", length, U256::from(spec.epoch_length));
    comparison.check_equal("source", source, address);
    if age == Age::New {
        comparison.check_equal("owner", owner, spec.owner);
    }
    let factory = node.reader(record.resolve(&spec.factory)?);
    let is_registered = factory.ask(IFactory::deployedVaultsCall { vault: address }).await?;
    comparison.check_equal("deployedVaults of the factory", is_registered, true);
    let is_genuine = genuine::check_clone(node, address).await? == Some(Kind::Vault);
    comparison.check_equal("whether code and address are genuine", is_genuine, true);
    let expected = ExpectedAuction {
        tokens: [record.resolve(&spec.reward)?, record.resolve(&spec.yield_token)?],
        target_period: spec.target_period.into(),
        target_price: spec.target_price,
        smoothing: spec.smoothing,
        start: start.saturating_sub(epoch.saturating_mul(length)),
    };
    auction(node, address, &expected, age, comparison).await
}

async fn pair(
    node: &Node,
    (address, made_in): (Address, Option<u64>),
    spec: &PairSpec,
    record: &Record,
    age: Age,
    comparison: &mut Comparison,
) -> Result<()> {
    let block = node.provider.get_block_by_number(made_in.unwrap_or_default().into()).await?;
    let source = node.reader(address).ask(IPair::sourceCall {}).await?;
    comparison.check_equal("source", source, record.resolve(&spec.source)?);
    let factory = node.reader(record.resolve(&spec.factory)?);
    let is_registered = factory.ask(IFactory::deployedPairsCall { pair: address }).await?;
    comparison.check_equal("deployedPairs of the factory", is_registered, true);
    let is_genuine = genuine::check_clone(node, address).await? == Some(Kind::Pair);
    comparison.check_equal("whether code and address are genuine", is_genuine, true);
    let expected = ExpectedAuction {
        tokens: [record.resolve(&spec.token_in)?, record.resolve(&spec.token_out)?],
        target_period: spec.target_period,
        target_price: U256::from(spec.target_price),
        smoothing: spec.smoothing,
        start: U256::from(block.map_or(0, |block| block.header.timestamp)),
    };
    auction(node, address, &expected, age, comparison).await
}

/// The expected auction of a vault or a pair.
struct ExpectedAuction {
    /// Token paid in, then token sold.
    tokens: [Address; 2],
    target_period: u64,
    target_price: U256,
    smoothing: u64,
    /// Start of the auction in Unix seconds.
    start: U256,
}

async fn auction(
    node: &Node,
    address: Address,
    expected: &ExpectedAuction,
    age: Age,
    comparison: &mut Comparison,
) -> Result<()> {
    let pair = node.reader(address);
    let (token_in, token_out, period, smoothing, last_price, last_at) = try_join!(
        pair.ask(IPair::tokenInCall {}),
        pair.ask(IPair::tokenOutCall {}),
        pair.ask(IPair::targetAuctionPeriodCall {}),
        pair.ask(IPair::smoothingFactorCall {}),
        pair.ask(IPair::lastAuctionPriceCall {}),
        pair.ask(IPair::lastAuctionAtCall {})
    )?;
    comparison.check_equal("tokenIn", token_in, expected.tokens[0]);
    comparison.check_equal("tokenOut", token_out, expected.tokens[1]);
    comparison.check_equal("targetAuctionPeriod", period, U256::from(expected.target_period));
    comparison.check_equal("smoothingFactor", smoothing, U256::from(expected.smoothing));
    // A sale replaces the first price.
    if age == Age::New && U256::from(last_at) == expected.start {
        comparison.check_equal("lastAuctionPrice", U256::from(last_price), expected.target_price);
    }
    Ok(())
}
