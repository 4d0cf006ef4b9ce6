//! The host functions (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`): `prices.rs` has all prices in a table,
//! the other files test behaviour by topic.

mod accounts;
mod arithmetic;
mod data;
mod environment;
mod prices;

use crate::{common::*, ink::*};
use revm::primitives::Address;

/// Runs a program that leaves its result in memory at 0, and returns `len` bytes of it.
fn returned(chain: &mut TestChain, body: &str, len: u32) -> Vec<u8> {
    let body = format!("{body} (call $write_result (i32.const 0) (i32.const {len})) (i32.const 0)");
    let program = chain.program(&module("", &body));
    chain.send_ok(program, []).to_vec()
}

/// A `(data …)` field that puts the 20 bytes of an address at 0 in memory.
fn address_field(address: Address) -> String {
    let bytes: String = address.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(r#"(data (i32.const 0) "{bytes}")"#)
}
