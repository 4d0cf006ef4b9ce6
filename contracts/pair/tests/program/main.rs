//! The pair program, call by call, on a source and tokens that answer what the test says.

#[path = "../../../vault/tests/program/chain/mod.rs"]
#[allow(dead_code, reason = "shared with the vault's tests, which use all of it")]
mod chain;

mod original;
mod routing;
mod source;
mod world;
