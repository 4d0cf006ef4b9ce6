//! What all of ArbOS's precompiles have in common: selectors, purity, gas, results
//! (Nitro `precompiles/precompile.go`, `context.go`, `wrapper.go`).

use super::abi;
use crate::{
    arbos::{
        address_set, chain_owners,
        storage::{Burner, Fault, State},
    },
    evm::{Chain, StylusContext},
};
use alloy_sol_types::{SolEvent, SolInterface, SolType, SolValue, abi::TokenSeq};
use revm::{
    Database, Journal,
    context::BlockEnv,
    context_interface::{ContextTr, JournalTr},
    interpreter::{CallInputs, Gas, InstructionResult, InterpreterResult},
    primitives::{Address, Bytes, FixedBytes, Log, U256},
};

/// Copying a word of arguments or results.
const COPY_WORD_GAS: u64 = 3;
/// Reading ArbOS's version, with which every access to its state begins.
const OPEN_STATE_GAS: u64 = 800;
const LOG_GAS: u64 = 375;
const LOG_TOPIC_GAS: u64 = 375;
const LOG_BYTE_GAS: u64 = 8;

/// What a method may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purity {
    Pure,
    View,
    Write,
    Payable,
}

/// One precompiled contract.
pub trait Precompile {
    type Calls: SolInterface;

    fn purity(call: &Self::Calls) -> Purity;

    /// Gives the result ABI-encoded.
    fn run<DB: Database>(host: &mut Call<'_, DB>, call: Self::Calls) -> Answer<DB>;
}

/// What a method gives: its result ABI-encoded.
pub type Answer<DB> = Result<Vec<u8>, Fault<<DB as Database>::Error>>;

/// A call of a precompile, and all that the precompile may look at.
pub struct Call<'a, DB: Database> {
    /// ArbOS's state, and the gas of this call.
    pub state: State<'a, Journal<DB>>,
    pub chain: &'a mut Chain,
    pub block: &'a BlockEnv,
    /// The precompile itself.
    pub address: Address,
    pub caller: Address,
    pub value: U256,
    input: &'a [u8],
    gas_limit: u64,
    is_static: bool,
    /// Called as itself, not delegated to.
    acts_as_itself: bool,
}

impl<'a, DB: Database> Call<'a, DB> {
    pub fn new(ctx: &'a mut StylusContext<DB>, inputs: &CallInputs, input: &'a [u8]) -> Self {
        let (block, _, _, journal, chain, _) = ctx.all_mut();
        Self {
            state: State::new(journal, Burner::of(inputs.gas_limit)),
            chain,
            block,
            address: inputs.bytecode_address,
            caller: inputs.caller,
            value: inputs.call_value(),
            input,
            gas_limit: inputs.gas_limit,
            is_static: inputs.is_static,
            acts_as_itself: inputs.target_address == inputs.bytecode_address,
        }
    }

    /// The block's time in Unix seconds.
    pub fn now(&self) -> u64 {
        self.block.timestamp.saturating_to()
    }

    /// Emits an event and charges for it.
    pub fn emit(&mut self, event: &impl SolEvent) -> Result<(), Fault<DB::Error>> {
        let data = event.encode_log_data();
        let topics = data.topics().len() as u64;
        self.state.gas.burn(LOG_GAS + LOG_TOPIC_GAS * topics + LOG_BYTE_GAS * data.data.len() as u64)?;
        self.state.journal.log(Log { address: self.address, data });
        Ok(())
    }

    fn finish(&self, result: InstructionResult, output: Vec<u8>, left: u64) -> InterpreterResult {
        let mut gas = Gas::new(self.gas_limit);
        gas.set_remaining(left);
        InterpreterResult { result, output: Bytes::from(output), gas }
    }

    /// Reverts without data and takes all the gas, as Nitro does with calls that make no sense.
    fn rejected(&self) -> InterpreterResult {
        self.finish(InstructionResult::Revert, Vec::new(), 0)
    }
}

/// Runs a method of a precompile; the error is the database's.
pub fn run<P: Precompile, DB: Database>(host: &mut Call<'_, DB>) -> Result<InterpreterResult, DB::Error> {
    let Ok(call) = P::Calls::abi_decode(host.input) else {
        return Ok(host.rejected());
    };
    let purity = P::purity(&call);
    let not_allowed = (purity >= Purity::View && !host.acts_as_itself)
        || (purity >= Purity::Write && host.is_static)
        || (purity < Purity::Payable && !host.value.is_zero());
    if not_allowed {
        return Ok(host.rejected());
    }
    let answer = charged::<P, DB>(host, purity, call);
    let left = host.state.gas.left();
    match answer {
        Ok(output) => Ok(host.finish(InstructionResult::Return, output, left)),
        Err(Fault::Revert(data)) => Ok(host.finish(InstructionResult::Revert, data, left)),
        Err(Fault::OutOfGas) => Ok(host.finish(InstructionResult::PrecompileOOG, Vec::new(), 0)),
        Err(Fault::Database(error)) => Err(error),
    }
}

fn charged<P: Precompile, DB: Database>(
    host: &mut Call<'_, DB>,
    purity: Purity,
    call: P::Calls,
) -> Answer<DB> {
    if purity > Purity::Pure {
        host.state.gas.burn(OPEN_STATE_GAS)?;
    }
    host.state.gas.burn(copy_gas(host.input.len() - 4))?;
    let answer = P::run(host, call);
    if let Ok(data) | Err(Fault::Revert(data)) = &answer {
        host.state.gas.burn(copy_gas(data.len()))?;
    }
    answer
}

/// Copying so many bytes, 3 gas a word.
pub fn copy_gas(bytes: usize) -> u64 {
    COPY_WORD_GAS * (bytes as u64).div_ceil(32)
}

/// Like [`run`], for owners of the chain only and free for them; what they do is logged.
pub fn run_for_owner<P: Precompile, DB: Database>(
    host: &mut Call<'_, DB>,
) -> Result<InterpreterResult, DB::Error> {
    match address_set::contains(&mut host.state, &chain_owners(), host.caller) {
        Ok(true) => {}
        Err(Fault::Database(error)) => return Err(error),
        _ => return Ok(host.finish(InstructionResult::PrecompileError, Vec::new(), 0)),
    }
    host.state.gas = Burner::free();
    let mut result = run::<P, DB>(host)?;
    if result.result.is_ok() && !host.is_static {
        let method = FixedBytes::<4>::from_slice(&host.input[..4]);
        let data = Bytes::copy_from_slice(host.input);
        host.emit(&abi::ArbOwner::OwnerActs { method, owner: host.caller, data }).ok();
    }
    result.gas = Gas::new(host.gas_limit);
    Ok(result)
}

/// A Solidity error as revert data.
pub fn revert<E>(error: impl alloy_sol_types::SolError) -> Fault<E> {
    Fault::Revert(error.abi_encode())
}

/// A revert without data.
pub fn plain_revert<E>() -> Fault<E> {
    Fault::Revert(Vec::new())
}

/// Encodes the results of a method.
pub fn results<E, T>(values: T) -> Result<Vec<u8>, E>
where
    T: SolValue,
    for<'a> <T::SolType as SolType>::Token<'a>: TokenSeq<'a>,
{
    Ok(values.abi_encode_params())
}
