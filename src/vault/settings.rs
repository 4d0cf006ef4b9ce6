//! What a vault is created with: its settings, their bounds, and the constructor that stores them.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use super::{
    ASSET, ASSET_IS_REWARD, ASSET_IS_YIELD, DECIMALS_AT, EXTENSION, FLAGS_AT, LENGTH_AT, NAME, PERIOD_AT,
    REWARD, SMOOTHING_AT, SYMBOL, TIME_AT, Vault, YIELD,
};
use crate::{
    abi::{
        CONSTRUCTOR,
        IEntry::AlreadyInitialized,
        IVault::{
            InvalidTargetAuctionPrice, InvalidToken, SmoothingGteOne, YieldTokenIsReward, ZeroEpochLength,
            ZeroTargetAuctionPeriod,
        },
    },
    components::{auction::Sale, token},
    math::auction::{MAX_RECORDED_PRICE, WAD},
    stylus::{
        encode::calldata,
        revert::{Revert, require},
        text,
        word::{pack, pack_address},
    },
};

/// What a vault is created with.
pub struct Settings<'a> {
    /// The token that is staked.
    pub asset: Address,
    /// The token that rewards are paid in and the auction takes in. May be the asset.
    pub reward: Address,
    /// The token that is sold. May be the asset, not the reward.
    pub yield_token: Address,
    /// Seconds; not 0.
    pub epoch_length: u32,
    /// Seconds; not 0.
    pub target_period: u32,
    /// Base units of the reward token; 1 to 2^104 − 1.
    pub target_price: U256,
    /// Wad below 1e18.
    pub smoothing: u64,
    /// Name of the share token.
    pub name: &'a [u8],
    /// Symbol of the share token.
    pub symbol: &'a [u8],
    /// May be zero.
    pub owner: Address,
}

/// The last deployment time that 40 bits hold: the year 36 812.
const LAST_TIME: u64 = (1 << 40) - 1;

impl Settings<'_> {
    /// Calldata of the constructor of a vault with this extension and these arguments of `createVault`, which have been
    /// decoded: an address is put before them, so the offsets of name and symbol grow.
    pub fn constructor(extension: Address, arguments: &[u8]) -> Vec<u8> {
        let mut data = calldata(CONSTRUCTOR, extension);
        let start = data.len();
        data.extend_from_slice(arguments);
        for text in [7, 8] {
            // An offset has been found to lie within the calldata, so it is in the word's last four bytes.
            if let Some(offset) =
                data[start..].chunks_exact_mut(32).nth(text).and_then(|word| word.last_chunk_mut())
            {
                *offset = (u32::from_be_bytes(*offset) + 32).to_be_bytes();
            }
        }
        data
    }
}

impl Vault {
    /// Sets up the vault, once. `extension` is the program that runs this on the vault's storage.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `InvalidToken` for the zero address, the vault itself or an account without code;
    /// `YieldTokenIsReward`; `ZeroEpochLength`; `ZeroTargetAuctionPeriod`; `InvalidTargetAuctionPrice`;
    /// `SmoothingGteOne`.
    pub fn construct(&mut self, extension: Address, settings: Settings) -> Result<(), Revert> {
        require(ASSET.load(&self.host).is_zero(), AlreadyInitialized {})?;
        self.check(&settings)?;
        let now = self.host.block_timestamp().min(LAST_TIME);
        let Settings { asset, reward, yield_token, .. } = settings;
        let mut flags = 0;
        if asset == reward {
            flags |= ASSET_IS_REWARD;
        }
        if asset == yield_token {
            flags |= ASSET_IS_YIELD;
        }
        let decimals = token::decimals(&self.host, asset);
        let shared = pack(u128::from(now), TIME_AT)
            | pack(u128::from(settings.epoch_length), LENGTH_AT)
            | pack(flags, FLAGS_AT)
            | pack(u128::from(decimals), DECIMALS_AT);
        ASSET.store(&self.host, pack_address(asset) | shared);
        REWARD.store(&self.host, pack_address(reward) | shared);
        YIELD.store(
            &self.host,
            pack_address(yield_token)
                | pack(u128::from(settings.target_period), PERIOD_AT)
                | pack(u128::from(settings.smoothing), SMOOTHING_AT),
        );
        self.ledger.record_sale(Sale { price: settings.target_price, time: now });
        text::store(&self.host, NAME, settings.name);
        text::store(&self.host, SYMBOL, settings.symbol);
        self.ownership.begin(settings.owner);
        EXTENSION.store(&self.host, pack_address(extension));
        Ok(())
    }

    fn check(&self, settings: &Settings) -> Result<(), Revert> {
        let Settings { asset, reward, yield_token, target_price: price, .. } = *settings;
        for token in [asset, reward, yield_token] {
            let is_token = !self.is_lost(token) && self.host.code_size(token) != 0;
            require(is_token, InvalidToken { token })?;
        }
        require(yield_token != reward, YieldTokenIsReward { token: reward })?;
        require(settings.epoch_length != 0, ZeroEpochLength {})?;
        require(settings.target_period != 0, ZeroTargetAuctionPeriod {})?;
        require(!price.is_zero() && price <= MAX_RECORDED_PRICE, InvalidTargetAuctionPrice { price })?;
        require(settings.smoothing < WAD, SmoothingGteOne {})
    }
}
