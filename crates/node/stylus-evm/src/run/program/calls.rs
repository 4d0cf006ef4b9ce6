//! Host functions that call and create contracts, and read return data
//! (Nitro `crates/wasm-libraries/user-host-trait/lib.rs`).

use super::{continuation::Continuation, machine::Machine, stop::Stop};
use crate::{
    pricing::{Gas, host},
    run::{Answer, Call, CallKind, Create, Request},
};
use revm::primitives::{Address, B256, Bytes, U256};

/// Status that a failed call returns to the program.
const FAILED: u32 = 2;

impl Machine<'_> {
    pub fn call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        value: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Stop> {
        let mut call = self.prepare_call(CallKind::Call, contract, data, len, gas)?;
        call.value = U256::from_be_bytes(self.read::<32>(value)?);
        if self.host().frame.is_static && !call.value.is_zero() {
            return self.called(ret_len, false, Bytes::new(), Gas(0), Gas(0));
        }
        self.ask(Request::Call(call), Continuation::Call { ret_len })
    }

    pub fn delegate_call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Stop> {
        let call = self.prepare_call(CallKind::Delegate, contract, data, len, gas)?;
        self.ask(Request::Call(call), Continuation::Call { ret_len })
    }

    pub fn static_call_contract(
        &mut self,
        contract: u32,
        data: u32,
        len: u32,
        gas: u64,
        ret_len: u32,
    ) -> Result<u32, Stop> {
        let call = self.prepare_call(CallKind::Static, contract, data, len, gas)?;
        self.ask(Request::Call(call), Continuation::Call { ret_len })
    }

    fn prepare_call(
        &mut self,
        kind: CallKind,
        contract: u32,
        data: u32,
        len: u32,
        gas: u64,
    ) -> Result<Call, Stop> {
        self.buy_ink(host::api_with_pointers(3))?;
        self.pay_for_reading_twice(len)?;
        let gas_left = self.gas_left()?;
        let address = Address::new(self.read(contract)?);
        let input = Bytes::copy_from_slice(self.slice(data, len)?);
        Ok(Call { kind, address, value: U256::ZERO, input, gas_left, gas_wanted: gas_left.min(Gas(gas)) })
    }

    /// Continues the three calls.
    pub fn called(
        &mut self,
        ret_len: u32,
        success: bool,
        output: Bytes,
        gas: Gas,
        callee: Gas,
    ) -> Result<u32, Stop> {
        self.returned(ret_len, output, gas, callee)?;
        Ok(if success { 0 } else { FAILED })
    }

    fn returned(&mut self, ret_len: u32, output: Bytes, gas: Gas, callee: Gas) -> Result<(), Stop> {
        let len = output.len() as u32;
        self.host_mut().return_data = output;
        self.buy_call(gas, callee)?;
        self.write_u32(ret_len, len)
    }

    pub fn create1(
        &mut self,
        code: u32,
        len: u32,
        endowment: u32,
        contract: u32,
        ret_len: u32,
    ) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(3))?;
        self.create(code, len, endowment, None, Continuation::Create { contract, ret_len })
    }

    pub fn create2(
        &mut self,
        code: u32,
        len: u32,
        endowment: u32,
        salt: u32,
        contract: u32,
        ret_len: u32,
    ) -> Result<(), Stop> {
        self.buy_ink(host::api_with_pointers(4))?;
        self.create(code, len, endowment, Some(salt), Continuation::Create { contract, ret_len })
    }

    fn create(
        &mut self,
        code: u32,
        len: u32,
        endowment: u32,
        salt: Option<u32>,
        continuation: Continuation,
    ) -> Result<(), Stop> {
        self.pay_for_reading_twice(len)?;
        let init_code = Bytes::copy_from_slice(self.slice(code, len)?);
        let value = U256::from_be_bytes(self.read::<32>(endowment)?);
        let salt = salt.map(|salt| self.read(salt)).transpose()?.map(B256::new);
        let gas_left = self.gas_left()?;
        if self.host().frame.is_static {
            return Err(Stop::static_call("creating a contract"));
        }
        self.ask(Request::Create(Create { init_code, value, salt, gas_left }), continuation)
    }

    /// Continues the two creations.
    pub fn created(&mut self, contract: u32, ret_len: u32, answer: Answer) -> Result<(), Stop> {
        let Answer::Created { address, output, gas, callee } = answer else {
            return Err(Stop::failed("not enough gas to create a contract"));
        };
        self.returned(ret_len, output, gas, callee)?;
        self.write(contract, address.unwrap_or_default().as_slice())
    }

    pub fn read_return_data(&mut self, dest: u32, offset: u32, size: u32) -> Result<u32, Stop> {
        self.buy_ink(host::api_with_pointers(0))?;
        let available = (self.host().return_data.len() as u32).saturating_sub(offset);
        let len = size.min(available);
        self.buy_ink(host::write(len))?;
        if len == 0 {
            return Ok(0);
        }
        let data = self.host().return_data.clone();
        self.write(dest, &data[offset as usize..][..len as usize])?;
        Ok(len)
    }

    pub fn return_data_size(&mut self) -> Result<u32, Stop> {
        self.buy_ink(host::HOSTIO)?;
        Ok(self.host().return_data.len() as u32)
    }
}
