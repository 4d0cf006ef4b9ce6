//! The TPDA liquidation pair, written once against a source: the vault is one, a foreign contract another.
//!
//! ABI, order of checks and effects, errors and event are those of PoolTogether V5's `TpdaLiquidationPair`.

use alloy_primitives::{Address, U256};
use stylus_sdk::{host::VM, prelude::*};

use super::{
    call, calldata,
    entry::Function,
    events,
    revert::Revert,
    word::{pack, unpack},
};
use crate::{
    abi::{
        IFlashSwapCallback::flashSwapCallbackCall,
        IPair::{InsufficientBalance, PriceIsZero, ReceiverIsNotAContract, ReceiverIsZero, SwapExceedsMax},
    },
    math::auction,
};

/// Bits of the last price, below those of its time.
const PRICE_BITS: usize = 192;

/// The last sale, or what the constructor set in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Price of the lot, in base units of the token paid in; at most 2^192 − 1.
    pub price: U256,
    /// Unix time in seconds.
    pub time: u64,
}

impl Sale {
    /// The sale in this word of storage: price u192, time u64.
    pub fn from_word(word: U256) -> Self {
        Self { price: word & auction::MAX_PRICE, time: unpack(word, PRICE_BITS, 64) as u64 }
    }

    /// The word that holds it.
    pub fn word(self) -> U256 {
        self.price | pack(u128::from(self.time), PRICE_BITS)
    }
}

/// What a pair was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Target period in seconds.
    pub target_period: u64,
    /// Part of the balance held back, a wad below 1e18.
    pub smoothing: u64,
}

/// How the price reaches the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The receiver was called back and has paid.
    Flash,
    /// A plain wallet: what is missing may be pulled from it.
    Wallet,
}

/// Whoever's balance is sold: `ILiquidationSource`.
pub trait Source {
    /// What could be sold now, before smoothing, in base units of the token sold.
    fn liquidatable_balance(&self) -> Result<U256, Revert>;
    /// Sends `amount` of the token sold to `receiver`; returns what [`verify_tokens_in`](Self::verify_tokens_in) gets.
    fn transfer_tokens_out(
        &mut self,
        sender: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Vec<u8>, Revert>;
    /// Makes sure that `amount_in` of the token paid in has arrived, or refuses.
    fn verify_tokens_in(
        &mut self,
        sender: Address,
        amount_in: U256,
        payment: Payment,
        transfer_data: Vec<u8>,
    ) -> Result<(), Revert>;
}

/// A pair: a source, terms, and the last sale.
pub trait LiquidationPair: Source + HostAccess<Host = VM> {
    /// The last sale, or what the pair was made with in its place.
    fn last_sale(&self) -> Sale;
    /// Records a sale. Whoever asks the program while others are called from it has to see it.
    fn record(&mut self, sale: Sale);
    /// Period and smoothing.
    fn terms(&self) -> Terms;

    /// Price of the lot now, in base units of the token paid in: 100 to 2^192 − 1.
    #[inline(never)]
    fn current_price(&self) -> U256 {
        let last = self.last_sale();
        let elapsed = self.vm().block_timestamp().saturating_sub(last.time);
        auction::price(self.terms().target_period, last.price, elapsed)
    }

    /// What can be bought now: the source's balance less what smoothing holds back. Rounds down.
    // Once in a program, not once a caller: code is paid for on every call.
    #[inline(never)]
    fn max_amount_out(&self) -> Result<U256, Revert> {
        Ok(auction::available(self.liquidatable_balance()?, self.terms().smoothing))
    }

    /// When, in Unix seconds, the price falls to `price`. Rounds down.
    ///
    /// # Errors
    /// `PriceIsZero`.
    fn time_for_price(&self, price: U256) -> Result<U256, Revert> {
        let last = self.last_sale();
        auction::time_for_price(self.terms().target_period, last.price, last.time, price)
            .ok_or_else(|| PriceIsZero {}.into())
    }

    /// Sells `amount_out` to `receiver` for the price of the lot, and returns that price.
    ///
    /// # Errors
    /// In this order: `ReceiverIsZero`, `SwapExceedsMax`, `InsufficientBalance`, what the source refuses to send,
    /// what the callback reverts with, what the source finds missing.
    fn swap_exact_amount_out(
        &mut self,
        receiver: Address,
        amount_out: U256,
        amount_in_max: U256,
        flash_swap_data: &[u8],
    ) -> Result<U256, Revert> {
        if receiver.is_zero() {
            return Err(ReceiverIsZero {}.into());
        }
        let amount_in = self.current_price();
        if amount_in > amount_in_max {
            return Err(SwapExceedsMax { amountInMax: amount_in_max, amountIn: amount_in }.into());
        }
        let (sender, time) = (self.vm().msg_sender(), self.vm().block_timestamp());
        self.record(Sale { price: amount_in, time });

        let available = self.max_amount_out()?;
        if amount_out > available {
            return Err(InsufficientBalance { requested: amount_out, available }.into());
        }
        let transfer_data = self.transfer_tokens_out(sender, receiver, amount_out)?;
        let payment = if flash_swap_data.is_empty() { Payment::Wallet } else { Payment::Flash };
        if payment == Payment::Flash {
            call_back(self.vm(), receiver, sender, amount_in, amount_out, flash_swap_data)?;
        }
        self.verify_tokens_in(sender, amount_in, payment, transfer_data)?;
        events::swapped_exact_amount_out(
            self.vm(),
            [sender, receiver],
            [amount_out, amount_in_max, amount_in],
            flash_swap_data,
        );
        Ok(amount_in)
    }
}

/// Calls `flashSwapCallback` on the receiver; what it reverts with is passed on.
///
/// # Errors
/// The receiver's, or `ReceiverIsNotAContract`: from an account without code silence would be taken for consent.
fn call_back(
    vm: &VM,
    receiver: Address,
    sender: Address,
    amount_in: U256,
    amount_out: U256,
    flash_swap_data: &[u8],
) -> Result<(), Revert> {
    let mut data = calldata::call(flashSwapCallbackCall::ID, (&sender, &amount_in, &amount_out));
    calldata::put_bytes(&mut data, 4, flash_swap_data);
    call::send(vm, receiver, &data)?;
    if !call::has_code(vm, receiver) {
        return Err(ReceiverIsNotAContract { receiver }.into());
    }
    Ok(())
}
