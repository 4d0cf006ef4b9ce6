//! ArbGasInfo: prices (Nitro v3.10.0 `precompiles/ArbGasInfo.go`). L1 data is free at any price that is set for it,
//! the backlog stays empty, and nothing limits the base fee from below.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::{
    arbos::{
        pricing::{
            GAS_KINDS, TOTAL_FUNDS_DUE, batch_posters_table, gas_constraints, l1, l1_pricing, l2, l2_pricing,
            multi_gas_base_fees, multi_gas_constraints,
        },
        storage::{Fault, Space, key},
    },
    contracts::abi::ArbGasInfo as abi,
};
use revm::{Database, primitives::U256};

/// Gas of a new storage slot in the state of ArbOS.
const STORAGE_GAS: u64 = 20_000;
/// Bytes of a simple transaction, and gas of a byte that is not zero.
const SIMPLE_TX_BYTES: u64 = 140;
const BYTE_GAS: u64 = 16;
/// Slot of the length of a list of constraints.
const LENGTH: u64 = 0;

pub struct ArbGasInfo;

impl Precompile for ArbGasInfo {
    type Calls = abi::ArbGasInfoCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::View
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbGasInfoCalls as Method;
        let (l1_slots, l2_slots) = (l1_pricing(), l2_pricing());
        match call {
            Method::getPricesInWei(_) | Method::getPricesInWeiWithAggregator(_) => prices_in_wei(ctx),
            Method::getPricesInArbGas(_) | Method::getPricesInArbGasWithAggregator(_) => prices_in_gas(ctx),
            Method::getGasAccountingParams(_) => {
                let speed_limit = word(ctx, &l2_slots, l2::SPEED_LIMIT)?;
                let block_limit = word(ctx, &l2_slots, l2::BLOCK_GAS_LIMIT)?;
                results((speed_limit, block_limit, block_limit))
            }
            Method::getL1PricingSurplus(_) => l1_surplus(ctx),
            Method::getCurrentTxL1GasFees(_) => results((U256::ZERO,)),
            Method::getGasPricingConstraints(_) => {
                word(ctx, &gas_constraints(), LENGTH)?;
                results((Vec::<[u64; 3]>::new(),))
            }
            Method::getMultiGasPricingConstraints(_) => {
                word(ctx, &multi_gas_constraints(), LENGTH)?;
                results((Vec::<abi::ResourceConstraint>::new(),))
            }
            Method::getMultiGasBaseFee(_) => base_fees(ctx),
            // The rest is one value of the state. The encoding of numbers and addresses is the stored word.
            call => {
                let (space, slot) = place(&call, l1_slots, l2_slots);
                results((word(ctx, &space, slot)?,))
            }
        }
    }
}

/// Space and slot of a single value.
fn place(call: &abi::ArbGasInfoCalls, l1_slots: Space, l2_slots: Space) -> (Space, u64) {
    use abi::ArbGasInfoCalls as Method;
    match call {
        Method::getMaxTxGasLimit(_) => (l2_slots, l2::TX_GAS_LIMIT),
        Method::getMaxBlockGasLimit(_) => (l2_slots, l2::BLOCK_GAS_LIMIT),
        Method::getMinimumGasPrice(_) => (l2_slots, l2::MIN_BASE_FEE),
        Method::getGasBacklog(_) => (l2_slots, l2::GAS_BACKLOG),
        Method::getPricingInertia(_) => (l2_slots, l2::INERTIA),
        Method::getGasBacklogTolerance(_) => (l2_slots, l2::BACKLOG_TOLERANCE),
        Method::getL1BaseFeeEstimateInertia(_) => (l1_slots, l1::INERTIA),
        Method::getL1RewardRate(_) => (l1_slots, l1::REWARD_PER_UNIT),
        Method::getL1RewardRecipient(_) => (l1_slots, l1::REWARDS_RECIPIENT),
        Method::getPerBatchGasCharge(_) => (l1_slots, l1::GAS_PER_BATCH),
        Method::getAmortizedCostCapBips(_) => (l1_slots, l1::AMORTIZED_COST_CAP_BIPS),
        Method::getL1FeesAvailable(_) => (l1_slots, l1::FEES_AVAILABLE),
        Method::getL1PricingEquilibrationUnits(_) => (l1_slots, l1::EQUILIBRATION_UNITS),
        Method::getLastL1PricingUpdateTime(_) => (l1_slots, l1::LAST_UPDATE),
        Method::getL1PricingFundsDueForRewards(_) => (l1_slots, l1::FUNDS_DUE_FOR_REWARDS),
        Method::getL1PricingUnitsSinceUpdate(_) => (l1_slots, l1::UNITS_SINCE_UPDATE),
        Method::getLastL1PricingSurplus(_) => (l1_slots, l1::LAST_SURPLUS),
        _ => (l1_slots, l1::PRICE_PER_UNIT),
    }
}

fn word<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    space: &Space,
    slot: u64,
) -> Result<U256, Fault<DB::Error>> {
    ctx.state.get(space, key(slot)).map(Into::into)
}

/// Price of a byte of L1 data as set by an owner. This host does not charge it.
fn l1_byte<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> Result<U256, Fault<DB::Error>> {
    let price = word(ctx, &l1_pricing(), l1::PRICE_PER_UNIT)?;
    // Truncated far above any real price, so that products do not overflow.
    Ok((price & U256::from(u128::MAX)) * U256::from(BYTE_GAS))
}

fn prices_in_wei<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    let l1_byte = l1_byte(ctx)?;
    let l2 = U256::from(ctx.block.basefee);
    let base = word(ctx, &l2_pricing(), l2::MIN_BASE_FEE)?.min(l2);
    let transaction = l1_byte * U256::from(SIMPLE_TX_BYTES);
    results((transaction, l1_byte, l2 * U256::from(STORAGE_GAS), base, l2 - base, l2))
}

fn prices_in_gas<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    let l1_byte = l1_byte(ctx)?;
    let l2 = U256::from(ctx.block.basefee);
    let in_gas = |wei: U256| wei.checked_div(l2).unwrap_or_default();
    let transaction = in_gas(l1_byte * U256::from(SIMPLE_TX_BYTES));
    results((transaction, in_gas(l1_byte), U256::from(STORAGE_GAS)))
}

/// Fees that are available less those that are owed; negative as in two's complement.
fn l1_surplus<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    let refunds = word(ctx, &batch_posters_table(), TOTAL_FUNDS_DUE)?;
    let rewards = word(ctx, &l1_pricing(), l1::FUNDS_DUE_FOR_REWARDS)?;
    let available = word(ctx, &l1_pricing(), l1::FEES_AVAILABLE)?;
    results((available.wrapping_sub(refunds.wrapping_add(rewards)),))
}

/// The base fee of each kind of gas. Only constraints of several kinds make them differ, and there are none.
fn base_fees<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    let base_fee = word(ctx, &l2_pricing(), l2::BASE_FEE)?;
    for kind in 0..GAS_KINDS {
        word(ctx, &multi_gas_base_fees(), GAS_KINDS + kind)?;
    }
    results((vec![base_fee; GAS_KINDS as usize],))
}
