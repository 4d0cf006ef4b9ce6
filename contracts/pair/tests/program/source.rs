//! A pair and its source: what one asks of the other, in which order, and what becomes of answers that are none.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use weir::{
    abi::{
        IEntry::{InvalidAnswer, ReentrantCall},
        ILiquidationSource::*,
        IPair::*,
    },
    math::auction::MAX_PRICE,
};

use crate::{
    chain::{Message, Outcome, Slots},
    world::{BUYER, PAIR, PERIOD, PRICE, RECEIVER, SOURCE, T0, TOKEN_IN, TOKEN_OUT, WAD, World, swap, u},
};

#[test]
fn a_sale_asks_the_source_what_it_has_to_send_it_and_whether_it_was_paid() {
    for data in [vec![], vec![7; 1], vec![7; 32], vec![7; 77]] {
        let world = World::new();
        world.at(PERIOD);
        world.source_answers(transferTokensOutCall::SELECTOR, Ok(data.abi_encode()));
        world.ok(BUYER, swap(5, U256::MAX, b""));
        let sent =
            transferTokensOutCall { sender: BUYER, receiver: RECEIVER, tokenOut: TOKEN_OUT, amountOut: u(5) };
        let verified = verifyTokensInCall {
            tokenIn: TOKEN_IN,
            amountIn: u(PRICE),
            transferTokensOutData: Bytes::from(data),
        };
        assert_eq!(
            world.source_calls(),
            [
                liquidatableBalanceOfCall { tokenOut: TOKEN_OUT }.abi_encode(),
                sent.abi_encode(),
                verified.abi_encode()
            ]
        );
    }
}

#[test]
fn what_the_source_refuses_is_passed_on_and_nothing_was_sold() {
    for selector in
        [liquidatableBalanceOfCall::SELECTOR, transferTokensOutCall::SELECTOR, verifyTokensInCall::SELECTOR]
    {
        for reason in [vec![], b"a reason of the source's own".to_vec()] {
            let world = World::new();
            world.at(PERIOD);
            world.source_answers(selector, Err(reason.clone()));
            assert_eq!(world.send(BUYER, swap(5, U256::MAX, b"hello").abi_encode()), Err(reason));
            assert_eq!(world.view(lastAuctionAtCall {}), T0);
            assert_eq!(world.logs(), []);
        }
    }
    let world = World::new();
    world.source_answers(targetOfCall::SELECTOR, Err(vec![1, 2]));
    assert_eq!(world.send(BUYER, targetCall {}.abi_encode()), Err(vec![1, 2]));
}

#[test]
fn a_source_that_does_not_answer_in_kind_is_named() {
    let no_address = U256::from_limbs([0, 0, 1 << 32, 0]).abi_encode();
    let cut = vec![7u8; 33].abi_encode()[..96].to_vec();
    let silent = Vec::new();
    for (selector, answer) in [
        (liquidatableBalanceOfCall::SELECTOR, silent.clone()),
        (liquidatableBalanceOfCall::SELECTOR, vec![0; 31]),
        (transferTokensOutCall::SELECTOR, silent.clone()),
        (transferTokensOutCall::SELECTOR, cut),
        // An offset to where nothing stands any more.
        (transferTokensOutCall::SELECTOR, u(32).abi_encode()),
        (transferTokensOutCall::SELECTOR, u(33).abi_encode()),
    ] {
        let world = World::new();
        world.at(PERIOD);
        world.source_answers(selector, Ok(answer));
        world.refused(BUYER, swap(5, U256::MAX, b""), InvalidAnswer { callee: SOURCE });
    }
    for answer in [silent, no_address] {
        let world = World::new();
        world.source_answers(targetOfCall::SELECTOR, Ok(answer));
        world.refused(BUYER, targetCall {}, InvalidAnswer { callee: SOURCE });
    }
}

