//! The one way into a program: what is refused before any function is looked for.

use stylus_sdk::{ArbResult, host::VM, stylus_core::*};

use super::{
    calldata::{Calldata, Output},
    revert::Revert,
};
use crate::abi::IEntry::{ReentrantCall, UnknownSelector, ValueNotAccepted};

/// A contract: it answers calls by selector.
pub trait Contract {
    /// The contract as the program that runs in `vm`.
    fn new(vm: VM) -> Self;
    /// Runs the function with this selector, and puts what it returns into `output`.
    fn call(&mut self, selector: [u8; 4], arguments: Calldata, output: &mut Output) -> Result<(), Revert>;
}

/// Answers one call. Re-entrance is refused whole, views included: nobody can see a program's state half-way.
/// So no storage has to be flushed before a call out; the entry point flushes once, at the end.
///
/// # Errors
/// `ReentrantCall`, `ValueNotAccepted`, `UnknownSelector`, and whatever the function refuses.
pub fn answer<C: Contract>(input: &[u8], vm: VM) -> ArbResult {
    let mut output = Output::default();
    match guarded(&mut C::new(vm.clone()), input, &vm, &mut output) {
        Ok(()) => Ok(output.into_data()),
        Err(refusal) => Err(refusal.into_data()),
    }
}

fn guarded(contract: &mut impl Contract, input: &[u8], vm: &VM, output: &mut Output) -> Result<(), Revert> {
    if vm.msg_reentrant() {
        return Err(ReentrantCall {}.into());
    }
    let value = vm.msg_value();
    if !value.is_zero() {
        return Err(ValueNotAccepted { value }.into());
    }
    let Some((selector, arguments)) = input.split_first_chunk::<4>() else {
        return Err(UnknownSelector { selector: [0; 4].into() }.into());
    };
    contract.call(*selector, Calldata::new(arguments), output)
}
