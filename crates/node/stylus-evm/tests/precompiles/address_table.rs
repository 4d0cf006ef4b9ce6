//! ArbAddressTable: indices of addresses, and their compressed form.

use crate::{common::*, gas_of, view};
use alloy_sol_types::SolCall;
use revm::primitives::{Bytes, U256};
use stylus_evm::{ARB_ADDRESS_TABLE as TABLE, ARB_SYS, abi::ArbAddressTable as table};

fn register(chain: &mut TestChain, addr: revm::primitives::Address) -> U256 {
    let out = chain.send_ok(TABLE, table::registerCall { addr }.abi_encode());
    table::registerCall::abi_decode_returns(&out).unwrap()
}

fn reverts(chain: &mut TestChain, call: impl SolCall) {
    let outcome = chain.send(TABLE, call.abi_encode(), 0);
    assert_eq!(outcome.result.output().map(|data| data.len()), Some(0), "{:?}", outcome.result);
    assert!(outcome.result.tx_gas_used() < 100_000, "a plain revert keeps the gas");
}

#[test]
fn registered_addresses_have_ascending_indices() {
    let mut chain = TestChain::new();
    assert_eq!(view(&mut chain, TABLE, table::sizeCall {}), U256::ZERO);
    assert!(!view(&mut chain, TABLE, table::addressExistsCall { addr: USER }));
    reverts(&mut chain, table::lookupCall { addr: USER });
    reverts(&mut chain, table::lookupIndexCall { index: U256::ZERO });
    assert_eq!(register(&mut chain, USER), U256::ZERO);
    assert_eq!(register(&mut chain, ARB_SYS), U256::ONE);
    assert_eq!(register(&mut chain, USER), U256::ZERO, "known already");
    assert_eq!(view(&mut chain, TABLE, table::sizeCall {}), U256::from(2));
    assert!(view(&mut chain, TABLE, table::addressExistsCall { addr: USER }));
    assert_eq!(view(&mut chain, TABLE, table::lookupCall { addr: ARB_SYS }), U256::ONE);
    assert_eq!(view(&mut chain, TABLE, table::lookupIndexCall { index: U256::ONE }), ARB_SYS);
    reverts(&mut chain, table::lookupIndexCall { index: U256::from(2) });
    reverts(&mut chain, table::lookupIndexCall { index: U256::MAX });
}

#[test]
fn addresses_are_compressed_to_their_index_and_back() {
    let mut chain = TestChain::new();
    register(&mut chain, ARB_SYS);
    register(&mut chain, USER);
    let mut compress = |addr| view(&mut chain, TABLE, table::compressCall { addr });
    let (known, unknown) = (compress(USER), compress(TABLE));
    assert_eq!((&known[..], unknown.len(), unknown[0]), (&[1][..], 21, 0x94));
    for (compressed, address) in [(&known, USER), (&unknown, TABLE)] {
        let buf: Bytes = [&[0xFF, 0xFF], &compressed[..], &[9]].concat().into();
        let found = view(&mut chain, TABLE, table::decompressCall { buf, offset: U256::from(2) });
        assert_eq!((found._0, found._1), (address, U256::from(compressed.len())));
    }
    for (buf, offset) in [(vec![2], 0), (vec![0xC0], 0), (vec![1], 1), (vec![1], 2), (vec![], 0)] {
        reverts(&mut chain, table::decompressCall { buf: buf.into(), offset: U256::from(offset) });
    }
    reverts(&mut chain, table::decompressCall { buf: vec![1].into(), offset: U256::MAX });
}

/// Registering a new address: place read; size read and written; address and place written.
#[test]
fn the_table_costs_its_accesses() {
    let mut chain = TestChain::new();
    let new = 800 + 3 + 800 + 800 + 20_000 + 20_000 + 20_000 + 3;
    assert_eq!(gas_of(&mut chain, TABLE, table::registerCall { addr: USER }), new);
    register(&mut chain, USER);
    assert_eq!(gas_of(&mut chain, TABLE, table::registerCall { addr: USER }), 800 + 3 + 800 + 3);
    assert_eq!(gas_of(&mut chain, TABLE, table::sizeCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, TABLE, table::addressExistsCall { addr: USER }), 1_606);
    let by_index = table::lookupIndexCall { index: U256::ZERO };
    assert_eq!(gas_of(&mut chain, TABLE, by_index), 800 + 3 + 2 * 800 + 3);
    let item = table::decompressCall { buf: vec![0x80].into(), offset: U256::ZERO };
    assert_eq!(gas_of(&mut chain, TABLE, item), 800 + 4 * 3 + 2 * 800 + 2 * 3);
}
