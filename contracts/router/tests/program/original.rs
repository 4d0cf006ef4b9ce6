//! Swaps and their callback, with the checks in the original's order.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use weir::abi::{
    IERC20::{transferCall, transferFromCall},
    IEntry::{AlreadyInitialized, InvalidAnswer, InvalidCalldata, ReentrantCall},
    IPair,
    IRouter::*,
};

use crate::{
    chain::{Message, log},
    world::{
        BOB, BUYER, FACTORY, NOW, PAIR, PRICE, ROUTER, TARGET, TOKEN_IN, TOKEN_OUT, WAD, World, constructor,
        u,
    },
};

/// The original's happy path: Bob gets one, for at most two.
fn swap() -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        liquidationPair: PAIR,
        receiver: BOB,
        amountOut: u(WAD),
        amountInMax: u(2 * WAD),
        deadline: U256::from(NOW),
    }
}

fn callback(sender: Address) -> flashSwapCallbackCall {
    flashSwapCallbackCall {
        sender,
        amountIn: u(11 * WAD),
        amountOut: u(0),
        flashSwapData: BUYER.abi_encode().into(),
    }
}

#[test]
fn a_router_needs_a_factory_and_announces_itself_once() {
    let world = World::before_construction();
    let refusal = UndefinedTpdaLiquidationPairFactory {}.abi_encode();
    assert_eq!(world.send(BUYER, constructor(Address::ZERO)), Err(refusal));
    assert_eq!(world.send(BUYER, constructor(FACTORY)), Ok(Vec::new()));
    assert_eq!(world.logs(), [log(LiquidationRouterCreated { liquidationPairFactory: FACTORY })]);
    assert_eq!(world.send(BUYER, constructor(BOB)), Err(AlreadyInitialized {}.abi_encode()));
}

#[test]
fn a_swap_asks_the_pair_for_itself_and_hands_on_what_it_got() {
    let world = World::new();
    assert_eq!(world.ok(BUYER, swap()), u(PRICE));
    let asked = IPair::swapExactAmountOutCall {
        receiver: ROUTER,
        amountOut: u(WAD),
        amountInMax: u(2 * WAD),
        flashSwapData: BUYER.abi_encode().into(),
    };
    assert_eq!(world.calls(PAIR), [asked.abi_encode(), IPair::tokenOutCall {}.abi_encode()]);
    assert_eq!(world.calls(TOKEN_OUT), [transferCall { to: BOB, value: u(WAD) }.abi_encode()]);
    let swapped = SwappedExactAmountOut {
        liquidationPair: PAIR,
        sender: BUYER,
        receiver: BOB,
        amountOut: u(WAD),
        amountInMax: u(2 * WAD),
        amountIn: u(PRICE),
        deadline: U256::from(NOW),
    };
    assert_eq!(world.logs(), [log(swapped)]);
}

#[test]
fn the_callback_takes_the_price_from_whom_the_data_names_to_the_pair_s_target() {
    let world = World::new();
    world.ok(PAIR, callback(ROUTER));
    let paid = transferFromCall { from: BUYER, to: TARGET, value: u(11 * WAD) };
    assert_eq!(world.calls(TOKEN_IN), [paid.abi_encode()]);
    assert_eq!(world.calls(PAIR), [IPair::tokenInCall {}.abi_encode(), IPair::targetCall {}.abi_encode()]);
}

#[test]
fn the_callback_of_somebody_else_s_swap_is_refused() {
    let world = World::new();
    world.refused(PAIR, callback(BOB), InvalidSender { sender: BOB });
    assert_eq!(world.calls(TOKEN_IN), Vec::<Vec<u8>>::new());
}

#[test]
fn the_callback_of_a_pair_that_the_factory_did_not_make_is_refused() {
    let world = World::new();
    for sender in [ROUTER, BOB] {
        world.refused(BOB, callback(sender), UnknownTpdaLiquidationPair { liquidationPair: BOB });
    }
}

