//! Host functions that return properties of the block, the transaction and the call.

use super::*;
use revm::primitives::address;

#[test]
fn environment_functions_return_values_of_the_call_and_the_block() {
    let mut chain = TestChain::new();
    chain.env.block.basefee = 7;
    let coinbase = address!("00000000000000000000000000000000000c01ba");
    chain.env.block.beneficiary = coinbase;
    let body = "(call $block_basefee (i32.const 0))
        (call $block_coinbase (i32.const 32)) (call $contract_address (i32.const 52))
        (call $msg_sender (i32.const 72)) (call $tx_origin (i32.const 92))
        (call $msg_value (i32.const 112)) (call $tx_gas_price (i32.const 144))
        (i64.store (i32.const 176) (call $chainid)) (i64.store (i32.const 184) (call $block_gas_limit))
        (i64.store (i32.const 192) (call $block_number)) (i64.store (i32.const 200) (call $block_timestamp))
        (i32.store (i32.const 208) (call $msg_reentrant)) (i32.store (i32.const 212) (call $tx_ink_price))
        (call $write_result (i32.const 0) (i32.const 216)) (i32.const 0)";
    let program = {
        chain.env.block.basefee = 0;
        let program = chain.program(&module("", body));
        chain.env.block.basefee = 7;
        program
    };
    let mut tx = chain.transaction(program.into(), [], 5);
    tx.gas_price = 20;
    tx.gas_priority_fee = Some(2);
    tx.tx_type = 2;
    let out = output(chain.execute(tx));
    assert_eq!(out[0..32], word(7), "base fee");
    assert_eq!(out[32..52], *coinbase);
    assert_eq!(out[52..72], *program);
    assert_eq!(out[72..92], *USER, "sender");
    assert_eq!(out[92..112], *USER, "origin");
    assert_eq!(out[112..144], word(5), "value");
    // Nitro passes programs the price including the tip, although the tip is not paid.
    assert_eq!(out[144..176], word(9), "gas price");
    let number = |at: usize| u64::from_le_bytes(out[at..at + 8].try_into().unwrap());
    assert_eq!([number(176), number(184), number(192), number(200)], [412_346, 1 << 50, 77, NOW]);
    assert_eq!(number(208), 10_000 << 32, "not reentrant; ink price");
}

#[test]
fn gas_left_is_ink_left_rounded_down() {
    let mut chain = TestChain::new();
    let body =
        "(i64.store (i32.const 0) (call $evm_ink_left)) (i64.store (i32.const 8) (call $evm_gas_left))";
    let out = returned(&mut chain, body, 16);
    let ink = u64::from_le_bytes(out[..8].try_into().unwrap());
    let gas = u64::from_le_bytes(out[8..].try_into().unwrap());
    // Between the two reads: a store 950, a constant 1, the call, and the second host function.
    assert_eq!(gas, (ink - 950 - 1 - CALL - HOSTIO) / GAS_INK);
}
