//! Pricing of L1 data and of L2 gas in the state of ArbOS, with its initial values
//! (Nitro v3.10.0 `arbos/l1pricing`, `arbos/l2pricing`). This crate prices nothing by it: it is what precompiles show.

use super::{
    address_set,
    storage::{Space, State, StateResult, key},
};
use revm::{
    context_interface::JournalTr,
    primitives::{Address, B256, U256, address},
};

/// The sequencer: coinbase of every block, and the first batch poster (`BatchPosterAddress`).
pub const BATCH_POSTER: Address = address!("A4B000000000000000000073657175656e636572");
/// Minimum base fee in wei per gas on Arbitrum One and Nova since January 2026. A fresh Nitro chain has 0.1 gwei.
pub const MIN_BASE_FEE: u64 = 20_000_000;
/// Number of kinds of gas that can have their own price (go-ethereum fork, `arbitrum/multigas`).
pub const GAS_KINDS: u64 = 9;

/// Maximum gas that one transaction uses, intrinsic gas included (`InitialPerTxGasLimitV50`).
pub const TX_GAS_LIMIT: u64 = 32_000_000;
/// Maximum gas of the transactions of one block (`InitialPerBlockGasLimitV6`).
const BLOCK_GAS_LIMIT: u64 = 32_000_000;

/// Slots of the pricing of L1 data.
pub mod l1 {
    pub const REWARDS_RECIPIENT: u64 = 0;
    pub const EQUILIBRATION_UNITS: u64 = 1;
    pub const INERTIA: u64 = 2;
    pub const REWARD_PER_UNIT: u64 = 3;
    pub const LAST_UPDATE: u64 = 4;
    pub const FUNDS_DUE_FOR_REWARDS: u64 = 5;
    pub const UNITS_SINCE_UPDATE: u64 = 6;
    pub const PRICE_PER_UNIT: u64 = 7;
    pub const LAST_SURPLUS: u64 = 8;
    pub const GAS_PER_BATCH: u64 = 9;
    pub const AMORTIZED_COST_CAP_BIPS: u64 = 10;
    pub const FEES_AVAILABLE: u64 = 11;
    pub const GAS_FLOOR_PER_TOKEN: u64 = 12;
}

/// Slots of the pricing of L2 gas.
pub mod l2 {
    pub const SPEED_LIMIT: u64 = 0;
    pub const BLOCK_GAS_LIMIT: u64 = 1;
    pub const BASE_FEE: u64 = 2;
    pub const MIN_BASE_FEE: u64 = 3;
    pub const GAS_BACKLOG: u64 = 4;
    pub const INERTIA: u64 = 5;
    pub const BACKLOG_TOLERANCE: u64 = 6;
    pub const TX_GAS_LIMIT: u64 = 7;
}

/// Slot of the sum that is owed to all batch posters.
pub const TOTAL_FUNDS_DUE: u64 = 0;
/// Slots of one batch poster.
const FUNDS_DUE: u64 = 0;
const PAY_TO: u64 = 1;

pub fn l1_pricing() -> Space {
    Space::root().child(&[0])
}

pub fn l2_pricing() -> Space {
    Space::root().child(&[1])
}

/// Constraints of pricing; they are not supported, so there are none.
pub fn gas_constraints() -> Space {
    l2_pricing().child(&[0])
}

pub fn multi_gas_constraints() -> Space {
    l2_pricing().child(&[1])
}

/// Base fees by kind of gas. Those of the current block begin at slot [`GAS_KINDS`].
pub fn multi_gas_base_fees() -> Space {
    l2_pricing().child(&[2])
}

pub fn batch_posters_table() -> Space {
    l1_pricing().child(&[0])
}

pub fn batch_posters() -> Space {
    batch_posters_table().child(&[0])
}

fn batch_poster(poster: Address) -> Space {
    batch_posters_table().child(&[1]).child(poster.as_slice())
}

/// The initial slots, without those that are zero.
pub fn initial() -> Vec<(U256, U256)> {
    let number = |space: &Space, slot: u64, value: u64| (space.slot(key(slot)), U256::from(value));
    let (l1_pricing, l2_pricing) = (l1_pricing(), l2_pricing());
    let mut slots = vec![
        number(&l1_pricing, l1::EQUILIBRATION_UNITS, 160_000_000),
        number(&l1_pricing, l1::INERTIA, 10),
        number(&l1_pricing, l1::REWARD_PER_UNIT, 10),
        number(&l1_pricing, l1::GAS_PER_BATCH, 210_000),
        number(&l2_pricing, l2::SPEED_LIMIT, 7_000_000),
        number(&l2_pricing, l2::BLOCK_GAS_LIMIT, BLOCK_GAS_LIMIT),
        number(&l2_pricing, l2::BASE_FEE, MIN_BASE_FEE),
        number(&l2_pricing, l2::MIN_BASE_FEE, MIN_BASE_FEE),
        number(&l2_pricing, l2::INERTIA, 102),
        number(&l2_pricing, l2::BACKLOG_TOLERANCE, 10),
        number(&l2_pricing, l2::TX_GAS_LIMIT, TX_GAS_LIMIT),
    ];
    slots.push((batch_poster(BATCH_POSTER).slot(key(PAY_TO)), BATCH_POSTER.into_word().into()));
    slots.extend(address_set::initial(&batch_posters(), BATCH_POSTER));
    slots
}

impl<J: JournalTr> State<'_, J> {
    /// Adds a batch poster that is paid to its own address.
    pub fn add_batch_poster(&mut self, poster: Address) -> StateResult<(), J> {
        if address_set::contains(self, &batch_posters(), poster)? {
            return Ok(());
        }
        // Nitro checks a second time when it adds.
        address_set::contains(self, &batch_posters(), poster)?;
        let record = batch_poster(poster);
        self.set(&record, key(FUNDS_DUE), B256::ZERO)?;
        self.set_address(&record, PAY_TO, poster)?;
        address_set::add(self, &batch_posters(), poster)
    }

    /// The address that a batch poster is paid to; `None` if it is no batch poster.
    pub fn fee_collector(&mut self, poster: Address) -> StateResult<Option<Address>, J> {
        if !address_set::contains(self, &batch_posters(), poster)? {
            return Ok(None);
        }
        self.get_address(&batch_poster(poster), PAY_TO).map(Some)
    }

    pub fn set_fee_collector(&mut self, poster: Address, collector: Address) -> StateResult<(), J> {
        self.set_address(&batch_poster(poster), PAY_TO, collector)
    }
}
