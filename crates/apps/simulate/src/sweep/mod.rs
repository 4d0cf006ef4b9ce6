//! Sweeps: runs a simulation for all values of one or two settings, and maps a figure over them.

mod axis;
mod cells;
mod picture;
mod show;

pub use axis::Axis;
pub use cells::{SweepResult, run};
pub use show::write;
