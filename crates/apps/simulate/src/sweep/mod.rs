//! Sweeps: the same simulation over one or two settings, on all processors, and the map of a figure over them.

mod axis;
mod cells;
mod show;

pub use axis::Axis;
pub use cells::{Swept, run};
pub use show::write;
