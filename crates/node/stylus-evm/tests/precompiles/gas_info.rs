//! ArbGasInfo: prices and limits.

use crate::{become_owner, common::*, gas_of, view};
use alloy_sol_types::{SolCall, SolValue};
use revm::primitives::{Address, U256, address};
use stylus_evm::{abi::*, *};

#[test]
fn gas_info_returns_the_base_fee_and_no_price_for_l1() {
    let mut chain = TestChain::new();
    chain.env.block.basefee = 100;
    let mut tx = chain.transaction(ARB_GAS_INFO.into(), ArbGasInfo::getPricesInWeiCall {}.abi_encode(), 0);
    tx.gas_price = 100;
    let out = output(chain.simulate(tx));
    let prices = <(U256, U256, U256, U256, U256, U256)>::abi_decode(&out).unwrap();
    let number = |n: u64| U256::from(n);
    assert_eq!(prices, (number(0), number(0), number(2_000_000), number(100), number(0), number(100)));
}

#[test]
fn congestion_is_what_the_base_fee_exceeds_the_minimum_by() {
    let mut chain = TestChain::new();
    chain.env.block.basefee = 50_000_000;
    let mut tx = chain.transaction(
        ARB_GAS_INFO.into(),
        ArbGasInfo::getPricesInWeiWithAggregatorCall { aggregator: USER }.abi_encode(),
        0,
    );
    tx.gas_price = 50_000_000;
    let out = output(chain.simulate(tx));
    let prices = <(U256, U256, U256, U256, U256, U256)>::abi_decode(&out).unwrap();
    let number = |n: u64| U256::from(n);
    let storage = number(20_000 * 50_000_000);
    assert_eq!(
        prices,
        (number(0), number(0), storage, number(20_000_000), number(30_000_000), number(50_000_000))
    );
}

#[test]
fn an_owner_sets_a_price_of_l1_data_which_is_shown_but_not_charged() {
    let mut chain = TestChain::new();
    become_owner(&mut chain);
    let call = ArbOwner::setL1PricePerUnitCall { pricePerUnit: U256::from(3) }.abi_encode();
    chain.send_ok(ARB_OWNER, call);
    assert_eq!(view(&mut chain, ARB_GAS_INFO, ArbGasInfo::getL1BaseFeeEstimateCall {}), U256::from(3));
    assert_eq!(view(&mut chain, ARB_GAS_INFO, ArbGasInfo::getL1GasPriceEstimateCall {}), U256::from(3));
    let prices = view(&mut chain, ARB_GAS_INFO, ArbGasInfo::getPricesInWeiCall {});
    assert_eq!((prices._0, prices._1), (U256::from(140 * 16 * 3), U256::from(16 * 3)));
    assert_eq!(view(&mut chain, ARB_GAS_INFO, ArbGasInfo::getCurrentTxL1GasFeesCall {}), U256::ZERO);
    assert_eq!(chain.send(USER, [], 0).result.tx_gas_used(), 21_000);
}

