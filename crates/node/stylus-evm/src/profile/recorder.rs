//! What a running program uses, noted while it runs.
//!
//! Host functions note what they buy. What else has left the ink global between two events (a function begins, a
//! function ends, the run ends) was used by the instructions of the function on top.

use super::Outline;
use crate::pricing::{Gas, Ink};
use std::sync::Arc;

/// What one host function used in one call of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFunctionUse {
    pub name: &'static str,
    pub calls: u64,
    /// What the host function itself charged, in ink.
    pub ink: Ink,
    /// What was charged in gas: the EVM's prices (SLOAD, SSTORE, an account, a call, a log, …), the storage cache's,
    /// and those of memory.
    pub gas: Gas,
    /// What the code that was called or created used.
    pub callee_gas: Gas,
}

/// What one function used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    pub calls: u64,
    pub ink: Ink,
}

/// What one run used, functions in the order of their definition.
#[derive(Clone, Debug)]
pub struct RunProfile {
    pub outline: Arc<Outline>,
    pub functions: Vec<Used>,
    pub host_functions: Vec<HostFunctionUse>,
    pub ink_used: Ink,
    pub lost_ink: Ink,
}

/// Records one run.
pub struct Recorder {
    profile: RunProfile,
    given: Ink,
    /// Ink left, as far as it has been accounted for.
    left: Ink,
    /// The functions under way, innermost last.
    stack: Vec<u32>,
    /// The host function under way, or the one called last.
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

    /// A function begins.
    pub fn enter(&mut self, function: u32, ink_left: Ink) {
        self.settle(ink_left);
        self.stack.push(function);
        if let Some(used) = self.profile.functions.get_mut(function as usize) {
            used.calls += 1;
        }
    }

    /// The innermost function ends.
    pub fn leave(&mut self, ink_left: Ink) {
        self.settle(ink_left);
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

    /// The host function has bought ink.
    pub fn bought_ink(&mut self, ink: Ink) {
        self.spend(ink, |hook| hook.ink = hook.ink + ink);
    }

    /// The host function has bought gas, so much of it for what was called.
    pub fn bought_gas(&mut self, gas: Gas, callee: Gas) {
        self.spend(gas.to_ink(), |hook| {
            hook.gas = hook.gas + Gas(gas.0.saturating_sub(callee.0));
            hook.callee_gas = hook.callee_gas + callee;
        });
    }

    /// The host function could not be paid: what ink was left is gone.
    pub fn could_not_pay(&mut self, ink_left: Ink) {
        self.settle(ink_left);
        self.lose(ink_left);
    }

    /// The run is over with this in its ink global, and gives back `returned` of it.
    pub fn finish(mut self, ink_left: Ink, returned: Ink) -> RunProfile {
        // The charge of bulk memory lets the global wrap when it cannot be paid; nothing is known then.
        if ink_left <= self.left {
            self.settle(ink_left);
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

    fn settle(&mut self, ink_left: Ink) {
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
