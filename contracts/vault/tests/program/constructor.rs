//! The constructor: what it refuses, that it runs once, and what it leaves behind.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError};
use weir::abi::{
    IEntry::{AlreadyInitialized, InvalidCalldata, UnknownSelector},
    IVault,
};

use crate::{
    chain::{Message, Outcome},
    world::{
        ALICE, ASSET, EPOCH, EXTENSION, IConstructors::vaultCall, OWNER, PERIOD, PRICE, REWARD, T0, VAULT,
        WAD, World, YIELD, constructor, settings, u,
    },
};

fn refusal(settings: &vaultCall) -> Vec<u8> {
    World::before_construction().send(OWNER, constructor(settings)).expect_err("the constructor")
}

#[test]
fn each_of_the_three_tokens_must_be_a_contract_and_not_the_vault() {
    for bad in [Address::ZERO, VAULT, ALICE] {
        let error = IVault::InvalidToken { token: bad }.abi_encode();
        assert_eq!(refusal(&vaultCall { asset: bad, ..settings() }), error);
        assert_eq!(refusal(&vaultCall { reward: bad, ..settings() }), error);
        assert_eq!(refusal(&vaultCall { yieldToken: bad, ..settings() }), error);
    }
}

#[test]
fn the_yield_token_must_not_be_the_reward_token() {
    let error = IVault::YieldTokenIsReward { token: REWARD }.abi_encode();
    assert_eq!(refusal(&vaultCall { yieldToken: REWARD, ..settings() }), error);
    let all_one = vaultCall { asset: REWARD, yieldToken: REWARD, ..settings() };
    assert_eq!(refusal(&all_one), error);
}

#[test]
fn the_asset_may_be_the_reward_token_or_the_yield_token() {
    World::with(&vaultCall { asset: REWARD, ..settings() });
    World::with(&vaultCall { asset: YIELD, ..settings() });
}

#[test]
fn numbers_without_a_meaning_are_refused_each_with_its_own_error() {
    let max_price = U256::MAX >> 152;
    let cases = [
        (vaultCall { epochLength: 0, ..settings() }, IVault::ZeroEpochLength {}.abi_encode()),
        (vaultCall { targetAuctionPeriod: 0, ..settings() }, IVault::ZeroTargetAuctionPeriod {}.abi_encode()),
        (
            vaultCall { targetAuctionPrice: U256::ZERO, ..settings() },
            IVault::InvalidTargetAuctionPrice { price: U256::ZERO }.abi_encode(),
        ),
        (
            vaultCall { targetAuctionPrice: max_price + u(1), ..settings() },
            IVault::InvalidTargetAuctionPrice { price: max_price + u(1) }.abi_encode(),
        ),
        (
            vaultCall { targetAuctionPrice: U256::MAX, ..settings() },
            IVault::InvalidTargetAuctionPrice { price: U256::MAX }.abi_encode(),
        ),
        (vaultCall { smoothingFactor: WAD, ..settings() }, IVault::SmoothingGteOne {}.abi_encode()),
        (vaultCall { smoothingFactor: u64::MAX, ..settings() }, IVault::SmoothingGteOne {}.abi_encode()),
    ];
    for (settings, error) in cases {
        assert_eq!(refusal(&settings), error);
    }
}

#[test]
fn a_refused_constructor_leaves_nothing_and_can_be_run_again() {
    let world = World::before_construction();
    assert!(world.send(OWNER, constructor(&vaultCall { smoothingFactor: WAD, ..settings() })).is_err());
    assert!((0..12).all(|slot| world.chain.word(VAULT, u(slot)).is_zero()));
    assert_eq!(world.send(OWNER, constructor(&settings())), Ok(Vec::new()));
}

#[test]
fn the_constructor_runs_once_whoever_calls_and_with_whatever_arguments() {
    let world = World::new();
    let again =
        [settings(), vaultCall { owner: ALICE, smoothingFactor: WAD, asset: Address::ZERO, ..settings() }];
    for settings in again {
        for caller in [OWNER, ALICE] {
            assert_eq!(world.send(caller, constructor(&settings)), Err(AlreadyInitialized {}.abi_encode()));
        }
    }
    assert_eq!(world.view(IVault::ownerCall {}), OWNER);
}

#[test]
fn an_extension_needs_code() {
    for extension in [Address::ZERO, ALICE] {
        let world = World::before_construction();
        let settings = vaultCall { extensionDelegate: extension, ..settings() };
        let refusal = IVault::InvalidExtensionDelegate { extensionDelegate: extension }.abi_encode();
        assert_eq!(world.send(OWNER, constructor(&settings)), Err(refusal));
    }
}