/// The initial values of Nitro (`arbos/l1pricing`, `arbos/l2pricing`), and the base fee of the public chains.
#[test]
fn parameters_of_pricing_are_those_of_a_new_chain() {
    let mut chain = TestChain::new();
    use ArbGasInfo as info;
    let at = ARB_GAS_INFO;
    let number = |n: u64| U256::from(n);
    let accounting = view(&mut chain, at, info::getGasAccountingParamsCall {});
    let expected = (number(7_000_000), number(32_000_000), number(32_000_000));
    assert_eq!((accounting._0, accounting._1, accounting._2), expected);
    assert_eq!(view(&mut chain, at, info::getMinimumGasPriceCall {}), number(20_000_000));
    assert_eq!(view(&mut chain, at, info::getMaxBlockGasLimitCall {}), 32_000_000);
    assert_eq!(view(&mut chain, at, info::getGasBacklogCall {}), 0);
    assert_eq!(view(&mut chain, at, info::getPricingInertiaCall {}), 102);
    assert_eq!(view(&mut chain, at, info::getGasBacklogToleranceCall {}), 10);
    assert_eq!(view(&mut chain, at, info::getL1BaseFeeEstimateInertiaCall {}), 10);
    assert_eq!(view(&mut chain, at, info::getL1RewardRateCall {}), 10);
    assert_eq!(view(&mut chain, at, info::getL1RewardRecipientCall {}), Address::ZERO);
    assert_eq!(view(&mut chain, at, info::getPerBatchGasChargeCall {}), 210_000);
    assert_eq!(view(&mut chain, at, info::getAmortizedCostCapBipsCall {}), 0);
    assert_eq!(view(&mut chain, at, info::getL1FeesAvailableCall {}), number(0));
    assert_eq!(view(&mut chain, at, info::getL1PricingEquilibrationUnitsCall {}), number(160_000_000));
    assert_eq!(view(&mut chain, at, info::getLastL1PricingUpdateTimeCall {}), 0);
    assert_eq!(view(&mut chain, at, info::getL1PricingFundsDueForRewardsCall {}), number(0));
    assert_eq!(view(&mut chain, at, info::getL1PricingUnitsSinceUpdateCall {}), 0);
    assert!(view(&mut chain, at, info::getL1PricingSurplusCall {}).is_zero());
    assert!(view(&mut chain, at, info::getLastL1PricingSurplusCall {}).is_zero());
    assert!(view(&mut chain, at, info::getGasPricingConstraintsCall {}).is_empty());
    assert!(view(&mut chain, at, info::getMultiGasPricingConstraintsCall {}).is_empty());
    assert_eq!(view(&mut chain, at, info::getMultiGasBaseFeeCall {}), [number(20_000_000); 9]);
}

#[test]
fn the_gas_limit_of_a_transaction_is_shown_even_to_calls_that_it_does_not_bind() {
    let mut chain = TestChain::new();
    chain.env.options.tx_gas_limit = None;
    let limit = view(&mut chain, ARB_GAS_INFO, ArbGasInfo::getMaxTxGasLimitCall {});
    assert_eq!(limit, U256::from(32_000_000));
}

/// Opening the state 800, each read 800, three per word.
#[test]
fn views_of_prices_cost_their_reads() {
    let mut chain = TestChain::new();
    use ArbGasInfo as info;
    let at = ARB_GAS_INFO;
    assert_eq!(gas_of(&mut chain, at, info::getPricesInWeiCall {}), 800 + 2 * 800 + 6 * 3);
    let with_aggregator = info::getPricesInWeiWithAggregatorCall { aggregator: USER };
    assert_eq!(gas_of(&mut chain, at, with_aggregator), 800 + 3 + 2 * 800 + 6 * 3);
    assert_eq!(gas_of(&mut chain, at, info::getPricesInArbGasCall {}), 800 + 800 + 3 * 3);
    assert_eq!(gas_of(&mut chain, at, info::getGasAccountingParamsCall {}), 800 + 2 * 800 + 3 * 3);
    assert_eq!(gas_of(&mut chain, at, info::getCurrentTxL1GasFeesCall {}), 800 + 3);
    assert_eq!(gas_of(&mut chain, at, info::getMaxTxGasLimitCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, at, info::getMinimumGasPriceCall {}), 1_603);
    assert_eq!(gas_of(&mut chain, at, info::getL1PricingSurplusCall {}), 800 + 3 * 800 + 3);
    assert_eq!(gas_of(&mut chain, at, info::getGasPricingConstraintsCall {}), 800 + 800 + 2 * 3);
    assert_eq!(gas_of(&mut chain, at, info::getMultiGasPricingConstraintsCall {}), 800 + 800 + 2 * 3);
    assert_eq!(gas_of(&mut chain, at, info::getMultiGasBaseFeeCall {}), 800 + 10 * 800 + 11 * 3);
}

/// 0xA4B0…6572 is the sequencer; it is also the coinbase of every block.
const SEQUENCER: Address = address!("A4B000000000000000000073657175656e636572");

