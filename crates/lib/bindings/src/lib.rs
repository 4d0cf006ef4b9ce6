//! Typed access to Weir's contracts over JSON-RPC, and their deployment.
//!
//! [`contracts`] has one module per Solidity interface, with its calls, events and errors as types, and contract
//! instances of alloy (`IVault::new(address, provider)`). They are generated from the interfaces in `abi/`, which the
//! contracts are compiled against. A program's interface includes everything it inherits and every error it reverts
//! with. [`revert`] decodes revert data into text. [`deploy`](mod@deploy) creates, activates and constructs a program.
//!
//! Amounts are base units of the named token, times are seconds, factors are wads (1e18 is one).
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `deploy` | the module `deploy` and the enum `Program`; needs the WASM that `scripts/build` writes | on |
//! | `http` | alloy's HTTP transport with TLS, and private keys | on |
#![warn(missing_docs)]

pub mod contracts;
#[cfg(feature = "deploy")]
pub mod deploy;
pub mod revert;

/// The version of alloy that these bindings are built with.
pub use alloy;
pub use contracts::*;
#[cfg(feature = "deploy")]
pub use weir_artifacts::Program;

/// Compiles and runs the program in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
