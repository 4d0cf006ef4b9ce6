//! Names of the globals that the instrumentation adds and the host reads.

pub const INK_LEFT: &str = "stylus_ink_left";
pub const INK_STATUS: &str = "stylus_ink_status";
pub const STACK_LEFT: &str = "stylus_stack_left";
