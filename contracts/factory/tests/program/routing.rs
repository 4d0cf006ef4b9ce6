//! Which calldata reaches which function, and what is refused before any function runs.

use std::collections::BTreeSet;

use alloy_primitives::{FixedBytes, U256};
use alloy_sol_types::{SolCall, SolError, SolInterface};
use weir::abi::{
    IEntry::{InvalidCalldata, UnknownSelector, ValueNotAccepted},
    IFactory::*,
};

use crate::{
    chain::Message,
    world::{ANYONE, FACTORY, World, created, pair_order, u, vault_order},
};

/// Every function, in a call that succeeds in [`world`], and the addresses among its arguments.
fn calls() -> Vec<(Vec<u8>, &'static [usize])> {
    let index = U256::ZERO;
    vec![
        (pair_order().abi_encode(), &[0, 1, 2]),
        (vault_order().abi_encode(), &[0, 1, 2, 9]),
        (allPairsCall { index }.abi_encode(), &[]),
        (totalPairsCall {}.abi_encode(), &[]),
        (deployedPairsCall { pair: ANYONE }.abi_encode(), &[0]),
        (allVaultsCall { index }.abi_encode(), &[]),
        (totalVaultsCall {}.abi_encode(), &[]),
        (deployedVaultsCall { vault: ANYONE }.abi_encode(), &[0]),
        (pairTemplateCall {}.abi_encode(), &[]),
        (vaultTemplateCall {}.abi_encode(), &[]),
        (vaultExtensionCall {}.abi_encode(), &[]),
    ]
}

/// A factory that has made a vault.
fn world() -> World {
    let world = World::new();
    world.chain.stand_in(created(0), |_, _| Ok(Vec::new()));
    world.ok(vault_order());
    world
}

fn invalid(length: usize) -> Vec<u8> {
    InvalidCalldata { length: U256::from(length) }.abi_encode()
}

#[test]
fn every_function_of_the_interface_is_routed() {
    let routed: BTreeSet<[u8; 4]> = calls()
        .into_iter()
        .map(|(data, _)| {
            let world = world();
            world.chain.stand_in(created(1), |_, _| Ok(Vec::new()));
            assert!(world.send(ANYONE, data.clone()).is_ok(), "{data:?}");
            data[..4].try_into().expect("four bytes")
        })
        .collect();
    assert_eq!(routed, IFactoryCalls::selectors().collect());
}

#[test]
fn what_is_no_call_of_a_function_is_refused() {
    let world = world();
    let unknown = UnknownSelector { selector: FixedBytes([0xff; 4]) }.abi_encode();
    assert_eq!(world.send(ANYONE, vec![0xff; 36]), Err(unknown));
    for (data, addresses) in calls() {
        for length in 4..data.len() {
            assert_eq!(world.send(ANYONE, data[..length].to_vec()), Err(invalid(length)));
        }
        let longer = [data.as_slice(), &[0]].concat();
        assert_eq!(world.send(ANYONE, longer), Err(invalid(data.len() + 1)));
        for argument in addresses {
            let mut dirty = data.clone();
            dirty[4 + 32 * argument + 11] = 1;
            assert_eq!(world.send(ANYONE, dirty), Err(invalid(data.len())));
        }
        let message = Message { value: u(1), ..Message::new(ANYONE, FACTORY, data) };
        assert_eq!(world.chain.transact(message), Err(ValueNotAccepted { value: u(1) }.abi_encode()));
    }
}

#[test]
fn a_period_of_more_than_64_bits_or_a_price_of_more_than_192_is_refused() {
    let world = world();
    for (argument, byte) in [(3, 23), (4, 7)] {
        let mut data = pair_order().abi_encode();
        data[4 + 32 * argument + byte] = 1;
        assert_eq!(world.send(ANYONE, data.clone()), Err(invalid(data.len())));
        data[4 + 32 * argument + byte] = 0;
        data[4 + 32 * argument + byte + 1] = 0xff;
        assert!(world.send(ANYONE, data).is_ok());
    }
}
