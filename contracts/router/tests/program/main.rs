//! The router program, call by call, on a factory, a pair and tokens that answer what the test says: what the tests
//! of PoolTogether's `TpdaLiquidationRouter` hold, and what they leave out.

#[path = "../../../vault/tests/program/chain/mod.rs"]
#[allow(dead_code, reason = "shared with the vault's tests, which use all of it")]
mod chain;

mod original;
mod routing;
mod world;
