//! The extension by itself, in the SDK's test VM: owner and pairs, a missing balance, and re-entrance.
//! What crosses contracts is tested end to end (`tests/e2e`).

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{
    ArbResult,
    host::VM,
    testing::{TestVM, state::VMState},
};
use weir::{
    abi::{IEntry::ReentrantCall, IVault::*},
    clones::VaultConfig,
};

const VAULT: Address = Address::repeat_byte(0xfe);
const ASSET: Address = Address::repeat_byte(0xa5);
const REWARD: Address = Address::repeat_byte(0x4e);
const YIELD: Address = Address::repeat_byte(0x1d);
const AIRDROP: Address = Address::repeat_byte(0xad);
const OWNER: Address = Address::repeat_byte(0x0e);
const PAIR: Address = Address::repeat_byte(0x9a);

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
const OWNER_SLOT: U256 = U256::from_limbs([4, 0, 0, 0]);

fn u(amount: u64) -> U256 {
    U256::from(amount)
}

/// A vault without an owner, called by the zero address.
fn vault() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(VAULT);
    vm.set_sender(Address::ZERO);
    for contract in [ASSET, REWARD, YIELD, AIRDROP, PAIR] {
        vm.set_code(contract, vec![0]);
    }
    vm
}

/// The token reports this balance of the vault from now on.
fn report_balance(vm: &TestVM, token: Address, balance: u64) {
    let question = balanceOfCall { account: VAULT }.abi_encode();
    vm.mock_static_call(token, question, Ok(u(balance).abi_encode()));
}

/// A call as a clone passes it on: with its configuration after the calldata.
fn send(vm: &TestVM, calldata: &[u8]) -> ArbResult {
    extension::answer(&[calldata, &CONFIG.encode()].concat(), VM { host: Box::new(vm.clone()) })
}

fn call(vm: &TestVM, call: impl SolCall) -> ArbResult {
    send(vm, &call.abi_encode())
}

#[track_caller]
fn reverts<C: SolCall>(vm: &TestVM, action: C, error: impl SolError) {
    assert_eq!(call(vm, action), Err(error.abi_encode()), "{}", C::SIGNATURE);
}

#[test]
fn the_zero_address_is_not_the_owner_of_a_vault_without_one() {
    let vm = vault();
    let unauthorized = || OwnableUnauthorizedAccount { account: Address::ZERO };
    reverts(&vm, transferOwnershipCall { newOwner: OWNER }, unauthorized());
    reverts(&vm, acceptOwnershipCall {}, unauthorized());
    reverts(&vm, renounceOwnershipCall {}, unauthorized());
    reverts(&vm, setLiquidationPairCall { tokenOut: AIRDROP, liquidationPair: PAIR }, unauthorized());
}

#[test]
fn the_zero_address_is_not_the_pair_of_a_token_without_one() {
    let vm = vault();
    for token in [REWARD, AIRDROP] {
        let send = transferTokensOutCall { sender: OWNER, receiver: OWNER, tokenOut: token, amountOut: u(1) };
        reverts(&vm, send, CallerNotLP { caller: Address::ZERO, expected: Address::ZERO });
    }
}

#[test]
fn a_pair_cannot_send_to_the_zero_address_or_the_vault() {
    let vm = vault();
    vm.set_storage(OWNER_SLOT, OWNER.into_word());
    vm.set_sender(OWNER);
    assert!(call(&vm, setLiquidationPairCall { tokenOut: AIRDROP, liquidationPair: PAIR }).is_ok());
    vm.set_sender(PAIR);
    for receiver in [Address::ZERO, VAULT] {
        let send = transferTokensOutCall { sender: OWNER, receiver, tokenOut: AIRDROP, amountOut: u(1) };
        reverts(&vm, send, ERC20InvalidReceiver { receiver });
    }
}

#[test]
fn a_payment_of_zero_reverts_while_reward_is_missing() {
    let vm = vault();
    vm.set_storage(UNPAID_SLOT, u(1_000).into());
    report_balance(&vm, REWARD, 999);
    let verify = verifyTokensInCall { tokenIn: REWARD, amountIn: u(0), transferTokensOutData: Bytes::new() };
    reverts(&vm, verify, PrincipalShortfall { token: REWARD, owed: u(1_000), held: u(999) });
}

#[test]
fn in_a_loss_amounts_that_cannot_exist_revert_and_do_not_overflow() {
    let vm = vault();
    vm.set_storage(EPOCH_SLOT, u(1_000).into());
    report_balance(&vm, ASSET, 750);
    let shortfall = || PrincipalShortfall { token: ASSET, owed: u(1_000), held: u(750) };
    reverts(&vm, previewWithdrawCall { assets: U256::MAX }, shortfall());
    reverts(&vm, convertToSharesCall { assets: U256::MAX }, shortfall());
}

#[test]
fn while_the_vault_runs_unknown_selectors_revert_as_reentrant() {
    let vm = TestVM::from(VMState { reentrant: true, ..vault().snapshot() });
    for selector in [ownerCall::SELECTOR, [0xff; 4], weir::abi::CONSTRUCTOR_SELECTOR] {
        assert_eq!(send(&vm, &selector), Err(ReentrantCall {}.abi_encode()));
    }
    assert_eq!(call(&vm, rewardCall {}), Ok(REWARD.abi_encode()));
}
