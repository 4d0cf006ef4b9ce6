//! The Stylus VM as Weir uses it: every host function, and all of Weir's `unsafe`.
//!
//! [`Host`] is safe to use. Most of its functions are the SDK's own. Those that the SDK does not bind, or binds at a cost
//! in gas or code size, are in [`hooks`], each beside the native twin that tests run.

pub mod bytes;
mod hooks;
#[cfg(feature = "contracts")]
mod vm;

pub use hooks::math_div;
#[cfg(feature = "contracts")]
pub use hooks::{Ended, revert};
#[cfg(feature = "contracts")]
pub use vm::{CallKind, CallResult, Host, entry_point};
