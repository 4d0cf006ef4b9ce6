//! Activation: turns the code of an account into a module that meters itself.
//! It needs no chain: [`check`] validates a WASM and computes its costs.

mod contents;
mod error;
mod instrument;
mod module;
mod packed;
mod stack;
mod unpack;

pub use contents::{ENTRY_POINT, MEMORY};
pub use error::ActivationError;
pub use module::{METERING_VERSION, check};
pub use packed::{MAX_FRAGMENTS, Packed, fragment_addresses, fragment_payload};
pub use stack::STACK_WORDS;
pub use unpack::{MAX_WASM_BYTES, is_component, is_program, unpack};

use crate::pricing::{activation::Work, entry::Size};

/// A WASM that passed every check, with its costs and its metered form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Determines the price of a call.
    pub size: Size,
    /// Determines the gas of the activation.
    pub work: Work,
    /// Units of init cost ([`Size::init_cost`]), as a chain stores them.
    pub init_cost: u16,
    /// Units of cached cost ([`Size::cached_cost`]), as a chain stores them.
    pub cached_cost: u16,
    /// Estimated bytes of machine code; the data fee is charged for them.
    pub asm_estimate: u32,
    /// The WASM with ink and stack checks built in.
    pub metered: Vec<u8>,
}

/// Names of the globals that the instrumentation adds and the host reads.
pub mod globals {
    pub const INK_LEFT: &str = "stylus_ink_left";
    pub const INK_STATUS: &str = "stylus_ink_status";
    pub const STACK_LEFT: &str = "stylus_stack_left";
}
