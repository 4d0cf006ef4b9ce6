//! The vault: its storage and configuration. Behavior is split by topic into sibling modules.

mod checks;
mod deposits;
mod extension;
mod holdings;
mod pairs;
mod rewards;
mod settings;
mod shares;
mod source;

use core::num::NonZeroU32;

use alloy_primitives::Address;

pub use settings::Settings;

use crate::{
    components::{
        allowances::Allowances,
        auction::Terms,
        ledger::{Clock, Ledger},
        ownership::Ownership,
        permits::Permits,
    },
    host::Host,
    stylus::{
        entry::Contract,
        revert::Revert,
        slot::Slot,
        word::{unpack, unpack_address},
    },
};

/// Asset u160, deployment time u40 (Unix seconds), epoch length u32 (seconds), flags u8, decimals u8.
const ASSET: Slot = Slot::fixed(3);
/// Reward token u160, and the same fields as in [`ASSET`], so that a call reads one of the two slots.
const REWARD: Slot = Slot::fixed(4);
/// Yield token u160, target period u32 (seconds), smoothing u64 (wad).
const YIELD: Slot = Slot::fixed(5);
/// Owner u160.
const OWNER: Slot = Slot::fixed(7);
/// Name of the share token.
const NAME: Slot = Slot::fixed(8);
/// Symbol of the share token.
const SYMBOL: Slot = Slot::fixed(9);
/// The account that the ownership is offered to u160.
const PENDING_OWNER: Slot = Slot::fixed(10);
/// The vault's second program u160.
const EXTENSION: Slot = Slot::fixed(11);
/// Tag of the map from tokens to the standalone pairs that sell them.
const PAIRS: u32 = 4;

/// Flag: asset and reward are one token, so its balance holds principal and reserve.
const ASSET_IS_REWARD: u128 = 1;
/// Flag: asset and yield token are one token, so its surplus is for sale.
const ASSET_IS_YIELD: u128 = 2;

const TIME_AT: usize = 160;
const LENGTH_AT: usize = 200;
const FLAGS_AT: usize = 232;
const DECIMALS_AT: usize = 240;
const PERIOD_AT: usize = 160;
const SMOOTHING_AT: usize = 192;

/// A vault. Its slots 0 to 2 and 6 are the ledger's; those of maps are named where the maps are; the rest are above.
pub struct Vault {
    host: Host,
    ledger: Ledger,
    allowances: Allowances,
    permits: Permits,
    ownership: Ownership,
}

/// The slot [`ASSET`] or [`REWARD`], unpacked.
struct Holding {
    /// The token of that slot.
    token: Address,
    clock: Clock,
    asset_is_reward: bool,
    asset_is_yield: bool,
}

impl Contract for Vault {
    fn open(host: Host, calldata: &[u8]) -> Result<(Self, &[u8]), Revert> {
        let vault = Self {
            ledger: Ledger::new(host.clone()),
            allowances: Allowances::new(host.clone()),
            permits: Permits::new(host.clone()),
            ownership: Ownership::new(host.clone(), OWNER, PENDING_OWNER),
            host,
        };
        Ok((vault, calldata))
    }
}

impl Vault {
    /// The vault's own address.
    pub fn address(&self) -> Address {
        self.host.contract_address()
    }

    /// The token that is staked.
    pub fn asset(&self) -> Address {
        self.principal().token
    }

    /// The token that rewards are paid in and the auction takes in.
    pub fn reward(&self) -> Address {
        unpack_address(REWARD.load(&self.host))
    }

    /// The token for sale.
    pub fn yield_token(&self) -> Address {
        unpack_address(YIELD.load(&self.host))
    }

    /// The account that may set standalone pairs, and nothing else.
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
        let word = slot.load(&self.host);
        let flags = unpack(word, FLAGS_AT, 8);
        let since = self.host.block_timestamp().saturating_sub(unpack(word, TIME_AT, 40) as u64);
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
        unpack(ASSET.load(&self.host), TIME_AT, 40) as u64
    }

    fn auction_terms(&self) -> Terms {
        let word = YIELD.load(&self.host);
        Terms {
            target_period: unpack(word, PERIOD_AT, 32) as u64,
            smoothing: unpack(word, SMOOTHING_AT, 64) as u64,
        }
    }
}
