//! Records the ink and gas of a running program.
//!
//! Host functions record what they charge. All other ink that leaves the ink global between two events (start or end of
//! a function, end of the run) was used by the instructions of the function on top.

use super::symbols::Outline;
use crate::pricing::{Gas, Ink};
use std::sync::Arc;

/// Use of one host function in one call of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFunctionUse {
    pub name: &'static str,
    pub calls: u64,
    /// Ink that the host function charged.
    pub ink: Ink,
    /// Gas that the host function charged: prices of the EVM (SLOAD, SSTORE, an account, a call, a log, …), of the
    /// storage cache and of memory.
    pub gas: Gas,
    /// Gas used by the code that was called or created.
    pub callee_gas: Gas,
}

/// Use of one function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    pub calls: u64,
    pub ink: Ink,
}

/// Use of one run; functions in the order of their definition.
#[derive(Clone, Debug)]
pub struct RunProfile {
    pub outline: Arc<Outline>,
    pub functions: Vec<Used>,
    pub host_functions: Vec<HostFunctionUse>,
    pub ink_used: Ink,
    pub lost_ink: Ink,
}

/// Recorder of one run.
pub struct Recorder {
    profile: RunProfile,
    given: Ink,
    /// Ink left after the last event.
    left: Ink,
    /// The running functions, innermost last.
    stack: Vec<u32>,
    /// The host function called last.
    hook: usize,
}

impl Recorder {
    pub fn new(outline: Arc<Outline>, given: Ink) -> Self {
        let profile = RunProfile {
            functions: vec![Used::default(); outline.functions as usize],
            outline,
            host_functions: Vec::new(),
            ink_used: Ink(0),
            lost_ink: Ink(0),
        };
        Self { profile, given, left: given, stack: Vec::new(), hook: 0 }
    }

    /// A function starts.
    pub fn enter(&mut self, function: u32, ink_left: Ink) {
        self.attribute(ink_left);
        self.stack.push(function);
        if let Some(used) = self.profile.functions.get_mut(function as usize) {
            used.calls += 1;
        }
    }

    /// The innermost function ends.
    pub fn leave(&mut self, ink_left: Ink) {
        self.attribute(ink_left);
        self.stack.pop();
    }

    /// A host function is called.
    pub fn hook(&mut self, name: &'static str) {
        let hooks = &mut self.profile.host_functions;
        self.hook = hooks.iter().position(|hook| hook.name == name).unwrap_or(hooks.len());
        if self.hook == hooks.len() {
            hooks.push(HostFunctionUse { name, ..HostFunctionUse::default() });
        }
        hooks[self.hook].calls += 1;
    }

    /// The host function charged ink.
    pub fn bought_ink(&mut self, ink: Ink) {
        self.spend(ink, |hook| hook.ink = hook.ink + ink);
    }

    /// The host function charged gas, `callee` of it for the code that it called.
    pub fn bought_gas(&mut self, gas: Gas, callee: Gas) {
        self.spend(gas.to_ink(), |hook| {
            hook.gas = hook.gas + Gas(gas.0.saturating_sub(callee.0));
            hook.callee_gas = hook.callee_gas + callee;
        });
    }

    /// The ink does not suffice for the host function; all of it is lost.
    pub fn could_not_pay(&mut self, ink_left: Ink) {
        self.attribute(ink_left);
        self.lose(ink_left);
    }

    /// The run ends with `ink_left` in its ink global and returns `returned` of it.
    pub fn finish(mut self, ink_left: Ink, returned: Ink) -> RunProfile {
        // A charge for bulk memory that cannot be paid wraps the global; its value is meaningless then.
        if ink_left <= self.left {
            self.attribute(ink_left);
        }
        self.lose(Ink(self.left.0.saturating_sub(returned.0)));
        self.profile.ink_used = Ink(self.given.0.saturating_sub(returned.0));
        self.profile
    }

    fn spend(&mut self, ink: Ink, note: impl FnOnce(&mut HostFunctionUse)) {
        self.left = Ink(self.left.0.saturating_sub(ink.0));
        if let Some(hook) = self.profile.host_functions.get_mut(self.hook) {
            note(hook);
        }
    }

    fn attribute(&mut self, ink_left: Ink) {
        let used = Ink(self.left.0.saturating_sub(ink_left.0));
        self.left = ink_left;
        let function = self.stack.last().and_then(|top| self.profile.functions.get_mut(*top as usize));
        if let Some(function) = function {
            function.ink = function.ink + used;
        }
    }

    fn lose(&mut self, ink: Ink) {
        self.left = Ink(self.left.0.saturating_sub(ink.0));
        self.profile.lost_ink = self.profile.lost_ink + ink;
    }
}
