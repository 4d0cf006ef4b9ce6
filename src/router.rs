//! The router: swaps for accounts that approved it. ABI, checks and their order, and events are those of PoolTogether
//! V5's `TpdaLiquidationRouter`.
//!
//! It holds nothing between calls, and a swap within a swap reverts, so tokens that pass through belong to one swap.

use alloy_primitives::{Address, U256};
use alloy_sol_types::sol_data;

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
    clones::{Kind, Trade, VaultCode, create2_preimage},
    components::{events, token},
    host::Host,
    stylus::{
        call,
        decode::Calldata,
        encode::{calldata, put_bytes},
        entry::{Contract, Selector},
        revert::{Revert, require},
        slot::Slot,
        word::{pack_address, unpack_address},
    },
};

/// Factory u160.
const FACTORY: Slot = Slot::fixed(0);

/// A router.
pub struct Router {
    host: Host,
}

/// A swap.
pub struct Order {
    /// The pair that sells.
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

impl Contract for Router {
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        Ok((Self { host }, calldata))
    }
}

impl Router {
    /// Sets up the router, once.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `UndefinedTpdaLiquidationPairFactory` for the zero address.
    pub fn construct(&mut self, factory: Address) -> Result<(), Revert> {
        require(FACTORY.load(&self.host).is_zero(), AlreadyInitialized {})?;
        require(!factory.is_zero(), UndefinedTpdaLiquidationPairFactory {})?;
        FACTORY.store(&self.host, pack_address(factory));
        events::router_created(&self.host, factory);
        Ok(())
    }

    /// Buys for the caller, who pays by its approval; returns the price.
    ///
    /// # Errors
    /// In this order: `UnknownTpdaLiquidationPair`, `SwapExpired`, the pair's own, the token's own.
    pub fn swap_exact_amount_out(&mut self, order: &Order) -> Result<U256, Revert> {
        let &Order { pair, receiver, amount_out, amount_in_max, deadline } = order;
        let trade = self.check_pair(pair)?;
        require(U256::from(self.host.block_timestamp()) <= deadline, SwapExpired { deadline })?;
        let sender = self.host.msg_sender();
        let amount_in = self.swap(order, sender)?;
        let token_out = match trade {
            Some(trade) => trade.token_out,
            None => self.ask_address(pair, tokenOutCall::ID)?,
        };
        token::transfer(&self.host, token_out, receiver, amount_out)?;
        events::routed(
            &self.host,
            [pair, sender, receiver],
            [amount_out, amount_in_max, amount_in, deadline],
        );
        Ok(amount_in)
    }

    /// A flash swap to the router itself; its data is the account that pays.
    fn swap(&self, order: &Order, payer: Address) -> Result<U256, Revert> {
        let arguments = (self.host.contract_address(), order.amount_out, order.amount_in_max);
        let mut data = calldata(swapExactAmountOutCall::ID, arguments);
        put_bytes(&mut data, 4, payer.into_word().as_slice());
        call::uint(order.pair, &call::call(&self.host, order.pair, &data)?)
    }

    /// Pays the calling pair for a swap of the router's own; `flash_swap_data` is the account that pays.
    ///
    /// # Errors
    /// In this order: `UnknownTpdaLiquidationPair`, `InvalidSender`, `InvalidCalldata`, the token's own.
    pub fn flash_swap_callback(
        &self,
        sender: Address,
        amount_in: U256,
        flash_swap_data: &[u8],
    ) -> Result<(), Revert> {
        let pair = self.host.msg_sender();
        let trade = self.check_pair(pair)?;
        require(sender == self.host.contract_address(), InvalidSender { sender })?;
        let (payer,) = Calldata::new(flash_swap_data).decode::<(sol_data::Address,)>()?;
        let (token_in, target) = match trade {
            Some(Trade { source, token_in, .. }) if source == pair => (token_in, pair),
            Some(Trade { source, token_in, .. }) => {
                (token_in, self.call_address(source, &calldata(targetOfCall::ID, token_in))?)
            }
            None => (
                self.ask_address(pair, tokenInCall::ID)?,
                self.call_address(pair, &calldata(targetCall::ID, ()))?,
            ),
        };
        token::transfer_from(&self.host, token_in, payer, target, amount_in)
    }

    /// Reverts unless the factory created `pair`. Where the pair's address proves that, returns what its code says, so that
    /// neither the factory nor the pair has to be asked.
    ///
    /// # Errors
    /// `UnknownTpdaLiquidationPair`.
    fn check_pair(&self, pair: Address) -> Result<Option<Trade>, Revert> {
        let factory = unpack_address(FACTORY.load(&self.host));
        if let Some(trade) = self.recognize(factory, pair) {
            return Ok(Some(trade));
        }
        let data = calldata(deployedPairsCall::ID, pair);
        let is_pair = call::boolean(factory, &call::static_call(&self.host, factory, &data)?)?;
        require(is_pair, UnknownTpdaLiquidationPair { liquidationPair: pair })?;
        Ok(None)
    }

    /// What `pair` sells, if its address proves that `factory` created it as a clone (`clones`). `None` for pairs of other
    /// factories than Weir's.
    ///
    /// It costs about 900 gas if the account is warm. A call of the factory costs ten times that if its program is not
    /// cached.
    fn recognize(&self, factory: Address, pair: Address) -> Option<Trade> {
        let size = self.host.code_size(pair);
        let kind = Kind::of_length(size).filter(|_| size <= VaultCode::MAX_LENGTH)?;
        let code = self.host.code(pair);
        let init_code_hash = self.host.keccak256(&kind.init_code(&code));
        let hash = self.host.keccak256(&create2_preimage(factory, init_code_hash));
        if hash[12..] != pair[..] {
            return None;
        }
        kind.trade(pair, &code)
    }

    /// The result of a view `() -> address`.
    fn ask_address(&self, callee: Address, selector: u32) -> Result<Address, Revert> {
        call::address(callee, &call::static_call(&self.host, callee, &calldata(selector, ()))?)
    }

    /// The result of a call that returns an address and may change state, as PoolTogether declares `target`.
    fn call_address(&self, callee: Address, data: &[u8]) -> Result<Address, Revert> {
        call::address(callee, &call::call(&self.host, callee, data)?)
    }
}
