//! Typed access to Weir's contracts over JSON-RPC, and their deployment.
//!
//! The types come from the Solidity interfaces in `abi/`, the same that the contracts are compiled against.

mod contracts;
pub mod deploy;
pub mod refusal;

pub use contracts::*;
pub use weir_artifacts::Program;
