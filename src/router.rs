//! The router: swaps for accounts that approved it. ABI, checks and their order, and events are those of PoolTogether
//! V5's `TpdaLiquidationRouter`.
//!
//! It holds nothing between two calls, and a swap within a swap is refused: tokens that pass through belong to one
//! swap.

use alloy_primitives::{Address, U256};
use stylus_sdk::{host::VM, stylus_core::*};

use crate::{
    abi::{
        IEntry::AlreadyInitialized,
        IFactory::deployedPairsCall,
        ILiquidationSource::targetOfCall,
        IPair::{swapExactAmountOutCall, targetCall, tokenInCall, tokenOutCall},
        IRouter::{
            InvalidSender, SwapExpired, UndefinedTpdaLiquidationPairFactory, UnknownTpdaLiquidationPair,
        },
    },
    components::{
        call,
        calldata::{self, Calldata},
        entry::Function,
        events,
        revert::Revert,
        storage::Slot,
        token,
        word::{pack_address, unpack_address},
    },
    factory::clones,
    pair::Setup,
};

/// Factory u160.
const FACTORY: Slot = Slot::fixed(0);

/// A router.
pub struct Router {
    vm: VM,
}

/// A swap to be made.
pub struct Order {
    /// Whose auction it is.
    pub pair: Address,
    /// Who gets the tokens.
    pub receiver: Address,
    /// Base units of the token sold.
    pub amount_out: U256,
    /// Base units of the token paid in.
    pub amount_in_max: U256,
    /// The last second in which the swap may be made, Unix time.
    pub deadline: U256,
}

impl Router {
    /// The router that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self { vm }
    }

    /// Sets up the router, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `UndefinedTpdaLiquidationPairFactory` for the zero address.
    pub fn construct(&mut self, factory: Address) -> Result<(), Revert> {
        if !FACTORY.load(&self.vm).is_zero() {
            return Err(AlreadyInitialized {}.into());
        }
        if factory.is_zero() {
            return Err(UndefinedTpdaLiquidationPairFactory {}.into());
        }
        FACTORY.store(&self.vm, pack_address(factory));
        events::router_created(&self.vm, factory);
        Ok(())
    }

    /// Buys for the caller, who pays by its approval; returns the price.
    ///
    /// # Errors
    /// In this order: `UnknownTpdaLiquidationPair`, `SwapExpired`, what the pair refuses, what the token refuses.
    pub fn swap_exact_amount_out(&mut self, order: &Order) -> Result<U256, Revert> {
        let &Order { pair, receiver, amount_out, amount_in_max, deadline } = order;
        let setup = self.check_pair(pair)?;
        if U256::from(self.vm.block_timestamp()) > deadline {
            return Err(SwapExpired { deadline }.into());
        }
        let sender = self.vm.msg_sender();
        let amount_in = self.swap(order, sender)?;
        let token_out = match setup {
            Some(setup) => setup.token_out,
            None => self.ask_address(pair, tokenOutCall::ID)?,
        };
        token::transfer(&self.vm, token_out, receiver, amount_out)?;
        events::routed(&self.vm, [pair, sender, receiver], [amount_out, amount_in_max, amount_in, deadline]);
        Ok(amount_in)
    }

    /// A flash swap to the router itself, whose data names who pays.
    fn swap(&self, order: &Order, payer: Address) -> Result<U256, Revert> {
        let arguments = (self.vm.contract_address(), order.amount_out, order.amount_in_max);
        let mut data = calldata::call(swapExactAmountOutCall::ID, arguments);
        calldata::put_bytes(&mut data, 4, payer.into_word().as_slice());
        let answer = call::send(&self.vm, order.pair, &data)?;
        call::uint(order.pair, &answer)
    }

    /// Pays the calling pair for a swap of the router's own; `flash_swap_data` names who pays.
    ///
    /// # Errors
    /// In this order: `UnknownTpdaLiquidationPair`, `InvalidSender`, `InvalidCalldata`, what the token refuses.
    pub fn flash_swap_callback(
        &self,
        sender: Address,
        amount_in: U256,
        flash_swap_data: &[u8],
    ) -> Result<(), Revert> {
        let pair = self.vm.msg_sender();
        let setup = self.check_pair(pair)?;
        if sender != self.vm.contract_address() {
            return Err(InvalidSender { sender }.into());
        }
        let payer = Calldata::new(flash_swap_data).words(1, 0b1)?.address(0);
        let (token_in, target) = match setup {
            Some(Setup { source, token_in, .. }) => {
                (token_in, self.send_address(source, &calldata::call(targetOfCall::ID, token_in))?)
            }
            None => (
                self.ask_address(pair, tokenInCall::ID)?,
                self.send_address(pair, &calldata::call(targetCall::ID, ()))?,
            ),
        };
        token::transfer_from(&self.vm, token_in, payer, target, amount_in)
    }

    /// Makes sure that the factory made `pair`. Where the pair's address proves it, its setup comes along, and nobody
    /// has to be asked for it.
    fn check_pair(&self, pair: Address) -> Result<Option<Setup>, Revert> {
        let factory = unpack_address(FACTORY.load(&self.vm));
        if let Some(setup) = clones::setup_of(&self.vm, factory, pair) {
            return Ok(Some(setup));
        }
        let data = calldata::call(deployedPairsCall::ID, pair);
        if !call::flag(factory, &call::ask(&self.vm, factory, &data)?)? {
            return Err(UnknownTpdaLiquidationPair { liquidationPair: pair }.into());
        }
        Ok(None)
    }

    fn ask_address(&self, callee: Address, selector: u32) -> Result<Address, Revert> {
        call::address(callee, &call::ask(&self.vm, callee, &calldata::call(selector, ()))?)
    }

    fn send_address(&self, callee: Address, data: &[u8]) -> Result<Address, Revert> {
        call::address(callee, &call::send(&self.vm, callee, data)?)
    }
}
