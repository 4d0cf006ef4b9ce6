//! The storage plan (`docs/storage.md`): which slots each call reads, and which it leaves with another word.
//!
//! A written slot costs far more than a read one, and a read one far more than the arithmetic, so this table is
//! what the vault's gas depends on.

use std::collections::BTreeSet;

use alloy_primitives::{Address, Bytes, U256, keccak256};
use alloy_sol_types::SolCall;
use weir::abi::IVault::*;

use crate::world::{
    ALICE, ASSET, BOB, CAROL, IConstructors::vaultCall, KEEPER, PRICE, REWARD, T0, VAULT, World, YIELD,
    settings, u,
};

/// A slot by its name in the plan.
fn name(slot: U256) -> String {
    let fixed = [
        "A",
        "B",
        "C",
        "config1",
        "config2",
        "config3",
        "D",
        "owner",
        "name",
        "symbol",
        "pending owner",
        "extension",
    ];
    if let Some(name) = usize::try_from(slot).ok().and_then(|number| fixed.get(number)) {
        return (*name).into();
    }
    for (account, name) in [(ALICE, "P(alice)"), (BOB, "P(bob)"), (CAROL, "P(carol)")] {
        if slot == U256::from(1) << 160 | U256::from_be_bytes(account.into_word().0) {
            return name.into();
        }
    }
    for (owner, spender, name) in
        [(ALICE, BOB, "allowance(alice, bob)"), (ALICE, CAROL, "allowance(alice, carol)")]
    {
        let key = [&2u32.to_be_bytes()[..], owner.as_slice(), spender.as_slice()].concat();
        if slot == U256::from_be_bytes(keccak256(key).0) {
            return name.into();
        }
    }
    panic!("a slot outside of the plan: {slot:#x}");
}

fn names(slots: BTreeSet<U256>) -> BTreeSet<String> {
    slots.into_iter().map(name).collect()
}

/// In epoch 1 since its first second, halfway through its stream, with something queued for epoch 2, something
/// for sale, and a limited and an unlimited allowance.
fn within_an_epoch() -> World {
    prepared(World::new())
}

/// The same a whole epoch later, and nobody has called since.
fn in_a_later_epoch() -> World {
    let world = within_an_epoch();
    world.at(2500);
    world
}

/// In the very second of the last deposit.
fn in_the_second_of_the_last_change() -> World {
    let world = within_an_epoch();
    world.stake(BOB, 64);
    world
}

/// Nobody holds a share.
fn without_stakers() -> World {
    let world = within_an_epoch();
    for account in [ALICE, BOB, CAROL] {
        world.ok(account, exitCall { receiver: KEEPER });
    }
    world.at(1600);
    world
}

fn one_token_vault() -> World {
    prepared(World::with(&vaultCall { reward: ASSET, ..settings() }))
}

fn prepared(world: World) -> World {
    let reward = world.view(rewardCall {});
    for account in [ALICE, BOB] {
        world.stake(account, 64);
        world.give(ASSET, account, u(1000));
    }
    world.give(reward, KEEPER, u(10 * PRICE));
    world.ok(KEEPER, fundCall { amount: u(4096) });
    world.at(1000);
    world.stake(CAROL, 128);
    world.ok(KEEPER, fundCall { amount: u(100) });
    world.donate(YIELD, u(1000));
    world.ok(ALICE, approveCall { spender: BOB, value: u(1000) });
    world.ok(ALICE, approveCall { spender: CAROL, value: U256::MAX });
    world.at(1500);
    world
}

/// Reward that `sync` finds.
fn with_stray_reward() -> World {
    let world = within_an_epoch();
    world.donate(REWARD, u(5));
    world
}

/// Bob has just claimed all there was.
fn after_a_claim() -> World {
    let world = within_an_epoch();
    world.ok(BOB, claimCall { receiver: BOB });
    world
}

struct Rule {
    rule: &'static str,
    given: fn() -> World,
    sender: Address,
    calldata: Vec<u8>,
    reads: &'static [&'static str],
    writes: &'static [&'static str],
}

fn rule(
    rule: &'static str,
    given: fn() -> World,
    sender: Address,
    call: impl SolCall,
    reads: &'static [&'static str],
    writes: &'static [&'static str],
) -> Rule {
    Rule { rule, given, sender, calldata: call.abi_encode(), reads, writes }
}

fn swap() -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        receiver: KEEPER,
        amountOut: u(1),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::new(),
    }
}

