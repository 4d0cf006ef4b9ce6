//! A refusal: the ABI-encoded custom error that a call reverts with.

use alloy_sol_types::{SolError, SolType};

use super::calldata::Reply;

/// Encoded error data. Every custom error of `abi/` converts into it, so `?` and `.into()` do the encoding.
///
/// Boxed to one pointer: results pass it on everywhere, and that has to cost nothing where all goes well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::box_collection, reason = "a vector is three words, the box is one")]
pub struct Revert(Box<Vec<u8>>);

impl Revert {
    /// A refusal with this data, as another contract gave it.
    #[cold]
    pub fn passed_on(data: Vec<u8>) -> Self {
        Self(Box::new(data))
    }

    /// The data to revert with.
    pub fn into_data(self) -> Vec<u8> {
        *self.0
    }
}

/// The fields of an error, in order.
type Fields<E> = <<E as SolError>::Parameters<'static> as SolType>::RustType;

impl<E: SolError> From<E> for Revert
where
    Fields<E>: From<E> + Reply,
{
    // One small function an error, out of the way of the calls that succeed. Our own encoder: `alloy`'s takes
    // a kilobyte of code for each error.
    #[cold]
    #[inline(never)]
    fn from(error: E) -> Self {
        let mut data = E::SELECTOR.to_vec();
        Fields::<E>::from(error).encode(&mut data);
        Self(Box::new(data))
    }
}
