//! The standalone TPDA pair: the auction of `components::auction` for any `ILiquidationSource`.
//!
//! Pairs are clones created by a factory: they delegate every call to the program `pair`, with the pair's configuration
//! after the calldata (`clones`). A pair's one slot is flushed before any other contract is called, so it may be read while
//! the pair sells.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use crate::{
    abi::{
        ILiquidationSource::{liquidatableBalanceOfCall, transferTokensOutCall, verifyTokensInCall},
        IPair::NotAPair,
    },
    clones::PairConfig,
    components::auction::{LiquidationPair, Payment, Sale, Source, Terms, target_of},
    host::Host,
    stylus::{
        call,
        encode::{calldata, put_bytes},
        entry::{Contract, Selector},
        revert::{Revert, require},
        slot::Slot,
    },
};

/// The last sale, as in [`Sale::word`]. The factory's init code writes the first; never 0, because time is not.
const LAST_SALE: Slot = Slot::fixed(0);

/// A pair.
pub struct Pair {
    host: Host,
    config: PairConfig,
}

impl Contract for Pair {
    /// # Errors
    /// `NotAPair` if the program is called directly, without a clone's configuration after the calldata.
    #[inline(always)]
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        let Some((calldata, config)) = calldata.split_last_chunk() else {
            return Err(NotAPair {}.into());
        };
        Ok((Self { host, config: PairConfig::decode(config) }, calldata))
    }
}

impl Pair {
    /// What the pair was created with.
    pub fn config(&self) -> &PairConfig {
        &self.config
    }

    /// [`swap_exact_amount_out`](LiquidationPair::swap_exact_amount_out) of a clone.
    ///
    /// # Errors
    /// `NotAPair` if the program is called directly, with a configuration of the caller's; else as there.
    pub fn swap(
        &mut self,
        receiver: Address,
        amount_out: U256,
        amount_in_max: U256,
        flash_swap_data: &[u8],
    ) -> Result<U256, Revert> {
        require(!LAST_SALE.load(&self.host).is_zero(), NotAPair {})?;
        self.swap_exact_amount_out(receiver, amount_out, amount_in_max, flash_swap_data)
    }

    /// Where the source wants the price to be paid.
    ///
    /// # Errors
    /// The source's own; `InvalidAnswer`.
    pub fn target(&self) -> Result<Address, Revert> {
        target_of(&self.host, self.config.source, self.config.token_in)
    }
}

impl LiquidationPair for Pair {
    fn host(&self) -> &Host {
        &self.host
    }

    fn last_sale(&self) -> Sale {
        Sale::from_word(LAST_SALE.load(&self.host))
    }

    fn record(&mut self, sale: Sale) {
        LAST_SALE.store(&self.host, sale.word());
        self.host.flush_cache();
    }

    fn terms(&self) -> Terms {
        Terms { target_period: self.config.target_period, smoothing: self.config.smoothing }
    }
}

impl Source for Pair {
    type TransferData = Vec<u8>;

    fn liquidatable_balance(&self) -> Result<U256, Revert> {
        let PairConfig { source, token_out, .. } = self.config;
        let data = calldata(liquidatableBalanceOfCall::ID, token_out);
        call::uint(source, &call::call(&self.host, source, &data)?)
    }

    fn transfer_tokens_out(
        &mut self,
        sender: Address,
        receiver: Address,
        amount: U256,
    ) -> Result<Vec<u8>, Revert> {
        let PairConfig { source, token_out, .. } = self.config;
        let arguments = ((sender, receiver), (token_out, amount));
        let data = calldata(transferTokensOutCall::ID, arguments);
        let returned = call::call(&self.host, source, &data)?;
        Ok(call::bytes(source, &returned)?.to_vec())
    }

    /// The source alone decides whether it was paid, and how.
    fn verify_tokens_in(
        &mut self,
        _: Address,
        amount_in: U256,
        _: Payment,
        transfer_data: Vec<u8>,
    ) -> Result<(), Revert> {
        let PairConfig { source, token_in, .. } = self.config;
        let mut data = calldata(verifyTokensInCall::ID, (token_in, amount_in));
        put_bytes(&mut data, 3, &transfer_data);
        call::call(&self.host, source, &data)?;
        Ok(())
    }
}
