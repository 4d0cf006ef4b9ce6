//! A refusal: the ABI-encoded custom error that a call reverts with.

use alloy_sol_types::{SolError, SolType};

use super::calldata::{self, Reply};

/// Encoded error data. Every custom error of `abi/` converts into it, so `?` and `.into()` do the encoding.
///
/// On chain making one ends the call there and then: there is no such value, so results that could hold one cost no
/// code and no gas. Hence a refusal is made only where it is meant, and never caught.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg(not(target_arch = "wasm32"))]
pub struct Revert(Vec<u8>);

/// See above.
#[cfg(target_arch = "wasm32")]
pub struct Revert(core::convert::Infallible);

#[cfg(not(target_arch = "wasm32"))]
impl Revert {
    /// A refusal with this data, as another contract gave it.
    pub fn passed_on(data: Vec<u8>) -> Self {
        Self(data)
    }

    /// The data to revert with.
    pub fn into_data(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(target_arch = "wasm32")]
impl Revert {
    /// A refusal with this data, as another contract gave it.
    #[cold]
    #[inline(never)]
    pub fn passed_on(data: Vec<u8>) -> Self {
        #[link(wasm_import_module = "vm_hooks")]
        unsafe extern "C" {
            fn write_result(data: *const u8, length: usize);
            fn exit_early(status: u32) -> !;
        }
        // SAFETY: the host reads `length` bytes, which the vector has. Nothing runs after `exit_early`, so nothing
        // that would be dropped is missed.
        unsafe {
            write_result(data.as_ptr(), data.len());
            exit_early(1)
        }
    }

    /// The data to revert with.
    pub fn into_data(self) -> Vec<u8> {
        match self.0 {}
    }
}

/// The fields of an error, in order.
type Fields<E> = <<E as SolError>::Parameters<'static> as SolType>::RustType;

impl<E: SolError> From<E> for Revert
where
    Fields<E>: From<E> + Reply,
{
    #[inline(always)]
    fn from(error: E) -> Self {
        refusal(const { u32::from_be_bytes(E::SELECTOR) }, Fields::<E>::from(error))
    }
}

/// The error with this selector and these arguments. One small function for all errors that have arguments of the same
/// types, out of the way of the calls that succeed. Our own encoder: `alloy`'s takes a kilobyte of code for each error.
#[cold]
#[inline(never)]
pub fn refusal(selector: u32, arguments: impl Reply) -> Revert {
    Revert::passed_on(calldata::call(selector, arguments))
}
