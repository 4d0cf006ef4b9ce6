//! The namespaces `net` and `web3`.
//! Identifies the chain and the node.

use super::{
    answer::{Answer, value},
    method::Method,
    node::Node,
    params::Params,
};
use alloy_primitives::{Bytes, U64, keccak256};

/// The name and version of the node.
pub const CLIENT_VERSION: &str = concat!("weir-devnode/v", env!("CARGO_PKG_VERSION"));

pub fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "net_version" => Method::Quick(version),
        "net_listening" => Method::Quick(listening),
        "net_peerCount" => Method::Quick(peer_count),
        "web3_clientVersion" => Method::Quick(client_version),
        "web3_sha3" => Method::Quick(sha3),
        _ => return None,
    })
}

fn version(node: &Node, params: Params) -> Answer {
    params.end()?;
    value(&node.chain.chain_id().to_string())
}

fn listening(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&true)
}

fn peer_count(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&U64::ZERO)
}

fn client_version(_: &Node, params: Params) -> Answer {
    params.end()?;
    value(&CLIENT_VERSION)
}

fn sha3(_: &Node, mut params: Params) -> Answer {
    let data: Bytes = params.next("data")?;
    params.end()?;
    value(&keccak256(data))
}
