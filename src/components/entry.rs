//! The one way into a program: what is refused before any function is looked for.

use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, host::VM, stylus_core::*};

use super::{
    calldata::{Calldata, Output},
    revert::Revert,
};
use crate::{
    abi::IEntry::{ReentrantCall, UnknownSelector, ValueNotAccepted},
    math::wide::from_be_bytes,
};

/// A function's selector as a number, big-endian: a match on numbers is compiled into a binary search.
pub trait Function: SolCall {
    /// The selector.
    const ID: u32 = u32::from_be_bytes(Self::SELECTOR);
}

impl<C: SolCall> Function for C {}

/// A contract: it answers calls by selector.
pub trait Contract {
    /// The contract as the program that runs in `vm`.
    fn new(vm: VM) -> Self;
    /// Whether the function with this selector only reads what the constructor wrote, or what the program flushes
    /// before it calls out. Such functions, and no others, answer while the program is running already further up.
    fn is_fixed(function: u32) -> bool;
    /// Runs the function with this selector, and puts what it returns into `output`.
    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert>;
    /// What answers a function that is not fixed while the program is running already: a refusal. A contract that is
    /// two programs lets the second one look whether the function is among its fixed ones.
    fn call_again(&mut self, _: u32, _: Calldata, _: &mut Output) -> Result<(), Revert> {
        Err(ReentrantCall {}.into())
    }
}

/// Answers one call.
///
/// Re-entrance is refused, views included, but for what [`Contract::is_fixed`] names: nobody can see a program's
/// state half-way. So no storage has to be flushed before a call out; `run` flushes once, at the end.
///
/// # Errors
/// `ReentrantCall`, `ValueNotAccepted`, `UnknownSelector`, and whatever the function refuses.
pub fn answer<C: Contract>(input: Vec<u8>, vm: VM) -> ArbResult {
    let mut output = Output::default();
    match guarded::<C>(&input, vm, &mut output) {
        Ok(()) => Ok(output.into_data()),
        Err(refusal) => Err(refusal.into_data()),
    }
}

/// The refusal of a call to a function that there is not.
pub fn unknown(function: u32) -> Revert {
    UnknownSelector { selector: function.to_be_bytes().into() }.into()
}

fn guarded<C: Contract>(input: &[u8], vm: VM, output: &mut Output) -> Result<(), Revert> {
    let value = from_be_bytes(&host::value(&vm));
    if !value.is_zero() {
        return Err(ValueNotAccepted { value }.into());
    }
    let Some((selector, arguments)) = input.split_first_chunk::<4>() else {
        return Err(unknown(0));
    };
    let function = u32::from_be_bytes(*selector);
    let arguments = Calldata::new(arguments);
    let is_again = vm.msg_reentrant() && !C::is_fixed(function);
    let mut contract = C::new(vm);
    if is_again {
        return contract.call_again(function, arguments, output);
    }
    contract.call(function, arguments, output)
}

/// The ether that came with the call, in wei. The SDK reads the number byte by byte.
#[cfg(target_arch = "wasm32")]
mod host {
    use super::*;

    #[link(wasm_import_module = "vm_hooks")]
    unsafe extern "C" {
        fn msg_value(value: *mut u8);
    }

    pub fn value(_: &VM) -> [u8; 32] {
        let mut value = [0; 32];
        // SAFETY: the host writes 32 bytes, which the array has.
        unsafe { msg_value(value.as_mut_ptr()) };
        value
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use super::*;

    pub fn value(vm: &VM) -> [u8; 32] {
        vm.msg_value().to_be_bytes()
    }
}

/// The program's entry point: reads the calldata, lets `answer` answer, and writes what it said. Returns 0, or 1
/// for a refusal.
///
/// Storage is flushed only if the call went well: a refusal must not pay for writes that it undoes, nor run out of
/// gas over them in place of its error. (The SDK's own entry point flushes in both cases.)
#[cfg(target_arch = "wasm32")]
pub fn run(length: usize, answer: fn(Vec<u8>, VM) -> ArbResult) -> usize {
    let vm = VM { host: stylus_sdk::host::WasmVM {} };
    // Activation wants this import, for the calls that it puts before every growth of memory.
    vm.pay_for_memory_grow(0);
    let (data, status) = match answer(vm.read_args(length), vm.clone()) {
        Ok(data) => {
            vm.flush_cache(false);
            (data, 0)
        }
        Err(data) => (data, 1),
    };
    vm.write_result(&data);
    status
}
