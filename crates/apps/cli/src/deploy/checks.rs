//! Checks of the chain and of the contracts that a config names, and warnings, before anything is sent.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use weir::math::auction::{MIN_PRICE, WAD};
use weir_bindings::{ILiquidationSource, IVault, deploy::ARB_WASM};
use weir_client::{Node, answers};
use weir_units::{DAY, Seconds, WAD_DECIMALS, exact};

use super::{
    config::{Config, Source},
    order::{Order, Place},
    plan::{DEFAULT_SMOOTHING, Item, Plan, Sale},
};
use crate::{exit::Failure, genuine};

/// Arbitrum One and Nova.
const VALUE_CHAINS: [u64; 2] = [42_161, 42_170];
/// A target period below this, in seconds, leaves bidders little time.
const SHORT_PERIOD: u64 = 600;
/// An epoch below this, in seconds, is for tests.
const SHORT_EPOCH: u64 = DAY;
/// With less smoothing than this, a wad, a long gap without yield lowers the price for good (docs/auction.md).
const LITTLE_SMOOTHING: u64 = DEFAULT_SMOOTHING;
/// Smoothing above this, a wad, leaves little to buy.
const MUCH_SMOOTHING: u64 = WAD / 100 * 95;

/// Checks the chain.
///
/// # Errors
/// If it is not the config's, or runs no Stylus programs.
pub async fn chain(config: &Config, source: &Source, node: &Node) -> Result<()> {
    if let Some(chain) = &config.chain {
        let wanted = *chain.id.get_ref();
        if wanted != node.chain_id {
            let what = format!(
                "this config is for chain {wanted} and {} is chain {}: name the right node with --rpc-url",
                node.endpoint, node.chain_id
            );
            return Err(source.fails(chain.id.span(), &what).into());
        }
    }
    if !node.has_code(ARB_WASM).await? {
        return Err(Failure::check(format!(
            "chain {} at {} runs no Stylus programs (there is no ArbWasm at {ARB_WASM}), and Weir's contracts are such: \
             name an Arbitrum chain with --rpc-url",
            node.chain_id, node.endpoint
        ))
        .into());
    }
    Ok(())
}

/// Checks the contracts that a config names by address, besides tokens: the factory and the sources of pairs. A source that
/// answers as a vault must be a genuine one; other sources are anybody's.
///
/// # Errors
/// If one is not there or not genuine.
pub async fn contracts(plan: &Plan, config: &Config, node: &Node) -> Result<()> {
    if let Some(address) = config.factory.as_ref().and_then(|factory| factory.get_ref().address) {
        genuine::check_factory(node, address).await?;
    }
    for item in &plan.items {
        let Order::Pair(pair) = &item.order else { continue };
        let Place::Known(source) = &pair.source else { continue };
        if answers(node.reader(*source).ask(IVault::epochLengthCall {}).await)? {
            genuine::check_vault(node, *source).await?;
            has_owner(node, *source, &item.key).await?;
        } else {
            genuine::check_clone(node, *source).await?;
        }
        let Place::Known(token) = &pair.token_out else { continue };
        let question = ILiquidationSource::liquidatableBalanceOfCall { tokenOut: *token };
        let balance = node.reader(*source).ask(question).await;
        if !answers(balance)? {
            return Err(no(*source, "liquidation source for the pair", node).into());
        }
    }
    Ok(())
}

/// Checks that somebody can let the pair sell.
async fn has_owner(node: &Node, vault: Address, pair: &str) -> Result<()> {
    if !node.reader(vault).ask(IVault::ownerCall {}).await?.is_zero() {
        return Ok(());
    }
    Err(Failure::check(format!(
        "{pair} could never sell: only the owner of a vault lets a pair sell its tokens, and {vault} has no owner; leave the \
         pair out"
    ))
    .into())
}

fn no(address: Address, what: &str, node: &Node) -> Failure {
    Failure::check(format!(
        "there is no {what} at {address} on chain {}: is it the address of another chain?",
        node.chain_id
    ))
}

/// Warnings about what the contracts accept and a team most likely does not mean.
pub fn warnings(plan: &Plan, chain_id: u64) -> Vec<String> {
    let mut warnings: Vec<String> = plan.items.iter().flat_map(of_item).collect();
    if VALUE_CHAINS.contains(&chain_id) {
        let tokens = plan.items.iter().filter(|item| matches!(item.order, Order::Token(_)));
        warnings.extend(tokens.map(|item| {
            format!("{}: anyone may mint a test token, and chain {chain_id} has real value", item.key)
        }));
    }
    warnings
}

fn of_item(item: &Item) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(sale) = &item.sale {
        warnings.extend(of_sale(sale));
    }
    if let Order::Vault(vault) = &item.order {
        let epoch = u64::from(vault.epoch_length);
        if epoch < SHORT_EPOCH {
            warnings.push(format!("an epoch of {} is for tests", Seconds(epoch)));
        }
        if vault.name.is_empty() || vault.symbol.is_empty() {
            warnings.push("its name or symbol is empty".into());
        }
    }
    warnings.iter().map(|warning| format!("{}: {warning}", item.key)).collect()
}

fn of_sale(sale: &Sale) -> Vec<String> {
    let mut warnings = Vec::new();
    if sale.target_period < SHORT_PERIOD {
        warnings.push(format!("a target period of {} is for tests", Seconds(sale.target_period)));
    }
    let smoothing = exact(U256::from(sale.smoothing), WAD_DECIMALS);
    if sale.smoothing < LITTLE_SMOOTHING {
        let (least, period) =
            (exact(U256::from(LITTLE_SMOOTHING), WAD_DECIMALS), Seconds(sale.target_period));
        warnings.push(format!(
            "with smoothing {smoothing} every gap without yield longer than the target period ({period}) lowers the price for \
             good: set smoothing to {least} (the default) or a target period above the longest gap"
        ));
    }
    if sale.smoothing > MUCH_SMOOTHING {
        warnings.push(format!("smoothing {smoothing} leaves very little to buy at a time"));
    }
    if sale.price_after(7) <= MIN_PRICE {
        warnings.push(format!(
            "after 7 target periods the price is the lowest there is, {} {} (100 base units)",
            exact(MIN_PRICE, sale.decimals),
            sale.paid_in
        ));
    }
    warnings
}
