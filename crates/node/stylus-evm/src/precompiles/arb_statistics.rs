//! ArbStatistics: figures of Arbitrum Classic, which are all zero (Nitro v3.10.0 `precompiles/ArbStatistics.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::contracts::abi::ArbStatistics as abi;
use revm::{Database, primitives::U256};

pub struct ArbStatistics;

impl Precompile for ArbStatistics {
    type Calls = abi::ArbStatisticsCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::View
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        let abi::ArbStatisticsCalls::getStats(_) = call;
        let block = U256::from(ctx.transaction.l2_block_number);
        results((block, U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO, U256::ZERO))
    }
}
