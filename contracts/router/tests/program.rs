//! The router program by itself, in the SDK's test VM: re-entrance, and answers and data of other types.
//! Swaps are tested end to end (`tests/e2e/router.rs`).

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{
    ArbResult,
    host::VM,
    testing::{TestVM, state::VMState},
};
use weir::abi::{
    CONSTRUCTOR_SELECTOR, IConstructors,
    IEntry::{InvalidAnswer, InvalidCalldata, ReentrantCall},
    IFactory::deployedPairsCall,
    IRouter::{flashSwapCallbackCall, swapExactAmountOutCall},
};

const ROUTER: Address = Address::repeat_byte(0x40);
const FACTORY: Address = Address::repeat_byte(0xfa);
const PAIR: Address = Address::repeat_byte(0x9a);
const BUYER: Address = Address::repeat_byte(0xb0);

/// A router that is called by a pair of another factory than Weir's, whose code proves nothing.
fn router() -> TestVM {
    let vm = TestVM::new();
    vm.set_contract_address(ROUTER);
    vm.set_sender(PAIR);
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
        liquidationPair: PAIR,
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
fn a_factory_that_does_not_answer_with_a_bool_is_named_in_the_error() {
    for answer in [vec![], vec![0; 31], U256::from(2).abi_encode()] {
        let vm = router();
        vm.mock_static_call(FACTORY, deployedPairsCall { pair: PAIR }.abi_encode(), Ok(answer));
        reverts(&vm, swap(), InvalidAnswer { callee: FACTORY });
    }
}

#[test]
fn the_data_of_a_callback_has_to_be_an_address() {
    for data in [vec![], vec![0; 31], vec![0xff; 32]] {
        let vm = router();
        vm.mock_static_call(FACTORY, deployedPairsCall { pair: PAIR }.abi_encode(), Ok(true.abi_encode()));
        let error = InvalidCalldata { length: U256::from(4 + data.len()) };
        reverts(&vm, callback(data), error);
    }
}

#[test]
fn during_a_swap_the_callback_runs_and_another_swap_reverts() {
    let vm = TestVM::from(VMState { reentrant: true, ..router().snapshot() });
    reverts(&vm, swap(), ReentrantCall {});
    // The callback runs as far as the question to the factory, which does not answer.
    reverts(&vm, callback(BUYER.abi_encode()), InvalidAnswer { callee: FACTORY });
}
