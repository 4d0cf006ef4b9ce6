//! ArbGasInfo: prices (Nitro `precompiles/ArbGasInfo.go`). L1 data is free at any price that is set for it,
//! and the base fee is always the minimum gas price.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::{
    arbos::{
        L1_PRICE_PER_UNIT, l1_pricing,
        storage::{Fault, key},
    },
    contracts::abi::ArbGasInfo as abi,
};
use revm::{Database, primitives::U256};

/// Gas of a new storage slot in the state of ArbOS.
const STORAGE_GAS: u64 = 20_000;
const READ_GAS: u64 = 800;
/// Bytes of a simple transaction, and gas of a byte that is not zero.
const SIMPLE_TX_BYTES: u64 = 140;
const BYTE_GAS: u64 = 16;

pub struct ArbGasInfo;

impl Precompile for ArbGasInfo {
    type Calls = abi::ArbGasInfoCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::View
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbGasInfoCalls as Method;
        let l2 = U256::from(ctx.block.basefee);
        match call {
            Method::getPricesInWei(_) => {
                let l1_byte = l1_price(ctx)? * U256::from(BYTE_GAS);
                ctx.state.gas.burn(READ_GAS)?;
                let transaction = l1_byte * U256::from(SIMPLE_TX_BYTES);
                results((transaction, l1_byte, l2 * U256::from(STORAGE_GAS), l2, U256::ZERO, l2))
            }
            Method::getPricesInArbGas(_) => {
                let l1_byte = l1_price(ctx)? * U256::from(BYTE_GAS);
                let in_gas = |wei: U256| wei.checked_div(l2).unwrap_or_default();
                let transaction = in_gas(l1_byte * U256::from(SIMPLE_TX_BYTES));
                results((transaction, in_gas(l1_byte), U256::from(STORAGE_GAS)))
            }
            Method::getMinimumGasPrice(_) => {
                ctx.state.gas.burn(READ_GAS)?;
                results((l2,))
            }
            Method::getL1BaseFeeEstimate(_) | Method::getL1GasPriceEstimate(_) => results((l1_price(ctx)?,)),
            Method::getCurrentTxL1GasFees(_) => results((U256::ZERO,)),
            Method::getMaxTxGasLimit(_) => {
                ctx.state.gas.burn(READ_GAS)?;
                results((U256::from(ctx.transaction.options.tx_gas_limit.unwrap_or(u64::MAX)),))
            }
        }
    }
}

/// Price of L1 data as set by an owner. This host does not charge it.
fn l1_price<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> Result<U256, Fault<DB::Error>> {
    let price = ctx.state.get(&l1_pricing(), key(L1_PRICE_PER_UNIT))?;
    // Truncated far above any real price, so that products do not overflow.
    Ok(U256::from_be_bytes(price.0) & U256::from(u128::MAX))
}