#[rustfmt::skip]
fn rules() -> Vec<Rule> {
    let deposit = || depositCall { assets: u(5), receiver: ALICE };
    let redeem = || redeemCall { shares: u(5), receiver: ALICE, owner: ALICE };
    let send = |to| transferCall { to, value: u(5) };
    let pull = || transferFromCall { from: ALICE, to: BOB, value: u(5) };
    vec![
        rule("a deposit writes A, B and P, and reads config 1 besides", within_an_epoch,
            ALICE, deposit(), &["config1", "A", "B", "P(alice)"], &["A", "B", "P(alice)"]),
        rule("a mint is a deposit", within_an_epoch,
            ALICE, mintCall { shares: u(5), receiver: CAROL },
            &["config1", "A", "B", "P(carol)"], &["A", "B", "P(carol)"]),
        rule("a second deposit in one second leaves B", in_the_second_of_the_last_change,
            ALICE, deposit(), &["config1", "A", "B", "P(alice)"], &["A", "P(alice)"]),
        rule("the first change of the stake in a later epoch rolls the queue on, in C and D", in_a_later_epoch,
            ALICE, deposit(), &["config1", "A", "B", "C", "D", "P(alice)"], &["A", "B", "C", "D", "P(alice)"]),
        rule("a deposit into a vault without stakers queues again, in C and D", without_stakers,
            ALICE, deposit(), &["config1", "A", "B", "C", "D", "P(alice)"], &["A", "C", "D", "P(alice)"]),
        rule("a deposit looks at the reserve where the asset is the reward token", one_token_vault,
            ALICE, deposit(), &["config1", "A", "B", "C", "D", "P(alice)"], &["A", "B", "P(alice)"]),
        rule("a withdrawal writes A, B and P, and reads config 1 besides", within_an_epoch,
            ALICE, withdrawCall { assets: u(5), receiver: CAROL, owner: ALICE },
            &["config1", "A", "B", "P(alice)"], &["A", "B", "P(alice)"]),
        rule("a redemption is a withdrawal", within_an_epoch,
            ALICE, redeem(), &["config1", "A", "B", "P(alice)"], &["A", "B", "P(alice)"]),
        rule("a withdrawal from a one-token vault does not look at the reserve", one_token_vault,
            ALICE, redeem(), &["config1", "A", "B", "P(alice)"], &["A", "B", "P(alice)"]),
        rule("a delegate's withdrawal spends the allowance too", within_an_epoch,
            BOB, redeem(), &["config1", "A", "B", "P(alice)", "allowance(alice, bob)"],
            &["A", "B", "P(alice)", "allowance(alice, bob)"]),

        rule("a transfer writes two P", within_an_epoch,
            ALICE, send(BOB), &["config1", "A", "B", "P(alice)", "P(bob)"], &["P(alice)", "P(bob)"]),
        rule("a transfer writes two P in a later epoch too", in_a_later_epoch,
            ALICE, send(BOB), &["config1", "A", "B", "D", "P(alice)", "P(bob)"], &["P(alice)", "P(bob)"]),
        rule("a transfer to oneself writes nothing", within_an_epoch,
            ALICE, send(ALICE), &["config1", "P(alice)"], &[]),
        rule("a transfer of nothing writes nothing", within_an_epoch,
            ALICE, transferCall { to: BOB, value: u(0) }, &["config1", "P(alice)"], &[]),
        rule("a transfer by allowance writes the allowance too", within_an_epoch,
            BOB, pull(), &["config1", "A", "B", "P(alice)", "P(bob)", "allowance(alice, bob)"],
            &["P(alice)", "P(bob)", "allowance(alice, bob)"]),
        rule("an unlimited allowance is read only", within_an_epoch,
            CAROL, pull(), &["config1", "A", "B", "P(alice)", "P(bob)", "allowance(alice, carol)"],
            &["P(alice)", "P(bob)"]),
        rule("an approval writes one slot and reads none", within_an_epoch,
            ALICE, approveCall { spender: BOB, value: u(1) }, &[], &["allowance(alice, bob)"]),

        rule("a claim writes P and C", within_an_epoch,
            ALICE, claimCall { receiver: ALICE },
            &["config2", "A", "B", "C", "P(alice)"], &["C", "P(alice)"]),
        rule("a claim writes P and C in a later epoch too", in_a_later_epoch,
            ALICE, claimCall { receiver: ALICE },
            &["config2", "A", "B", "C", "D", "P(alice)"], &["C", "P(alice)"]),
        rule("a claim for somebody else is a claim", within_an_epoch,
            BOB, claimForCall { account: ALICE },
            &["config2", "A", "B", "C", "P(alice)"], &["C", "P(alice)"]),
        rule("a claim of nothing writes nothing", after_a_claim,
            BOB, claimForCall { account: BOB }, &["config2", "A", "B", "P(bob)"], &[]),
        rule("an exit is a withdrawal and a claim", within_an_epoch,
            ALICE, exitCall { receiver: ALICE },
            &["config1", "config2", "A", "B", "C", "P(alice)"], &["A", "B", "C", "P(alice)"]),

        rule("funding writes D", within_an_epoch,
            KEEPER, fundCall { amount: u(5) }, &["config2", "C", "D"], &["D"]),
        rule("funding in a later epoch writes A, B and C too", in_a_later_epoch,
            KEEPER, fundCall { amount: u(5) }, &["config2", "A", "B", "C", "D"], &["A", "B", "C", "D"]),
        rule("funding a vault without stakers writes D", without_stakers,
            KEEPER, fundCall { amount: u(5) }, &["config2", "C", "D"], &["D"]),
        rule("a sync writes D", with_stray_reward,
            KEEPER, syncCall {}, &["config2", "C", "D"], &["D"]),
        rule("a sync that finds nothing writes nothing", within_an_epoch,
            KEEPER, syncCall {}, &["config2", "C", "D"], &[]),

        rule("a sale writes price and queue, both in D", within_an_epoch,
            KEEPER, swap(), &["config2", "config3", "C", "D"], &["D"]),
        rule("a sale in a later epoch writes A, B and C too", in_a_later_epoch,
            KEEPER, swap(), &["config2", "config3", "A", "B", "C", "D"], &["A", "B", "C", "D"]),
    ]
}