#[test]
fn once_constructed_a_vault_keeps_its_extension_whatever_another_one_would_allow() {
    let world = World::new();
    let other = Address::repeat_byte(0x99);
    world.chain.install(other, |_, _| Ok(b"anything goes".to_vec()));
    let again = constructor(&vaultCall { extensionDelegate: other, ..settings() });
    assert_eq!(world.send(ALICE, again), Err(AlreadyInitialized {}.abi_encode()));
    assert_eq!(world.view(IVault::extensionDelegateCall {}), EXTENSION);
}

#[test]
fn called_by_itself_the_extension_is_a_vault_of_nobody_and_changes_no_other() {
    let world = World::new();
    let mine = constructor(&vaultCall { owner: ALICE, ..settings() });
    assert_eq!(world.chain.transact(Message::new(ALICE, EXTENSION, mine)), Ok(Vec::new()));
    assert_eq!(world.chain.call(ALICE, EXTENSION, &IVault::ownerCall {}), Ok(ALICE));
    assert_eq!(world.view(IVault::ownerCall {}), OWNER);
}

#[test]
fn before_its_constructor_a_vault_has_no_function_of_the_extension() {
    let world = World::before_construction();
    for call in [IVault::nameCall::SELECTOR, IVault::acceptOwnershipCall::SELECTOR, [0xff; 4]] {
        let refusal = UnknownSelector { selector: call.into() }.abi_encode();
        assert_eq!(world.send(ALICE, call.to_vec()), Err(refusal));
    }
}

#[test]
fn arguments_cut_short_left_over_or_with_dirty_padding_are_refused_with_the_length() {
    let world = World::before_construction();
    let good = constructor(&settings());
    let invalid = |length: usize| Err(InvalidCalldata { length: U256::from(length) }.abi_encode());
    for length in 4..good.len() {
        assert_eq!(world.send(OWNER, good[..length].to_vec()), invalid(length));
    }
    assert_eq!(world.send(OWNER, [good.as_slice(), &[0; 32]].concat()), invalid(good.len() + 32));
    // Arguments that are narrower than a word: four addresses, u32, u32, u64, and the owner; the byte just above.
    for (argument, bytes) in [(0, 20), (1, 20), (2, 20), (3, 20), (4, 4), (5, 4), (7, 8), (10, 20)] {
        let mut dirty = good.clone();
        dirty[4 + 32 * argument + 31 - bytes] = 1;
        assert_eq!(world.send(OWNER, dirty), invalid(good.len()), "argument {argument}");
    }
}

#[test]
fn the_views_read_back_what_the_constructor_was_given() {
    let world = World::new();
    assert_eq!(world.view(IVault::extensionDelegateCall {}), EXTENSION);
    assert_eq!(world.view(IVault::assetCall {}), ASSET);
    assert_eq!(world.view(IVault::rewardCall {}), REWARD);
    assert_eq!(world.view(IVault::tokenInCall {}), REWARD);
    assert_eq!(world.view(IVault::yieldTokenCall {}), YIELD);
    assert_eq!(world.view(IVault::tokenOutCall {}), YIELD);
    assert_eq!(world.view(IVault::sourceCall {}), VAULT);
    assert_eq!(world.view(IVault::targetCall {}), VAULT);
    assert_eq!(world.view(IVault::epochLengthCall {}), u(EPOCH.into()));
    assert_eq!(world.view(IVault::targetAuctionPeriodCall {}), u(PERIOD.into()));
    assert_eq!(world.view(IVault::smoothingFactorCall {}), u(0));
    assert_eq!(world.view(IVault::lastAuctionPriceCall {}).to::<u128>(), PRICE);
    assert_eq!(world.view(IVault::lastAuctionAtCall {}), T0);
    assert_eq!(world.view(IVault::nameCall {}), "Weir Vault");
    assert_eq!(world.view(IVault::symbolCall {}), "wVLT");
    assert_eq!(world.view(IVault::ownerCall {}), OWNER);
    assert_eq!(world.view(IVault::epochCall {}), u(0));
    assert_eq!(world.view(IVault::epochStartCall {}), u(T0.into()));
    assert_eq!(world.view(IVault::epochEndCall {}), u(T0.into()) + u(EPOCH.into()));
    assert_eq!(world.view(IVault::totalSupplyCall {}), u(0));
    assert_eq!(world.view(IVault::maxDepositCall { receiver: ALICE }), u((1 << 112) - 1));
}

