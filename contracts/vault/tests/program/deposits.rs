//! Deposit and withdraw: ERC-4626 at 1:1, with the asset a token that behaves.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use weir::abi::{
    IERC20::{
        approveCall as tokenApproveCall, transferCall as tokenTransferCall, transferFromCall as pullCall,
    },
    IVault::*,
};

use crate::{
    chain::log,
    world::{ALICE, ASSET, BOB, CAROL, REWARD, SINK, VAULT, World, u},
};

const MAX_STAKE: u128 = (1 << 112) - 1;

/// Asset, shares of one account, and the vault's asset and supply.
fn books(world: &World, account: Address) -> [U256; 4] {
    [
        world.balance(ASSET, account),
        world.view(balanceOfCall { account }),
        world.balance(ASSET, VAULT),
        world.view(totalSupplyCall {}),
    ]
}

#[test]
fn a_deposit_pulls_assets_from_the_caller_and_gives_the_receiver_as_many_shares() {
    let world = World::new();
    world.give(ASSET, ALICE, u(100));
    assert_eq!(world.ok(ALICE, depositCall { assets: u(60), receiver: BOB }), u(60));
    assert_eq!(
        world.logs(),
        [
            log(Transfer { from: Address::ZERO, to: BOB, value: u(60) }),
            log(Deposit { sender: ALICE, owner: BOB, assets: u(60), shares: u(60) }),
        ]
    );
    assert_eq!(books(&world, ALICE), [u(40), u(0), u(60), u(60)]);
    assert_eq!(books(&world, BOB), [u(0), u(60), u(60), u(60)]);
}

#[test]
fn a_mint_is_a_deposit_by_another_name() {
    let world = World::new();
    world.give(ASSET, ALICE, u(100));
    assert_eq!(world.ok(ALICE, mintCall { shares: u(60), receiver: BOB }), u(60));
    assert_eq!(
        world.logs(),
        [
            log(Transfer { from: Address::ZERO, to: BOB, value: u(60) }),
            log(Deposit { sender: ALICE, owner: BOB, assets: u(60), shares: u(60) }),
        ]
    );
    assert_eq!(books(&world, BOB), [u(0), u(60), u(60), u(60)]);
}

#[test]
fn a_withdrawal_burns_shares_and_sends_the_receiver_as_many_assets() {
    let calls: [fn() -> Vec<u8>; 2] = [
        || withdrawCall { assets: u(60), receiver: CAROL, owner: ALICE }.abi_encode(),
        || redeemCall { shares: u(60), receiver: CAROL, owner: ALICE }.abi_encode(),
    ];
    for call in calls {
        let world = World::new();
        world.stake(ALICE, 100);
        assert_eq!(world.send(ALICE, call()), Ok(crate::world::word(60)));
        assert_eq!(
            world.logs(),
            [
                log(Transfer { from: ALICE, to: Address::ZERO, value: u(60) }),
                log(Withdraw { sender: ALICE, receiver: CAROL, owner: ALICE, assets: u(60), shares: u(60) }),
            ]
        );
        assert_eq!(books(&world, ALICE), [u(0), u(40), u(40), u(40)]);
        assert_eq!(world.balance(ASSET, CAROL), u(60));
    }
}

#[test]
fn assets_and_shares_are_one_to_one_at_every_size() {
    let world = World::new();
    world.stake(ALICE, 3);
    world.donate(ASSET, u(1_000_000));
    for amount in [u(0), u(1), u(7), u(MAX_STAKE), U256::MAX] {
        assert_eq!(world.view(convertToSharesCall { assets: amount }), amount);
        assert_eq!(world.view(convertToAssetsCall { shares: amount }), amount);
        assert_eq!(world.view(previewDepositCall { assets: amount }), amount);
        assert_eq!(world.view(previewMintCall { shares: amount }), amount);
        assert_eq!(world.view(previewWithdrawCall { assets: amount }), amount);
        assert_eq!(world.view(previewRedeemCall { shares: amount }), amount);
    }
}

#[test]
fn the_max_views_say_what_still_fits_and_what_can_leave() {
    let world = World::new();
    world.stake(ALICE, 100);
    for receiver in [ALICE, BOB] {
        assert_eq!(world.view(maxDepositCall { receiver }), u(MAX_STAKE - 100));
        assert_eq!(world.view(maxMintCall { receiver }), u(MAX_STAKE - 100));
    }
    for (owner, shares) in [(ALICE, 100), (BOB, 0)] {
        assert_eq!(world.view(maxWithdrawCall { owner }), u(shares));
        assert_eq!(world.view(maxRedeemCall { owner }), u(shares));
    }
}

#[test]
fn a_max_withdrawal_takes_all_and_leaves_an_empty_vault() {
    let world = World::new();
    world.stake(ALICE, 100);
    let all = world.view(maxRedeemCall { owner: ALICE });
    world.ok(ALICE, redeemCall { shares: all, receiver: ALICE, owner: ALICE });
    assert_eq!(books(&world, ALICE), [u(100), u(0), u(0), u(0)]);
}