#[test]
fn a_pair_that_is_selling_tells_all_and_sells_nothing_more() {
    let world = World::new();
    world.at(PERIOD);
    let inner: Vec<Vec<u8>> = vec![
        sourceCall {}.abi_encode(),
        tokenInCall {}.abi_encode(),
        tokenOutCall {}.abi_encode(),
        targetCall {}.abi_encode(),
        maxAmountOutCall {}.abi_encode(),
        targetAuctionPeriodCall {}.abi_encode(),
        smoothingFactorCall {}.abi_encode(),
        lastAuctionAtCall {}.abi_encode(),
        lastAuctionPriceCall {}.abi_encode(),
        computeExactAmountInCall { amountOut: u(1) }.abi_encode(),
        computeTimeForPriceCall { price: u(PRICE) }.abi_encode(),
        swap(1, U256::MAX, b"").abi_encode(),
    ];
    let answers: Rc<RefCell<Vec<Outcome>>> = Rc::default();
    let seen = answers.clone();
    world.chain.stand_in(RECEIVER, move |chain, _| {
        for data in &inner {
            seen.borrow_mut().push(chain.deliver(Message::new(RECEIVER, PAIR, data.clone())));
        }
        Ok(Vec::new())
    });
    world.ok(BUYER, swap(5, U256::MAX, b"hello"));
    let now = U256::from(T0 + PERIOD);
    // As in the original: the sale that is being made is the last one, and the next would cost all there is.
    let expected = [
        Ok(SOURCE.abi_encode()),
        Ok(TOKEN_IN.abi_encode()),
        Ok(TOKEN_OUT.abi_encode()),
        Ok(Address::repeat_byte(0x7a).abi_encode()),
        Ok(u(1000 * WAD).abi_encode()),
        Ok(U256::from(PERIOD).abi_encode()),
        Ok(u(0).abi_encode()),
        Ok(now.abi_encode()),
        Ok(u(PRICE).abi_encode()),
        Ok(MAX_PRICE.abi_encode()),
        Ok((now + U256::from(PERIOD)).abi_encode()),
        Err(ReentrantCall {}.abi_encode()),
    ];
    assert_eq!(answers.take(), expected);
}

#[test]
fn a_receiver_without_code_cannot_be_called_back() {
    let world = World::new();
    world.at(PERIOD);
    let receiver = Address::repeat_byte(0x33);
    let call = swapExactAmountOutCall { receiver, ..swap(5, U256::MAX, b"hello") };
    world.refused(BUYER, call, ReceiverIsNotAContract { receiver });
}

#[test]
fn smoothing_holds_back_its_part_rounded_against_the_buyer() {
    let world = World::half_smoothed();
    world.at(PERIOD);
    for (has, sells) in [(0, 0), (1, 0), (999, 499), (1000 * WAD, 500 * WAD)] {
        world.source_has(u(has));
        assert_eq!(world.ok(BUYER, maxAmountOutCall {}), u(sells));
        let short = InsufficientBalance { requested: u(sells + 1), available: u(sells) };
        world.refused(BUYER, swap(sells + 1, U256::MAX, b""), short);
    }
    // Where the original's product overflows.
    world.source_has(U256::MAX);
    assert_eq!(world.ok(BUYER, maxAmountOutCall {}), U256::MAX >> 1);
}

#[test]
fn a_sale_touches_one_slot_and_what_never_changes_none() {
    let world = World::new();
    world.at(PERIOD);
    for data in [
        sourceCall {}.abi_encode(),
        tokenInCall {}.abi_encode(),
        tokenOutCall {}.abi_encode(),
        targetCall {}.abi_encode(),
        targetAuctionPeriodCall {}.abi_encode(),
        smoothingFactorCall {}.abi_encode(),
        maxAmountOutCall {}.abi_encode(),
    ] {
        assert!(world.send(BUYER, data).is_ok());
        assert_eq!(world.chain.slots(PAIR), Slots::default());
    }
    world.ok(BUYER, swap(5, U256::MAX, b"hello"));
    let slot = BTreeSet::from([U256::ZERO]);
    assert_eq!(world.chain.slots(PAIR), Slots { read: slot.clone(), written: slot });
}
