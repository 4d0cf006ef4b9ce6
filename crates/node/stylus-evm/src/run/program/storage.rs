//! Host functions for storage and transient storage (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{continuation::Continuation, machine::Machine, stop::Stop};
use crate::{
    pricing::{Gas, host},
    run::Request,
};
use revm::primitives::B256;

impl Machine<'_> {
    pub fn storage_load_bytes32(&mut self, key: u32, dest: u32) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(2))?;
        self.require_gas(host::COLD_SLOAD + host::CACHE_ACCESS_SENTRY + host::API.to_gas())?;
        let key = B256::new(self.read(key)?);
        let (cache_gas, known) = self.host_mut().storage.read(key);
        let Some(value) = known else {
            return self
                .ask(Request::LoadStorage { key }, Continuation::StorageLoad { key, dest, cache_gas });
        };
        self.buy_gas(cache_gas)?;
        self.write(dest, value.as_slice())
    }

    /// Continues `storage_load_bytes32` if the slot was not cached.
    pub fn storage_loaded(
        &mut self,
        key: B256,
        dest: u32,
        cache_gas: Gas,
        value: B256,
        gas: Gas,
    ) -> Result<(), Stop> {
        self.host_mut().storage.learn(key, value);
        self.buy_gas(cache_gas + gas + host::API.to_gas())?;
        self.write(dest, value.as_slice())
    }

    pub fn storage_cache_bytes32(&mut self, key: u32, value: u32) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(2))?;
        self.require_gas(host::SSTORE_SENTRY + host::CACHE_ACCESS_SENTRY)?;
        let (key, value) = (B256::new(self.read(key)?), B256::new(self.read(value)?));
        let gas = self.host_mut().storage.write(key, value);
        self.buy_gas(gas)
    }

    pub fn storage_flush_cache(&mut self, clear: u32) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(0))?;
        self.require_gas(host::SSTORE_SENTRY)?;
        let gas_left = self.gas_left()? + Gas(1);
        let slots = self.host_mut().storage.flush(clear != 0);
        if slots.is_empty() {
            return Ok(());
        }
        if self.host().frame.is_static {
            return Err(Stop::static_call("storing"));
        }
        self.ask(Request::Store { slots, gas_left }, Continuation::StorageFlush)
    }

    /// Continues `storage_flush_cache`. `Err` holds more gas than is left, so paying it runs out of ink.
    pub fn storage_flushed(&mut self, stored: Result<Gas, Gas>) -> Result<(), Stop> {
        match stored {
            Ok(gas) | Err(gas) => self.buy_gas(gas),
        }
    }

    pub fn transient_load_bytes32(&mut self, key: u32, dest: u32) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(2))?;
        self.buy_gas(host::TRANSIENT)?;
        let key = B256::new(self.read(key)?);
        self.ask(Request::LoadTransient { key }, Continuation::Word { dest })
    }

    pub fn transient_store_bytes32(&mut self, key: u32, value: u32) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(2))?;
        self.buy_gas(host::TRANSIENT)?;
        let (key, value) = (B256::new(self.read(key)?), B256::new(self.read(value)?));
        if self.host().frame.is_static {
            return Err(Stop::static_call("storing transiently"));
        }
        self.ask(Request::StoreTransient { key, value }, Continuation::Nothing)
    }
}
