//! Which calldata reaches which function, and what is refused before any function runs.

use std::collections::BTreeSet;

use alloy_primitives::{FixedBytes, U256};
use alloy_sol_types::{SolCall, SolError, SolInterface};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IERC20::{self, IERC20Calls},
    IEntry::{InvalidCalldata, UnknownSelector, ValueNotAccepted},
    IToken::{ITokenCalls, mintCall},
};

use crate::{
    chain::Message,
    world::{ALICE, BOB, TOKEN, World, u},
};

/// Every function, in a call that succeeds when Alice makes it in [`world`], and the addresses among its arguments.
fn calls() -> Vec<(Vec<u8>, &'static [usize])> {
    let value = u(5);
    vec![
        (IERC20::nameCall {}.abi_encode(), &[]),
        (IERC20::symbolCall {}.abi_encode(), &[]),
        (IERC20::decimalsCall {}.abi_encode(), &[]),
        (IERC20::totalSupplyCall {}.abi_encode(), &[]),
        (IERC20::balanceOfCall { account: ALICE }.abi_encode(), &[0]),
        (IERC20::allowanceCall { owner: ALICE, spender: BOB }.abi_encode(), &[0, 1]),
        (IERC20::approveCall { spender: BOB, value }.abi_encode(), &[0]),
        (IERC20::transferCall { to: BOB, value }.abi_encode(), &[0]),
        (IERC20::transferFromCall { from: ALICE, to: BOB, value }.abi_encode(), &[0, 1]),
        (mintCall { to: BOB, value }.abi_encode(), &[0]),
    ]
}

fn world() -> World {
    let world = World::new();
    world.mint(ALICE, u(100));
    world.ok(ALICE, IERC20::approveCall { spender: ALICE, value: u(100) });
    world
}

fn invalid(length: usize) -> Vec<u8> {
    InvalidCalldata { length: U256::from(length) }.abi_encode()
}

fn known() -> BTreeSet<[u8; 4]> {
    IERC20Calls::selectors().chain(ITokenCalls::selectors()).collect()
}

#[test]
fn every_function_of_the_interface_is_routed() {
    let routed: BTreeSet<[u8; 4]> = calls()
        .into_iter()
        .map(|(data, _)| {
            assert!(world().send(ALICE, data.clone()).is_ok(), "{data:?}");
            data[..4].try_into().expect("four bytes")
        })
        .collect();
    assert_eq!(routed, known());
}

#[test]
fn a_selector_that_no_function_has_is_refused_by_name() {
    let world = world();
    for selector in [[0; 4], [0xff; 4], [0x70, 0xa0, 0x82, 0x32]] {
        assert!(!known().contains(&selector) && selector != CONSTRUCTOR_SELECTOR);
        let refusal = UnknownSelector { selector: FixedBytes(selector) }.abi_encode();
        assert_eq!(world.send(ALICE, [&selector[..], &[0; 32]].concat()), Err(refusal));
    }
    for length in 0..4 {
        let refusal = UnknownSelector { selector: FixedBytes::ZERO }.abi_encode();
        assert_eq!(world.send(ALICE, vec![0x70; length]), Err(refusal));
    }
}

#[test]
fn arguments_cut_short_left_over_or_with_dirty_padding_are_refused_with_the_length() {
    let world = world();
    for (data, addresses) in calls() {
        for length in 4..data.len() {
            assert_eq!(world.send(ALICE, data[..length].to_vec()), Err(invalid(length)));
        }
        for extra in [1, 32] {
            let longer = [data.as_slice(), &vec![0; extra]].concat();
            assert_eq!(world.send(ALICE, longer), Err(invalid(data.len() + extra)));
        }
        for argument in addresses {
            let mut dirty = data.clone();
            dirty[4 + 32 * argument + 11] = 1;
            assert_eq!(world.send(ALICE, dirty), Err(invalid(data.len())));
        }
    }
}

#[test]
fn ether_is_refused_by_every_function() {
    let world = world();
    for (data, _) in calls() {
        let message = Message { value: u(1), ..Message::new(ALICE, TOKEN, data) };
        assert_eq!(world.chain.transact(message), Err(ValueNotAccepted { value: u(1) }.abi_encode()));
    }
}
