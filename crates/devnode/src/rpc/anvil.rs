//! The namespaces `anvil` and `hardhat`: the same methods under two names. Where one has nothing to
//! give, `anvil_…` gives null and `hardhat_…` true, as the originals do.

use super::{
    dispatch::Node,
    error::RpcError,
    method::{Answer, Method, answer},
    params::{Params, Quantity},
};
use alloy_primitives::{Address, B256, Bytes};
use serde_json::Value;

pub fn lookup(name: &str) -> Option<Method> {
    let (namespace, method) = name.split_once('_')?;
    Some(match (namespace, method) {
        ("anvil", "mine") => Method::Heavy(|node, params| null(mine(node, params))),
        ("hardhat", "mine") => Method::Heavy(|node, params| yes(mine(node, params))),
        ("anvil", "setBalance") => Method::Heavy(|node, params| null(set_balance(node, params))),
        ("hardhat", "setBalance") => Method::Heavy(|node, params| yes(set_balance(node, params))),
        ("anvil", "setNonce") => Method::Heavy(|node, params| null(set_nonce(node, params))),
        ("hardhat", "setNonce") => Method::Heavy(|node, params| yes(set_nonce(node, params))),
        ("anvil", "setCode") => Method::Heavy(|node, params| null(set_code(node, params))),
        ("hardhat", "setCode") => Method::Heavy(|node, params| yes(set_code(node, params))),
        (_, "setStorageAt") => Method::Heavy(|node, params| yes(set_storage(node, params))),
        ("anvil", "impersonateAccount") => {
            Method::Quick(|node, params| null(impersonate(node, params, true)))
        }
        ("hardhat", "impersonateAccount") => {
            Method::Quick(|node, params| yes(impersonate(node, params, true)))
        }
        ("anvil", "stopImpersonatingAccount") => {
            Method::Quick(|node, params| null(impersonate(node, params, false)))
        }
        ("hardhat", "stopImpersonatingAccount") => {
            Method::Quick(|node, params| yes(impersonate(node, params, false)))
        }
        ("anvil", "autoImpersonateAccount") => {
            Method::Quick(|node, params| null(impersonate_everyone(node, params)))
        }
        ("anvil", "reset") => Method::Heavy(|node, params| null(reset(node, params))),
        ("hardhat", "reset") => Method::Heavy(|node, params| yes(reset(node, params))),
        ("anvil", "snapshot" | "revert" | "increaseTime" | "setTime" | "setNextBlockTimestamp") => {
            return super::evm::lookup(&format!("evm_{method}"));
        }
        _ => return None,
    })
}

fn null(done: Result<(), RpcError>) -> Answer {
    answer(done)
}

fn yes(done: Result<(), RpcError>) -> Answer {
    answer(done.map(|()| true))
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
    if options.is_some_and(|options| options.get("forking").is_some()) {
        return Err(RpcError::params(
            "forking is not supported: the chain always starts from its own first block",
        ));
    }
    node.chain.reset();
    Ok(())
}
