//! Finds a method by its name.
//! Each namespace has a table in its own file.

use super::{anvil, debug, eth, evm, method::Method, net, txpool, unsupported};

/// The method with this name; `None` if there is none.
pub fn lookup(name: &str) -> Option<Method> {
    let name = without_alias(name);
    let (namespace, _) = name.split_once('_')?;
    match namespace {
        "eth" | "personal" => eth::lookup(name),
        "net" | "web3" | "rpc" => net::lookup(name),
        "debug" | "trace" => debug::lookup(name),
        "evm" => evm::lookup(name),
        "anvil" | "hardhat" => anvil::lookup(name),
        "txpool" => txpool::lookup(name),
        _ => None,
    }
    .or_else(|| unsupported::reason(name).map(Method::Unsupported))
}

/// The name under which a method of another namespace is listed.
fn without_alias(name: &str) -> &str {
    match name {
        "eth_getRawTransactionByHash" => "debug_getRawTransaction",
        "evm_setAccountNonce" => "hardhat_setNonce",
        "tenderly_setBalance" => "hardhat_setBalance",
        "tenderly_addBalance" => "hardhat_addBalance",
        name => name,
    }
}
