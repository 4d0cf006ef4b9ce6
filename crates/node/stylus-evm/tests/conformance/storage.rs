//! The storage cache of a call: prices, refunds, reverts.

use crate::{common::*, ink::*};
use revm::primitives::U256;

const ACCESS: u64 = HOSTIO + 2 * PTR;
const FLUSH: u64 = HOSTIO + API;

const LOAD: &str = "(call $storage_load (i32.const 0) (i32.const 32))";
const CACHE: &str = "(call $storage_cache (i32.const 0) (i32.const 64))";
const FLUSH_KEEP: &str = "(call $storage_flush (i32.const 0))";
const FLUSH_CLEAR: &str = "(call $storage_flush (i32.const 1))";
/// Sets the value at 64 to 5.
const FIVE: &str = "(i32.store8 (i32.const 95) (i32.const 5))";

#[test]
fn the_first_read_of_a_slot_is_cold_and_later_reads_are_cached() {
    let mut chain = TestChain::new();
    let each = 2 + CALL + ACCESS;
    assert_eq!(chain.ink_of(LOAD), each + (2_100 + 5) * GAS_INK);
    assert_eq!(chain.ink_of(&LOAD.repeat(3)), 3 * each + (2_100 + 5) * GAS_INK);
}

#[test]
fn a_slot_cleared_from_the_cache_is_read_again_at_the_warm_price() {
    let mut chain = TestChain::new();
    let body = format!("{LOAD} {FLUSH_CLEAR} {LOAD}");
    let loads = 2 * (2 + CALL + ACCESS) + (2_100 + 5 + 100 + 5) * GAS_INK;
    assert_eq!(chain.ink_of(&body), loads + 1 + CALL + FLUSH);
}

#[test]
fn the_33rd_access_of_a_call_and_the_ninth_write_cost_extra() {
    let mut chain = TestChain::new();
    let each = 2 + CALL + ACCESS;
    // 130 reads: the first reads the state; the 33rd to 128th cost 2 gas each, two more 10 each.
    let reads = 130 * each + (2_105 + 96 * 2 + 2 * 10) * GAS_INK;
    assert_eq!(chain.ink_of(&LOAD.repeat(130)), reads);
    // 66 writes: the 9th to 64th cost 7 gas each, two more 10 each.
    assert_eq!(chain.ink_of(&CACHE.repeat(66)), 66 * each + (56 * 7 + 2 * 10) * GAS_INK);
}

#[test]
fn nothing_reaches_the_state_before_the_flush() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", &format!("{FIVE} {CACHE} (i32.const 0)")));
    chain.send_ok(program, []);
    assert_eq!(chain.storage(program, 0), U256::ZERO);
    let program = chain.program(&module("", &format!("{FIVE} {CACHE} {FLUSH_KEEP} (i32.const 0)")));
    chain.send_ok(program, []);
    assert_eq!(chain.storage(program, 0), U256::from(5));
}

/// Ink of the flush alone, without the rest of the body and without its constant and call.
fn flush_ink(chain: &mut TestChain, before: &str) -> u64 {
    let without = chain.ink_of(before);
    chain.ink_of(&format!("{before} {FLUSH_KEEP}")) - without - 1 - CALL
}

#[test]
fn a_flush_stores_at_the_prices_of_the_evm() {
    let mut chain = TestChain::new();
    // Nothing to store.
    assert_eq!(flush_ink(&mut chain, ""), FLUSH);
    // A new value in a cold slot: 2100 + 20000.
    assert_eq!(flush_ink(&mut chain, &format!("{FIVE} {CACHE}")), FLUSH + 22_100 * GAS_INK);
    // Read before, so warm: 20000.
    assert_eq!(flush_ink(&mut chain, &format!("{LOAD} {FIVE} {CACHE}")), FLUSH + 20_000 * GAS_INK);
    // Written with the same value without being read: stored anyway, at the EVM's price of a no-op in a cold slot.
    assert_eq!(flush_ink(&mut chain, CACHE), FLUSH + 2_200 * GAS_INK);
    // Read and written with the value read: not stored.
    assert_eq!(flush_ink(&mut chain, &format!("{LOAD} {CACHE}")), FLUSH);
    // Stored once, changed again: dirty, so 100.
    let again = format!("{FIVE} {CACHE} {FLUSH_KEEP} (i32.store8 (i32.const 95) (i32.const 6)) {CACHE}");
    assert_eq!(flush_ink(&mut chain, &again), FLUSH + 100 * GAS_INK);
}

#[test]
fn clearing_a_slot_is_refunded() {
    let mut chain = TestChain::new();
    let body = with_args(
        "",
        "(i32.store8 (i32.const 95) (i32.load8_u (i32.const 1024)))
         (call $storage_cache (i32.const 0) (i32.const 64)) (call $storage_flush (i32.const 0)) (i32.const 0)",
    );
    let program = chain.program(&body);
    let set = chain.send(program, [1], 0).result.tx_gas_used();
    let change = chain.send(program, [2], 0).result.tx_gas_used();
    let clear = chain.send(program, [0], 0).result;
    // 22100 to set, 5000 to change.
    assert_eq!(set - change, 17_100);
    // Clearing costs 5000 too, but 4800 are refunded (EIP-3529); a zero byte of calldata is 12 gas cheaper.
    assert_eq!(change - clear.tx_gas_used(), 4_800 + 12);
    assert_eq!(chain.storage(program, 0), U256::ZERO);
}

