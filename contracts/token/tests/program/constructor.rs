//! The constructor: names, decimals, and that it runs once.

use alloy_primitives::U256;
use alloy_sol_types::SolError;
use weir::abi::{
    IERC20::{decimalsCall, nameCall, symbolCall, totalSupplyCall},
    IEntry::{AlreadyInitialized, InvalidCalldata},
};

use crate::world::{ALICE, BOB, IConstructors::tokenCall, World, constructor, settings, u};

#[test]
fn the_views_read_back_what_the_constructor_was_given() {
    for decimals in [0, 6, 18, 255] {
        let world = World::with(&tokenCall { decimals, ..settings() });
        assert_eq!(world.view(nameCall {}), "Test Token");
        assert_eq!(world.view(symbolCall {}), "TT");
        assert_eq!(world.view(decimalsCall {}), decimals);
        assert_eq!(world.view(totalSupplyCall {}), u(0));
    }
}

#[test]
fn names_of_any_length_come_back() {
    for length in [0, 1, 31, 32, 33, 64, 65, 1000] {
        let (name, symbol) = ("n".repeat(length), "§".repeat(length / 2));
        let world = World::with(&tokenCall { name: name.clone(), symbol: symbol.clone(), decimals: 18 });
        assert_eq!((world.view(nameCall {}), world.view(symbolCall {})), (name, symbol));
    }
}

#[test]
fn the_constructor_runs_once_even_for_a_token_without_decimals_and_names() {
    let bare = tokenCall { name: String::new(), symbol: String::new(), decimals: 0 };
    let world = World::with(&bare);
    for caller in [ALICE, BOB] {
        assert_eq!(world.send(caller, constructor(&settings())), Err(AlreadyInitialized {}.abi_encode()));
    }
    assert_eq!(world.view(nameCall {}), "");
}

#[test]
fn arguments_cut_short_left_over_or_with_dirty_padding_are_refused_with_the_length() {
    let world = World::before_construction();
    let good = constructor(&settings());
    let invalid = |length: usize| Err(InvalidCalldata { length: U256::from(length) }.abi_encode());
    for length in 4..good.len() {
        assert_eq!(world.send(ALICE, good[..length].to_vec()), invalid(length));
    }
    assert_eq!(world.send(ALICE, [good.as_slice(), &[0]].concat()), invalid(good.len() + 1));
    let mut beyond_u8 = good.clone();
    beyond_u8[4 + 2 * 32 + 30] = 1;
    assert_eq!(world.send(ALICE, beyond_u8), invalid(good.len()));
    assert_eq!(world.send(ALICE, good), Ok(Vec::new()));
}
