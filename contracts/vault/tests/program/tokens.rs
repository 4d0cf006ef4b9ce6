//! Tokens that do not behave: what they answer, what they really move, and what the vault makes of it.

use std::{cell::RefCell, rc::Rc};

use alloy_primitives::{Address, U256};
use alloy_sol_types::{Revert as RevertString, SolCall, SolError, SolValue};
use weir::abi::{
    IERC20::{balanceOfCall, transferCall as tokenTransferCall, transferFromCall as pullCall},
    IEntry::ReentrantCall,
    IVault::*,
};

use crate::{
    chain::{Chain, Message, Outcome},
    world::{ALICE, ASSET, BOB, KEEPER, PRICE, REWARD, SINK, VAULT, World, YIELD, u, word},
};

/// Lets `answer` change what the token says to `selector`, after it has done what was asked.
fn mumble(world: &World, token: Address, selector: [u8; 4], answer: impl Fn(Vec<u8>) -> Outcome + 'static) {
    world.chain.stand_in(token, move |chain, message| {
        let said = chain.run(message)?;
        if message.data.starts_with(&selector) { answer(said) } else { Ok(said) }
    });
}

/// A vault in which Alice can deposit, withdraw and claim, Bob can fund, and the keeper can buy.
fn world() -> World {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    world.give(ASSET, ALICE, u(1000));
    world.give(REWARD, BOB, u(1000));
    world.give(REWARD, KEEPER, u(PRICE));
    world.donate(YIELD, u(1000));
    world.at(3600);
    world
}

fn deposit() -> Vec<u8> {
    depositCall { assets: u(10), receiver: ALICE }.abi_encode()
}

fn withdraw() -> Vec<u8> {
    withdrawCall { assets: u(10), receiver: ALICE, owner: ALICE }.abi_encode()
}

fn claim() -> Vec<u8> {
    claimCall { receiver: ALICE }.abi_encode()
}

fn fund() -> Vec<u8> {
    fundCall { amount: u(10) }.abi_encode()
}

fn swap() -> Vec<u8> {
    swapExactAmountOutCall {
        receiver: KEEPER,
        amountOut: u(10),
        amountInMax: U256::MAX,
        flashSwapData: Default::default(),
    }
    .abi_encode()
}

/// Who makes a call of the vault's, with what, and which function of which token has to move something for it.
type Use = (Address, fn() -> Vec<u8>, Address, [u8; 4]);

const USES: [Use; 6] = [
    (ALICE, deposit, ASSET, pullCall::SELECTOR),
    (ALICE, withdraw, ASSET, tokenTransferCall::SELECTOR),
    (ALICE, claim, REWARD, tokenTransferCall::SELECTOR),
    (BOB, fund, REWARD, pullCall::SELECTOR),
    (KEEPER, swap, YIELD, tokenTransferCall::SELECTOR),
    (KEEPER, swap, REWARD, pullCall::SELECTOR),
];

#[test]
fn a_transfer_that_returns_nothing_has_succeeded() {
    for (caller, call, token, selector) in USES {
        let world = world();
        mumble(&world, token, selector, |_| Ok(Vec::new()));
        assert!(world.send(caller, call()).is_ok());
    }
}

#[test]
fn a_transfer_that_returns_anything_but_true_has_failed() {
    for (caller, call, token, selector) in USES {
        for answer in [word(0), word(2), vec![0xff; 32], vec![1], vec![0; 31], U256::MAX.abi_encode()] {
            let world = world();
            mumble(&world, token, selector, move |_| Ok(answer.clone()));
            assert_eq!(world.send(caller, call()), Err(SafeERC20FailedOperation { token }.abi_encode()));
        }
    }
}

#[test]
fn a_transfer_that_reverts_in_silence_gets_an_error_that_names_the_token() {
    for (caller, call, token, selector) in USES {
        let world = world();
        mumble(&world, token, selector, |_| Err(Vec::new()));
        assert_eq!(world.send(caller, call()), Err(SafeERC20FailedOperation { token }.abi_encode()));
    }
}

#[test]
fn what_a_token_says_when_it_reverts_is_passed_on_whole() {
    let long = RevertString { reason: "a reason of more than one word, so that none of it gets lost".into() };
    for (caller, call, token, selector) in USES {
        for reason in [long.abi_encode(), vec![7], vec![1; 31], word(1)] {
            let (world, said) = (world(), reason.clone());
            mumble(&world, token, selector, move |_| Err(said.clone()));
            assert_eq!(world.send(caller, call()), Err(reason));
        }
    }
}

#[test]
fn a_token_that_does_not_tell_its_balance_cannot_be_used() {
    for (caller, call, token, _) in
        USES.into_iter().filter(|(_, call, ..)| ![withdraw(), claim()].contains(&call()))
    {
        let failed = Err(SafeERC20FailedOperation { token }.abi_encode());
        for (answer, expected) in [
            (Ok(Vec::new()), failed.clone()),
            (Ok(vec![1; 31]), failed.clone()),
            (Err(Vec::new()), failed.clone()),
            (Err(vec![1, 2, 3]), Err(vec![1, 2, 3])),
            (Err(vec![7; 100]), Err(vec![7; 100])),
        ] {
            let world = world();
            mumble(&world, token, balanceOfCall::SELECTOR, move |_| answer.clone());
            assert_eq!(world.send(caller, call()), expected);
        }
    }
}