#[test]
fn an_amount_of_zero_is_refused_everywhere_before_anything_else() {
    let world = World::new();
    world.stake(ALICE, 100);
    let nobody = Address::ZERO;
    world.refused(ALICE, depositCall { assets: u(0), receiver: nobody }, ZeroAmount {});
    world.refused(ALICE, mintCall { shares: u(0), receiver: nobody }, ZeroAmount {});
    world.refused(BOB, withdrawCall { assets: u(0), receiver: nobody, owner: ALICE }, ZeroAmount {});
    world.refused(BOB, redeemCall { shares: u(0), receiver: nobody, owner: ALICE }, ZeroAmount {});
}

#[test]
fn neither_shares_nor_assets_go_to_nobody_or_to_the_vault_itself() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.give(ASSET, ALICE, u(100));
    for receiver in [Address::ZERO, VAULT] {
        let error = || ERC20InvalidReceiver { receiver };
        world.refused(ALICE, depositCall { assets: u(1), receiver }, error());
        world.refused(ALICE, mintCall { shares: u(1), receiver }, error());
        world.refused(ALICE, withdrawCall { assets: u(1), receiver, owner: ALICE }, error());
        world.refused(ALICE, redeemCall { shares: u(1), receiver, owner: ALICE }, error());
        // The receiver comes before allowance and balance.
        world.refused(BOB, redeemCall { shares: u(101), receiver, owner: ALICE }, error());
    }
}

#[test]
fn more_than_the_balance_cannot_be_withdrawn() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.stake(BOB, 100);
    let (owner, receiver, max) = (ALICE, ALICE, u(100));
    for amount in [u(101), u(200), u(1 << 112), U256::from(1) << 128, U256::MAX] {
        world.refused(
            ALICE,
            withdrawCall { assets: amount, receiver, owner },
            ERC4626ExceededMaxWithdraw { owner, assets: amount, max },
        );
        world.refused(
            ALICE,
            redeemCall { shares: amount, receiver, owner },
            ERC4626ExceededMaxRedeem { owner, shares: amount, max },
        );
    }
}

#[test]
fn a_delegate_withdraws_by_allowance_and_the_allowance_shrinks() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.ok(ALICE, approveCall { spender: BOB, value: u(50) });
    world.ok(BOB, withdrawCall { assets: u(20), receiver: CAROL, owner: ALICE });
    assert_eq!(
        world.logs(),
        [
            log(Transfer { from: ALICE, to: Address::ZERO, value: u(20) }),
            log(Withdraw { sender: BOB, receiver: CAROL, owner: ALICE, assets: u(20), shares: u(20) }),
        ]
    );
    world.ok(BOB, redeemCall { shares: u(30), receiver: BOB, owner: ALICE });
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), u(0));
    assert_eq!(books(&world, ALICE), [u(0), u(50), u(50), u(50)]);
    assert_eq!((world.balance(ASSET, BOB), world.balance(ASSET, CAROL)), (u(30), u(20)));
}

#[test]
fn a_delegate_without_enough_allowance_is_refused_whatever_the_balance() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.ok(ALICE, approveCall { spender: BOB, value: u(50) });
    for amount in [51, 101] {
        let error = || ERC20InsufficientAllowance { spender: BOB, allowance: u(50), needed: u(amount) };
        world.refused(BOB, withdrawCall { assets: u(amount), receiver: BOB, owner: ALICE }, error());
        world.refused(BOB, redeemCall { shares: u(amount), receiver: BOB, owner: ALICE }, error());
    }
}

#[test]
fn an_unlimited_delegate_is_bounded_by_the_balance_only() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.ok(ALICE, approveCall { spender: BOB, value: U256::MAX });
    world.ok(BOB, redeemCall { shares: u(99), receiver: BOB, owner: ALICE });
    assert_eq!(world.view(allowanceCall { owner: ALICE, spender: BOB }), U256::MAX);
    let error = ERC4626ExceededMaxRedeem { owner: ALICE, shares: u(2), max: u(1) };
    world.refused(BOB, redeemCall { shares: u(2), receiver: BOB, owner: ALICE }, error);
}

#[test]
fn an_owner_needs_no_allowance_to_withdraw() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.ok(ALICE, withdrawCall { assets: u(1), receiver: ALICE, owner: ALICE });
    world.ok(ALICE, redeemCall { shares: u(1), receiver: ALICE, owner: ALICE });
}

