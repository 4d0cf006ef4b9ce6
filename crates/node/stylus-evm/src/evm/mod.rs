//! Executes one transaction: revm's frames for EVM code, runs for Stylus programs and system contracts.

mod accounts;
mod chain;
mod enter;
mod frames;
mod handler;
mod inspect;
mod opcodes;
mod serve;

pub use accounts::code as peek_code;
pub use chain::{Chain, ProgramFailure};
pub use frames::StylusEvm;
pub use opcodes::simulated_l1_block_hash;

use self::handler::ArbHandler;
use crate::{
    Env,
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

/// The context that EVM instructions, precompiles and inspectors see.
pub type StylusContext<DB> = Context<BlockEnv, TxEnv, CfgEnv, DB, Journal<DB>, Chain>;

/// What a transaction did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Success, revert or halt, with gas, logs and output.
    pub result: ExecutionResult<HaltReason>,
    /// Every account touched, to be committed to the database.
    pub state: EvmState,
    /// Why calls of programs failed that did not just revert, innermost first. Their callers may have gone on.
    pub failures: Vec<ProgramFailure>,
}

/// Executes `tx` on the state in `db`; nothing is written to `db`.
///
/// # Errors
/// The transaction is not valid in this block (nonce, balance, gas limit, …), or the database failed.
pub fn transact<DB: Database>(db: DB, env: &Env, tx: TxEnv) -> Result<Outcome, EVMError<DB::Error>> {
    let mut evm = evm(db, env, tx, NoOpInspector);
    let result = ArbHandler::default().run(&mut evm);
    finish(evm, result)
}

/// Like [`transact`], and tells `inspector` of every frame, EVM instruction and log on the way.
/// Pass `&mut inspector` to keep it.
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

/// Like [`transact`], and tells for every call of a program where its ink went: what it did, and the profiles in the
/// order in which the calls began. `symbols` names the functions of programs that were deployed without names.
/// Result, gas and failures are those of [`transact`].
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
    let mut context =
        base.with_cfg(env.cfg.clone()).with_block(env.block.clone()).with_chain(Chain::new(env, &tx));
    context.set_tx(without_tip(tx, env.cfg.chain_id));
    StylusEvm::new(context, inspector, opcodes::instructions())
}

/// Arbitrum takes no tips: whoever offers more than the base fee pays the base fee.
fn without_tip(mut tx: TxEnv, chain_id: u64) -> TxEnv {
    if tx.gas_priority_fee.is_some_and(|tip| tip > tx.gas_price) {
        // Not valid; revm will say so.
        return tx;
    }
    if tx.tx_type == TransactionType::Legacy as u8 || tx.tx_type == TransactionType::Eip2930 as u8 {
        // Only from EIP-1559 on can a transaction pay less than it offers.
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
