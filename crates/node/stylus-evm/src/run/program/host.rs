//! What the host functions of one running program work with.

use super::{link::After, storage_cache::StorageCache};
use crate::{
    activate::{MEMORY, globals},
    profile::Recorder,
    run::Request,
};
use revm::primitives::{Address, Bytes, U256};
use std::sync::Arc;
use wasmi::{Global, Instance, Memory, Store, StoreLimits, StoreLimitsBuilder};

/// Bytes that a memory may have: 65 534 pages, as in Nitro's prover. `memory.grow` beyond that gives −1.
const MEMORY_LIMIT: usize = 65_534 * 65_536;

/// What is the same for all programs of a transaction.
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
    /// Wei a gas, tip included although it is not paid (Nitro hands programs the price before it drops the tip).
    pub tx_gas_price: U256,
    pub tx_origin: Address,
}

/// The call that a program serves.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Whose storage and balance the program works on.
    pub address: Address,
    pub sender: Address,
    pub value: U256,
    pub input: Bytes,
    /// Nothing may be changed.
    pub is_static: bool,
    /// This contract is already running further up in the transaction.
    pub is_reentrant: bool,
}

/// Where the host finds things in the instance.
#[derive(Clone, Copy, Debug)]
pub struct Handles {
    pub memory: Memory,
    pub ink_left: Global,
    pub ink_status: Global,
    pub stack_left: Global,
}

impl Handles {
    /// The exports that activation has put or checked; `None` if one is missing.
    pub fn of(instance: &Instance, store: &Store<Host>) -> Option<Self> {
        Some(Self {
            memory: instance.get_memory(store, MEMORY)?,
            ink_left: instance.get_global(store, globals::INK_LEFT)?,
            ink_status: instance.get_global(store, globals::INK_STATUS)?,
            stack_left: instance.get_global(store, globals::STACK_LEFT)?,
        })
    }
}

/// State of one program run beside its memory.
pub struct Host {
    pub environment: Arc<Environment>,
    pub frame: Frame,
    /// Set once the instance exists, before anything in it runs.
    pub handles: Option<Handles>,
    /// What `write_result` left.
    pub output: Vec<u8>,
    pub storage: StorageCache,
    /// What the last call or creation returned.
    pub return_data: Bytes,
    /// The code loaded last: asking for it again costs no gas.
    pub last_code: Option<(Address, Bytes)>,
    /// The question that a host function left, and what it does with the answer.
    pub question: Option<(Request, After)>,
    /// Set when the run is profiled.
    pub recorder: Option<Box<Recorder>>,
    /// How large the memory may grow.
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
            question: None,
            recorder,
            limits: StoreLimitsBuilder::new().memory_size(MEMORY_LIMIT).build(),
        }
    }
}
