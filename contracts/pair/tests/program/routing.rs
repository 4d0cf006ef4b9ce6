//! Which calldata reaches which function, what is refused before any function runs, and the template itself.

use std::collections::BTreeSet;

use alloy_primitives::{Address, FixedBytes, U256};
use alloy_sol_types::{SolCall, SolError, SolInterface, SolValue};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IEntry::{InvalidCalldata, UnknownSelector, ValueNotAccepted},
    IPair::*,
    IVault::{self, IVaultCalls},
};

use crate::{
    chain::{Chain, Message},
    world::{BUYER, PAIR, PERIOD, PRICE, SOURCE, World, setup, swap, u},
};

/// Every function, in a call that succeeds one period after the pair was made.
fn calls() -> Vec<Vec<u8>> {
    vec![
        sourceCall {}.abi_encode(),
        tokenInCall {}.abi_encode(),
        tokenOutCall {}.abi_encode(),
        targetCall {}.abi_encode(),
        maxAmountOutCall {}.abi_encode(),
        computeExactAmountInCall { amountOut: u(1) }.abi_encode(),
        swap(1, U256::MAX, b"").abi_encode(),
        targetAuctionPeriodCall {}.abi_encode(),
        smoothingFactorCall {}.abi_encode(),
        lastAuctionAtCall {}.abi_encode(),
        lastAuctionPriceCall {}.abi_encode(),
        computeTimeForPriceCall { price: u(PRICE) }.abi_encode(),
    ]
}

fn world() -> World {
    let world = World::new();
    world.at(PERIOD);
    world
}

#[test]
fn every_function_of_the_interface_is_routed() {
    let routed: BTreeSet<[u8; 4]> = calls()
        .into_iter()
        .map(|data| {
            assert!(world().send(BUYER, data.clone()).is_ok(), "{data:?}");
            data[..4].try_into().expect("four bytes")
        })
        .collect();
    assert_eq!(routed, IPairCalls::selectors().collect());
}

#[test]
fn the_vault_s_own_pair_answers_to_the_same_selectors_errors_and_event() {
    let vault: BTreeSet<_> = IVaultCalls::selectors().collect();
    assert!(IPairCalls::selectors().all(|selector| vault.contains(&selector)));
    let errors: BTreeSet<_> = IVault::IVaultErrors::selectors().collect();
    // But for those that only a clone has, and one who calls sources of others.
    let own = [NotAPair::SELECTOR, InvalidAnswer::SELECTOR];
    for selector in IPairErrors::selectors().filter(|selector| !own.contains(selector)) {
        assert!(errors.contains(&selector), "{selector:?}");
    }
    use alloy_sol_types::SolEvent;
    assert_eq!(SwappedExactAmountOut::SIGNATURE_HASH, IVault::SwappedExactAmountOut::SIGNATURE_HASH);
}

#[test]
fn selectors_that_no_function_has_are_refused_and_nothing_constructs_a_pair() {
    let world = world();
    for selector in [[0; 4], [0xff; 4], CONSTRUCTOR_SELECTOR] {
        let refusal = UnknownSelector { selector: FixedBytes(selector) }.abi_encode();
        for arguments in [0, 32, 192] {
            let data = [&selector[..], &vec![0; arguments]].concat();
            assert_eq!(world.send(BUYER, data), Err(refusal.clone()));
        }
    }
    for length in 0..4 {
        let refusal = UnknownSelector { selector: FixedBytes::ZERO }.abi_encode();
        assert_eq!(world.send(BUYER, vec![0x70; length]), Err(refusal));
    }
}

#[test]
fn arguments_cut_short_or_left_over_are_refused_with_the_length_that_the_caller_sent() {
    let world = world();
    for data in calls() {
        for length in 4..data.len() {
            let refusal = InvalidCalldata { length: U256::from(length) }.abi_encode();
            assert_eq!(world.send(BUYER, data[..length].to_vec()), Err(refusal));
        }
        // 76: somebody tries to bring a setup of his own.
        for extra in [1, 32, 76] {
            let longer = [data.as_slice(), &vec![0; extra]].concat();
            let refusal = InvalidCalldata { length: U256::from(longer.len()) }.abi_encode();
            assert_eq!(world.send(BUYER, longer), Err(refusal));
        }
    }
}

#[test]
fn ether_is_refused_by_every_function() {
    let world = world();
    for data in calls() {
        let message = Message { value: u(1), ..Message::new(BUYER, PAIR, data) };
        assert_eq!(world.chain.transact(message), Err(ValueNotAccepted { value: u(1) }.abi_encode()));
    }
}

#[test]
fn the_program_that_pairs_are_made_of_sells_nothing_even_if_told_what() {
    let chain = Chain::default();
    chain.set_time(1_700_000_000);
    let template = Address::repeat_byte(0x99);
    chain.install(template, pair::answer);
    chain.stand_in(SOURCE, |_, _| Ok(U256::MAX.abi_encode()));
    let refusal = Err(NotAPair {}.abi_encode());
    let send = |data: Vec<u8>| chain.transact(Message::new(BUYER, template, data));
    assert_eq!(send(tokenInCall {}.abi_encode()), refusal);
    assert_eq!(send(swap(1, U256::MAX, b"").abi_encode()), refusal);
    let forged = [swap(1, U256::MAX, b"").abi_encode(), setup(0).encode().to_vec()].concat();
    assert_eq!(send(forged), refusal);
    assert_eq!(chain.messages_to(SOURCE), []);
}