#[test]
fn the_sequencer_is_the_only_batch_poster_until_an_owner_adds_one() {
    let mut chain = TestChain::new();
    use ArbAggregator as aggregator;
    let at = ARB_AGGREGATOR;
    let preferred = view(&mut chain, at, aggregator::getPreferredAggregatorCall { addr: USER });
    assert_eq!((preferred._0, preferred._1), (SEQUENCER, true));
    assert_eq!(view(&mut chain, at, aggregator::getDefaultAggregatorCall {}), SEQUENCER);
    assert_eq!(view(&mut chain, at, aggregator::getBatchPostersCall {}), [SEQUENCER]);
    let paid = aggregator::getFeeCollectorCall { batchPoster: SEQUENCER };
    assert_eq!(view(&mut chain, at, paid), SEQUENCER);
    assert_eq!(view(&mut chain, at, aggregator::getTxBaseFeeCall { aggregator: USER }), U256::ZERO);

    let add = aggregator::addBatchPosterCall { newBatchPoster: USER }.abi_encode();
    assert!(!chain.send(at, add.clone(), 0).result.is_success(), "only an owner adds one");
    let unknown = aggregator::getFeeCollectorCall { batchPoster: USER }.abi_encode();
    assert!(!chain.send(at, unknown, 0).result.is_success());
    become_owner(&mut chain);
    chain.send_ok(at, add.clone());
    chain.send_ok(at, add);
    assert_eq!(view(&mut chain, at, aggregator::getBatchPostersCall {}), [SEQUENCER, USER]);
    let set = aggregator::setFeeCollectorCall { batchPoster: USER, newFeeCollector: ARB_SYS };
    chain.send_ok(at, set.abi_encode());
    assert_eq!(view(&mut chain, at, aggregator::getFeeCollectorCall { batchPoster: USER }), ARB_SYS);
    chain.send_ok(at, aggregator::setTxBaseFeeCall { aggregator: USER, feeInL1Gas: U256::ONE }.abi_encode());
}

#[test]
fn only_the_poster_its_collector_or_an_owner_changes_the_collector() {
    let mut chain = TestChain::new();
    let set = |new| {
        let call = ArbAggregator::setFeeCollectorCall { batchPoster: SEQUENCER, newFeeCollector: new };
        call.abi_encode()
    };
    assert!(!chain.send(ARB_AGGREGATOR, set(USER), 0).result.is_success());
    become_owner(&mut chain);
    chain.send_ok(ARB_AGGREGATOR, set(USER));
    let leave = ArbOwner::removeChainOwnerCall { ownerToRemove: USER }.abi_encode();
    chain.send_ok(ARB_OWNER, leave);
    chain.send_ok(ARB_AGGREGATOR, set(ARB_SYS));
    assert!(!chain.send(ARB_AGGREGATOR, set(USER), 0).result.is_success(), "no longer the collector");
}

/// Adding a poster: is the caller an owner, is the poster known (twice); what it is owed is zero, who is paid; then the set:
/// known, size, place, member, size again.
#[test]
fn views_and_changes_of_batch_posters_cost_their_accesses() {
    let mut chain = TestChain::new();
    use ArbAggregator as aggregator;
    let at = ARB_AGGREGATOR;
    assert_eq!(gas_of(&mut chain, at, aggregator::getDefaultAggregatorCall {}), 800 + 3);
    assert_eq!(gas_of(&mut chain, at, aggregator::getBatchPostersCall {}), 800 + 2 * 800 + 3 * 3);
    let paid = aggregator::getFeeCollectorCall { batchPoster: SEQUENCER };
    assert_eq!(gas_of(&mut chain, at, paid), 800 + 3 + 2 * 800 + 3);
    become_owner(&mut chain);
    let add = aggregator::addBatchPosterCall { newBatchPoster: USER };
    let set = 2 * 800 + 20_000 + 20_000 + 800 + 20_000;
    assert_eq!(gas_of(&mut chain, at, add), 800 + 3 + 3 * 800 + 5_000 + 20_000 + set);
}
