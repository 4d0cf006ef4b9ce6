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
        transaction::TransactionType,
    },
    context_interface::{ContextTr, JournalTr},
    handler::{EvmTr, Handler},
    inspector::{InspectorHandler, NoOpInspector},
    interpreter::interpreter::EthInterpreter,
    state::EvmState,
};

/// Result of a transaction.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Success, revert or halt, with gas, logs and output.
    pub result: ExecutionResult<HaltReason>,
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
        .with_chain(TransactionState::new(env, &tx));
    context.set_tx(without_tip(tx, env.cfg.chain_id));
    StylusEvm::new(context, inspector, opcodes::instructions())
}

/// Removes the tip: on Arbitrum, a sender who offers more than the base fee pays the base fee.
fn without_tip(mut tx: TxEnv, chain_id: u64) -> TxEnv {
    if tx.gas_priority_fee.is_some_and(|tip| tip > tx.gas_price) {
        // Invalid; revm returns the error.
        return tx;
    }
    if tx.tx_type == TransactionType::Legacy as u8 || tx.tx_type == TransactionType::Eip2930 as u8 {
        // Older types always pay the offered price; EIP-1559 transactions can pay less.
        tx.tx_type = TransactionType::Eip1559 as u8;
        tx.chain_id.get_or_insert(chain_id);
    }
    tx.gas_priority_fee = Some(0);
    tx
}

fn finish<DB: Database, INSP>(
    mut evm: StylusEvm<DB, INSP>,
    result: Result<ExecutionResult<HaltReason>, EVMError<DB::Error>>,
) -> Result<Outcome, EVMError<DB::Error>> {
    let state = evm.ctx().journal_mut().finalize();
    let failures = std::mem::take(&mut evm.ctx().chain.failures);
    Ok(Outcome { result: result?, state, failures })
}
