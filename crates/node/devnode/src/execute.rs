//! Executes transactions and calls with `stylus-evm`, on any state and in any block of one chain.
//! This is the only file that drives the EVM.

use crate::{
    block_context::{BASE_FEE, BLOCK_GAS_LIMIT, BlockContext, COINBASE},
    config::ChainConfig,
    error::{ChainError, TransactionError},
};
use alloy_consensus::{Transaction, TxEnvelope, Typed2718, transaction::Recovered};
use alloy_primitives::{B256, U256};
use alloy_rpc_types_eth::BlockOverrides;
use revm::{
    context::{BlockEnv, TxEnv, either::Either, result::EVMError},
    database_interface::{DatabaseRef, WrapDatabaseRef},
    inspector::Inspector,
    interpreter::interpreter::EthInterpreter,
};
use stylus_evm::{Env, ProgramProfile, StylusContext, Symbols};

pub use stylus_evm::{Outcome, TX_GAS_LIMIT};

/// The rules of one chain.
#[derive(Clone, Debug)]
pub struct Executor {
    env: Env,
}

/// The rules of one chain in one block. An execution writes nothing to the state.
#[derive(Clone, Debug)]
pub struct BlockExecutor {
    env: Env,
}

impl Executor {
    pub fn new(config: &ChainConfig) -> Self {
        let mut env = Env::new(config.chain_id);
        env.options.treat_all_as_cached = config.treat_all_as_cached;
        env.modules = config.programs.clone();
        Self { env }
    }

    /// Executes transactions of a block.
    pub fn block(&self, context: &BlockContext) -> BlockExecutor {
        let mut env = self.env.clone();
        env.block = block_env(context);
        env.l2_block_number = context.number;
        // `validate` checks the sender, since an impersonated sender may have code.
        env.cfg.disable_eip3607 = true;
        BlockExecutor { env }
    }

    /// Executes calls: without checks of nonce and sender, and with a gas price of 0 allowed.
    ///
    /// # Errors
    /// The overrides cannot be applied.
    pub fn call(
        &self,
        context: &BlockContext,
        overrides: &BlockOverrides,
        tx: &TxEnv,
    ) -> Result<BlockExecutor, ChainError> {
        let BlockExecutor { mut env } = self.block(context);
        apply(overrides, &mut env.block)?;
        env.cfg.disable_nonce_check = true;
        env.cfg.disable_block_gas_limit = true;
        env.cfg.disable_base_fee = tx.gas_price == 0;
        Ok(BlockExecutor { env })
    }
}

impl BlockExecutor {
    /// Allows more gas than a transaction may use, as Nitro does for `eth_call` but not for estimates.
    pub fn without_tx_gas_limit(mut self) -> Self {
        self.env.options.tx_gas_limit = None;
        self
    }

    pub const fn block(&self) -> &BlockEnv {
        &self.env.block
    }

    /// # Errors
    /// The transaction is not valid in this block and state. The methods below fail likewise.
    pub fn run<DB>(&self, db: DB, tx: TxEnv) -> Result<Outcome, ChainError>
    where
        DB: DatabaseRef<Error = ChainError>,
    {
        with_chain_errors(tx, |tx| stylus_evm::transact(WrapDatabaseRef(db), &self.env, tx))
    }

    /// Executes and passes every frame, instruction and log to `inspector`.
    pub fn inspect<DB, I>(&self, db: DB, tx: TxEnv, inspector: I) -> Result<Outcome, ChainError>
    where
        DB: DatabaseRef<Error = ChainError>,
        I: Inspector<StylusContext<WrapDatabaseRef<DB>>, EthInterpreter>,
    {
        with_chain_errors(tx, |tx| stylus_evm::inspect(WrapDatabaseRef(db), &self.env, tx, inspector))
    }

    /// Executes and returns a profile of every call of a Stylus program.
    pub fn profile<DB>(
        &self,
        db: DB,
        tx: TxEnv,
        symbols: &Symbols,
    ) -> Result<(Outcome, Vec<ProgramProfile>), ChainError>
    where
        DB: DatabaseRef<Error = ChainError>,
    {
        with_chain_errors(tx, |tx| stylus_evm::profile(WrapDatabaseRef(db), &self.env, tx, symbols))
    }
}

/// Executes and converts the EVM's errors.
fn with_chain_errors<T>(
    tx: TxEnv,
    run: impl FnOnce(TxEnv) -> Result<T, EVMError<ChainError>>,
) -> Result<T, ChainError> {
    let (caller, size) = (tx.caller, tx.data.len());
    run(tx).map_err(|error| match error {
        EVMError::Transaction(error) => TransactionError::from_evm(error, caller, size).into(),
        EVMError::Database(error) => error,
        other => ChainError::Internal(format!("execution failed: {other}")),
    })
}

/// Converts a signed transaction to revm's form.
pub fn tx_env(tx: &Recovered<TxEnvelope>) -> TxEnv {
    let (sender, tx) = (tx.signer(), tx.inner());
    TxEnv {
        tx_type: tx.ty(),
        caller: sender,
        gas_limit: tx.gas_limit(),
        gas_price: tx.max_fee_per_gas(),
        kind: tx.kind(),
        value: tx.value(),
        data: tx.input().clone(),
        nonce: tx.nonce(),
        chain_id: tx.chain_id(),
        access_list: tx.access_list().cloned().unwrap_or_default(),
        gas_priority_fee: tx.max_priority_fee_per_gas(),
        blob_hashes: Vec::new(),
        max_fee_per_blob_gas: 0,
        authorization_list: tx
            .authorization_list()
            .map(|list| list.iter().cloned().map(Either::Left).collect())
            .unwrap_or_default(),
    }
}

fn block_env(context: &BlockContext) -> BlockEnv {
    BlockEnv {
        number: U256::from(context.l1_number),
        beneficiary: COINBASE,
        timestamp: U256::from(context.timestamp),
        gas_limit: BLOCK_GAS_LIMIT,
        basefee: BASE_FEE,
        difficulty: U256::ONE,
        prevrandao: Some(B256::with_last_byte(1)),
        ..Default::default()
    }
}

/// Applies the block overrides of `eth_call`; `number` is the number that NUMBER returns.
fn apply(overrides: &BlockOverrides, block: &mut BlockEnv) -> Result<(), ChainError> {
    if let Some(fee) = overrides.base_fee {
        block.basefee = u64::try_from(fee)
            .map_err(|_| ChainError::Invalid(format!("the base fee {fee} does not fit into 64 bits")))?;
    }
    block.number = overrides.number.unwrap_or(block.number);
    block.timestamp = overrides.time.map_or(block.timestamp, U256::from);
    block.gas_limit = overrides.gas_limit.unwrap_or(block.gas_limit);
    block.beneficiary = overrides.coinbase.unwrap_or(block.beneficiary);
    block.prevrandao = overrides.random.or(block.prevrandao);
    if let Some(difficulty) = overrides.difficulty {
        block.difficulty = difficulty;
        block.prevrandao = overrides.random.or(Some(difficulty.into()));
    }
    Ok(())
}
