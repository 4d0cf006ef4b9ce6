//! The vault program by itself, in the SDK's test VM: in which order it checks, and which answers of a token it accepts.
//! What crosses contracts is tested end to end (`tests/e2e`).

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{ArbResult, host::VM, testing::TestVM};
use weir::{
    abi::{
        IERC20::{balanceOfCall as tokenBalanceOfCall, transferFromCall as pullCall},
        IVault::*,
    },
    clones::VaultConfig,
};

const VAULT: Address = Address::repeat_byte(0xfe);
const ASSET: Address = Address::repeat_byte(0xa5);
const REWARD: Address = Address::repeat_byte(0x4e);
const YIELD: Address = Address::repeat_byte(0x1d);
const ALICE: Address = Address::repeat_byte(0xa1);
const BOB: Address = Address::repeat_byte(0xb0);
const CAROL: Address = Address::repeat_byte(0xca);

const CONFIG: VaultConfig = VaultConfig {
    extension: Address::repeat_byte(0xfd),
    asset: ASSET,
    reward: REWARD,
    yield_token: YIELD,
    deployed_at: 0,
    epoch_length: 86_400,
    target_period: 3_600,
    smoothing: 0,
    decimals: 18,
};

/// Slots of `docs/storage.md`.
const EPOCH_SLOT: U256 = U256::from_limbs([1, 0, 0, 0]);
const UNPAID_SLOT: U256 = U256::from_limbs([3, 0, 0, 0]);

fn u(amount: u64) -> U256 {
    U256::from(amount)
}

/// Alice calls, and every token accepts a transfer without an answer.
fn empty_vault() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(VAULT);
    vm.set_sender(ALICE);
    for token in [ASSET, REWARD, YIELD] {
        vm.set_code(token, vec![0]);
    }
    vm
}

/// Alice holds all 100 shares, and calls.
fn vault() -> TestVM {
    let vm = empty_vault();
    report_balance(&vm, 100);
    assert!(call(&vm, depositCall { assets: u(100), receiver: ALICE }).is_ok());
    vm
}

/// The asset reports this balance of the vault from now on.
fn report_balance(vm: &TestVM, balance: u64) {
    let question = tokenBalanceOfCall { account: VAULT }.abi_encode();
    vm.mock_static_call(ASSET, question, Ok(u(balance).abi_encode()));
}

/// A call as a clone with this configuration passes it on: with the configuration after the calldata.
fn call_with(config: &VaultConfig, vm: &TestVM, call: impl SolCall) -> ArbResult {
    let calldata = [call.abi_encode(), config.encode()].concat();
    vault::answer(&calldata, VM { host: Box::new(vm.clone()) })
}

fn call(vm: &TestVM, action: impl SolCall) -> ArbResult {
    call_with(&CONFIG, vm, action)
}

#[track_caller]
fn reverts<C: SolCall>(vm: &TestVM, action: C, error: impl SolError) {
    assert_eq!(call(vm, action), Err(error.abi_encode()), "{}", C::SIGNATURE);
}

#[test]
fn the_amount_is_checked_before_receiver_and_allowance() {
    let vm = vault();
    vm.set_sender(BOB);
    let (zero, receiver, owner) = (u(0), Address::ZERO, ALICE);
    reverts(&vm, depositCall { assets: zero, receiver }, ZeroAmount {});
    reverts(&vm, mintCall { shares: zero, receiver }, ZeroAmount {});
    reverts(&vm, withdrawCall { assets: zero, receiver, owner }, ZeroAmount {});
    reverts(&vm, redeemCall { shares: zero, receiver, owner }, ZeroAmount {});
}

#[test]
fn a_withdrawal_checks_the_receiver_before_allowance_and_balance() {
    let vm = vault();
    vm.set_sender(BOB);
    for receiver in [Address::ZERO, VAULT] {
        let error = || ERC20InvalidReceiver { receiver };
        reverts(&vm, withdrawCall { assets: u(101), receiver, owner: ALICE }, error());
        reverts(&vm, redeemCall { shares: u(101), receiver, owner: ALICE }, error());
    }
}

#[test]
fn a_transfer_by_allowance_checks_allowance_then_receiver_then_balance() {
    let vm = vault();
    let transfer = |to| transferFromCall { from: ALICE, to, value: u(101) };
    vm.set_sender(BOB);
    let no_allowance = ERC20InsufficientAllowance { spender: BOB, allowance: u(0), needed: u(101) };
    reverts(&vm, transfer(Address::ZERO), no_allowance);

    vm.set_sender(ALICE);
    assert!(call(&vm, approveCall { spender: BOB, value: U256::MAX }).is_ok());
    vm.set_sender(BOB);
    reverts(&vm, transfer(Address::ZERO), ERC20InvalidReceiver { receiver: Address::ZERO });
    let short = ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: u(101) };
    reverts(&vm, transfer(CAROL), short);
}

