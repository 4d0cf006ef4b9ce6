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
        CONSTRUCTOR_SELECTOR, IConstructors,
        IEntry::{InvalidAnswer, InvalidCalldata, ReentrantCall},
        IRouter::{UnknownTpdaLiquidationPair, flashSwapCallbackCall, swapExactAmountOutCall},
    },
    clones::{Origin, PairCode, PairConfig},
};

const ROUTER: Address = Address::repeat_byte(0x40);
const FACTORY: Address = Address::repeat_byte(0xfa);
const SOURCE: Address = Address::repeat_byte(0x50);
const BUYER: Address = Address::repeat_byte(0xb0);

/// The code of a pair of the factory, which proves its address.
fn pair_code() -> PairCode {
    let [source, token_in, token_out] = [SOURCE, Address::repeat_byte(1), Address::repeat_byte(2)];
    PairCode {
        program: Address::repeat_byte(3),
        config: PairConfig { source, token_in, token_out, target_period: 60, smoothing: 0 },
        origin: Origin { factory: FACTORY, number: 0 },
        first_sale: U256::ONE,
    }
}

fn pair() -> Address {
    FACTORY.create2(B256::ZERO, keccak256(pair_code().init_code()))
}

/// A router that is called by the pair.
fn router() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(ROUTER);
    vm.set_sender(pair());
    vm.set_code(pair(), pair_code().encode());
    let factory = IConstructors::routerCall { liquidationPairFactory: FACTORY };
    let constructor = [&CONSTRUCTOR_SELECTOR[..], &factory.abi_encode()[4..]].concat();
    assert_eq!(send(&vm, &constructor), Ok(Vec::new()));
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
