//! [`Revert`]: the ABI-encoded custom error that a call reverts with.
//!
//! **CREATING A `Revert` ENDS THE CALL ON CHAIN.** There the type has no values: creating one writes the error and leaves
//! the program, so a `Result` that could hold one costs no gas. Natively, in tests, a `Revert` is a value that travels
//! through `?` to the entry point. Both behave the same as long as one rule is kept:
//!
//! > Create a `Revert` only in order to revert. Never create one to inspect, replace or drop it.

use alloc::vec::Vec;

use alloy_sol_types::{SolError, SolType};

use super::encode::{Encode, calldata};
use crate::host::{self, Ended};

/// Encoded error data: see the rule above. Every custom error of `abi/` converts into it, so `?` does the encoding.
#[cfg_attr(not(target_arch = "wasm32"), derive(Clone, Debug, PartialEq, Eq))]
pub struct Revert(Ended);

impl Revert {
    /// Reverts with `data` as it is: with what another contract reverted with.
    #[cold]
    #[inline(never)]
    pub fn bubble(data: Vec<u8>) -> Self {
        Self(host::revert(data))
    }

    /// The data to revert with.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn into_data(self) -> Vec<u8> {
        self.0
    }

    /// The data to revert with: on chain there is no `Revert` to take it from.
    #[cfg(target_arch = "wasm32")]
    pub fn into_data(self) -> Vec<u8> {
        match self.0 {}
    }
}

/// Reverts with `error` unless `condition` holds.
///
/// # Errors
/// `error`.
#[inline(always)]
// On chain the conversion does not return.
#[cfg_attr(target_arch = "wasm32", expect(unreachable_code))]
pub fn require<E>(condition: bool, error: E) -> Result<(), Revert>
where
    Revert: From<E>,
{
    if condition {
        return Ok(());
    }
    Err(error.into())
}

/// The arguments of an error, in order.
type Arguments<E> = <<E as SolError>::Parameters<'static> as SolType>::RustType;

impl<E: SolError> From<E> for Revert
where
    Arguments<E>: From<E> + Encode,
{
    #[inline(always)]
    fn from(error: E) -> Self {
        encoded(const { u32::from_be_bytes(E::SELECTOR) }, Arguments::<E>::from(error))
    }
}

/// One small function for all errors whose arguments have the same types. `alloy`'s encoder takes a kilobyte of code for
/// each error.
#[cold]
#[inline(never)]
fn encoded(selector: u32, arguments: impl Encode) -> Revert {
    Revert::bubble(calldata(selector, arguments))
}
