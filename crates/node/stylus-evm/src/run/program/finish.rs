//! Finishes host functions that waited for the chain.

use super::{continuation::Continuation, machine::Machine, stop::Stop};
use crate::run::Answer;
use wasmi::Val;

impl Machine<'_> {
    /// Finishes a host function and returns its result, if it has one.
    pub fn finish(&mut self, continuation: Continuation, answer: Answer) -> Result<Option<Val>, Stop> {
        match (continuation, answer) {
            (Continuation::Nothing, Answer::Done) => Ok(None),
            (Continuation::Word { dest }, Answer::Loaded { value, gas }) => {
                self.buy_gas(gas)?;
                self.write(dest, value.as_slice()).map(|()| None)
            }
            (Continuation::StorageLoad { key, dest, cache_gas }, Answer::Loaded { value, gas }) => {
                self.storage_loaded(key, dest, cache_gas, value, gas).map(|()| None)
            }
            (Continuation::StorageFlush, Answer::Stored(stored)) => {
                self.storage_flushed(stored).map(|()| None)
            }
            (Continuation::Code { address, window }, Answer::Code { code, gas }) => {
                self.code_loaded(address, window, code, gas).map(result)
            }
            (Continuation::Pages, Answer::Pages { gas }) => self.buy_gas(gas).map(|()| None),
            (Continuation::Call { ret_len }, Answer::Called { success, output, gas, callee }) => {
                self.called(ret_len, success, output, gas, callee).map(result)
            }
            (Continuation::Create { contract, ret_len }, answer) => {
                self.created(contract, ret_len, answer).map(|()| None)
            }
            (continuation, answer) => {
                Err(Stop::Failed(format!("{answer:?} does not answer {continuation:?}")))
            }
        }
    }
}

fn result(value: u32) -> Option<Val> {
    Some(Val::I32(value as i32))
}
