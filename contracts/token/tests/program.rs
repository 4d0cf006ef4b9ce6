//! The test token in the SDK's test VM: balances, transfers, allowances, and the faucet.
//! It calls no other contract, so all its rules are tested here.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolEvent};
use stylus_sdk::{
    ArbResult,
    host::VM,
    testing::{TestVM, state::VMState},
};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IConstructors::tokenCall,
    IERC20::*,
    IEntry::{AlreadyInitialized, ReentrantCall},
    IToken::{SupplyOverflow, mintCall},
};

const ALICE: Address = Address::repeat_byte(0xa1);
const BOB: Address = Address::repeat_byte(0xb0);
const CAROL: Address = Address::repeat_byte(0xca);

fn u(amount: u64) -> U256 {
    U256::from(amount)
}

fn constructor(name: &str, symbol: &str, decimals: u8) -> Vec<u8> {
    let arguments = tokenCall { name: name.into(), symbol: symbol.into(), decimals };
    [&CONSTRUCTOR_SELECTOR[..], &arguments.abi_encode()[4..]].concat()
}

fn send(vm: &TestVM, calldata: &[u8]) -> ArbResult {
    token::answer(calldata, VM { host: Box::new(vm.clone()) })
}

fn token_with(name: &str, symbol: &str, decimals: u8) -> TestVM {
    let vm = TestVM::new();
    assert_eq!(send(&vm, &constructor(name, symbol, decimals)), Ok(Vec::new()));
    vm
}

/// Alice holds 100, and calls.
fn token() -> TestVM {
    let vm = token_with("Test Token", "TT", 18);
    ok(&vm, ALICE, mintCall { to: ALICE, value: u(100) });
    vm
}

/// A call of `sender` that has to succeed.
#[track_caller]
fn ok<C: SolCall>(vm: &TestVM, sender: Address, call: C) -> C::Return {
    vm.set_sender(sender);
    let data = send(vm, &call.abi_encode()).expect(C::SIGNATURE);
    C::abi_decode_returns_validate(&data).expect(C::SIGNATURE)
}

#[track_caller]
fn reverts<C: SolCall>(vm: &TestVM, sender: Address, call: C, error: impl SolError) {
    vm.set_sender(sender);
    assert_eq!(send(vm, &call.abi_encode()), Err(error.abi_encode()), "{}", C::SIGNATURE);
}

#[track_caller]
fn expect_balances(vm: &TestVM, expected: [u64; 3]) {
    let balances = [ALICE, BOB, CAROL].map(|account| ok(vm, account, balanceOfCall { account }));
    assert_eq!(balances, expected.map(u));
}

/// Checks the last log.
#[track_caller]
fn expect_log(vm: &TestVM, event: impl SolEvent) {
    let data = event.encode_log_data();
    assert_eq!(vm.get_emitted_logs().pop(), Some((data.topics().to_vec(), data.data.to_vec())));
}

#[test]
fn the_views_return_what_the_constructor_was_given() {
    for (name, symbol, decimals) in [("Test Token", "TT", 0), ("", "§", 6), (&*"n".repeat(1_000), "", 255)] {
        let vm = token_with(name, symbol, decimals);
        assert_eq!(ok(&vm, BOB, nameCall {}), name);
        assert_eq!(ok(&vm, BOB, symbolCall {}), symbol);
        assert_eq!(ok(&vm, BOB, decimalsCall {}), decimals);
        assert_eq!(ok(&vm, BOB, totalSupplyCall {}), u(0));
    }
}

#[test]
fn the_constructor_runs_once_even_without_names_and_decimals() {
    let vm = token_with("", "", 0);
    let again = send(&vm, &constructor("Other", "OTH", 6));
    assert_eq!(again, Err(AlreadyInitialized {}.abi_encode()));
}

#[test]
fn while_the_token_runs_only_its_fixed_views_can_be_called() {
    let vm = TestVM::from(VMState { reentrant: true, ..token().snapshot() });
    assert_eq!(ok(&vm, BOB, nameCall {}), "Test Token");
    assert_eq!(ok(&vm, BOB, decimalsCall {}), 18);
    reverts(&vm, BOB, balanceOfCall { account: ALICE }, ReentrantCall {});
    reverts(&vm, ALICE, transferCall { to: BOB, value: u(1) }, ReentrantCall {});
}

#[test]
fn anyone_may_mint_to_anyone() {
    let vm = token();
    ok(&vm, CAROL, mintCall { to: BOB, value: u(7) });
    expect_log(&vm, Transfer { from: Address::ZERO, to: BOB, value: u(7) });
    expect_balances(&vm, [100, 7, 0]);
    assert_eq!(ok(&vm, BOB, totalSupplyCall {}), u(107));
}

