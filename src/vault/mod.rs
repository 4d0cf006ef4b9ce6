//! The vault: storage root, configuration and constructor. What it does stands beside it, a subject a file.

mod deposits;
mod extension;
mod pairs;
mod rewards;
mod shares;
mod source;

use core::num::NonZeroU32;

use alloy_primitives::{Address, U256};
use stylus_sdk::{host::VM, stylus_core::*};

use crate::{
    abi::{
        CONSTRUCTOR,
        IEntry::AlreadyInitialized,
        IVault::{
            InvalidTargetAuctionPrice, InvalidToken, SmoothingGteOne, YieldTokenIsReward, ZeroEpochLength,
            ZeroTargetAuctionPeriod,
        },
    },
    components::{
        allowances::Allowances,
        auction::{Sale, Terms},
        calldata::{self, Calldata, Words},
        ledger::{Clock, Ledger},
        ownership::Ownership,
        permits::Permits,
        revert::Revert,
        storage::Slot,
        token,
        word::{pack, pack_address, unpack, unpack_address},
    },
    math::auction::{MAX_RECORDED_PRICE, WAD},
};

/// Asset u160, deployment time u40 (Unix seconds), epoch length u32 (seconds), flags u8, decimals u8.
const ASSET: Slot = Slot::fixed(3);
/// Reward token u160, and what [`ASSET`] holds beside its token once more: a call needs one of the two slots.
const REWARD: Slot = Slot::fixed(4);
/// Yield token u160, target period u32 (seconds), smoothing u64 (wad).
const SALE: Slot = Slot::fixed(5);
/// Owner u160.
const OWNER: Slot = Slot::fixed(7);
/// Name of the share token.
const NAME: Slot = Slot::fixed(8);
/// Symbol of the share token.
const SYMBOL: Slot = Slot::fixed(9);
/// To whom the ownership is offered u160.
const PENDING_OWNER: Slot = Slot::fixed(10);
/// The program that answers what the vault's own does not u160.
const EXTENSION: Slot = Slot::fixed(11);
/// Tag of the map from tokens to the standalone pairs that sell them.
const PAIRS: u32 = 4;

/// A vault. Its slots 0 to 2, 6, and its maps are those of ledger and allowances; the rest stand above.
pub struct Vault {
    vm: VM,
    ledger: Ledger,
    allowances: Allowances,
    permits: Permits,
    ownership: Ownership,
}

impl HostAccess for Vault {
    type Host = VM;

    fn vm(&self) -> &VM {
        &self.vm
    }
}

/// What a vault is made with.
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

impl<'a> Settings<'a> {
    /// The arguments of `IFactory.createVault`; behind as many addresses, those of `IConstructors.vault`.
    ///
    /// # Errors
    /// `InvalidCalldata`.
    pub fn decode(arguments: Calldata<'a>, addresses_before: usize) -> Result<(Words<'a>, Self), Revert> {
        let at = |index: usize| addresses_before + index;
        let addresses = !(!0b1000000111 << addresses_before);
        let (words, [name, symbol]) = arguments.with_tails(at(10), addresses, [at(7), at(8)])?;
        let settings = Self {
            asset: words.address(at(0)),
            reward: words.address(at(1)),
            yield_token: words.address(at(2)),
            epoch_length: words.small(at(3), 32)? as u32,
            target_period: words.small(at(4), 32)? as u32,
            target_price: words.uint(at(5)),
            smoothing: words.small(at(6), 64)?,
            name,
            symbol,
            owner: words.address(at(9)),
        };
        Ok((words, settings))
    }

    /// Calldata of the constructor of a vault with this extension and these arguments of `createVault`, which have
    /// been decoded: an address stands before them, so what they point to moves.
    pub fn constructor(extension: Address, arguments: &[u8]) -> Vec<u8> {
        let mut data = calldata::call(CONSTRUCTOR, extension);
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

/// The asset is the reward token too: its balance holds principal and reserve.
const ASSET_IS_REWARD: u128 = 1;
/// The asset is the yield token too: its surplus is for sale.
const ASSET_IS_YIELD: u128 = 2;

/// The last deployment time that its 40 bits hold: the year 36 812.
const LAST_TIME: u64 = (1 << 40) - 1;

const TIME_AT: usize = 160;
const LENGTH_AT: usize = 200;
const FLAGS_AT: usize = 232;
const DECIMALS_AT: usize = 240;
const PERIOD_AT: usize = 160;
const SMOOTHING_AT: usize = 192;

/// The slot [`ASSET`] or [`REWARD`], unpacked.
struct Holding {
    /// The token of that slot.
    token: Address,
    clock: Clock,
    asset_is_reward: bool,
    asset_is_yield: bool,
}

impl Vault {
    /// The vault that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self {
            ledger: Ledger::new(vm.clone()),
            allowances: Allowances::new(vm.clone()),
            permits: Permits::new(vm.clone()),
            ownership: Ownership::new(vm.clone(), OWNER, PENDING_OWNER),
            vm,
        }
    }

