//! The router program by itself, in the SDK's test VM: which pairs it knows, re-entrance, and data of other types.
//! Swaps are tested end to end (`tests/e2e/router.rs`).

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{
    ArbResult,
    host::VM,
    testing::{TestVM, state::VMState},
};
use weir::{
    abi::{
        IERC20::transferFromCall,
        IEntry::{InvalidAnswer, InvalidCalldata, ReentrantCall},
        IRouter::{
            SafeERC20FailedOperation, UnknownTpdaLiquidationPair, flashSwapCallbackCall,
            swapExactAmountOutCall,
        },
    },
    clones::{
        Origin, PairCode, PairConfig, VaultCode, VaultConfig, VaultPrograms, common_of_pairs,
        common_of_vaults,
    },
};

const ROUTER: Address = Address::repeat_byte(0x40);
const FACTORY: Address = Address::repeat_byte(0xfa);
const PAIR_PROGRAM: Address = Address::repeat_byte(0x90);
const VAULT_PROGRAM: Address = Address::repeat_byte(0x91);
const EXTENSION: Address = Address::repeat_byte(0x92);
const LIFEBOAT: Address = Address::repeat_byte(0x93);
const SOURCE: Address = Address::repeat_byte(0x50);
const BUYER: Address = Address::repeat_byte(0xb0);

/// The code of a pair of the factory, which proves its address.
fn pair_code() -> PairCode {
    let [source, token_in, token_out] = [SOURCE, Address::repeat_byte(1), Address::repeat_byte(2)];
    PairCode {
        program: PAIR_PROGRAM,
        config: PairConfig { source, token_in, token_out, target_period: 60, smoothing: 0 },
        origin: Origin { factory: FACTORY, number: 0 },
        first_sale: U256::ONE,
    }
}

fn vault_code() -> VaultCode<'static> {
    VaultCode {
        program: VAULT_PROGRAM,
        lifeboat: LIFEBOAT,
        config: VaultConfig {
            extension: EXTENSION,
            asset: Address::repeat_byte(1),
            reward: Address::repeat_byte(1),
            yield_token: Address::repeat_byte(2),
            deployed_at: 0,
            epoch_length: 3_600,
            target_period: 60,
            smoothing: 0,
            decimals: 18,
        },
        origin: Origin { factory: FACTORY, number: 1 },
        first_sale: U256::ONE,
        owner: Address::ZERO,
        name: b"",
        symbol: b"",
    }
}

/// Where the factory creates a clone by this init code.
fn created(init_code: Vec<u8>) -> Address {
    FACTORY.create2(B256::ZERO, keccak256(init_code))
}

fn pair() -> Address {
    created(pair_code().init_code())
}

/// A router that is called by the pair.
fn router() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(ROUTER);
    vm.set_sender(pair());
    vm.set_code(pair(), pair_code().encode());
    // The end-to-end tests construct it: the test VM mixes up the results of the constructor's three calls.
    let programs = VaultPrograms { program: VAULT_PROGRAM, extension: EXTENSION, lifeboat: LIFEBOAT };
    let commons = [common_of_pairs(PAIR_PROGRAM, FACTORY), common_of_vaults(programs, FACTORY)];
    vm.set_storage(U256::ZERO, FACTORY.into_word());
    for (slot, common) in [1, 2].into_iter().zip(commons) {
        vm.set_storage(U256::from(slot), keccak256(common));
    }
    vm
}

fn send(vm: &TestVM, calldata: &[u8]) -> ArbResult {
    router::answer(calldata, VM { host: Box::new(vm.clone()) })
}

#[track_caller]
fn reverts<C: SolCall>(vm: &TestVM, action: C, error: impl SolError) {
    assert_eq!(send(vm, &action.abi_encode()), Err(error.abi_encode()), "{}", C::SIGNATURE);
}

fn swap() -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        liquidationPair: pair(),
        receiver: BUYER,
        amountOut: U256::ONE,
        amountInMax: U256::MAX,
        deadline: U256::MAX,
    }
}

fn callback(flash_swap_data: Vec<u8>) -> flashSwapCallbackCall {
    flashSwapCallbackCall {
        sender: ROUTER,
        amountIn: U256::ONE,
        amountOut: U256::ONE,
        flashSwapData: flash_swap_data.into(),
    }
}

#[test]
fn a_pair_whose_code_differs_in_any_bit_reverts() {
    let code = pair_code().encode();
    for at in 0..code.len() {
        let vm = router();
        let mut changed = code.clone();
        changed[at] ^= 1;
        vm.set_code(pair(), changed);
        let error = || UnknownTpdaLiquidationPair { liquidationPair: pair() };
        reverts(&vm, swap(), error());
        reverts(&vm, callback(BUYER.abi_encode()), error());
    }
}

/// Where a factory of the genuine code was created by init code that first created clones of its own in the factory's name.
#[test]
fn a_clone_of_another_program_reverts_even_if_the_factory_created_it() {
    let evil = Address::repeat_byte(0xee);
    let pair = PairCode { program: evil, ..pair_code() };
    let vault = VaultCode { program: evil, ..vault_code() };
    let config = VaultConfig { extension: evil, ..vault_code().config };
    let extended = VaultCode { config, ..vault_code() };
    let escaping = VaultCode { lifeboat: evil, ..vault_code() };
    for (code, init_code) in [
        (pair.encode(), pair.init_code()),
        (vault.encode(), vault.init_code()),
        (extended.encode(), extended.init_code()),
        (escaping.encode(), escaping.init_code()),
    ] {
        let vm = router();
        let clone = created(init_code);
        vm.set_code(clone, code);
        vm.set_sender(clone);
        reverts(&vm, callback(BUYER.abi_encode()), UnknownTpdaLiquidationPair { liquidationPair: clone });
    }
}

#[test]
fn the_vault_of_the_factory_is_its_own_source_and_target() {
    let vm = router();
    let vault = created(vault_code().init_code());
    vm.set_code(vault, vault_code().encode());
    vm.set_sender(vault);
    let pay = transferFromCall { from: BUYER, to: vault, value: U256::ONE }.abi_encode();
    vm.set_code(vault_code().config.reward, vec![0]);
    vm.mock_call(vault_code().config.reward, pay, U256::ZERO, Ok(false.abi_encode()));
    let error = SafeERC20FailedOperation { token: vault_code().config.reward };
    reverts(&vm, callback(BUYER.abi_encode()), error);
}

#[test]
fn the_data_of_a_callback_has_to_be_an_address() {
    for data in [vec![], vec![0; 31], vec![0xff; 32]] {
        let vm = router();
        let error = InvalidCalldata { length: U256::from(4 + data.len()) };
        reverts(&vm, callback(data), error);
    }
}

#[test]
fn during_a_swap_the_callback_runs_and_another_swap_reverts() {
    let vm = TestVM::from(VMState { reentrant: true, ..router().snapshot() });
    reverts(&vm, swap(), ReentrantCall {});
    // The callback runs as far as the question to the source, which does not answer.
    reverts(&vm, callback(BUYER.abi_encode()), InvalidAnswer { callee: SOURCE });
}
