//! Stakers, buyers and yield on the vaults' own arithmetic: the toy vault model's agents and its open exercises.
//!
//! [`config`] says what is simulated, [`engine`] simulates it on `weir::math`, `chain` does the same on the contracts, and the rest
//! reads what came of it. `docs/simulate.md` explains the model.

mod arguments;
mod chain;
pub mod config;
pub mod engine;
pub mod measure;
mod run;
mod scenario;
mod show;
mod sweep;

pub use arguments::{Arguments, Scenario};
pub use chain::{Compared, compare};
pub use run::run;
