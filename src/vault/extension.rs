//! The vault's second program: it holds what is called seldom, so that no other call pays for that code.
//!
//! A program pays for all of its code on each call. So the vault's own program has what stakers and buyers do. The rest
//! (constructor, permits, owner, standalone pairs, most views) it passes to this one by delegate call, as Compound III does
//! with its `extensionDelegate`. Both are made of the same components on the same storage; which program has which function
//! is in `contracts/vault` and `contracts/extension`.

use alloc::vec::Vec;

use alloy_primitives::Address;
use alloy_sol_types::sol_data;

use super::{EXTENSION, Vault};
use crate::{
    abi::{CONSTRUCTOR, IVault::InvalidExtensionDelegate},
    stylus::{
        call::{delegate_call, has_code},
        encode::selector,
        entry::Call,
        revert::{Revert, require},
        word::unpack_address,
    },
};

impl Vault {
    /// The second program; zero before the constructor has run.
    pub fn extension(&self) -> Address {
        unpack_address(EXTENSION.load(&self.host))
    }

    /// Lets the extension answer the call; returns what it returns. Nothing may have been stored before.
    ///
    /// The constructor's first argument sets the extension forever: called again, the constructor is passed to that
    /// extension, and reverts there.
    ///
    /// # Errors
    /// Those of the extension; `InvalidExtensionDelegate` if the one in the constructor's calldata has no code; before the
    /// constructor has run, `UnknownSelector` for every other function.
    #[cold]
    #[inline(never)]
    pub fn delegate(&self, call: Call) -> Result<Vec<u8>, Revert> {
        let mut extension = self.extension();
        if extension.is_zero() {
            extension = self.first_extension(call)?;
        }
        let mut data = selector(call.selector);
        data.extend_from_slice(call.arguments.bytes());
        delegate_call(&self.host, extension, &data)
    }

    fn first_extension(&self, call: Call) -> Result<Address, Revert> {
        if call.selector != CONSTRUCTOR {
            call.reject()?;
        }
        let (extension,) = call.arguments.decode::<(sol_data::Address,)>()?;
        require(has_code(&self.host, extension), InvalidExtensionDelegate { extensionDelegate: extension })?;
        Ok(extension)
    }
}