#[test]
fn the_supply_fits_256_bits() {
    let vm = token();
    let error = SupplyOverflow { supply: u(100), minted: U256::MAX - u(99) };
    reverts(&vm, ALICE, mintCall { to: BOB, value: U256::MAX - u(99) }, error);
    ok(&vm, ALICE, mintCall { to: BOB, value: U256::MAX - u(100) });
    ok(&vm, BOB, transferCall { to: ALICE, value: U256::MAX - u(100) });
    assert_eq!(ok(&vm, BOB, balanceOfCall { account: ALICE }), U256::MAX);
}

#[test]
fn a_transfer_moves_tokens_and_emits_it() {
    let vm = token();
    assert!(ok(&vm, ALICE, transferCall { to: BOB, value: u(30) }));
    expect_log(&vm, Transfer { from: ALICE, to: BOB, value: u(30) });
    expect_balances(&vm, [70, 30, 0]);
    assert_eq!(ok(&vm, BOB, totalSupplyCall {}), u(100));
}

#[test]
fn a_transfer_to_oneself_or_of_nothing_changes_nothing() {
    let vm = token();
    for (sender, to, value) in [(ALICE, ALICE, 100), (ALICE, BOB, 0), (CAROL, BOB, 0), (CAROL, CAROL, 0)] {
        assert!(ok(&vm, sender, transferCall { to, value: u(value) }));
        expect_log(&vm, Transfer { from: sender, to, value: u(value) });
        expect_balances(&vm, [100, 0, 0]);
    }
}

#[test]
fn transferring_more_than_the_balance_reverts() {
    let vm = token();
    for (to, value) in [(BOB, u(101)), (ALICE, u(101)), (BOB, U256::MAX)] {
        let error = ERC20InsufficientBalance { sender: ALICE, balance: u(100), needed: value };
        reverts(&vm, ALICE, transferCall { to, value }, error);
    }
}

#[test]
fn the_zero_address_is_no_receiver_sender_or_spender() {
    let vm = token();
    let (receiver, value) = (Address::ZERO, u(0));
    let invalid = || ERC20InvalidReceiver { receiver };
    reverts(&vm, ALICE, mintCall { to: receiver, value }, invalid());
    reverts(&vm, ALICE, transferCall { to: receiver, value }, invalid());
    reverts(&vm, BOB, transferFromCall { from: ALICE, to: receiver, value }, invalid());
    let sender = Address::ZERO;
    reverts(&vm, BOB, transferFromCall { from: sender, to: BOB, value }, ERC20InvalidSender { sender });
    let spender = Address::ZERO;
    reverts(&vm, ALICE, approveCall { spender, value }, ERC20InvalidSpender { spender });
}

#[test]
fn a_spender_moves_what_it_was_allowed_and_the_allowance_shrinks() {
    let vm = token();
    let pull = |value| transferFromCall { from: ALICE, to: CAROL, value: u(value) };
    assert!(ok(&vm, ALICE, approveCall { spender: BOB, value: u(50) }));
    expect_log(&vm, Approval { owner: ALICE, spender: BOB, value: u(50) });
    assert!(ok(&vm, BOB, pull(20)));
    expect_log(&vm, Transfer { from: ALICE, to: CAROL, value: u(20) });
    expect_balances(&vm, [80, 0, 20]);
    let error = ERC20InsufficientAllowance { spender: BOB, allowance: u(30), needed: u(31) };
    reverts(&vm, BOB, pull(31), error);
}

#[test]
fn an_unlimited_allowance_is_not_spent_and_needs_a_balance() {
    let vm = token();
    let pull = |value| transferFromCall { from: ALICE, to: CAROL, value: u(value) };
    ok(&vm, ALICE, approveCall { spender: BOB, value: U256::MAX });
    assert!(ok(&vm, BOB, pull(60)));
    assert_eq!(ok(&vm, BOB, allowanceCall { owner: ALICE, spender: BOB }), U256::MAX);
    let error = ERC20InsufficientBalance { sender: ALICE, balance: u(40), needed: u(41) };
    reverts(&vm, BOB, pull(41), error);
}

#[test]
fn an_approval_is_set_for_one_owner_and_one_spender() {
    let vm = token();
    for value in [u(5), U256::MAX, u(7), u(0)] {
        ok(&vm, ALICE, approveCall { spender: BOB, value });
        assert_eq!(ok(&vm, BOB, allowanceCall { owner: ALICE, spender: BOB }), value);
        assert_eq!(ok(&vm, BOB, allowanceCall { owner: BOB, spender: ALICE }), u(0));
    }
}
