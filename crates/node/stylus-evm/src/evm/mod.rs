//! Executes one transaction: EVM code by revm's interpreter, Stylus programs and system contracts as runs.

mod enter;
mod frames;
mod handler;
mod inspect;
mod opcodes;
mod serve;

pub use opcodes::simulated_l1_block_hash;

use self::{frames::StylusEvm, handler::ArbHandler};
use crate::{
    context::{ProgramFailure, StylusContext, TransactionState},
    env::Env,
    profile::{Profiler, ProgramProfile, Symbols},
};
use revm::{
    Context, Database, Inspector, Journal,
    context::{
        BlockEnv, CfgEnv, ContextSetters, TxEnv,
        result::{EVMError, ExecutionResult, HaltReason},
    },
    context_interface::{ContextTr, JournalTr},
    handler::{EvmTr, Handler},
    inspector::{InspectorHandler, NoOpInspector},
    interpreter::interpreter::EthInterpreter,
    primitives::U256,
    state::EvmState,
};

/// Result of a transaction.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Success, revert or halt, with gas, logs and output.
    pub result: ExecutionResult<HaltReason>,
    /// Price of a unit of gas that the sender paid, in wei.
    pub gas_price: U256,
    /// All touched accounts, to be committed to the database.
    pub state: EvmState,
    /// Failures of programs (not reverts by programs), innermost first. Their callers may have continued.
    pub failures: Vec<ProgramFailure>,
}

/// Executes `tx` on the state in `db`, without writing to `db`.
///
/// # Errors
/// The transaction is not valid in this block (nonce, balance, gas limit, …), or the database fails.
pub fn transact<DB: Database>(db: DB, env: &Env, tx: TxEnv) -> Result<Outcome, EVMError<DB::Error>> {
    let mut evm = evm(db, env, tx, NoOpInspector);
    let result = ArbHandler::default().run(&mut evm);
    finish(evm, result)
}

/// Like [`transact`], and notifies `inspector` of every frame, EVM instruction and log.
/// Pass `&mut inspector` to keep the inspector.
///
/// # Errors
/// As [`transact`].
pub fn inspect<DB, INSP>(
    db: DB,
    env: &Env,
    tx: TxEnv,
    inspector: INSP,
) -> Result<Outcome, EVMError<DB::Error>>
where
    DB: Database,
    INSP: Inspector<StylusContext<DB>, EthInterpreter>,
{
    let mut evm = evm(db, env, tx, inspector);
    let result = ArbHandler::default().inspect_run(&mut evm);
    finish(evm, result)
}

/// Like [`transact`], and also returns a profile of the ink of each call of a program, in the order in which the calls
/// began. `symbols` names the functions of programs that were deployed without names.
/// The outcome is the same as that of [`transact`].
///
/// # Errors
/// As [`transact`].
pub fn profile<DB: Database>(
    db: DB,
    env: &Env,
    tx: TxEnv,
    symbols: &Symbols,
) -> Result<(Outcome, Vec<ProgramProfile>), EVMError<DB::Error>> {
    let mut evm = evm(db, env, tx, NoOpInspector);
    evm.ctx().chain.profiler = Some(Profiler::new(symbols.clone()));
    let result = ArbHandler::default().run(&mut evm);
    let profiler = evm.ctx().chain.profiler.take().unwrap_or_default();
    Ok((finish(evm, result)?, profiler.into_programs()))
}

fn evm<DB: Database, INSP>(db: DB, env: &Env, tx: TxEnv, inspector: INSP) -> StylusEvm<DB, INSP> {
    let base = Context::<BlockEnv, TxEnv, CfgEnv, DB, Journal<DB>, ()>::new(db, env.cfg.spec);
    let mut context = base
        .with_cfg(env.cfg.clone())
        .with_block(env.block.clone())
        .with_chain(TransactionState::new(env, tx.caller));
    context.set_tx(tx);
    StylusEvm::new(context, inspector, opcodes::instructions())
}

fn finish<DB: Database, INSP>(
    mut evm: StylusEvm<DB, INSP>,
    result: Result<ExecutionResult<HaltReason>, EVMError<DB::Error>>,
) -> Result<Outcome, EVMError<DB::Error>> {
    let state = evm.ctx().journal_mut().finalize();
    let failures = std::mem::take(&mut evm.ctx().chain.failures);
    let gas_price = evm.ctx().chain.environment.tx_gas_price;
    Ok(Outcome { result: result?, state, failures, gas_price })
}
