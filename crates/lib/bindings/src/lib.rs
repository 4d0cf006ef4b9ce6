//! Typed access to Weir's contracts over JSON-RPC, and their deployment.
//!
//! [`contracts`] has a module for each Solidity interface, with its calls, events and errors as types, and an instance to call
//! them by alloy (`IVault::new(address, provider)`). They come from the interfaces in `abi/` that the contracts are compiled
//! against; those of the programs have all that they inherit, and every error that they answer with. [`refusal`] puts revert
//! data into words. [`deploy`](mod@deploy) creates, activates and constructs a program.
//!
//! Amounts are base units of the token named, times are seconds, factors are wads (1e18 is one).
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `deploy` | the module `deploy` and the programs' names; it takes the WASM that `scripts/build` makes | on |
//! | `http` | alloy's HTTP transport with TLS, and private keys, which most programs need beside the types | on |
#![warn(missing_docs)]

pub mod contracts;
#[cfg(feature = "deploy")]
pub mod deploy;
pub mod refusal;

/// The version of alloy whose providers and types these bindings take.
pub use alloy;
pub use contracts::*;
#[cfg(feature = "deploy")]
pub use weir_artifacts::Program;

/// The README's program is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
