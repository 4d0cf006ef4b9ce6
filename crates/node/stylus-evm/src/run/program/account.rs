//! Host functions that read accounts, and `emit_log` (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{
    continuation::{CodeWindow, Continuation},
    machine::Machine,
    stop::Stop,
};
use crate::{
    pricing::{Gas, host},
    run::Request,
};
use revm::primitives::{Address, B256, Bytes, Log};

const MAX_TOPICS: u32 = 4;

impl Machine<'_> {
    pub fn account_balance(&mut self, address: u32, dest: u32) -> Result<(), Stop> {
        let address = self.account(host::api_with_pointers(2), address)?;
        self.ask(Request::Balance { address }, Continuation::Word { dest })
    }

    pub fn account_codehash(&mut self, address: u32, dest: u32) -> Result<(), Stop> {
        let address = self.account(host::api_with_pointers(2), address)?;
        self.ask(Request::CodeHash { address }, Continuation::Word { dest })
    }

    pub fn account_code(&mut self, address: u32, offset: u32, size: u32, dest: u32) -> Result<u32, Stop> {
        let address = self.account(host::api_with_pointers(0), address)?;
        self.code(address, Some(CodeWindow { offset, size, dest }))
    }

    pub fn account_code_size(&mut self, address: u32) -> Result<u32, Stop> {
        let address = self.account(host::api_with_pointers(0), address)?;
        self.code(address, None)
    }

    fn account(&mut self, price: crate::pricing::Ink, address: u32) -> Result<Address, Stop> {
        self.buy_ink(price)?;
        self.require_gas(host::COLD_ACCOUNT)?;
        Ok(Address::new(self.read(address)?))
    }

    fn code(&mut self, address: Address, window: Option<CodeWindow>) -> Result<u32, Stop> {
        let gas_left = self.gas_left()?;
        match self.host().last_code.clone() {
            Some((last, code)) if last == address => self.return_code(window, code, Gas(0)),
            _ => self.ask(Request::Code { address, gas_left }, Continuation::Code { address, window }),
        }
    }

    /// Continues `account_code` and `account_code_size`.
    pub fn code_loaded(
        &mut self,
        address: Address,
        window: Option<CodeWindow>,
        code: Bytes,
        gas: Gas,
    ) -> Result<u32, Stop> {
        if !code.is_empty() {
            self.host_mut().last_code = Some((address, code.clone()));
        }
        self.return_code(window, code, gas)
    }

    /// Writes the window of the code and returns its length; without a window, returns the length of the code.
    fn return_code(&mut self, window: Option<CodeWindow>, code: Bytes, gas: Gas) -> Result<u32, Stop> {
        self.buy_gas(gas)?;
        let Some(CodeWindow { offset, size, dest }) = window else {
            return Ok(code.len() as u32);
        };
        self.buy_ink(host::write(code.len() as u32))?;
        let clamp = |index: u32| (index as usize).min(code.len());
        let part = &code[clamp(offset)..clamp(offset.saturating_add(size))];
        self.write(dest, part)?;
        Ok(part.len() as u32)
    }

    pub fn emit_log(&mut self, data: u32, len: u32, topics: u32) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(0))?;
        if topics > MAX_TOPICS || len < topics * 32 {
            return Err(Stop::Failed(format!("a log of {len} bytes cannot have {topics} topics")));
        }
        self.buy_ink(host::read(len))?;
        self.buy_gas(host::log(topics, len - topics * 32))?;
        let (words, data) = self.slice(data, len)?.split_at(topics as usize * 32);
        let topics = words.chunks_exact(32).map(B256::from_slice).collect();
        let data = Bytes::copy_from_slice(data);
        if self.host().frame.is_static {
            return Err(Stop::static_call("emitting a log"));
        }
        let log = Log::new_unchecked(self.host().frame.address, topics, data);
        self.ask(Request::Log(log), Continuation::Nothing)
    }
}
