//! The vault as `ILiquidationSource`: standalone pairs sell what reaches it besides its own yield.

use alloy_primitives::{Address, Bytes, U256};
use weir::abi::IVault::*;

use crate::{
    chain::{Chain, log},
    world::{
        ALICE, ASSET, BOB, CAROL, IConstructors::tokenCall, OWNER, REWARD, SINK, VAULT, World, YIELD,
        constructor, u,
    },
};

/// A contract that sells for the vault.
const PAIR: Address = Address::repeat_byte(0x9a);
/// A token that nobody had in mind.
const AIRDROP: Address = Address::repeat_byte(0xad);

fn install_token(chain: &Chain, token: Address) {
    chain.install(token, token::answer);
    let arguments = tokenCall { name: "T".into(), symbol: "T".into(), decimals: 18 };
    chain.transact(crate::chain::Message::new(OWNER, token, constructor(&arguments))).expect("a token");
}

/// A vault with an airdrop of 100, and a contract that may sell airdrops and assets.
fn scene() -> World {
    let world = World::new();
    install_token(&world.chain, AIRDROP);
    world.donate(AIRDROP, u(100));
    world.chain.stand_in(PAIR, |_, _| Ok(Vec::new()));
    for token in [AIRDROP, ASSET] {
        world.ok(OWNER, set(token, PAIR));
    }
    world
}

fn set(token: Address, pair: Address) -> setLiquidationPairCall {
    setLiquidationPairCall { tokenOut: token, liquidationPair: pair }
}

fn send(token: Address, amount: u128) -> transferTokensOutCall {
    transferTokensOutCall { sender: BOB, receiver: BOB, tokenOut: token, amountOut: u(amount) }
}

fn verify(token: Address, amount: u128) -> verifyTokensInCall {
    verifyTokensInCall { tokenIn: token, amountIn: u(amount), transferTokensOutData: Bytes::new() }
}

fn is_pair(world: &World, token: Address, pair: Address) -> bool {
    world.view(isLiquidationPairCall { tokenOut: token, liquidationPair: pair })
}

#[test]
fn the_owner_sets_replaces_and_removes_a_pair() {
    let world = scene();
    let other = Address::repeat_byte(0x9b);
    world.chain.stand_in(other, |_, _| Ok(Vec::new()));
    assert!(is_pair(&world, AIRDROP, PAIR));
    world.ok(OWNER, set(AIRDROP, other));
    assert_eq!(world.logs(), [log(LiquidationPairSet { tokenOut: AIRDROP, liquidationPair: other })]);
    assert!(is_pair(&world, AIRDROP, other) && !is_pair(&world, AIRDROP, PAIR));
    world.ok(OWNER, set(AIRDROP, Address::ZERO));
    assert!(!is_pair(&world, AIRDROP, other) && !is_pair(&world, AIRDROP, Address::ZERO));
}

#[test]
fn the_vault_is_the_only_pair_of_its_yield_and_reward_has_none() {
    let world = scene();
    assert!(is_pair(&world, YIELD, VAULT));
    for (token, pair) in
        [(YIELD, PAIR), (YIELD, Address::ZERO), (REWARD, PAIR), (AIRDROP, VAULT), (AIRDROP, ALICE)]
    {
        let refusal = InvalidLiquidationPair { tokenOut: token, liquidationPair: pair };
        world.refused(OWNER, set(token, pair), refusal);
    }
    for token in [Address::ZERO, ALICE, VAULT] {
        world.refused(OWNER, set(token, PAIR), InvalidToken { token });
    }
    assert!(!is_pair(&world, REWARD, PAIR) && !is_pair(&world, REWARD, VAULT));
}

#[test]
fn what_can_be_sold_is_what_nobody_is_owed() {
    let world = scene();
    world.stake(ALICE, 600);
    world.fund(1000);
    world.donate(REWARD, u(7));
    world.donate(YIELD, u(30));
    let sellable = |token| world.view(liquidatableBalanceOfCall { tokenOut: token });
    assert_eq!([AIRDROP, ASSET, REWARD, YIELD].map(sellable), [u(100), u(0), u(0), u(30)]);
    world.donate(ASSET, u(5));
    assert_eq!(sellable(ASSET), u(5));
}

