//! ArbSys, ArbInfo and ArbStatistics: the chain, its blocks, accounts and callers.

use crate::{
    common::{evm::*, *},
    gas_of, view,
};
use alloy_sol_types::SolCall;
use revm::primitives::{Address, U256, address};
use stylus_evm::{abi::*, *};

#[test]
fn arb_sys_describes_the_chain() {
    let mut chain = TestChain::new();
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbBlockNumberCall {}), U256::from(1_234));
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbChainIDCall {}), U256::from(412_346));
    assert_eq!(view(&mut chain, ARB_SYS, ArbSys::arbOSVersionCall {}), U256::from(116));
    let alias = ArbSys::mapL1SenderContractAddressToL2AliasCall { sender: USER, unused: USER };
    let expected = address!("11110000000000000000000000000000000a22df");
    assert_eq!(view(&mut chain, ARB_SYS, alias), expected);
    view(&mut chain, ARB_SYS, ArbSys::arbBlockHashCall { arbBlockNum: U256::from(1_233) });
    for number in [1_234, 977] {
        let call = ArbSys::arbBlockHashCall { arbBlockNum: U256::from(number) }.abi_encode();
        let outcome = chain.send(ARB_SYS, call, 0);
        let error = outcome.result.output().expect("an error");
        assert_eq!(error[..4], selector("InvalidBlockNumber(uint256,uint256)"), "block {number}");
    }
}

#[test]
fn arb_info_returns_balances_and_code() {
    let mut chain = TestChain::new();
    let contract = chain.evm(&CALLER);
    chain.env.block.basefee = 0;
    let balance = view(&mut chain, ARB_INFO, ArbInfo::getBalanceCall { account: USER });
    assert_eq!(balance, chain.balance(USER));
    assert_eq!(view(&mut chain, ARB_INFO, ArbInfo::getCodeCall { account: contract })[..], CALLER);
}

/// The depth counts the precompile itself: 1 for a call by a transaction, one more for each contract between.
#[test]
fn arb_sys_knows_its_callers() {
    let mut chain = TestChain::new();
    let inner = chain.evm(&forwarder(CALL, ARB_SYS));
    let outer = chain.evm(&forwarder(CALL, inner));
    let outermost = chain.evm(&forwarder(CALL, outer));
    let delegating = chain.evm(&forwarder(DELEGATECALL, inner));
    for (to, is_top_level, callers_caller) in [
        (ARB_SYS, true, Address::ZERO),
        (inner, true, USER),
        (outer, false, outer),
        (outermost, false, outer),
        // The code of `inner` runs as `delegating`, with the caller of that.
        (delegating, false, USER),
    ] {
        let is_top = view(&mut chain, to, ArbSys::isTopLevelCallCall {});
        assert_eq!(is_top, is_top_level, "{to}");
        let caller = view(&mut chain, to, ArbSys::myCallersAddressWithoutAliasingCall {});
        assert_eq!(caller, callers_caller, "{to}");
        assert!(
            !view(&mut chain, to, ArbSys::wasMyCallersAddressAliasedCall {}),
            "no transaction comes from L1"
        );
    }
}

#[test]
fn views_of_the_chain_cost_only_the_call() {
    let mut chain = TestChain::new();
    assert_eq!(gas_of(&mut chain, ARB_SYS, ArbSys::arbBlockNumberCall {}), 800 + 3);
    assert_eq!(gas_of(&mut chain, ARB_SYS, ArbSys::isTopLevelCallCall {}), 800 + 3);
    assert_eq!(gas_of(&mut chain, ARB_SYS, ArbSys::wasMyCallersAddressAliasedCall {}), 800 + 3);
    assert_eq!(gas_of(&mut chain, ARB_SYS, ArbSys::myCallersAddressWithoutAliasingCall {}), 800 + 3);
    let alias = ArbSys::mapL1SenderContractAddressToL2AliasCall { sender: USER, unused: USER };
    assert_eq!(gas_of(&mut chain, ARB_SYS, alias), 2 * 3 + 3, "a pure function does not open the state");
    assert_eq!(gas_of(&mut chain, ARB_STATISTICS, ArbStatistics::getStatsCall {}), 800 + 6 * 3);
}

#[test]
fn statistics_are_the_block_and_zeros() {
    let mut chain = TestChain::new();
    let stats = view(&mut chain, ARB_STATISTICS, ArbStatistics::getStatsCall {});
    assert_eq!(stats._0, U256::from(1_234));
    assert_eq!([stats._1, stats._2, stats._3, stats._4, stats._5], [U256::ZERO; 5]);
}