#[test]
fn the_largest_settings_fit_their_places_in_the_packed_slots_and_touch_no_neighbour() {
    let largest = vaultCall {
        epochLength: u32::MAX,
        targetAuctionPeriod: u32::MAX,
        targetAuctionPrice: U256::MAX >> 152,
        smoothingFactor: WAD - 1,
        ..settings()
    };
    let world = World::before_construction();
    // The last second that fits the 40 bits of the deployment time, and a token of 255 decimals.
    let last_second = (1 << 40) - 1;
    world.chain.set_time(last_second);
    world.chain.stand_in(ASSET, |_, _| Ok(crate::world::word(255)));
    assert_eq!(world.send(OWNER, constructor(&largest)), Ok(Vec::new()));
    assert_eq!(world.view(IVault::decimalsCall {}), 255);
    assert_eq!(world.view(IVault::epochLengthCall {}), u(u32::MAX.into()));
    assert_eq!(world.view(IVault::epochStartCall {}), u(last_second.into()));
    assert_eq!(world.view(IVault::targetAuctionPeriodCall {}), u(u32::MAX.into()));
    assert_eq!(world.view(IVault::smoothingFactorCall {}), u((WAD - 1).into()));
    assert_eq!(U256::from(world.view(IVault::lastAuctionPriceCall {})), U256::MAX >> 152);
    assert_eq!(world.view(IVault::lastAuctionAtCall {}), last_second);
    assert_eq!(world.view(IVault::assetCall {}), ASSET);
    assert_eq!(world.view(IVault::yieldTokenCall {}), YIELD);
    // Three tokens are three tokens: a stake takes nothing from the surplus of the two others.
    world.chain.stand_down(ASSET);
    world.stake(ALICE, 1000);
    world.donate(REWARD, u(5));
    assert_eq!(world.ok(ALICE, IVault::syncCall {}), u(5));
    world.donate(YIELD, u(1 << 70));
    assert_eq!(world.view(IVault::maxAmountOutCall {}), u((1 << 70) / u128::from(WAD)));
}

#[test]
fn shares_have_the_asset_s_decimals() {
    assert_eq!(World::new().view(IVault::decimalsCall {}), 6);
    assert_eq!(World::with(&vaultCall { asset: YIELD, ..settings() }).view(IVault::decimalsCall {}), 8);
    assert_eq!(World::with(&vaultCall { asset: REWARD, ..settings() }).view(IVault::decimalsCall {}), 18);
}

#[test]
fn shares_have_18_decimals_if_the_asset_does_not_say() {
    let answers: [(&str, Outcome); 5] = [
        ("nothing", Ok(Vec::new())),
        ("a revert", Err(vec![1, 2, 3])),
        ("half a word", Ok(vec![6; 16])),
        ("more than a uint8", Ok(crate::world::word(256))),
        ("an absurd number", Ok(vec![0xff; 32])),
    ];
    for (what, answer) in answers {
        let world = World::before_construction();
        world.chain.stand_in(ASSET, move |_, message| {
            assert!(message.is_static && message.data == IVault::decimalsCall {}.abi_encode());
            answer.clone()
        });
        assert_eq!(world.send(OWNER, constructor(&settings())), Ok(Vec::new()), "{what}");
        assert_eq!(world.view(IVault::decimalsCall {}), 18, "{what}");
    }
}

#[test]
fn names_of_any_length_come_back() {
    for length in [0, 1, 31, 32, 33, 64, 65, 1000] {
        let (name, symbol) = ("n".repeat(length), "§".repeat(length / 2));
        let world = World::with(&vaultCall { name: name.clone(), symbol: symbol.clone(), ..settings() });
        assert_eq!(world.view(IVault::nameCall {}), name);
        assert_eq!(world.view(IVault::symbolCall {}), symbol);
    }
}

#[test]
fn a_vault_may_have_no_owner() {
    let world = World::with(&vaultCall { owner: Address::ZERO, ..settings() });
    assert_eq!(world.view(IVault::ownerCall {}), Address::ZERO);
}

#[test]
fn a_vault_that_was_never_constructed_takes_nobody_s_money() {
    let world = World::before_construction();
    world.give(ASSET, ALICE, u(100));
    let deposit = IVault::depositCall { assets: u(100), receiver: ALICE };
    // Its asset is the zero address, which answers no question about balances.
    world.refused(ALICE, deposit, IVault::SafeERC20FailedOperation { token: Address::ZERO });
    world.refused(
        ALICE,
        IVault::fundCall { amount: u(1) },
        IVault::SafeERC20FailedOperation { token: Address::ZERO },
    );
    world.at(1);
    let swap = IVault::swapExactAmountOutCall {
        receiver: ALICE,
        amountOut: u(1),
        amountInMax: U256::MAX,
        flashSwapData: Default::default(),
    };
    world.refused(ALICE, swap, IVault::SafeERC20FailedOperation { token: Address::ZERO });
}
