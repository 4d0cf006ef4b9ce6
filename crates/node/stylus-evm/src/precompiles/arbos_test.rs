//! ArbosTest: burns gas (Nitro v3.10.0 `precompiles/ArbosTest.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::contracts::abi::ArbosTest as abi;
use revm::Database;

pub struct ArbosTest;

impl Precompile for ArbosTest {
    type Calls = abi::ArbosTestCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::Pure
    }

    /// Succeeds even if the amount is more than the gas left: then it burns all of it.
    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        let abi::ArbosTestCalls::burnArbGas(call) = call;
        let amount = u64::try_from(call.gasAmount).map_err(|_| plain_revert())?;
        ctx.state.gas.burn::<DB::Error>(amount).ok();
        results(())
    }
}
