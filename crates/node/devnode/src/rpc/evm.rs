//! The namespace `evm`: time, empty blocks, snapshots.

use super::{
    dispatch::Node,
    error::RpcError,
    method::{Answer, Method, answer, value},
    params::{Params, Quantity},
};
use alloy_primitives::U64;
use serde::Deserialize;
use serde_json::Value;

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "evm_increaseTime" => Method::Heavy(increase_time),
        "evm_setTime" => Method::Heavy(set_time),
        "evm_setNextBlockTimestamp" => Method::Heavy(set_next_block_timestamp),
        "evm_mine" => Method::Heavy(mine),
        "evm_mine_detailed" => Method::Heavy(mine_detailed),
        "evm_snapshot" => Method::Heavy(snapshot),
        "evm_revert" => Method::Heavy(revert),
        "evm_setAutomine" => Method::Quick(set_automine),
        "evm_setIntervalMining" => Method::Quick(set_interval_mining),
        "evm_setAccountNonce" => return super::anvil::lookup("hardhat_setNonce"),
        _ => return None,
    })
}

/// Gives how far the chain's clock is ahead of the system's by now, in seconds.
fn increase_time(node: &Node, mut params: Params) -> Answer {
    let Quantity(seconds) = params.next("seconds")?;
    params.end()?;
    value(&node.chain.increase_time(seconds))
}

fn set_time(node: &Node, mut params: Params) -> Answer {
    let Quantity(now) = params.next("timestamp in seconds")?;
    params.end()?;
    answer(node.chain.set_time(now))
}

fn set_next_block_timestamp(node: &Node, mut params: Params) -> Answer {
    let Quantity(timestamp) = params.next("timestamp in seconds")?;
    params.end()?;
    answer(node.chain.set_next_block_timestamp(timestamp))
}

/// What `evm_mine` takes besides a plain timestamp.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MineOptions {
    timestamp: Option<Quantity<u64>>,
    blocks: Option<Quantity<u64>>,
}

/// Blocks that `evm_mine_detailed` may be asked for: it gives each of them in full.
const MAX_DETAILED: u64 = 1_000;

fn mine(node: &Node, params: Params) -> Answer {
    mine_as_asked(node, &mine_options(params)?)?;
    value(&"0x0")
}

/// Like `evm_mine`, and gives the blocks.
pub fn mine_detailed(node: &Node, params: Params) -> Answer {
    let options = mine_options(params)?;
    let count = options.blocks.map_or(1, |Quantity(blocks)| blocks);
    if count > MAX_DETAILED {
        return Err(RpcError::params(format!(
            "{count} blocks are too many to give in detail: ask for at most {MAX_DETAILED}"
        )));
    }
    let before = node.chain.block_number();
    mine_as_asked(node, &options)?;
    let blocks = (before + 1..=before + count).filter_map(|number| node.chain.block(number.into(), true));
    value(&blocks.collect::<Vec<_>>())
}

fn mine_as_asked(node: &Node, options: &MineOptions) -> Result<(), RpcError> {
    let blocks = options.blocks.map_or(1, |Quantity(blocks)| blocks);
    if blocks > 0 {
        node.chain.mine_block(options.timestamp.map(|Quantity(timestamp)| timestamp))?;
        node.chain.mine_blocks(blocks - 1, None)?;
    }
    Ok(())
}

fn mine_options(mut params: Params) -> Result<MineOptions, RpcError> {
    let options = match params.optional::<Value>("timestamp or options")? {
        None => MineOptions::default(),
        Some(options @ Value::Object(_)) => serde_json::from_value(options)
            .map_err(|error| RpcError::params(format!("invalid argument 0 (options): {error}")))?,
        Some(timestamp) => {
            let timestamp = Quantity::try_from(timestamp)
                .map_err(|error| RpcError::params(format!("invalid argument 0 (timestamp): {error}")))?;
            MineOptions { timestamp: Some(timestamp), blocks: None }
        }
    };
    params.end()?;
    Ok(options)
}

fn snapshot(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U64::from(node.chain.snapshot()))
}

fn revert(node: &Node, mut params: Params) -> Answer {
    let Quantity(id) = params.next("snapshot id")?;
    params.end()?;
    value(&node.chain.revert(id))
}

/// Every transaction is its own block here, which is what automine means; it cannot be switched off.
fn set_automine(_: &Node, mut params: Params) -> Answer {
    let on: bool = params.next("on")?;
    params.end()?;
    if on {
        return value(&true);
    }
    Err(RpcError::params(
        "mining cannot be switched off: every transaction is mined at once, in its own block",
    ))
}

/// Blocks are not mined at intervals: 0, which switches that off, is all there is.
fn set_interval_mining(_: &Node, mut params: Params) -> Answer {
    let Quantity::<u64>(interval) = params.next("interval")?;
    params.end()?;
    if interval == 0 {
        return value(&true);
    }
    Err(RpcError::params(
        "blocks cannot be mined at intervals: every transaction is mined at once, in its own block; evm_mine mines more",
    ))
}
