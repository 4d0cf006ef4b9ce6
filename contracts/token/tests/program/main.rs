//! The token program, call by call: calldata in, return data, exact error data, logs and storage out.

#[path = "../../../vault/tests/program/chain/mod.rs"]
#[allow(dead_code, reason = "shared with the vault's tests, which use all of it")]
mod chain;

mod constructor;
mod erc20;
mod routing;
mod world;
