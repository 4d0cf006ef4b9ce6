//! The host functions (stylus-vm.md, section 5): their prices in one table, what they do by subject.

mod accounts;
mod arithmetic;
mod data;
mod environment;
mod prices;

use crate::{common::*, ink::*};
use revm::primitives::Address;

/// Runs a program that leaves its result in memory at 0 and returns `len` bytes of it.
fn returned(chain: &mut TestChain, body: &str, len: u32) -> Vec<u8> {
    let body = format!("{body} (call $write_result (i32.const 0) (i32.const {len})) (i32.const 0)");
    let program = chain.program(&module("", &body));
    chain.send_ok(program, []).to_vec()
}

/// An account whose address stands at 0 in memory, as 20 bytes of `(data …)`.
fn address_field(address: Address) -> String {
    let bytes: String = address.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(r#"(data (i32.const 0) "{bytes}")"#)
}