#[test]
fn a_deposit_without_balance_or_approval_passes_on_the_token_s_own_error() {
    let world = World::new();
    world.give(ASSET, ALICE, u(10));
    let error = ERC20InsufficientBalance { sender: ALICE, balance: u(10), needed: u(11) };
    world.refused(ALICE, depositCall { assets: u(11), receiver: ALICE }, error);
    world.chain.call(ALICE, ASSET, &tokenApproveCall { spender: VAULT, value: u(4) }).expect("approve");
    let error = ERC20InsufficientAllowance { spender: VAULT, allowance: u(4), needed: u(5) };
    world.refused(ALICE, mintCall { shares: u(5), receiver: ALICE }, error);
    assert_eq!(books(&world, ALICE), [u(10), u(0), u(0), u(0)]);
}

#[test]
fn deposit_and_withdrawal_call_the_asset_twice_and_never_the_reward_token() {
    let world = World::new();
    world.stake(ALICE, 1);
    world.fund(1_000_000);
    world.at(1500);
    world.give(ASSET, ALICE, u(5));
    let calldata = |world: &World| -> Vec<_> {
        world.chain.messages_to(ASSET).into_iter().map(|message| (message.is_static, message.data)).collect()
    };
    world.ok(ALICE, depositCall { assets: u(5), receiver: BOB });
    assert_eq!(
        calldata(&world),
        [
            (false, pullCall { from: ALICE, to: VAULT, value: u(5) }.abi_encode()),
            (true, balanceOfCall { account: VAULT }.abi_encode()),
        ]
    );
    assert_eq!(world.chain.messages_to(REWARD), []);
    world.ok(BOB, redeemCall { shares: u(5), receiver: CAROL, owner: BOB });
    assert_eq!(
        calldata(&world),
        [
            (true, balanceOfCall { account: VAULT }.abi_encode()),
            (false, tokenTransferCall { to: CAROL, value: u(5) }.abi_encode()),
        ]
    );
    assert_eq!(world.chain.messages_to(REWARD), []);
}

#[test]
fn a_vault_that_holds_less_than_it_owes_takes_no_deposit_until_that_heals() {
    let world = World::new();
    world.stake(ALICE, 100);
    world.transfer(ASSET, VAULT, SINK, u(10));
    world.give(ASSET, BOB, u(50));
    let deposit = || depositCall { assets: u(50), receiver: BOB };
    world.refused(BOB, deposit(), PrincipalShortfall { token: ASSET, owed: u(150), held: u(140) });
    world.donate(ASSET, u(9));
    world.refused(BOB, deposit(), PrincipalShortfall { token: ASSET, owed: u(150), held: u(149) });
    world.donate(ASSET, u(1));
    world.ok(BOB, deposit());
    assert_eq!(books(&world, BOB), [u(0), u(50), u(150), u(150)]);
}

#[test]
fn assets_sent_past_the_vault_s_functions_belong_to_no_share() {
    let world = World::new();
    world.donate(ASSET, u(1000));
    world.stake(ALICE, 1);
    world.stake(BOB, 500);
    assert_eq!(world.view(totalAssetsCall {}), u(501));
    world.ok(ALICE, redeemCall { shares: u(1), receiver: ALICE, owner: ALICE });
    assert_eq!(world.balance(ASSET, ALICE), u(1));
}

#[test]
fn exit_takes_out_all_shares_and_all_reward_to_one_receiver() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    world.at(2000);
    let exited = world.ok(ALICE, exitCall { receiver: CAROL });
    assert_eq!((exited.assets, exited.amount), (u(64), u(1000)));
    assert_eq!(
        world.logs(),
        [
            log(Transfer { from: ALICE, to: Address::ZERO, value: u(64) }),
            log(Withdraw { sender: ALICE, receiver: CAROL, owner: ALICE, assets: u(64), shares: u(64) }),
            log(RewardPaid { account: ALICE, receiver: CAROL, amount: u(1000) }),
        ]
    );
    assert_eq!((world.balance(ASSET, CAROL), world.balance(REWARD, CAROL)), (u(64), u(1000)));
    assert_eq!(world.view(earnedCall { account: ALICE }), u(0));
}

#[test]
fn exit_takes_what_there_is_shares_or_reward_or_neither() {
    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    let shares_only = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((shares_only.assets, shares_only.amount), (u(64), u(0)));
    let neither = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((neither.assets, neither.amount), (u(0), u(0)));
    assert_eq!(world.logs(), []);

    let world = World::new();
    world.stake(ALICE, 64);
    world.fund(1000);
    world.at(2000);
    world.ok(ALICE, transferCall { to: BOB, value: u(64) });
    let reward_only = world.ok(ALICE, exitCall { receiver: ALICE });
    assert_eq!((reward_only.assets, reward_only.amount), (u(0), u(1000)));
}

#[test]
fn exit_to_nobody_or_to_the_vault_is_refused_with_and_without_shares() {
    let world = World::new();
    world.stake(ALICE, 64);
    for account in [ALICE, BOB] {
        for receiver in [Address::ZERO, VAULT] {
            world.refused(account, exitCall { receiver }, ERC20InvalidReceiver { receiver });
        }
    }
}
