//! The vault's second program: what is called seldom stands in it, so that nobody else pays for its code.
//!
//! A program pays for all of its code on each call. So the vault's own program has what stakers and buyers do; all else
//! (the constructor, permits, owner, standalone pairs, most views) it leaves to this one by delegate call, as
//! Compound III does with its `extensionDelegate`. Both are made of the same components on the same storage. Which
//! program has which function stands in `contracts/vault` and `contracts/extension`.

use alloy_primitives::Address;

use super::{EXTENSION, Vault};
use crate::{
    abi::{CONSTRUCTOR, IVault::InvalidExtensionDelegate},
    components::{
        call,
        calldata::{self, Calldata},
        entry,
        revert::Revert,
        word::unpack_address,
    },
};

impl Vault {
    /// The program that answers what the vault's own does not; zero before the constructor has run.
    pub fn extension(&self) -> Address {
        unpack_address(EXTENSION.load(&self.vm))
    }

    /// Lets the extension answer; returns what it returns. The vault must not have stored anything before.
    ///
    /// The constructor's first argument says which program that is, for good: once it has run, the extension that is
    /// set gets the next try, and refuses it.
    ///
    /// # Errors
    /// Whatever the extension refuses; `InvalidExtensionDelegate` if the one in the constructor's calldata has no
    /// code; `UnknownSelector` for all else before the constructor has run.
    #[cold]
    #[inline(never)]
    pub fn delegate(&self, function: u32, arguments: Calldata) -> Result<Vec<u8>, Revert> {
        let mut extension = self.extension();
        if extension.is_zero() {
            extension = self.first_extension(function, arguments)?;
        }
        let mut data = calldata::begin(function);
        data.extend_from_slice(arguments.bytes());
        call::delegate(&self.vm, extension, &data)
    }

    fn first_extension(&self, function: u32, arguments: Calldata) -> Result<Address, Revert> {
        if function != CONSTRUCTOR {
            return Err(entry::unknown(function));
        }
        let extension = arguments.first_address()?;
        if !call::has_code(&self.vm, extension) {
            return Err(InvalidExtensionDelegate { extensionDelegate: extension }.into());
        }
        Ok(extension)
    }
}
