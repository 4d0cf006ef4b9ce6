//! Simulates stakers, buyers and yield on the vaults' own arithmetic: the agents and exercises of the toy vault model.
//!
//! [`config`] has the settings, [`engine`] runs them on `weir::math`, `chain` runs the same operations on the
//! contracts, and the other modules evaluate and show the result. `docs/simulate.md` explains the model.

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