#[test]
fn a_revert_undoes_the_storage_flush() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", &format!("{FIVE} {CACHE} {FLUSH_KEEP} (i32.const 1)")));
    let outcome = chain.send(program, [], 0);
    assert!(!outcome.result.is_success());
    assert_eq!(chain.storage(program, 0), U256::ZERO);
}

#[test]
fn a_load_with_too_little_gas_left_for_a_cold_slot_fails_even_from_the_cache() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", &format!("{LOAD} {LOAD} (i32.const 0)")));
    let enough = chain.send(program, [], 0).result.tx_gas_used();
    // The second load requires 2115 gas left, although it costs almost nothing.
    for (spare, succeeds) in [(2_115, true), (2_000, false)] {
        let mut tx = chain.transaction(program.into(), [], 0);
        tx.gas_limit = enough + spare;
        assert_eq!(chain.simulate(tx).result.is_success(), succeeds, "{spare} gas to spare");
    }
}

#[test]
fn an_unaffordable_flush_uses_all_gas_and_stores_nothing() {
    let mut chain = TestChain::new();
    let program = chain.program(&module("", &format!("{FIVE} {CACHE} {FLUSH_KEEP} (i32.const 0)")));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 50_000;
    let outcome = chain.execute(tx);
    assert!(outcome.result.is_halt());
    assert_eq!(outcome.result.tx_gas_used(), 50_000);
    assert_eq!(chain.storage(program, 0), U256::ZERO);
}

#[test]
fn transient_storage_lasts_for_the_transaction() {
    let mut chain = TestChain::new();
    let body = "(i32.store8 (i32.const 63) (i32.const 9))
        (call $transient_store (i32.const 0) (i32.const 32))
        (call $transient_load (i32.const 0) (i32.const 64))
        (call $write_result (i32.const 64) (i32.const 32)) (i32.const 0)";
    let program = chain.program(&module("", body));
    assert_eq!(chain.send_ok(program, [])[..], word(9));
    let ink = HOSTIO + 2 * PTR + API + 100 * GAS_INK;
    assert_eq!(chain.ink_of("(call $transient_load (i32.const 0) (i32.const 64))"), 2 + CALL + ink);
    assert_eq!(chain.ink_of("(call $transient_store (i32.const 0) (i32.const 64))"), 2 + CALL + ink);
}

/// Price of the nth access alone: the price of n accesses minus the price of n - 1.
fn nth(access: &str, n: usize) -> u64 {
    let ink = |times| TestChain::new().ink_of(&access.repeat(times));
    ink(n) - ink(n - 1) - (2 + CALL + ACCESS)
}

#[test]
fn reads_cost_more_from_the_33rd_and_from_the_129th() {
    for (n, gas) in [(2, 0), (32, 0), (33, 2), (128, 2), (129, 10), (200, 10)] {
        assert_eq!(nth(LOAD, n), gas * GAS_INK, "read {n}");
    }
}

#[test]
fn writes_cost_more_from_the_ninth_and_from_the_65th() {
    for (n, gas) in [(2, 0), (8, 0), (9, 7), (64, 7), (65, 10), (100, 10)] {
        assert_eq!(nth(CACHE, n), gas * GAS_INK, "write {n}");
    }
}

#[test]
fn reads_and_writes_are_counted_separately_and_flushes_are_not_counted() {
    let mut chain = TestChain::new();
    let body = format!("{}{}{FLUSH_KEEP}", LOAD.repeat(32), CACHE.repeat(8));
    let accesses = 40 * (2 + CALL + ACCESS) + 2_105 * GAS_INK;
    // The slot holds the value read: nothing to store.
    assert_eq!(chain.ink_of(&body), accesses + 1 + CALL + FLUSH);
}

/// Refunds of the EVM (EIP-3529): 4800 for clearing, revoked if the slot is set again; at most a fifth of the gas used.
#[test]
fn refunds_follow_the_value_through_several_flushes() {
    let mut chain = TestChain::new();
    let set = |value: u8| format!("(i32.store8 (i32.const 95) (i32.const {value})) {CACHE} {FLUSH_KEEP}");
    let gas = |chain: &mut TestChain, values: &[u8]| {
        // Slot 0 holds 1 at first.
        let body: String = values.iter().map(|value| set(*value)).collect();
        let program = chain.program(&module("", &format!("{body} (i32.const 0)")));
        chain.db.insert_account_storage(program, U256::ZERO, U256::from(1)).expect("memory does not fail");
        let entry = entry_gas(chain, program);
        execution_gas(&chain.send(program, [], 0)) - entry
    };
    // One flush and its instructions: store8 827, cache 2 + CALL + ACCESS, flush 1 + CALL + FLUSH.
    let step = 827 + 2 + CALL + ACCESS + 1 + CALL + FLUSH;
    let of = |steps: u64, evm: u64| (steps * step + 2 + CHECK).div_ceil(GAS_INK) + evm;
    // Cold: 2100 + 2900. Cleared: 4800 refunded. Cleared and restored (dirty, 100): the 4800 are revoked, and 2800 are
    // refunded for the original value. Cleared and changed: the 4800 are revoked.
    assert_eq!(gas(&mut chain, &[2]), of(1, 5_000));
    assert_eq!(gas(&mut chain, &[0]), of(1, 5_000) - 4_800);
    assert_eq!(gas(&mut chain, &[0, 1]), of(2, 5_100) - 2_800);
    assert_eq!(gas(&mut chain, &[0, 2]), of(2, 5_100));
    assert_eq!(gas(&mut chain, &[2, 1]), of(2, 5_100) - 2_800);
}
