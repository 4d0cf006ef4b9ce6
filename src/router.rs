//! The router: swaps for accounts that approved it. ABI, checks and their order, and events are those of PoolTogether
//! V5's `TpdaLiquidationRouter`.
//!
//! It holds nothing between calls, and a swap within a swap reverts, so tokens that pass through belong to one swap.
//!
//! Which pairs it serves is not asked of the factory, as in the original: a pair's code and address prove that the factory
//! created it, and of which programs (`clones`). So a factory that was planted with a false pair, in its list or in its name,
//! cannot give that pair the accounts' approvals.

use alloy_primitives::{Address, U256};
use alloy_sol_types::sol_data;

use crate::{
    abi::{
        IEntry::AlreadyInitialized,
        IFactory::{pairTemplateCall, vaultExtensionCall, vaultLifeboatCall, vaultTemplateCall},
        IPair::swapExactAmountOutCall,
        IRouter::{
            InvalidSender, SwapExpired, UndefinedTpdaLiquidationPairFactory, UnknownTpdaLiquidationPair,
        },
    },
    clones::{Kind, Trade, VaultCode, VaultPrograms, common_of_pairs, common_of_vaults, create2_preimage},
    components::{auction::target_of, events, token},
    host::{Host, bytes::from_be_bytes},
    stylus::{
        call,
        decode::Calldata,
        encode::{calldata, put_bytes},
        entry::{Contract, Selector},
        revert::{Revert, require},
        slot::Slot,
        word::pack_address,
    },
};

/// Factory u160.
const FACTORY: Slot = Slot::fixed(0);
/// Hash of what the factory's pairs have in common.
const PAIRS: Slot = Slot::fixed(1);
/// Hash of what the factory's vaults have in common.
const VAULTS: Slot = Slot::fixed(2);

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
    /// Sets up the router, once: for the factory, and the programs of its clones.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `UndefinedTpdaLiquidationPairFactory` for the zero address; `InvalidAnswer` for an account that is
    /// no factory.
    pub fn construct(&mut self, factory: Address) -> Result<(), Revert> {
        require(FACTORY.load(&self.host).is_zero(), AlreadyInitialized {})?;
        require(!factory.is_zero(), UndefinedTpdaLiquidationPairFactory {})?;
        let ask = |selector| {
            call::address(factory, &call::static_call(&self.host, factory, &calldata(selector, ()))?)
        };
        let pairs = common_of_pairs(ask(pairTemplateCall::ID)?, factory);
        let programs = VaultPrograms {
            program: ask(vaultTemplateCall::ID)?,
            extension: ask(vaultExtensionCall::ID)?,
            lifeboat: ask(vaultLifeboatCall::ID)?,
        };
        let vaults = common_of_vaults(programs, factory);
        FACTORY.store(&self.host, pack_address(factory));
        PAIRS.store(&self.host, self.hash(&pairs));
        VAULTS.store(&self.host, self.hash(&vaults));
        events::router_created(&self.host, factory);
        Ok(())
    }

    /// Buys for the caller, who pays by its approval; returns the price.
    ///
    /// # Errors
    /// In this order: `UnknownTpdaLiquidationPair`, `SwapExpired`, the pair's own, the token's own.
    pub fn swap_exact_amount_out(&mut self, order: &Order) -> Result<U256, Revert> {
        let &Order { pair, receiver, amount_out, amount_in_max, deadline } = order;
        let trade = self.trade(pair)?;
        require(U256::from(self.host.block_timestamp()) <= deadline, SwapExpired { deadline })?;
        let sender = self.host.msg_sender();
        let amount_in = self.swap(order, sender)?;
        token::transfer(&self.host, trade.token_out, receiver, amount_out)?;
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
        let Trade { source, token_in, .. } = self.trade(pair)?;
        require(sender == self.host.contract_address(), InvalidSender { sender })?;
        let (payer,) = Calldata::new(flash_swap_data).decode::<(sol_data::Address,)>()?;
        // A vault is its own source, and cannot be called while it sells.
        let target = if source == pair { pair } else { target_of(&self.host, source, token_in)? };
        token::transfer_from(&self.host, token_in, payer, target, amount_in)
    }

    /// What `pair` sells for what.
    ///
    /// # Errors
    /// `UnknownTpdaLiquidationPair` unless the factory created it.
    fn trade(&self, pair: Address) -> Result<Trade, Revert> {
        self.recognize(pair).ok_or_else(|| UnknownTpdaLiquidationPair { liquidationPair: pair }.into())
    }

    /// What `pair` sells for what, if its code and address prove that the factory created it of its programs. It costs about
    /// 900 gas if account and slot are warm.
    fn recognize(&self, pair: Address) -> Option<Trade> {
        let size = self.host.code_size(pair);
        let kind = Kind::of_length(size).filter(|_| size <= VaultCode::MAX_LENGTH)?;
        let code = self.host.code(pair);
        let common = kind.common(&code)?;
        let known = match kind {
            Kind::Pair => PAIRS,
            Kind::Vault => VAULTS,
        };
        if self.hash(&common) != known.load(&self.host) {
            return None;
        }
        let factory = Address::from_slice(&common[common.len() - 20..]);
        let init_code_hash = self.host.keccak256(&kind.init_code(&code));
        let hash = self.host.keccak256(&create2_preimage(factory, init_code_hash));
        if hash[12..] != pair[..] {
            return None;
        }
        kind.trade(pair, &code)
    }

    fn hash(&self, bytes: &[u8]) -> U256 {
        from_be_bytes(&self.host.keccak256(bytes))
    }
}