#[test]
fn each_call_reads_and_writes_the_slots_of_the_plan_and_no_other() {
    let set = |slots: &[&str]| slots.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>();
    for Rule { rule, given, sender, calldata, reads, writes } in rules() {
        let world = given();
        world.send(sender, calldata).unwrap_or_else(|data| panic!("{rule}: {data:?}"));
        let slots = world.chain.slots(VAULT);
        assert_eq!(names(slots.written), set(writes), "written: {rule}");
        assert_eq!(names(slots.read), set(reads), "read: {rule}");
    }
}

#[test]
fn each_view_reads_the_slots_of_its_subject_only() {
    let views: [(Vec<u8>, &[&str]); 16] = [
        (balanceOfCall { account: ALICE }.abi_encode(), &["P(alice)"]),
        (maxWithdrawCall { owner: ALICE }.abi_encode(), &["extension", "config1", "A", "P(alice)"]),
        (totalSupplyCall {}.abi_encode(), &["A"]),
        (maxDepositCall { receiver: ALICE }.abi_encode(), &["extension", "config1", "A"]),
        (previewDepositCall { assets: u(1) }.abi_encode(), &["extension", "config1", "A"]),
        (allowanceCall { owner: ALICE, spender: BOB }.abi_encode(), &["allowance(alice, bob)"]),
        (earnedCall { account: ALICE }.abi_encode(), &["config2", "A", "B", "P(alice)"]),
        (epochCall {}.abi_encode(), &["extension", "config1"]),
        (assetCall {}.abi_encode(), &["config1"]),
        (decimalsCall {}.abi_encode(), &["extension", "config1"]),
        (rewardCall {}.abi_encode(), &["extension", "config2"]),
        (reserveCall {}.abi_encode(), &["extension", "C", "D"]),
        (queuedCall {}.abi_encode(), &["extension", "config1", "A", "B", "D"]),
        (computeExactAmountInCall { amountOut: u(1) }.abi_encode(), &["config3", "D"]),
        (lastAuctionAtCall {}.abi_encode(), &["extension", "D"]),
        (sourceCall {}.abi_encode(), &["extension"]),
    ];
    let world = within_an_epoch();
    for (calldata, expected) in views {
        world.send(ALICE, calldata.clone()).expect("a view");
        let slots = world.chain.slots(VAULT);
        assert_eq!(names(slots.written), BTreeSet::new(), "{calldata:?}");
        let expected = expected.iter().map(|name| name.to_string()).collect();
        assert_eq!(names(slots.read), expected, "{calldata:?}");
    }
}

#[test]
fn the_constructor_fills_the_configuration_and_nothing_else() {
    let world = World::new();
    let filled: Vec<_> = (0..12).filter(|slot| !world.chain.word(VAULT, u(*slot)).is_zero()).collect();
    assert_eq!(filled, [3, 4, 5, 6, 7, 8, 9, 11]);
}

#[test]
fn the_packed_slots_hold_what_the_plan_says() {
    let world = within_an_epoch();
    let word = |slot: u128| world.chain.word(VAULT, u(slot));
    let bits =
        |word: U256, offset: usize, width: usize| word >> offset & ((U256::from(1) << width) - U256::from(1));
    // A: total stake, reward of the epoch, last update.
    assert_eq!(
        [bits(word(0), 0, 112), bits(word(0), 112, 112), bits(word(0), 224, 32)],
        [u(256), u(4096), u(1000)]
    );
    // C: unpaid but for the queue, epoch of the queue.
    assert_eq!(
        [bits(word(2), 0, 112), bits(word(2), 112, 32), bits(word(2), 144, 112)],
        [u(4096), u(1), u(0)]
    );
    // D: queued, time and price of the last sale: here those of the constructor.
    assert_eq!(
        [bits(word(6), 0, 112), bits(word(6), 112, 40), bits(word(6), 152, 104)],
        [u(100), u(T0.into()), u(PRICE)]
    );
    // P: shares, debt.
    let alice = world.chain.word(VAULT, U256::from(1) << 160 | U256::from_be_bytes(ALICE.into_word().0));
    assert_eq!([bits(alice, 0, 112), bits(alice, 112, 144)], [u(64), u(0)]);
    // A claim of 512 whole units adds them to the debt, in units of 2^-32.
    assert_eq!(world.ok(ALICE, claimCall { receiver: ALICE }), u(512));
    let alice = world.chain.word(VAULT, U256::from(1) << 160 | U256::from_be_bytes(ALICE.into_word().0));
    assert_eq!([bits(alice, 0, 112), bits(alice, 112, 144)], [u(64), u(512) << 32]);
}
