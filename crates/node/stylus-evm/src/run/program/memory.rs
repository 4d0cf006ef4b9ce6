//! Host functions for calldata, the result, and the price of memory
//! (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{
    link::{After, Stop},
    machine::Machine,
};
use crate::{pricing::host, run::Request};

impl Machine<'_> {
    pub fn read_args(&mut self, ptr: u32) -> Result<(), Stop> {
        self.buy_ink(host::HOSTIO)?;
        let input = self.host().frame.input.clone();
        self.buy_ink(host::write(input.len() as u32))?;
        self.write(ptr, &input)
    }

    pub fn write_result(&mut self, ptr: u32, len: u32) -> Result<(), Stop> {
        self.buy_ink(host::HOSTIO)?;
        self.pay_for_reading_twice(len)?;
        let output = self.slice(ptr, len)?.to_vec();
        self.host_mut().output = output;
        Ok(())
    }

    pub fn exit_early(&mut self, status: u32) -> Result<(), Stop> {
        Err(Stop::Exit(status))
    }

    /// Called by the instrumentation before each `memory.grow`. Pages are counted in 16 bits: more are cut off
    /// here, and refused by the `memory.grow` that follows, as they pass the limit of a memory. Always asks, though no pages cost nothing to add: only
    /// that gives back the native stack which wasmi's `memory.grow` takes.
    pub fn pay_for_memory_grow(&mut self, pages: u32) -> Result<(), Stop> {
        let pages = pages as u16;
        if pages == 0 {
            self.buy_ink(host::HOSTIO)?;
        }
        self.ask(Request::AddPages { pages }, After::Pages)
    }
}
