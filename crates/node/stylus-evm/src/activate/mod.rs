//! Activation: turns the code of an account into a module that meters itself.
//! It needs no chain: [`check`] validates a WASM and computes its costs.

mod contents;
mod error;
pub mod globals;
mod instrument;
mod module;
mod packed;
mod prefix;
mod stack;
mod unpack;

pub use contents::{ENTRY_POINT, MEMORY};
pub use error::ActivationError;
pub use module::{Checked, METERING_VERSION, check};
pub use packed::{Packed, check_size, fragment_addresses, fragment_payload};
pub use prefix::{is_component, is_program};
pub use unpack::unpack;
