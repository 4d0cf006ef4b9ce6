//! The factory program, call by call: what it refuses and keeps. That what it creates runs is for the end-to-end
//! tests, which have an EVM; here creations give an address that the test names.

#[path = "../../../vault/tests/program/chain/mod.rs"]
#[allow(dead_code, reason = "shared with the vault's tests, which use all of it")]
mod chain;

mod creation;
mod routing;
mod world;
