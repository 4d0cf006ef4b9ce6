//! The TPDA liquidation pair, written once for any source: a vault is its own source, a standalone pair has a foreign one.
//! ABI, order of checks and effects, errors and event are those of PoolTogether V5's `TpdaLiquidationPair`.

use alloy_primitives::{Address, U256};

use super::events;
use crate::{
    abi::{
        IFlashSwapCallback::flashSwapCallbackCall,
        ILiquidationSource::targetOfCall,
        IPair::{InsufficientBalance, PriceIsZero, ReceiverIsNotAContract, ReceiverIsZero, SwapExceedsMax},
    },
    host::Host,
    math::auction,
    stylus::{
        call::{self, has_code},
        encode::{calldata, put_bytes},
        entry::Selector,
        revert::{Revert, require},
        word::{pack, unpack},
    },
};

/// Bits of the last price, below those of its time.
const PRICE_BITS: usize = 192;

/// The last sale. Before the first it is what the pair was created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Price of the lot, in base units of the token paid in; at most 2^192 − 1.
    pub price: U256,
    /// Unix time in seconds.
    pub time: u64,
}

impl Sale {
    /// The sale in this storage word: price u192, time u64.
    pub fn from_word(word: U256) -> Self {
        Self { price: word & auction::MAX_PRICE, time: unpack(word, PRICE_BITS, 64) as u64 }
    }

    /// The storage word that holds it.
    pub fn word(self) -> U256 {
        self.price | pack(u128::from(self.time), PRICE_BITS)
    }
}

/// The parameters of an auction, which never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Target period in seconds.
    pub target_period: u64,
    /// Part of the balance that a sale holds back, as a wad below 1e18.
    pub smoothing: u64,
}

/// How the price reaches the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// The receiver was called back and has paid.
    Flash,
    /// The buyer is a plain wallet: the price may be pulled from it.
    Wallet,
}

/// The contract whose balance is sold: see `ILiquidationSource`.
pub trait Source {
    /// What [`transfer_tokens_out`](Self::transfer_tokens_out) hands to [`verify_tokens_in`](Self::verify_tokens_in).
    type TransferData;

    /// What could be sold now, before smoothing, in base units of the token sold.
    fn liquidatable_balance(&self) -> Result<U256, Revert>;
    /// Sends `amount` of the token sold to `receiver`.
    fn transfer_tokens_out(
        &mut self,
        sender: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Self::TransferData, Revert>;
    /// Reverts unless `amount_in` of the token paid in has arrived since the transfer.
    fn verify_tokens_in(
        &mut self,
        sender: Address,
        amount_in: U256,
        payment: Payment,
        transfer_data: Self::TransferData,
    ) -> Result<(), Revert>;
}

/// A pair: a source, terms, and the last sale.
pub trait LiquidationPair: Source {
    /// The VM.
    fn host(&self) -> &Host;
    /// The last sale.
    fn last_sale(&self) -> Sale;
    /// Records a sale. It must be visible to everyone who can read the pair while the swap calls out.
    fn record(&mut self, sale: Sale);
    /// Target period and smoothing.
    fn terms(&self) -> Terms;

    /// Price of the lot now, in base units of the token paid in: 100 to 2^192 − 1.
    #[inline(never)]
    fn current_price(&self) -> U256 {
        let last = self.last_sale();
        let elapsed = self.host().block_timestamp().saturating_sub(last.time);
        auction::price(self.terms().target_period, last.price, elapsed)
    }

    /// The lot: what can be bought now, the source's balance less what smoothing holds back. Rounds down.
    // Not inlined into its callers: a program pays for its code on every call.
    #[inline(never)]
    fn max_amount_out(&self) -> Result<U256, Revert> {
        Ok(auction::available(self.liquidatable_balance()?, self.terms().smoothing))
    }

    /// When the price falls to `price`, in Unix seconds. Rounds down.
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
    /// In this order: `ReceiverIsZero`, `SwapExceedsMax`, `InsufficientBalance`, those of the source's transfer, those of
    /// the callback, those of the source's check of the payment.
    fn swap_exact_amount_out(
        &mut self,
        receiver: Address,
        amount_out: U256,
        amount_in_max: U256,
        flash_swap_data: &[u8],
    ) -> Result<U256, Revert> {
        require(!receiver.is_zero(), ReceiverIsZero {})?;
        let amount_in = self.current_price();
        require(
            amount_in <= amount_in_max,
            SwapExceedsMax { amountInMax: amount_in_max, amountIn: amount_in },
        )?;
        let (sender, time) = (self.host().msg_sender(), self.host().block_timestamp());
        self.record(Sale { price: amount_in, time });

        let available = self.max_amount_out()?;
        require(amount_out <= available, InsufficientBalance { requested: amount_out, available })?;
        let transfer_data = self.transfer_tokens_out(sender, receiver, amount_out)?;
        let payment = if flash_swap_data.is_empty() { Payment::Wallet } else { Payment::Flash };
        if payment == Payment::Flash {
            call_back(self.host(), receiver, sender, amount_in, amount_out, flash_swap_data)?;
        }
        self.verify_tokens_in(sender, amount_in, payment, transfer_data)?;
        events::swapped_exact_amount_out(
            self.host(),
            [sender, receiver],
            [amount_out, amount_in_max, amount_in],
            flash_swap_data,
        );
        Ok(amount_in)
    }
}

/// Where `source` wants the price, in `token_in`, to be paid. The call may change state, as PoolTogether declares it.
///
/// # Errors
/// The source's own; `InvalidAnswer`.
pub fn target_of(host: &Host, source: Address, token_in: Address) -> Result<Address, Revert> {
    call::address(source, &call::call(host, source, &calldata(targetOfCall::ID, token_in))?)
}

/// Calls `flashSwapCallback` on the receiver.
///
/// # Errors
/// What it reverts with; `ReceiverIsNotAContract`, because a call of an account without code succeeds.
fn call_back(
    host: &Host,
    receiver: Address,
    sender: Address,
    amount_in: U256,
    amount_out: U256,
    flash_swap_data: &[u8],
) -> Result<(), Revert> {
    let mut data = calldata(flashSwapCallbackCall::ID, (&sender, &amount_in, &amount_out));
    put_bytes(&mut data, 4, flash_swap_data);
    call::call(host, receiver, &data)?;
    require(has_code(host, receiver), ReceiverIsNotAContract { receiver })
}
