//! The vault program, call by call: calldata in, return data, exact error data, logs and slots out.
//!
//! The tokens around it are the real token program; only tokens that misbehave are made up. What needs the
//! compiled WASM (gas, the storage cache, calls across contracts on a real chain) is tested end to end.

mod chain;
mod signer;
mod world;

mod auction;
mod bounds;
mod constructor;
mod deposits;
mod invariants;
mod loss;
mod one_token;
mod ownership;
mod pairs;
mod permits;
mod rewards;
mod routing;
mod shares;
mod storage_plan;
mod tokens;
