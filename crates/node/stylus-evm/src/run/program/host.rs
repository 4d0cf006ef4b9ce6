//! State that the host functions of one running program use.

use super::{continuation::Continuation, storage_cache::StorageCache};
use crate::{
    activate::{MEMORY, globals},
    profile::Recorder,
    run::Request,
};
use revm::primitives::{Address, Bytes, U256};
use std::sync::Arc;
use wasmi::{Global, Instance, Memory, Store, StoreLimits, StoreLimitsBuilder};

/// Maximum bytes of a memory: 65 534 pages, as in Nitro's prover. `memory.grow` beyond that returns −1.
const MEMORY_LIMIT: usize = 65_534 * 65_536;

/// Values that are the same for all programs of a transaction.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    pub chain_id: u64,
    pub block_basefee: U256,
    pub block_coinbase: Address,
    pub block_gas_limit: u64,
    /// The L1 block number.
    pub block_number: u64,
    /// Unix seconds.
    pub block_timestamp: u64,
    /// Wei per gas, including the unpaid tip (Nitro passes programs the price before it drops the tip).
    pub tx_gas_price: U256,
    pub tx_origin: Address,
}

/// The call that a program runs in.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The account whose storage and balance the program uses.
    pub address: Address,
    pub sender: Address,
    pub value: U256,
    pub input: Bytes,
    /// State changes are forbidden.
    pub is_static: bool,
    /// Another call of this contract is running in this transaction.
    pub is_reentrant: bool,
}

/// The memory and globals of the instance that the host accesses.
#[derive(Clone, Copy, Debug)]
pub struct Handles {
    pub memory: Memory,
    pub ink_left: Global,
    pub ink_status: Global,
    pub stack_left: Global,
}

impl Handles {
    /// The exports that activation has added or checked; `None` if one is missing.
    pub fn of(instance: &Instance, store: &Store<Host>) -> Option<Self> {
        Some(Self {
            memory: instance.get_memory(store, MEMORY)?,
            ink_left: instance.get_global(store, globals::INK_LEFT)?,
            ink_status: instance.get_global(store, globals::INK_STATUS)?,
            stack_left: instance.get_global(store, globals::STACK_LEFT)?,
        })
    }
}

/// State of one running program outside of its memory.
pub struct Host {
    pub environment: Arc<Environment>,
    pub frame: Frame,
    /// Set after instantiation, before the program runs.
    pub handles: Option<Handles>,
    /// Data of the last `write_result`.
    pub output: Vec<u8>,
    pub storage: StorageCache,
    /// Return data of the last call or creation.
    pub return_data: Bytes,
    /// The code loaded last; loading it again costs no gas.
    pub last_code: Option<(Address, Bytes)>,
    /// The request of the waiting host function, and its continuation.
    pub pending: Option<(Request, Continuation)>,
    /// Set if the run is profiled.
    pub recorder: Option<Box<Recorder>>,
    /// Limits the size of the memory.
    pub limits: StoreLimits,
}

impl Host {
    pub fn new(environment: Arc<Environment>, frame: Frame, recorder: Option<Box<Recorder>>) -> Self {
        Self {
            environment,
            frame,
            handles: None,
            output: Vec::new(),
            storage: StorageCache::default(),
            return_data: Bytes::new(),
            last_code: None,
            pending: None,
            recorder,
            limits: StoreLimitsBuilder::new().memory_size(MEMORY_LIMIT).build(),
        }
    }
}
