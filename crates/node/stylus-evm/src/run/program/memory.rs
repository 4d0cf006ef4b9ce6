//! Host functions for calldata, the result, and the price of memory
//! (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{continuation::Continuation, machine::Machine, stop::Stop};
use crate::{
    pricing::{Gas, host},
    run::Request,
};

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

    /// The instrumentation calls this before each `memory.grow`. Nobody can pay for more than 65 535 pages (from ArbOS 59).
    /// This always makes a request, even for 0 pages: only waiting for the host frees the native stack that wasmi's
    /// `memory.grow` takes.
    pub fn pay_for_memory_grow(&mut self, pages: u32) -> Result<(), Stop> {
        let Ok(pages) = u16::try_from(pages) else {
            return self.buy_gas(Gas(u64::MAX));
        };
        if pages == 0 {
            self.buy_ink(host::HOSTIO)?;
        }
        self.ask(Request::AddPages { pages }, Continuation::Pages)
    }
}
