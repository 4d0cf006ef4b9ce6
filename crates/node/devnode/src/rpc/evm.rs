//! The namespace `evm`: time, empty blocks, snapshots.
//! The namespaces `anvil` and `hardhat` include its methods.

use super::{
    answer::{Answer, answer, value},
    error::RpcError,
    method::Method,
    node::Node,
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
        _ => return None,
    })
}

/// Returns the clock's total offset from system time, in seconds.
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

/// The options of `evm_mine`, which also accepts a plain timestamp.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MineOptions {
    timestamp: Option<Quantity<u64>>,
    blocks: Option<Quantity<u64>>,
}

/// The number of blocks that `evm_mine_detailed` may mine, since it returns each in full.
const MAX_DETAILED: u64 = 1_000;

fn mine(node: &Node, params: Params) -> Answer {
    mine_with(node, &mine_options(params)?)?;
    value(&"0x0")
}

/// Like `evm_mine`, but returns the blocks.
pub fn mine_detailed(node: &Node, params: Params) -> Answer {
    let options = mine_options(params)?;
    let count = options.blocks.map_or(1, |Quantity(blocks)| blocks);
    if count > MAX_DETAILED {
        return Err(RpcError::params(format!(
            "cannot return {count} blocks in detail: the limit is {MAX_DETAILED}"
        )));
    }
    let before = node.chain.block_number();
    mine_with(node, &options)?;
    let blocks = (before + 1..=before + count).filter_map(|number| node.chain.block(number.into(), true));
    value(&blocks.collect::<Vec<_>>())
}

fn mine_with(node: &Node, options: &MineOptions) -> Result<(), RpcError> {
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

/// Automine is always on: every transaction is mined at once.
fn set_automine(_: &Node, mut params: Params) -> Answer {
    let on: bool = params.next("on")?;
    params.end()?;
    if on {
        return value(&true);
    }
    Err(RpcError::params(
        "automine cannot be switched off: every transaction is mined at once, in its own block",
    ))
}

/// Accepts only 0, which switches interval mining off: it is not supported.
fn set_interval_mining(_: &Node, mut params: Params) -> Answer {
    let Quantity::<u64>(interval) = params.next("interval")?;
    params.end()?;
    if interval == 0 {
        return value(&true);
    }
    Err(RpcError::params(
        "interval mining is not supported: every transaction is mined at once, in its own block; use evm_mine for \
         empty blocks",
    ))
}