#[test]
fn a_pair_sends_out_what_it_sells_and_never_principal() {
    let world = scene();
    world.stake(ALICE, 600);
    world.donate(ASSET, u(5));
    assert_eq!(world.ok(PAIR, send(AIRDROP, 60)), Bytes::new());
    assert_eq!(world.balance(AIRDROP, BOB), u(60));
    world.refused(PAIR, send(AIRDROP, 41), InsufficientBalance { requested: u(41), available: u(40) });
    world.refused(PAIR, send(ASSET, 6), InsufficientBalance { requested: u(6), available: u(5) });
    world.ok(PAIR, send(ASSET, 5));
    world.refused(PAIR, send(ASSET, 1), InsufficientBalance { requested: u(1), available: u(0) });
    world.refused(PAIR, send(AIRDROP, 0), ZeroAmount {});
    let to_the_vault = transferTokensOutCall { receiver: VAULT, ..send(AIRDROP, 1) };
    world.refused(PAIR, to_the_vault, ERC20InvalidReceiver { receiver: VAULT });
    assert_eq!(world.ok(ALICE, redeemCall { shares: u(600), receiver: ALICE, owner: ALICE }), u(600));
}

#[test]
fn nobody_but_the_pair_of_a_token_sends_it_out() {
    let world = scene();
    world.donate(YIELD, u(30));
    world.fund(1000);
    for (caller, token, expected) in [
        (ALICE, AIRDROP, PAIR),
        (OWNER, AIRDROP, PAIR),
        (PAIR, YIELD, VAULT),
        (PAIR, REWARD, Address::ZERO),
        (Address::ZERO, REWARD, Address::ZERO),
    ] {
        world.refused(caller, send(token, 1), CallerNotLP { caller, expected });
    }
    world.ok(OWNER, set(AIRDROP, Address::ZERO));
    world.refused(PAIR, send(AIRDROP, 1), CallerNotLP { caller: PAIR, expected: Address::ZERO });
}

#[test]
fn what_a_sale_brings_in_is_queued_and_counted_once() {
    let world = scene();
    world.stake(ALICE, 1);
    world.donate(REWARD, u(70));
    world.refused(PAIR, verify(REWARD, 71), InsufficientPayment { amountIn: u(71), paid: u(70) });
    world.ok(PAIR, verify(REWARD, 60));
    assert_eq!(world.logs(), [log(RewardAdded { sender: PAIR, amount: u(70) })]);
    assert_eq!((world.view(queuedCall {}), world.view(reserveCall {})), (u(70), u(70)));
    world.refused(PAIR, verify(REWARD, 1), InsufficientPayment { amountIn: u(1), paid: u(0) });
    // What was synced in between is counted, too.
    world.donate(REWARD, u(5));
    world.ok(CAROL, syncCall {});
    world.refused(PAIR, verify(REWARD, 5), InsufficientPayment { amountIn: u(5), paid: u(0) });
    world.ok(PAIR, verify(REWARD, 0));
    assert_eq!((world.view(reserveCall {}), world.logs()), (u(75), Vec::new()));
}

#[test]
fn a_pair_is_paid_in_the_reward_token_at_the_vault_itself() {
    let world = scene();
    assert_eq!(world.view(targetOfCall { tokenIn: REWARD }), VAULT);
    for token in [ASSET, YIELD, AIRDROP, Address::ZERO] {
        let refusal = || TokenInNotReward { tokenIn: token, reward: REWARD };
        world.refused(PAIR, targetOfCall { tokenIn: token }, refusal());
        world.refused(PAIR, verify(token, 1), refusal());
    }
}

#[test]
fn a_short_reserve_is_not_paid_by_a_sale() {
    let world = scene();
    world.fund(1000);
    world.transfer(REWARD, VAULT, SINK, u(1));
    let refusal = PrincipalShortfall { token: REWARD, owed: u(1000), held: u(999) };
    world.refused(PAIR, verify(REWARD, 0), refusal);
    assert_eq!(world.view(liquidatableBalanceOfCall { tokenOut: REWARD }), U256::ZERO);
}
