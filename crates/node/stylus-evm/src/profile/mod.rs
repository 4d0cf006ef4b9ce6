//! Profiles the ink and gas of each call of a program, by host function and by WASM function. Runs without a profile
//! are not slower, because only profiled runs use the instrumented module.
//!
//! Two sums hold exactly for each call:
//! - `ink_used` = ink of the functions + ink of the host functions + 10 000 × (gas and callee gas of the host
//!   functions) + `lost_ink`;
//! - `gas_used` = `entry_gas` + `ink_used` in whole gas, rounded up + `return_data_gas`.

mod recorder;
mod symbols;
mod wrap;

pub use recorder::{HostFunctionUse, Recorder, RunProfile};
pub use symbols::{Outline, Symbols, SymbolsError};
pub use wrap::{ENTER, LEAVE, MODULE, wrap};

use crate::pricing::{Gas, INK_PER_GAS, Ink};
use revm::primitives::{Address, B256, Bytes};

/// Profile of one call of a program. Calls are listed in the order in which they began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramProfile {
    /// The account whose storage and balance the program used.
    pub contract: Address,
    /// The account whose code ran; in a delegate call, it differs from `contract`.
    pub code_address: Address,
    pub code_hash: B256,
    /// Depth of the call in the transaction, 0 for the outermost; calls of EVM code count, but have no profile.
    pub depth: usize,
    /// Index of the program's call that made this call, directly or through EVM code.
    pub parent: Option<usize>,
    pub input: Bytes,
    /// Whether the call returned; otherwise it reverted or failed.
    pub success: bool,
    /// Gas that the call took from its caller, including its callees. The caller pays the price of the call itself.
    pub gas_used: Gas,
    /// Price of entry: memory, cached cost, and init cost if the program was not cached.
    pub entry_gas: Gas,
    /// Additional gas for returned data, which costs at least as much as EVM memory.
    pub return_data_gas: Gas,
    /// Ink used between entry and end, including callees.
    pub ink_used: Ink,
    /// Ink that was left when the program ran out of ink or stack, and is lost.
    pub lost_ink: Ink,
    /// The host functions called, the most expensive first (callees not counted).
    pub host_functions: Vec<HostFunctionUse>,
    /// Functions of the program that were called, the most expensive first.
    pub functions: Vec<FunctionUse>,
}

/// Use of one function in one call of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionUse {
    /// Index in the WASM as deployed, imports counted.
    pub index: u32,
    /// Demangled name from the name section of the WASM or of the [`Symbols`]; else the name of its export; else
    /// `func[N]`.
    pub name: String,
    pub calls: u64,
    /// Ink of its own instructions, without the functions and host functions that it calls.
    pub ink: Ink,
}

impl HostFunctionUse {
    /// Price of the host function in ink, without its callees.
    pub fn own_ink(&self) -> Ink {
        self.ink + self.gas.to_ink()
    }
}

/// A call of a program that starts.
#[derive(Clone, Debug)]
pub struct Entered {
    pub contract: Address,
    pub code_address: Address,
    pub code_hash: B256,
    pub depth: usize,
    pub input: Bytes,
    pub entry_gas: Gas,
}

/// Collects the profiles of a transaction.
#[derive(Clone, Debug, Default)]
pub struct Profiler {
    symbols: Symbols,
    programs: Vec<ProgramProfile>,
    /// Indices of the running calls, innermost last.
    open: Vec<usize>,
}

impl Profiler {
    pub fn new(symbols: Symbols) -> Self {
        Self { symbols, ..Self::default() }
    }

    pub fn begin(&mut self, entered: Entered) {
        let parent = self.open.last().copied();
        self.open.push(self.programs.len());
        self.programs.push(ProgramProfile {
            contract: entered.contract,
            code_address: entered.code_address,
            code_hash: entered.code_hash,
            depth: entered.depth,
            parent,
            input: entered.input,
            success: false,
            gas_used: Gas(0),
            entry_gas: entered.entry_gas,
            return_data_gas: Gas(0),
            ink_used: Ink(0),
            lost_ink: Ink(0),
            host_functions: Vec::new(),
            functions: Vec::new(),
        });
    }

    /// Closes the call that began last.
    pub fn end(&mut self, run: RunProfile, success: bool, gas_used: Gas) {
        let Some(profile) = self.open.pop().and_then(|index| self.programs.get_mut(index)) else { return };
        let accounted = profile.entry_gas.0.saturating_add(run.ink_used.0.div_ceil(INK_PER_GAS));
        profile.success = success;
        profile.gas_used = gas_used;
        profile.return_data_gas = Gas(gas_used.0.saturating_sub(accounted));
        profile.ink_used = run.ink_used;
        profile.lost_ink = run.lost_ink;
        profile.functions = named(&run, &self.symbols);
        profile.host_functions = run.host_functions;
        profile.host_functions.sort_by_key(|hook| std::cmp::Reverse(hook.own_ink()));
    }

    pub fn into_programs(self) -> Vec<ProgramProfile> {
        self.programs
    }
}

fn named(run: &RunProfile, symbols: &Symbols) -> Vec<FunctionUse> {
    let used = run.functions.iter().enumerate().filter(|(_, function)| function.calls > 0);
    let mut functions: Vec<_> = used
        .map(|(defined, function)| {
            let index = run.outline.imports + defined as u32;
            let name = symbols.name(&run.outline, index);
            FunctionUse { index, name, calls: function.calls, ink: function.ink }
        })
        .collect();
    functions.sort_by_key(|function| std::cmp::Reverse(function.ink));
    functions
}
