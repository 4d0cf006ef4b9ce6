//! How Weir's programs speak: entry point and table of functions, ABI encoding, storage slots, calls, logs and reverts.
//! Nothing here knows what a vault is.

pub mod call;
pub mod decode;
pub mod encode;
pub mod entry;
pub mod log;
pub mod revert;
pub mod slot;
pub mod text;
pub mod word;