#[test]
fn an_exit_without_shares_checks_the_receiver_too() {
    let vm = vault();
    vm.set_sender(BOB);
    for receiver in [Address::ZERO, VAULT] {
        reverts(&vm, exitCall { receiver }, ERC20InvalidReceiver { receiver });
    }
}

#[test]
fn an_approval_is_for_one_owner_and_one_spender() {
    let vm = vault();
    assert!(call(&vm, approveCall { spender: BOB, value: u(5) }).is_ok());
    for (owner, spender, value) in [(ALICE, BOB, 5), (BOB, ALICE, 0), (ALICE, CAROL, 0), (CAROL, BOB, 0)] {
        assert_eq!(call(&vm, allowanceCall { owner, spender }), Ok(u(value).abi_encode()));
    }
}

#[test]
fn an_answer_that_is_not_the_word_true_is_a_failed_transfer() {
    let deposit = || depositCall { assets: u(5), receiver: ALICE };
    let pull = pullCall { from: ALICE, to: VAULT, value: u(5) }.abi_encode();
    for answer in [vec![1], vec![0; 31], u(0).abi_encode(), u(2).abi_encode(), vec![0xff; 32]] {
        let vm = empty_vault();
        vm.mock_call(ASSET, pull.clone(), U256::ZERO, Ok(answer));
        reverts(&vm, deposit(), SafeERC20FailedOperation { token: ASSET });
    }
}

#[test]
fn a_transfer_of_a_token_without_code_is_a_failed_transfer() {
    let vm = empty_vault();
    vm.set_code(ASSET, Vec::new());
    reverts(&vm, depositCall { assets: u(5), receiver: ALICE }, SafeERC20FailedOperation { token: ASSET });
}

#[test]
fn a_balance_of_less_than_a_word_is_no_balance() {
    for answer in [vec![], vec![1; 31]] {
        let vm = empty_vault();
        vm.mock_static_call(REWARD, tokenBalanceOfCall { account: VAULT }.abi_encode(), Ok(answer));
        reverts(&vm, syncCall {}, SafeERC20FailedOperation { token: REWARD });
    }
}

#[test]
fn in_a_loss_amounts_that_cannot_exist_revert_and_do_not_overflow() {
    let vm = vault();
    report_balance(&vm, 75);
    let shortfall = || PrincipalShortfall { token: ASSET, owed: u(100), held: u(75) };
    let (most, receiver, owner) = (U256::MAX, CAROL, ALICE);
    reverts(&vm, convertToAssetsCall { shares: most }, shortfall());
    reverts(&vm, previewRedeemCall { shares: most }, shortfall());
    let error = ERC4626ExceededMaxWithdraw { owner, assets: most, max: u(75) };
    reverts(&vm, withdrawCall { assets: most, receiver, owner }, error);
    let error = ERC4626ExceededMaxRedeem { owner, shares: most, max: u(100) };
    reverts(&vm, redeemCall { shares: most, receiver, owner }, error);
}

#[test]
fn where_the_asset_is_the_reward_a_shortage_stops_deposits_funding_and_sales() {
    let config = VaultConfig { reward: ASSET, ..CONFIG };
    // 64 shares and 1000 of reward are owed.
    let vm = empty_vault();
    vm.set_storage(EPOCH_SLOT, u(64).into());
    vm.set_storage(UNPAID_SLOT, u(1_000).into());
    vm.mock_static_call(YIELD, tokenBalanceOfCall { account: VAULT }.abi_encode(), Ok(u(5).abi_encode()));
    report_balance(&vm, 1_050);
    let shortfall =
        |owed| Err(PrincipalShortfall { token: ASSET, owed: u(owed), held: u(1_050) }.abi_encode());
    assert_eq!(call_with(&config, &vm, syncCall {}), shortfall(1_064));
    assert_eq!(call_with(&config, &vm, fundCall { amount: u(10) }), shortfall(1_064));
    let swap = swapExactAmountOutCall {
        receiver: BOB,
        amountOut: u(5),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::new(),
    };
    assert_eq!(call_with(&config, &vm, swap), shortfall(1_064));
    assert_eq!(call_with(&config, &vm, depositCall { assets: u(10), receiver: BOB }), shortfall(1_074));
}
