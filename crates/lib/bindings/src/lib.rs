//! Typed access to Weir's contracts over JSON-RPC, and their deployment.
//!
//! [`contracts`] has one module per Solidity interface, with its calls, events and errors as types, and contract
//! instances of alloy (`IVault::new(address, provider)`). They are generated from the interfaces in `abi/`, which the
//! contracts are compiled against. A program's interface includes everything it inherits and every error it reverts
//! with. [`revert`] decodes revert data into text.
//!
//! Amounts are base units of the named token, times are seconds, factors are wads (1e18 is one).
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `http` | alloy's HTTP transport, and private keys | on |
//! | `tls` | TLS, for nodes by `https://` | off |
//! | `deploy` | the modules `deploy`, which creates, activates and constructs a program, and `fixed`, the addresses of what clones run, and the enum `Program`; needs the WASM that `scripts/build` writes | off |
#![warn(missing_docs)]

pub mod contracts;
#[cfg(feature = "deploy")]
pub mod deploy;
#[cfg(feature = "deploy")]
pub mod fixed;
pub mod revert;

/// The version of alloy that these bindings are built with.
pub use alloy;
pub use contracts::*;
#[cfg(feature = "deploy")]
pub use weir_artifacts::Program;
