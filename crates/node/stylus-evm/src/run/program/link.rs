//! Links programs with host functions.

use super::{host::Host, machine::Machine, stop::Stop};
use crate::{
    hostio::MODULE,
    pricing::Ink,
    profile::{self, Recorder},
};
use wasmi::{AsContextMut, Caller, Error, Linker, errors::LinkerError};

/// Runs a host function on the machine of its caller.
fn call<T>(
    mut caller: Caller<'_, Host>,
    name: &'static str,
    hook: impl FnOnce(&mut Machine) -> Result<T, Stop>,
) -> Result<T, Error> {
    Machine::of_caller(caller.as_context_mut())
        .and_then(|mut machine| {
            machine.record(|recorder| recorder.hook(name));
            hook(&mut machine)
        })
        .map_err(Error::host)
}

/// Defines a host function by the method of [`Machine`] with the same name.
macro_rules! hook {
    ($linker:expr, $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty) => {
        $linker.func_wrap(MODULE, stringify!($name), |caller: Caller<'_, Host>, $($arg: $ty),*| -> Result<$ret, Error> {
            call(caller, stringify!($name), |machine| machine.$name($($arg),*))
        })?
    };
}

/// The two functions that the wrappers of a profiled module call (`profile/wrap.rs`).
pub fn define_profiling(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    let note = |mut caller: Caller<'_, Host>, event: fn(&mut Recorder, u32, Ink), function: u32| {
        let mut machine = Machine::of_caller(caller.as_context_mut()).map_err(Error::host)?;
        let ink_left = machine.ink_global();
        machine.record(|recorder| event(recorder, function, ink_left));
        Ok(())
    };
    linker.func_wrap(profile::MODULE, profile::ENTER, move |caller: Caller<'_, Host>, function: u32| {
        note(caller, Recorder::enter, function)
    })?;
    linker.func_wrap(profile::MODULE, profile::LEAVE, move |caller: Caller<'_, Host>| {
        note(caller, |recorder, _, ink_left| recorder.leave(ink_left), 0)
    })?;
    Ok(())
}

/// All 42 host functions.
#[rustfmt::skip]
pub fn define(linker: &mut Linker<Host>) -> Result<(), LinkerError> {
    hook!(linker, read_args(ptr: u32) -> ());
    hook!(linker, write_result(ptr: u32, len: u32) -> ());
    hook!(linker, exit_early(status: u32) -> ());
    hook!(linker, storage_load_bytes32(key: u32, dest: u32) -> ());
    hook!(linker, storage_cache_bytes32(key: u32, value: u32) -> ());
    hook!(linker, storage_flush_cache(clear: u32) -> ());
    hook!(linker, transient_load_bytes32(key: u32, dest: u32) -> ());
    hook!(linker, transient_store_bytes32(key: u32, value: u32) -> ());
    hook!(linker, call_contract(contract: u32, data: u32, len: u32, value: u32, gas: u64, ret_len: u32) -> u32);
    hook!(linker, delegate_call_contract(contract: u32, data: u32, len: u32, gas: u64, ret_len: u32) -> u32);
    hook!(linker, static_call_contract(contract: u32, data: u32, len: u32, gas: u64, ret_len: u32) -> u32);
    hook!(linker, create1(code: u32, len: u32, endowment: u32, contract: u32, ret_len: u32) -> ());
    hook!(linker, create2(code: u32, len: u32, endowment: u32, salt: u32, contract: u32, ret_len: u32) -> ());
    hook!(linker, read_return_data(dest: u32, offset: u32, size: u32) -> u32);
    hook!(linker, return_data_size() -> u32);
    hook!(linker, emit_log(data: u32, len: u32, topics: u32) -> ());
    hook!(linker, account_balance(address: u32, dest: u32) -> ());
    hook!(linker, account_code(address: u32, offset: u32, size: u32, dest: u32) -> u32);
    hook!(linker, account_codehash(address: u32, dest: u32) -> ());
    hook!(linker, account_code_size(address: u32) -> u32);
    hook!(linker, evm_gas_left() -> u64);
    hook!(linker, evm_ink_left() -> u64);
    hook!(linker, block_basefee(dest: u32) -> ());
    hook!(linker, chainid() -> u64);
    hook!(linker, block_coinbase(dest: u32) -> ());
    hook!(linker, block_gas_limit() -> u64);
    hook!(linker, block_number() -> u64);
    hook!(linker, block_timestamp() -> u64);
    hook!(linker, contract_address(dest: u32) -> ());
    hook!(linker, math_div(value: u32, divisor: u32) -> ());
    hook!(linker, math_mod(value: u32, modulus: u32) -> ());
    hook!(linker, math_pow(value: u32, exponent: u32) -> ());
    hook!(linker, math_add_mod(value: u32, addend: u32, modulus: u32) -> ());
    hook!(linker, math_mul_mod(value: u32, multiplier: u32, modulus: u32) -> ());
    hook!(linker, msg_reentrant() -> u32);
    hook!(linker, msg_sender(dest: u32) -> ());
    hook!(linker, msg_value(dest: u32) -> ());
    hook!(linker, native_keccak256(input: u32, len: u32, output: u32) -> ());
    hook!(linker, tx_gas_price(dest: u32) -> ());
    hook!(linker, tx_ink_price() -> u32);
    hook!(linker, tx_origin(dest: u32) -> ());
    hook!(linker, pay_for_memory_grow(pages: u32) -> ());
    Ok(())
}
