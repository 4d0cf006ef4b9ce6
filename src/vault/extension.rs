//! The vault's second program: it holds what is called seldom, so that no other call pays for that code.
//!
//! A program pays for all of its code on each call. So the vault's own program has what stakers and buyers do. The rest
//! (permits, owner, standalone pairs, most views) it passes to this one by delegate call, as Compound III does with its
//! `extensionDelegate`. Both are made of the same components on the same storage and configuration; which program has which
//! function is in `contracts/vault` and `contracts/extension`.

use alloc::vec::Vec;

use super::Vault;
use crate::{
    abi::IVault::NotAVault,
    clones::VaultCode,
    stylus::{
        call::delegate_call,
        entry::Call,
        revert::{Revert, require},
    },
};

impl Vault {
    /// Lets the extension answer the call; returns what it returns. Nothing may have been stored before.
    ///
    /// # Errors
    /// Those of the extension. `NotAVault` if the program is called directly: whoever calls it so has chosen the configuration,
    /// and with it the extension, whose code must not run on the program's own behalf.
    #[cold]
    #[inline(never)]
    pub fn delegate(&self, call: Call) -> Result<Vec<u8>, Revert> {
        let size = self.host.code_size(self.address());
        require(size <= VaultCode::MAX_LENGTH, NotAVault {})?;
        delegate_call(&self.host, self.config.extension, call.calldata)
    }
}
