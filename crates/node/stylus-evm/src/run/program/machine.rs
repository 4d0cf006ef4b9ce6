//! A running instance from the view of host functions: its ink and its memory.

use super::{
    continuation::Continuation,
    host::{Handles, Host},
    stop::Stop,
};
use crate::{
    pricing::{Gas, Ink, host, parameters::STACK_WORDS},
    profile::Recorder,
    run::Request,
};
use wasmi::{Global, StoreContextMut, Val};

/// Ink, memory and host state of a running instance.
pub struct Machine<'a> {
    store: StoreContextMut<'a, Host>,
    handles: Handles,
}

impl<'a> Machine<'a> {
    pub fn new(store: StoreContextMut<'a, Host>, handles: Handles) -> Self {
        Self { store, handles }
    }

    /// The machine of the program that calls a host function.
    pub fn of_caller(store: StoreContextMut<'a, Host>) -> Result<Self, Stop> {
        match store.data().handles {
            Some(handles) => Ok(Self { store, handles }),
            None => Err(Stop::failed("a host function was called before the program was ready")),
        }
    }

    pub fn host(&self) -> &Host {
        self.store.data()
    }

    pub fn host_mut(&mut self) -> &mut Host {
        self.store.data_mut()
    }

    /// Leaves the host function with a request; `continuation` finishes it with the answer.
    pub fn ask<T>(&mut self, request: Request, continuation: Continuation) -> Result<T, Stop> {
        self.host_mut().pending = Some((request, continuation));
        Err(Stop::Ask)
    }

    /// Sets the ink and the full stack for a new run.
    pub fn prepare(&mut self, ink: Ink) {
        self.set(|handles| handles.ink_left, Val::I64(ink.0 as i64));
        self.set(|handles| handles.ink_status, Val::I32(0));
        self.set(|handles| handles.stack_left, Val::I32(STACK_WORDS as i32));
    }

    pub fn stack_left(&self) -> u32 {
        match self.handles.stack_left.get(&self.store) {
            Val::I32(words) => words as u32,
            _ => 0,
        }
    }

    /// # Errors
    /// The ink has run out.
    pub fn ink_left(&self) -> Result<Ink, Stop> {
        match self.handles.ink_status.get(&self.store) {
            Val::I32(0) => Ok(self.ink_global()),
            _ => Err(Stop::OutOfInk),
        }
    }

    /// Value of the ink global, even if the ink has run out.
    pub fn ink_global(&self) -> Ink {
        match self.handles.ink_left.get(&self.store) {
            Val::I64(ink) => Ink(ink as u64),
            _ => Ink(0),
        }
    }

    pub fn gas_left(&self) -> Result<Gas, Stop> {
        self.ink_left().map(Ink::to_gas)
    }

    pub fn require_ink(&mut self, ink: Ink) -> Result<Ink, Stop> {
        let left = self.ink_left()?;
        if left < ink {
            self.record(|recorder| recorder.could_not_pay(left));
            self.set(|handles| handles.ink_left, Val::I64(0));
            self.set(|handles| handles.ink_status, Val::I32(1));
            return Err(Stop::OutOfInk);
        }
        Ok(left)
    }

    pub fn require_gas(&mut self, gas: Gas) -> Result<(), Stop> {
        self.require_ink(gas.to_ink()).map(|_| ())
    }

    pub fn buy_ink(&mut self, ink: Ink) -> Result<(), Stop> {
        self.take_ink(ink)?;
        self.record(|recorder| recorder.bought_ink(ink));
        Ok(())
    }

    pub fn buy_gas(&mut self, gas: Gas) -> Result<(), Stop> {
        self.buy_call(gas, Gas(0))
    }

    /// Pays the total price of a call or creation, of which `callee` was used by the callee.
    pub fn buy_call(&mut self, gas: Gas, callee: Gas) -> Result<(), Stop> {
        self.take_ink(gas.to_ink())?;
        self.record(|recorder| recorder.bought_gas(gas, callee));
        Ok(())
    }

    fn take_ink(&mut self, ink: Ink) -> Result<(), Stop> {
        let left = self.require_ink(ink)?;
        self.set(|handles| handles.ink_left, Val::I64((left.0 - ink.0) as i64));
        Ok(())
    }

    /// Updates the recorder, if the run is profiled.
    pub fn record(&mut self, note: impl FnOnce(&mut Recorder)) {
        if let Some(recorder) = &mut self.host_mut().recorder {
            note(recorder);
        }
    }

    /// Pays twice for reading bytes: from the program's memory, and into the chain.
    pub fn pay_for_reading_twice(&mut self, bytes: u32) -> Result<(), Stop> {
        self.buy_ink(host::read(bytes))?;
        self.buy_ink(host::read(bytes))
    }

    pub fn read<const N: usize>(&self, pointer: u32) -> Result<[u8; N], Stop> {
        let bytes = self.slice(pointer, N as u32)?;
        <[u8; N]>::try_from(bytes).map_err(|_| out_of_bounds(pointer, N as u64))
    }

    pub fn slice(&self, pointer: u32, len: u32) -> Result<&[u8], Stop> {
        let (start, end) = (pointer as usize, pointer as usize + len as usize);
        self.handles
            .memory
            .data(&self.store)
            .get(start..end)
            .ok_or_else(|| out_of_bounds(pointer, len.into()))
    }

    pub fn write(&mut self, pointer: u32, bytes: &[u8]) -> Result<(), Stop> {
        let (start, end) = (pointer as usize, pointer as usize + bytes.len());
        let memory = self.handles.memory.data_mut(&mut self.store).get_mut(start..end);
        memory.ok_or_else(|| out_of_bounds(pointer, bytes.len() as u64))?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn write_u32(&mut self, pointer: u32, value: u32) -> Result<(), Stop> {
        self.write(pointer, &value.to_le_bytes())
    }

    fn set(&mut self, global: impl Fn(&Handles) -> Global, value: Val) {
        // Cannot fail: the instrumentation adds these globals as mutable, with these types.
        let set = global(&self.handles).set(&mut self.store, value);
        debug_assert!(set.is_ok(), "{set:?}");
    }
}

fn out_of_bounds(pointer: u32, len: u64) -> Stop {
    Stop::Failed(format!(
        "a host function received {len} bytes at {pointer:#x}, which is outside of the memory"
    ))
}
