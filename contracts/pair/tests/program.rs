//! The pair program by itself, in the SDK's test VM: what it makes of the answers of its source.
//! Sales are tested end to end (`tests/e2e/pair.rs`).

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{ArbResult, host::VM, testing::TestVM};
use weir::{
    abi::{
        IEntry::InvalidAnswer,
        ILiquidationSource::{liquidatableBalanceOfCall, targetOfCall},
        IPair::{maxAmountOutCall, targetCall},
    },
    clones::PairConfig,
};

const SOURCE: Address = Address::repeat_byte(0x50);
const TOKEN_IN: Address = Address::repeat_byte(0x1a);
const TOKEN_OUT: Address = Address::repeat_byte(0x0a);

const HALF: u64 = 500_000_000_000_000_000;
const CONFIG: PairConfig = PairConfig {
    source: SOURCE,
    token_in: TOKEN_IN,
    token_out: TOKEN_OUT,
    target_period: 3_600,
    smoothing: HALF,
};

/// A call as a clone passes it on, of a pair whose source answers `returned` to `question`.
fn call(action: impl SolCall, question: impl SolCall, returned: ArbResult) -> ArbResult {
    let vm = TestVM::new();
    vm.mock_call(SOURCE, question.abi_encode(), U256::ZERO, returned);
    let calldata = [action.abi_encode(), CONFIG.encode()].concat();
    pair::answer(&calldata, VM { host: Box::new(vm) })
}

fn max_amount_out(returned: ArbResult) -> ArbResult {
    call(maxAmountOutCall {}, liquidatableBalanceOfCall { tokenOut: TOKEN_OUT }, returned)
}

fn target(returned: ArbResult) -> ArbResult {
    call(targetCall {}, targetOfCall { tokenIn: TOKEN_IN }, returned)
}

#[test]
fn the_error_of_a_source_is_passed_on_whole() {
    for error in [vec![], vec![1], vec![7; 100]] {
        assert_eq!(max_amount_out(Err(error.clone())), Err(error.clone()));
        assert_eq!(target(Err(error.clone())), Err(error));
    }
}

#[test]
fn a_source_that_answers_with_another_type_is_named_in_the_error() {
    let invalid = Err(InvalidAnswer { callee: SOURCE }.abi_encode());
    for short in [vec![], vec![0; 31]] {
        assert_eq!(max_amount_out(Ok(short.clone())), invalid);
        assert_eq!(target(Ok(short)), invalid);
    }
    assert_eq!(target(Ok(vec![0xff; 32])), invalid);
}

#[test]
fn smoothing_withholds_its_part_of_any_balance() {
    for (balance, available) in
        [(U256::ZERO, U256::ZERO), (U256::ONE, U256::ZERO), (U256::MAX, U256::MAX >> 1)]
    {
        assert_eq!(max_amount_out(Ok(balance.abi_encode())), Ok(available.abi_encode()));
    }
}
