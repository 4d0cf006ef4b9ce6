//! A Stylus program as a run: one WASM instance, its ink, and its pending request.

mod account;
mod calls;
mod continuation;
mod disk;
mod environment;
mod finish;
mod host;
mod link;
mod machine;
mod maths;
mod memory;
mod module;
mod stop;
mod storage;
mod storage_cache;

pub use disk::CacheDirectoryError;
pub use host::{Environment, Frame};
pub use module::{CompileError, Compiled, ModuleCache, Variant};

use self::{
    continuation::Continuation,
    host::{Handles, Host},
    machine::Machine,
    stop::Stop,
};
use super::{Answer, Run, RunEnd, RunResult, Step};
use crate::{
    activate::ENTRY_POINT,
    pricing::{Gas, Ink},
    profile::Recorder,
};
use std::sync::Arc;
use wasmi::{AsContextMut, Error, Instance, Store, TrapCode, TypedResumableCall, TypedResumableCallHostTrap};

/// A running program.
pub struct ProgramRun {
    store: Store<Host>,
    handles: Handles,
    state: State,
}

enum State {
    Ready(Instance),
    /// The instance waits in a host function, which finishes with the continuation.
    Waiting(TypedResumableCallHostTrap<i32>, Continuation),
    Ended,
}

impl ProgramRun {
    /// A program ready to run with this gas.
    ///
    /// # Errors
    /// The module cannot be instantiated; this does not happen for a checked module.
    pub fn new(
        compiled: &Compiled,
        environment: Arc<Environment>,
        frame: Frame,
        gas: Gas,
    ) -> Result<Self, Error> {
        let recorder = compiled.outline().map(|outline| Box::new(Recorder::new(outline, gas.to_ink())));
        let mut store = Store::new(compiled.engine(), Host::new(environment, frame, recorder));
        store.limiter(|host| &mut host.limits);
        let instance = compiled.instantiate(&mut store)?;
        let handles = Handles::of(&instance, &store).ok_or_else(|| Error::new("an export is missing"))?;
        store.data_mut().handles = Some(handles);
        let mut run = Self { store, handles, state: State::Ready(instance) };
        run.machine().prepare(gas.to_ink());
        Ok(run)
    }

    fn machine(&mut self) -> Machine<'_> {
        Machine::new(self.store.as_context_mut(), self.handles)
    }

    fn start(&mut self, instance: Instance) -> Result<TypedResumableCall<i32>, Error> {
        let main = instance.get_typed_func::<i32, i32>(&self.store, ENTRY_POINT)?;
        let input_len = self.store.data().frame.input.len() as i32;
        main.call_resumable(&mut self.store, input_len)
    }

    /// Finishes the waiting host function, then resumes the program.
    fn continue_after(
        &mut self,
        call: TypedResumableCallHostTrap<i32>,
        continuation: Continuation,
        answer: Answer,
    ) -> Result<TypedResumableCall<i32>, Error> {
        let result = self.machine().finish(continuation, answer).map_err(Error::host)?;
        call.resume(&mut self.store, result.as_slice())
    }

    fn finish(&mut self, status: u32) -> Step {
        let output = std::mem::take(&mut self.store.data_mut().output).into();
        self.end(match status {
            0 => RunResult::Success(output),
            _ => RunResult::Revert(output),
        })
    }

    /// Ends a run after a trap, or after a host function that did not return. The checks are in the order of Nitro
    /// (`crates/stylus/src/run.rs`).
    fn stopped(&mut self, error: &Error) -> Step {
        if self.machine().stack_left() == 0 {
            return self.end(RunResult::OutOfStack);
        }
        if self.machine().ink_left().is_err() {
            return self.end(RunResult::OutOfInk);
        }
        match error.downcast_ref::<Stop>() {
            Some(Stop::Exit(status)) => self.finish(*status),
            Some(Stop::OutOfInk) => self.end(RunResult::OutOfInk),
            Some(stop) => self.end(RunResult::Failure(stop.to_string())),
            // The interpreter's own limit is larger than the nominal one (`module.rs`) and counts as the same.
            None if error.as_trap_code() == Some(TrapCode::StackOverflow) => self.end(RunResult::OutOfStack),
            None => self.end(RunResult::Failure(error.to_string())),
        }
    }

    fn end(&mut self, result: RunResult) -> Step {
        let ink = match result {
            RunResult::OutOfStack | RunResult::OutOfInk => Ink(0),
            _ => self.machine().ink_left().unwrap_or_default(),
        };
        let at_end = self.machine().ink_global();
        let recorder = self.store.data_mut().recorder.take();
        let profile = recorder.map(|recorder| Box::new(recorder.finish(at_end, ink)));
        Step::Done(RunEnd { result, gas_left: ink.to_gas(), profile })
    }
}

impl Run for ProgramRun {
    fn resume(&mut self, answer: Answer) -> Step {
        let result = match std::mem::replace(&mut self.state, State::Ended) {
            State::Ready(instance) => self.start(instance),
            State::Waiting(call, continuation) => self.continue_after(call, continuation, answer),
            State::Ended => Err(Error::new("the program has already ended")),
        };
        let call = match result {
            Ok(TypedResumableCall::Finished(status)) => return self.finish(status as u32),
            Ok(TypedResumableCall::HostTrap(call)) => call,
            Ok(TypedResumableCall::OutOfFuel(_)) => return self.end(RunResult::OutOfInk),
            Err(error) => return self.stopped(&error),
        };
        match self.store.data_mut().pending.take() {
            Some((request, continuation)) => {
                self.state = State::Waiting(call, continuation);
                Step::Ask(request)
            }
            None => self.stopped(call.host_error()),
        }
    }
}
