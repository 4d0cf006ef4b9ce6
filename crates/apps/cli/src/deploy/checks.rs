//! Checks of the chain and of the contracts that a config names, before anything is sent.
//! Also warns of values that the contracts accept but are probably mistakes.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use weir::math::auction::{MIN_PRICE, WAD};
use weir_bindings::{
    ILiquidationSource, IVault, Program,
    deploy::{ARB_WASM, code_of, is_active},
};
use weir_client::{Node, answers};
use weir_units::{DAY, Seconds, WAD_DECIMALS, exact};

use super::{
    config::{Config, ConfigFile},
    plan::{AuctionTerms, DEFAULT_SMOOTHING, Item, Plan},
    spec::{ContractRef, ContractSpec},
};
use crate::{deployments::ContractKind, exit::Failure, genuine};

/// Arbitrum One and Nova.
const VALUE_CHAINS: [u64; 2] = [42_161, 42_170];
/// A target period below this, in seconds, leaves buyers little time.
const SHORT_PERIOD: u64 = 600;
/// An epoch below this, in seconds, is for tests.
const SHORT_EPOCH: u64 = DAY;
/// Smoothing below this, a wad, lets a long gap without yield lower the price for good (docs/auction.md).
const LITTLE_SMOOTHING: u64 = DEFAULT_SMOOTHING;
/// Smoothing above this, a wad, leaves little for sale.
const MUCH_SMOOTHING: u64 = WAD / 100 * 95;

/// Checks the chain.
///
/// # Errors
/// If it is not the chain of the config, or does not run Stylus programs.
pub async fn chain(config: &Config, file: &ConfigFile, node: &Node) -> Result<()> {
    if let Some(chain) = &config.chain {
        let wanted = *chain.id.get_ref();
        if wanted != node.chain_id {
            let what = format!(
                "this config is for chain {wanted}, but the node at {} is on chain {}: name another with --rpc-url",
                node.endpoint, node.chain_id
            );
            return Err(file.check_error(chain.id.span(), &what).into());
        }
    }
    if !node.has_code(ARB_WASM).await? {
        return Err(Failure::check(format!(
            "chain {} at {} does not run Stylus programs, such as Weir's contracts (there is no ArbWasm at \
             {ARB_WASM}): name the node of an Arbitrum chain with --rpc-url",
            node.chain_id, node.endpoint
        ))
        .into());
    }
    Ok(())
}

/// Checks the factory and the sources of pairs that a config names by address. A source that answers as a vault must be
/// a genuine vault. Other sources only have to answer as one.
///
/// # Errors
/// If one does not exist or is not genuine.
pub async fn contracts(plan: &Plan, config: &Config, node: &Node) -> Result<()> {
    if let Some(address) = config.factory.as_ref().and_then(|factory| factory.get_ref().address) {
        genuine::check_factory(node, address).await?;
        check_programs(plan, node, address).await?;
    }
    for item in &plan.items {
        let ContractSpec::Pair(pair) = &item.spec else { continue };
        let ContractRef::Existing(source) = &pair.source else { continue };
        if answers(node.reader(*source).ask(IVault::epochLengthCall {}).await)? {
            genuine::check_vault(node, *source).await?;
            check_owner(node, *source, &item.key).await?;
        } else {
            genuine::check_clone(node, *source).await?;
        }
        let ContractRef::Existing(token) = &pair.token_out else { continue };
        let question = ILiquidationSource::liquidatableBalanceOfCall { tokenOut: *token };
        let balance = node.reader(*source).ask(question).await;
        if !answers(balance)? {
            return Err(Failure::check(format!(
                "there is no liquidation source for {} at {source} on chain {}: check the address and the chain",
                item.key, node.chain_id
            ))
            .into());
        }
    }
    Ok(())
}

/// Checks that the programs of a factory that is not of this plan can run. The plan does not activate them.
async fn check_programs(plan: &Plan, node: &Node, factory: Address) -> Result<()> {
    let makes = |kind| plan.items.iter().any(|item| item.spec.kind() == kind);
    let needed = [
        (Program::Factory, true),
        (Program::Vault, makes(ContractKind::Vault)),
        (Program::Extension, makes(ContractKind::Vault)),
        (Program::Pair, makes(ContractKind::Pair)),
    ];
    for (program, is_needed) in needed {
        if is_needed && !is_active(&node.provider, &code_of(program)?).await? {
            return Err(Failure::check(format!(
                "the program {} of the factory {factory} cannot run on chain {}: activate it again (weir keepalive \
                 {factory} says how), or leave [factory] out and deploy another factory",
                program.name(),
                node.chain_id
            ))
            .into());
        }
    }
    Ok(())
}

/// Checks that the vault has an owner, who alone can let the pair sell.
async fn check_owner(node: &Node, vault: Address, pair: &str) -> Result<()> {
    if !node.reader(vault).ask(IVault::ownerCall {}).await?.is_zero() {
        return Ok(());
    }
    Err(Failure::check(format!(
        "{pair} could never sell: only the owner of a vault can let a pair sell its tokens, and the vault {vault} has \
         no owner; leave the pair out"
    ))
    .into())
}

/// Warnings of values that the contracts accept but are probably mistakes.
pub fn warnings(plan: &Plan, chain_id: u64) -> Vec<String> {
    let mut warnings: Vec<String> = plan.items.iter().flat_map(of_item).collect();
    if VALUE_CHAINS.contains(&chain_id) {
        let tokens = plan.items.iter().filter(|item| matches!(item.spec, ContractSpec::Token(_)));
        warnings.extend(tokens.map(|item| {
            format!("{}: anyone can mint a test token, and chain {chain_id} has real value", item.key)
        }));
    }
    warnings
}

fn of_item(item: &Item) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(terms) = &item.auction {
        warnings.extend(of_auction(terms));
    }
    if let ContractSpec::Vault(vault) = &item.spec {
        let epoch = u64::from(vault.epoch_length);
        if epoch < SHORT_EPOCH {
            warnings.push(format!("an epoch of {} is suitable for tests only", Seconds(epoch)));
        }
        if vault.name.is_empty() || vault.symbol.is_empty() {
            warnings.push("the name or symbol is empty".into());
        }
    }
    warnings.iter().map(|warning| format!("{}: {warning}", item.key)).collect()
}

fn of_auction(terms: &AuctionTerms) -> Vec<String> {
    let mut warnings = Vec::new();
    if terms.target_period < SHORT_PERIOD {
        warnings
            .push(format!("a target period of {} is suitable for tests only", Seconds(terms.target_period)));
    }
    let smoothing = exact(U256::from(terms.smoothing), WAD_DECIMALS);
    if terms.smoothing < LITTLE_SMOOTHING {
        let (least, period) =
            (exact(U256::from(LITTLE_SMOOTHING), WAD_DECIMALS), Seconds(terms.target_period));
        warnings.push(format!(
            "with smoothing {smoothing}, every gap without yield that is longer than the target period ({period}) \
             lowers the price for good: set smoothing to {least} (the default) or a target period above the longest gap"
        ));
    }
    if terms.smoothing > MUCH_SMOOTHING {
        warnings.push(format!("smoothing {smoothing} leaves very little for sale at a time"));
    }
    if terms.price_after(7) <= MIN_PRICE {
        warnings.push(format!(
            "after 7 target periods the price is at its minimum, {} {} (100 base units)",
            exact(MIN_PRICE, terms.decimals),
            terms.paid_in
        ));
    }
    warnings
}