#[test]
fn an_absurd_balance_lets_nothing_overflow() {
    let world = world();
    for token in [ASSET, REWARD, YIELD] {
        mumble(&world, token, balanceOfCall::SELECTOR, |_| Ok(vec![0xff; 32]));
    }
    assert_eq!(world.view(maxAmountOutCall {}), U256::MAX);
    assert!(world.send(ALICE, deposit()).is_ok());
    // What fits of it is queued, the rest is not believed to be anybody's.
    assert_eq!(world.ok(ALICE, syncCall {}), u((1 << 111) - 1 - 1000));
    assert_eq!(world.view(reserveCall {}), u((1 << 111) - 1));
}

#[test]
fn principal_can_leave_whatever_the_reward_token_does() {
    let world = world();
    world.chain.stand_in(REWARD, |_, _| Err(Vec::new()));
    assert!(world.send(ALICE, withdraw()).is_ok());
    assert!(world.send(ALICE, deposit()).is_ok());
    let all = redeemCall { shares: u(64), receiver: ALICE, owner: ALICE };
    assert_eq!(world.ok(ALICE, all), u(64));
    // Only the claim has to wait for the token, and nothing of it is lost.
    world.refused(ALICE, claimCall { receiver: ALICE }, SafeERC20FailedOperation { token: REWARD });
    world.chain.stand_down(REWARD);
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(1000));
}

#[test]
fn a_token_that_calls_back_in_the_middle_of_a_transfer_reaches_nothing() {
    for (caller, call, token, selector) in USES {
        let world = world();
        let answers = Rc::new(RefCell::new(Vec::new()));
        let seen = answers.clone();
        world.chain.stand_in(token, move |chain, message| {
            if message.data.starts_with(&selector) {
                for inner in [deposit(), withdraw(), claim(), fund(), swap()] {
                    seen.borrow_mut().push(chain.deliver(Message::new(ALICE, VAULT, inner)));
                }
            }
            chain.run(message)
        });
        assert!(world.send(caller, call()).is_ok());
        assert_eq!(answers.take(), vec![Err(ReentrantCall {}.abi_encode()); 5]);
    }
}

/// A token that keeps one in ten of what is transferred.
fn take_a_fee(chain: &Chain, message: &Message) -> Outcome {
    let said = chain.run(message)?;
    let moved = pullCall::abi_decode(&message.data)
        .map(|pull| (pull.to, pull.value))
        .or_else(|_| tokenTransferCall::abi_decode(&message.data).map(|send| (send.to, send.value)));
    if let Ok((to, value)) = moved {
        let fee = tokenTransferCall { to: SINK, value: value / u(10) }.abi_encode();
        chain.run(&Message::new(to, message.to, fee))?;
    }
    Ok(said)
}

#[test]
fn a_deposit_of_which_less_arrives_is_refused() {
    let world = World::new();
    world.give(ASSET, ALICE, u(100));
    world.chain.stand_in(ASSET, take_a_fee);
    let error = PrincipalShortfall { token: ASSET, owed: u(100), held: u(90) };
    world.refused(ALICE, depositCall { assets: u(100), receiver: ALICE }, error);
    assert_eq!(world.balance(ASSET, ALICE), u(100));
}

#[test]
fn a_deposit_that_moves_nothing_is_refused() {
    let world = World::new();
    world.give(ASSET, ALICE, u(100));
    world.chain.stand_in(ASSET, |chain, message| {
        if message.data.starts_with(&pullCall::SELECTOR) { Ok(word(1)) } else { chain.run(message) }
    });
    let error = PrincipalShortfall { token: ASSET, owed: u(100), held: u(0) };
    world.refused(ALICE, depositCall { assets: u(100), receiver: ALICE }, error);
}

#[test]
fn funding_credits_what_arrived_not_what_was_sent() {
    let world = World::new();
    world.give(REWARD, BOB, u(100));
    world.chain.stand_in(REWARD, take_a_fee);
    assert_eq!(world.ok(BOB, fundCall { amount: u(100) }), u(90));
    assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(90), u(90)));
}

#[test]
fn funding_of_which_nothing_arrives_is_refused() {
    let world = World::new();
    world.give(REWARD, BOB, u(100));
    world.chain.stand_in(REWARD, |chain, message| {
        if message.data.starts_with(&pullCall::SELECTOR) { Ok(word(1)) } else { chain.run(message) }
    });
    world.refused(BOB, fundCall { amount: u(100) }, ZeroAmount {});
}

#[test]
fn a_price_of_which_less_arrives_is_not_paid() {
    let world = world();
    world.chain.stand_in(REWARD, take_a_fee);
    let error = InsufficientPayment { amountIn: u(PRICE), paid: u(PRICE - PRICE / 10) };
    assert_eq!(world.send(KEEPER, swap()), Err(error.abi_encode()));
    assert_eq!(world.balance(YIELD, KEEPER), u(0));
}
