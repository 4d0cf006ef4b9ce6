//! ArbInfo: balances and code of accounts (Nitro `precompiles/ArbInfo.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results};
use crate::{arbos::storage::Fault, context::accounts, contracts::abi::ArbInfo as abi};
use revm::{
    Database,
    context_interface::{JournalTr, journaled_state::account::JournaledAccountTr},
};

const BALANCE_GAS: u64 = 700;
const CODE_GAS: u64 = 2_100;
const COPY_WORD_GAS: u64 = 3;

pub struct ArbInfo;

impl Precompile for ArbInfo {
    type Calls = abi::ArbInfoCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::View
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        match call {
            abi::ArbInfoCalls::getBalance(call) => {
                ctx.state.gas.burn(BALANCE_GAS)?;
                let mut account =
                    ctx.state.journal.load_account_mut(call.account).map_err(Fault::Database)?;
                if account.is_cold {
                    account.data.unsafe_mark_cold();
                }
                results((*account.data.balance(),))
            }
            abi::ArbInfoCalls::getCode(call) => {
                ctx.state.gas.burn(CODE_GAS)?;
                let (_, code) = accounts::code(ctx.state.journal, call.account).map_err(Fault::Database)?;
                let code = code.original_bytes();
                ctx.state.gas.burn(COPY_WORD_GAS * (code.len() as u64).div_ceil(32))?;
                results((code,))
            }
        }
    }
}
