//! The chain, in process: everything that the node can do, without HTTP.
//!
//! Every transaction is mined at once, in its own block. Changes run one at a time. Calls and queries run in parallel
//! to them; a call keeps the state that it started with.
//!
//! `handle` defines [`Chain`]; its methods are split by topic into the other modules.

mod call;
mod control;
mod estimate;
mod follow;
mod genesis;
mod handle;
mod logs;
mod node_interface;
mod query;
mod replay;
mod request;
mod rpc_types;
mod send;
mod store;
pub mod trace;
mod validate;
mod view;

pub use crate::{
    block_context::{BASE_FEE, BLOCK_GAS_LIMIT, BlockContext, COINBASE},
    error::{ChainError, Reverted, TransactionError},
};
pub use call::CALL_GAS_CAP;
pub use control::MAX_BLOCKS_AT_ONCE;
pub use follow::Cursor;
pub use handle::Chain;
pub use query::ChainInfo;
pub use request::Call;
pub use rpc_types::{Block, Header, Receipt, Transaction};
pub use store::{Fingerprint, ImageError};