    /// Sets up the vault, once. `extension` is the program that runs this in the vault's name.
    ///
    /// # Errors
    /// `AlreadyInitialized`; `InvalidToken` for the zero address, the vault itself or an account without code;
    /// `YieldTokenIsReward`; `ZeroEpochLength`; `ZeroTargetAuctionPeriod`; `InvalidTargetAuctionPrice`;
    /// `SmoothingGteOne`.
    pub fn construct(&mut self, extension: Address, settings: Settings) -> Result<(), Revert> {
        if !ASSET.load(&self.vm).is_zero() {
            return Err(AlreadyInitialized {}.into());
        }
        self.check(&settings)?;
        let now = self.vm.block_timestamp().min(LAST_TIME);
        let Settings { asset, reward, yield_token, .. } = settings;
        let mut flags = 0;
        if asset == reward {
            flags |= ASSET_IS_REWARD;
        }
        if asset == yield_token {
            flags |= ASSET_IS_YIELD;
        }
        let decimals = token::decimals(self.vm(), asset);
        let shared = pack(u128::from(now), TIME_AT)
            | pack(u128::from(settings.epoch_length), LENGTH_AT)
            | pack(flags, FLAGS_AT)
            | pack(u128::from(decimals), DECIMALS_AT);
        ASSET.store(&self.vm, pack_address(asset) | shared);
        REWARD.store(&self.vm, pack_address(reward) | shared);
        SALE.store(
            &self.vm,
            pack_address(yield_token)
                | pack(u128::from(settings.target_period), PERIOD_AT)
                | pack(u128::from(settings.smoothing), SMOOTHING_AT),
        );
        self.ledger.record_sale(Sale { price: settings.target_price, time: now });
        NAME.store_text(&self.vm, settings.name);
        SYMBOL.store_text(&self.vm, settings.symbol);
        self.ownership.begin(settings.owner);
        EXTENSION.store(&self.vm, pack_address(extension));
        Ok(())
    }

    fn check(&self, settings: &Settings) -> Result<(), Revert> {
        for token in [settings.asset, settings.reward, settings.yield_token] {
            if token.is_zero() || token == self.vm().contract_address() || self.vm().code_size(token) == 0 {
                return Err(InvalidToken { token }.into());
            }
        }
        if settings.yield_token == settings.reward {
            return Err(YieldTokenIsReward { token: settings.reward }.into());
        }
        if settings.epoch_length == 0 {
            return Err(ZeroEpochLength {}.into());
        }
        if settings.target_period == 0 {
            return Err(ZeroTargetAuctionPeriod {}.into());
        }
        let price = settings.target_price;
        if price.is_zero() || price > MAX_RECORDED_PRICE {
            return Err(InvalidTargetAuctionPrice { price }.into());
        }
        if settings.smoothing >= WAD {
            return Err(SmoothingGteOne {}.into());
        }
        Ok(())
    }

    /// Who may set standalone pairs, and nothing else.
    pub fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    /// The same, to be handed over.
    pub fn ownership_mut(&mut self) -> &mut Ownership {
        &mut self.ownership
    }

    /// The asset, and how it relates to the other tokens.
    fn principal(&self) -> Holding {
        self.holding(ASSET)
    }

    /// The reward token, and how it relates to the other tokens.
    fn rewards(&self) -> Holding {
        self.holding(REWARD)
    }

    fn holding(&self, slot: Slot) -> Holding {
        let word = slot.load(&self.vm);
        let flags = unpack(word, FLAGS_AT, 8);
        let since = self.vm.block_timestamp().saturating_sub(unpack(word, TIME_AT, 40) as u64);
        let clock = Clock {
            now: u32::try_from(since).unwrap_or(u32::MAX),
            epoch_length: NonZeroU32::new(unpack(word, LENGTH_AT, 32) as u32).unwrap_or(NonZeroU32::MIN),
        };
        Holding {
            token: unpack_address(word),
            clock,
            asset_is_reward: flags & ASSET_IS_REWARD != 0,
            asset_is_yield: flags & ASSET_IS_YIELD != 0,
        }
    }

    fn deployed_at(&self) -> u64 {
        unpack(ASSET.load(&self.vm), TIME_AT, 40) as u64
    }

    fn reward_token(&self) -> Address {
        unpack_address(REWARD.load(&self.vm))
    }

    fn sale_token(&self) -> Address {
        unpack_address(SALE.load(&self.vm))
    }

    fn sale_terms(&self) -> Terms {
        let word = SALE.load(&self.vm);
        Terms {
            target_period: unpack(word, PERIOD_AT, 32) as u64,
            smoothing: unpack(word, SMOOTHING_AT, 64) as u64,
        }
    }
}
