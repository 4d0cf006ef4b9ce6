//! The standalone TPDA pair: the auction of `components::auction` for any `ILiquidationSource`.
//!
//! Pairs are clones that a factory makes: their calls are delegated to the program. Besides the [`Setup`] in its code
//! a pair has one slot, which is flushed before anybody is called: so it may be asked while it is selling.

mod setup;

use alloy_primitives::{Address, U256};
use stylus_sdk::{host::VM, stylus_core::*};

pub use setup::Setup;

use crate::{
    abi::{
        ILiquidationSource::{
            liquidatableBalanceOfCall, targetOfCall, transferTokensOutCall, verifyTokensInCall,
        },
        IPair::NotAPair,
    },
    components::{
        auction::{LiquidationPair, Payment, Sale, Source, Terms},
        call, calldata,
        entry::Function,
        revert::Revert,
        storage::Slot,
    },
};

/// The last sale, as [`Sale::word`] has it; the factory's init code writes the first. Never 0, for time is not.
const LAST_SALE: Slot = Slot::fixed(0);

/// A pair.
pub struct Pair {
    vm: VM,
    setup: Setup,
}

impl HostAccess for Pair {
    type Host = VM;

    fn vm(&self) -> &VM {
        &self.vm
    }
}

impl Pair {
    /// The pair that runs in `vm`.
    pub fn new(vm: VM, setup: Setup) -> Self {
        Self { setup, vm }
    }

    /// What it was made with.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The pair, if there is one in `vm` and not merely the program that pairs are clones of.
    ///
    /// # Errors
    /// `NotAPair`.
    pub fn check_made(vm: &VM) -> Result<(), Revert> {
        if LAST_SALE.load(vm).is_zero() { Err(NotAPair {}.into()) } else { Ok(()) }
    }

    /// Where the source wants the price to be paid.
    ///
    /// # Errors
    /// What the source refuses; `InvalidAnswer`.
    pub fn target(&self) -> Result<Address, Revert> {
        let Setup { source, token_in, .. } = self.setup;
        let answer = call::send(&self.vm, source, &calldata::call(targetOfCall::ID, token_in))?;
        call::address(source, &answer)
    }
}

impl LiquidationPair for Pair {
    fn last_sale(&self) -> Sale {
        Sale::from_word(LAST_SALE.load(&self.vm))
    }

    fn record(&mut self, sale: Sale) {
        LAST_SALE.store(&self.vm, sale.word());
        self.vm.flush_cache(false);
    }

    fn terms(&self) -> Terms {
        self.setup.terms
    }
}

impl Source for Pair {
    fn liquidatable_balance(&self) -> Result<U256, Revert> {
        let Setup { source, token_out, .. } = self.setup;
        let data = calldata::call(liquidatableBalanceOfCall::ID, token_out);
        call::uint(source, &call::send(&self.vm, source, &data)?)
    }

    fn transfer_tokens_out(
        &mut self,
        sender: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Vec<u8>, Revert> {
        let Setup { source, token_out, .. } = self.setup;
        let arguments = ((sender, receiver), (token_out, amount));
        let data = calldata::call(transferTokensOutCall::ID, arguments);
        let answer = call::send(&self.vm, source, &data)?;
        Ok(call::bytes(source, &answer)?.to_vec())
    }

    /// The source alone says whether it was paid, however that came about.
    fn verify_tokens_in(
        &mut self,
        _: Address,
        amount_in: U256,
        _: Payment,
        transfer_data: Vec<u8>,
    ) -> Result<(), Revert> {
        let Setup { source, token_in, .. } = self.setup;
        let mut data = calldata::call(verifyTokensInCall::ID, (token_in, amount_in));
        calldata::put_bytes(&mut data, 3, &transfer_data);
        call::send(&self.vm, source, &data)?;
        Ok(())
    }
}
