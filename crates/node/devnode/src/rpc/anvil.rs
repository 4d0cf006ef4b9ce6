//! The namespaces `anvil` and `hardhat`, which share their methods.
//! A method without a result returns null as `anvil_…` and true as `hardhat_…`, like the originals.

use super::{
    answer::{Answer, value},
    error::RpcError,
    evm,
    method::{Method, Reply},
    net::CLIENT_VERSION,
    node::Node,
    params::{Params, Quantity},
    unsupported::NO_FORKING,
};
use crate::chain::{BASE_FEE, BLOCK_GAS_LIMIT};
use alloy_primitives::{Address, B256, Bytes, U64, U256};
use serde_json::{Map, Value, json};

pub fn lookup(name: &str) -> Option<Method> {
    let (namespace, method) = name.split_once('_')?;
    let reply = if namespace == "anvil" { Reply::Null } else { Reply::True };
    Some(match method {
        "mine" => Method::Set(mine, reply),
        "mine_detailed" => Method::Heavy(evm::mine_detailed),
        "setBalance" => Method::Set(set_balance, reply),
        "addBalance" => Method::Set(add_balance, reply),
        "setNonce" => Method::Set(set_nonce, reply),
        "setCode" => Method::Set(set_code, reply),
        "setStorageAt" => Method::Set(set_storage, Reply::True),
        "impersonateAccount" => Method::Set(|node, params| impersonate(node, params, true), reply),
        "stopImpersonatingAccount" => Method::Set(|node, params| impersonate(node, params, false), reply),
        "autoImpersonateAccount" => Method::Set(impersonate_everyone, reply),
        "reset" => Method::Set(reset, reply),
        "setLoggingEnabled" => Method::Set(set_logging, reply),
        "dropTransaction" => Method::Quick(drop_transaction),
        "dropAllTransactions" => Method::Quick(drop_all_transactions),
        "removePoolTransactions" => Method::Quick(drop_transaction),
        "getAutomine" => Method::Quick(automine),
        "getIntervalMining" => Method::Quick(interval_mining),
        "setBlockTimestampInterval" => Method::Set(set_interval, reply),
        "removeBlockTimestampInterval" => Method::Heavy(remove_interval),
        "dumpState" => Method::Heavy(dump_state),
        "loadState" => Method::Heavy(load_state),
        "nodeInfo" => Method::Quick(node_info),
        "metadata" => Method::Quick(metadata),
        "snapshot"
        | "revert"
        | "increaseTime"
        | "setTime"
        | "setNextBlockTimestamp"
        | "setAutomine"
        | "setIntervalMining" => return evm::lookup(&format!("evm_{method}")),
        _ => return None,
    })
}

fn mine(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let blocks = params.optional("number of blocks")?.map_or(1, |Quantity(blocks)| blocks);
    let interval = params.optional("interval in seconds")?.map(|Quantity(seconds)| seconds);
    params.end()?;
    Ok(node.chain.mine_blocks(blocks, interval)?)
}

fn set_balance(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    let Quantity(balance) = params.next("balance in wei")?;
    params.end()?;
    node.chain.set_balance(address, balance);
    Ok(())
}

fn add_balance(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    let Quantity(more) = params.next("wei to add")?;
    params.end()?;
    Ok(node.chain.add_balance(address, more)?)
}

fn set_nonce(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    let Quantity(nonce) = params.next("nonce")?;
    params.end()?;
    node.chain.set_nonce(address, nonce);
    Ok(())
}

fn set_code(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    let code: Bytes = params.next("code")?;
    params.end()?;
    Ok(node.chain.set_code(address, code)?)
}

fn set_storage(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    let Quantity(slot) = params.next("storage slot")?;
    let value: B256 = params.next("value of 32 bytes")?;
    params.end()?;
    node.chain.set_storage(address, slot, value.into());
    Ok(())
}

fn impersonate(node: &Node, mut params: Params, on: bool) -> Result<(), RpcError> {
    let address: Address = params.next("address")?;
    params.end()?;
    node.chain.impersonate(address, on);
    Ok(())
}

fn impersonate_everyone(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let on: bool = params.next("on")?;
    params.end()?;
    node.chain.impersonate_everyone(on);
    Ok(())
}

fn reset(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let options: Option<Value> = params.optional("options")?;
    params.end()?;
    // Without a URL, as from viem's `reset`, the chain returns to its own first block.
    let fork = options.as_ref().and_then(|options| options.pointer("/forking/jsonRpcUrl"));
    if fork.is_some_and(|url| !url.is_null()) {
        return Err(RpcError::params(NO_FORKING));
    }
    node.chain.reset();
    Ok(())
}

fn set_logging(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let on: bool = params.next("on")?;
    params.end()?;
    node.chain.set_logging(on);
    Ok(())
}

/// There is nothing to drop, since no transaction is ever pending.
fn drop_transaction(_: &Node, mut params: Params) -> Answer {
    let _: Value = params.next("transaction or sender")?;
    params.end()?;
    value(&Value::Null)
}

fn drop_all_transactions(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&Value::Null)
}

fn automine(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&true)
}

fn interval_mining(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&Value::Null)
}

fn set_interval(node: &Node, mut params: Params) -> Result<(), RpcError> {
    let Quantity(seconds) = params.next("interval in seconds")?;
    params.end()?;
    node.chain.set_block_interval(Some(seconds));
    Ok(())
}

/// True if an interval was set.
fn remove_interval(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&node.chain.set_block_interval(None))
}

/// The bytes that `--state` writes to its file.
fn dump_state(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&Bytes::from(node.chain.dump().0))
}

/// Replaces the chain. The limit of bodies applies, so a large chain needs `--state`.
fn load_state(node: &Node, mut params: Params) -> Answer {
    let bytes: Bytes = params.next("state")?;
    params.end()?;
    let invalid = |error| RpcError::params(format!("cannot load the state: {error}"));
    node.chain.load(&bytes).map_err(invalid)?;
    value(&true)
}

fn node_info(node: &Node, params: Params) -> Answer {
    params.end()?;
    let info = node.chain.info();
    value(&json!({
        "currentBlockNumber": U64::from(info.number),
        "currentBlockTimestamp": info.timestamp,
        "currentBlockHash": info.hash,
        "hardFork": "osaka",
        "transactionOrder": "fifo",
        "environment": {
            "baseFee": U256::from(BASE_FEE),
            "chainId": node.chain.chain_id(),
            "gasLimit": U64::from(BLOCK_GAS_LIMIT),
            "gasPrice": U256::from(BASE_FEE),
        },
        "forkConfig": { "forkUrl": null, "forkBlockNumber": null, "forkRetryBackoff": null },
    }))
}

fn metadata(node: &Node, params: Params) -> Answer {
    params.end()?;
    let info = node.chain.info();
    value(&json!({
        "clientVersion": CLIENT_VERSION,
        "chainId": node.chain.chain_id(),
        "instanceId": info.instance,
        "latestBlockNumber": info.number,
        "latestBlockHash": info.hash,
        "forkedNetwork": null,
        "snapshots": info.snapshots.iter().map(|(id, block)| (format!("{id:#x}"), json!(block))).collect::<Map<_, _>>(),
    }))
}
