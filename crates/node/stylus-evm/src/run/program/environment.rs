//! Host functions that return properties of the block, the transaction and the call
//! (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{machine::Machine, stop::Stop};
use crate::pricing::{INK_PER_GAS, host};
use revm::primitives::{Address, U256};

impl Machine<'_> {
    pub fn evm_gas_left(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        self.gas_left().map(|gas| gas.0)
    }

    pub fn evm_ink_left(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        self.ink_left().map(|ink| ink.0)
    }

    pub fn block_basefee(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_word(dest, self.host().environment.block_basefee)
    }

    pub fn block_coinbase(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_address(dest, self.host().environment.block_coinbase)
    }

    pub fn block_gas_limit(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().environment.block_gas_limit)
    }

    pub fn block_number(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().environment.block_number)
    }

    pub fn block_timestamp(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().environment.block_timestamp)
    }

    pub fn chainid(&mut self) -> Result<u64, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().environment.chain_id)
    }

    pub fn contract_address(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_address(dest, self.host().frame.address)
    }

    pub fn msg_sender(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_address(dest, self.host().frame.sender)
    }

    pub fn msg_value(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_word(dest, self.host().frame.value)
    }

    pub fn msg_reentrant(&mut self) -> Result<u32, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().frame.is_reentrant.into())
    }

    pub fn tx_gas_price(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_word(dest, self.host().environment.tx_gas_price)
    }

    pub fn tx_ink_price(&mut self) -> Result<u32, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(INK_PER_GAS as u32)
    }

    pub fn tx_origin(&mut self, dest: u32) -> Result<(), Stop> {
        self.return_address(dest, self.host().environment.tx_origin)
    }

    fn return_word(&mut self, dest: u32, word: U256) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(1))?;
        self.write(dest, &word.to_be_bytes::<32>())
    }

    fn return_address(&mut self, dest: u32, address: Address) -> Result<(), Stop> {
        self.buy_ink(host::with_pointers(1))?;
        self.write(dest, address.as_slice())
    }
}
