//! Precompiles that only answer: for retryables, which need an L1, and those that Nitro keeps for compatibility.

use crate::{common::*, gas_of, view};
use alloy_sol_types::{SolCall, SolError};
use revm::primitives::{Address, B256, Bytes, U256};
use stylus_evm::{abi::*, *};

const TICKET: B256 = B256::repeat_byte(7);

#[test]
fn there_is_no_retryable_ticket() {
    let mut chain = TestChain::new();
    use ArbRetryableTx as retryable;
    let at = ARB_RETRYABLE_TX;
    assert_eq!(view(&mut chain, at, retryable::getLifetimeCall {}), U256::from(604_800));
    assert_eq!(view(&mut chain, at, retryable::getCurrentRedeemerCall {}), Address::ZERO);
    // One word of arguments and of data; `redeem` looks twice.
    for (call, reads) in [
        (retryable::getTimeoutCall { ticketId: TICKET }.abi_encode(), 1),
        (retryable::getBeneficiaryCall { ticketId: TICKET }.abi_encode(), 1),
        (retryable::keepaliveCall { ticketId: TICKET }.abi_encode(), 1),
        (retryable::cancelCall { ticketId: TICKET }.abi_encode(), 1),
        (retryable::redeemCall { ticketId: TICKET }.abi_encode(), 2),
    ] {
        let calldata = crate::calldata_gas(&call);
        let outcome = chain.send(at, call, 0);
        let expected = retryable::NoTicketWithID {}.abi_encode();
        assert_eq!(outcome.result.output(), Some(&Bytes::from(expected)));
        assert_eq!(execution_gas(&outcome), calldata + 800 + 3 + reads * 800 + 3);
    }
    let mut submit = retryable::submitRetryableCall::SELECTOR.to_vec();
    submit.resize(4 + 12 * 32, 0);
    let outcome = chain.send(at, submit, 0);
    assert_eq!(outcome.result.output(), Some(&Bytes::from(retryable::NotCallable {}.abi_encode())));
}

#[test]
fn the_function_table_is_always_empty() {
    let mut chain = TestChain::new();
    chain.send_ok(ARB_FUNCTION_TABLE, ArbFunctionTable::uploadCall { buf: vec![1].into() }.abi_encode());
    let size = ArbFunctionTable::sizeCall { addr: USER };
    assert_eq!(gas_of(&mut chain, ARB_FUNCTION_TABLE, size.clone()), 800 + 3 + 3);
    assert_eq!(view(&mut chain, ARB_FUNCTION_TABLE, size), U256::ZERO);
    let get = ArbFunctionTable::getCall { addr: USER, index: U256::ZERO }.abi_encode();
    let outcome = chain.send(ARB_FUNCTION_TABLE, get, 0);
    assert_eq!(outcome.result.output(), Some(&Bytes::new()), "a plain revert");
    assert!(outcome.result.tx_gas_used() < 30_000);
}

#[test]
fn burned_gas_is_the_amount_or_all_that_is_left() {
    let mut chain = TestChain::new();
    let burn = |amount| ArbosTest::burnArbGasCall { gasAmount: amount };
    assert_eq!(gas_of(&mut chain, ARBOS_TEST, burn(U256::from(12_345))), 3 + 12_345);
    let all = chain.send(ARBOS_TEST, burn(U256::from(u64::MAX)).abi_encode(), 0);
    assert!(all.result.is_success(), "it succeeds without gas, too");
    assert_eq!(all.result.tx_gas_used(), GAS);
    let outcome = chain.send(ARBOS_TEST, burn(U256::MAX).abi_encode(), 0);
    assert!(!outcome.result.is_success());
    assert!(outcome.result.tx_gas_used() < 30_000, "a plain revert");
}

#[test]
fn only_arbos_acts() {
    let mut chain = TestChain::new();
    let call = ArbosActs::startBlockCall {
        l1BaseFee: U256::ZERO,
        l1BlockNumber: 0,
        l2BlockNumber: 0,
        timePassed: 0,
    };
    let outcome = chain.send(ARBOS_ACTS, call.abi_encode(), 0);
    assert_eq!(outcome.result.output(), Some(&Bytes::from(ArbosActs::CallerNotArbOS {}.abi_encode())));
}

/// Looking whether the caller may filter costs 1600, whatever the call does and whether it succeeds.
#[test]
fn nobody_filters_transactions() {
    let mut chain = TestChain::new();
    use ArbFilteredTransactionsManager as manager;
    let at = ARB_FILTERED_TRANSACTIONS;
    let is_filtered = manager::isTransactionFilteredCall { txHash: TICKET };
    assert!(!view(&mut chain, at, is_filtered.clone()));
    assert_eq!(gas_of(&mut chain, at, is_filtered), 1_600);
    let add = manager::addFilteredTransactionCall { txHash: TICKET }.abi_encode();
    let calldata = crate::calldata_gas(&add);
    let outcome = chain.send(at, add, 0);
    assert!(!outcome.result.is_success());
    assert_eq!(execution_gas(&outcome), calldata + 1_600);
}

#[test]
fn a_precompile_without_functions_takes_all_gas() {
    let mut chain = TestChain::new();
    for precompile in [ARB_BLS, ARB_NATIVE_TOKEN_MANAGER] {
        let outcome = chain.send(precompile, [1, 2, 3, 4], 0);
        assert!(!outcome.result.is_success());
        assert_eq!(outcome.result.tx_gas_used(), GAS);
    }
}
