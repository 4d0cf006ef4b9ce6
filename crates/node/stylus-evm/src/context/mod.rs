//! The context of a transaction: revm's, with the state that programs and precompiles add to it.

pub mod accounts;
mod transaction_state;

pub use transaction_state::{ProgramFailure, TransactionState};

use revm::{
    Context, Journal,
    context::{BlockEnv, CfgEnv, TxEnv},
};

/// The context of EVM instructions, precompiles and inspectors.
pub type StylusContext<DB> = Context<BlockEnv, TxEnv, CfgEnv, DB, Journal<DB>, TransactionState>;