#[test]
fn the_callback_s_data_is_one_address() {
    let world = World::new();
    for data in [vec![], vec![0; 31], vec![0xff; 32]] {
        let refusal = InvalidCalldata { length: U256::from(data.len() + 4) };
        world.refused(
            PAIR,
            flashSwapCallbackCall { flashSwapData: data.into(), ..callback(ROUTER) },
            refusal,
        );
    }
}

#[test]
fn a_swap_after_its_deadline_is_refused() {
    let world = World::new();
    let deadline = U256::from(NOW - 1);
    world.refused(BUYER, swapExactAmountOutCall { deadline, ..swap() }, SwapExpired { deadline });
}

#[test]
fn a_pair_that_the_factory_did_not_make_is_refused_whatever_the_deadline() {
    let world = World::new();
    let unknown = swapExactAmountOutCall { liquidationPair: BOB, deadline: U256::ZERO, ..swap() };
    world.refused(BUYER, unknown, UnknownTpdaLiquidationPair { liquidationPair: BOB });
}

#[test]
fn what_pair_and_tokens_refuse_is_passed_on() {
    let reason = || b"a reason of their own".to_vec();
    for (account, selector) in [
        (PAIR, IPair::swapExactAmountOutCall::SELECTOR),
        (PAIR, IPair::tokenOutCall::SELECTOR),
        (TOKEN_OUT, transferCall::SELECTOR),
    ] {
        let world = World::new();
        world.answers(account, selector, Err(reason()));
        assert_eq!(world.send(BUYER, swap().abi_encode()), Err(reason()));
        assert_eq!(world.logs(), []);
    }
    let world = World::new();
    world.answers(TOKEN_IN, transferFromCall::SELECTOR, Err(reason()));
    assert_eq!(world.send(PAIR, callback(ROUTER).abi_encode()), Err(reason()));
}

#[test]
fn a_token_that_returns_nothing_has_to_have_code() {
    let world = World::new();
    world.answers(TOKEN_OUT, transferCall::SELECTOR, Ok(Vec::new()));
    world.ok(BUYER, swap());
    world.answers(PAIR, IPair::tokenOutCall::SELECTOR, Ok(BOB.abi_encode()));
    world.refused(BUYER, swap(), SafeERC20FailedOperation { token: BOB });
}

#[test]
fn a_factory_or_a_pair_that_does_not_answer_in_kind_is_named() {
    let world = World::new();
    world.answers(PAIR, IPair::swapExactAmountOutCall::SELECTOR, Ok(Vec::new()));
    world.refused(BUYER, swap(), InvalidAnswer { callee: PAIR });
    world.chain.stand_in(FACTORY, |_, _| Ok(Vec::new()));
    world.refused(BUYER, swap(), InvalidAnswer { callee: FACTORY });
}

#[test]
fn a_swap_within_a_swap_is_refused_and_the_callback_is_not() {
    let world = World::new();
    world.chain.stand_in(PAIR, |chain, message| {
        if message.data.starts_with(&IPair::swapExactAmountOutCall::SELECTOR) {
            let within = chain.deliver(Message::new(PAIR, ROUTER, swap().abi_encode()));
            assert_eq!(within, Err(ReentrantCall {}.abi_encode()));
            let called_back = chain.deliver(Message::new(PAIR, ROUTER, callback(ROUTER).abi_encode()));
            assert_eq!(called_back, Ok(Vec::new()));
            return Ok(u(PRICE).abi_encode());
        }
        let answers = [
            (IPair::tokenInCall::SELECTOR, TOKEN_IN),
            (IPair::tokenOutCall::SELECTOR, TOKEN_OUT),
            (IPair::targetCall::SELECTOR, TARGET),
        ];
        let told = answers.iter().find(|(selector, _)| message.data.starts_with(selector));
        told.map(|(_, address)| address.abi_encode()).ok_or_else(Vec::new)
    });
    world.ok(BUYER, swap());
    let paid = transferFromCall { from: BUYER, to: TARGET, value: u(11 * WAD) };
    assert_eq!(world.calls(TOKEN_IN), [paid.abi_encode()]);
}
