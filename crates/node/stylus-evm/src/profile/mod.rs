//! Where the ink and gas of a transaction's programs went: by host function and by WASM function, for every call of
//! a program. Nothing of it is paid for when no one asks: the module that profiles is another one.
//!
//! Two sums hold exactly for each call:
//! - `ink_used` = ink of the functions + ink of the host functions + 10 000 × their gas and callees' gas + `lost_ink`;
//! - `gas_used` = `entry_gas` + `ink_used` in whole gas, rounded up + `return_data_gas`.

mod recorder;
mod symbols;
mod wrap;

pub use recorder::{HostFunctionUse, Recorder, RunProfile};
pub use symbols::{Outline, Symbols, SymbolsError};
pub use wrap::{ENTER, LEAVE, MODULE, wrap};

use crate::pricing::{Gas, INK_PER_GAS, Ink};
use revm::primitives::{Address, B256, Bytes};

/// What one call of a program used. Calls stand in the order in which they began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramProfile {
    /// Whose storage and balance the program worked on.
    pub contract: Address,
    /// Whose code ran: another account's in a delegate call.
    pub code_address: Address,
    pub code_hash: B256,
    /// Depth of the call in the transaction, 0 for the outermost; EVM code's calls are counted, but have no profile.
    pub depth: usize,
    /// Index of the program's call that this one was made from, directly or through EVM code.
    pub parent: Option<usize>,
    pub input: Bytes,
    /// Whether it returned; else it reverted or failed.
    pub success: bool,
    /// All that the call took from its caller, what it called included; the price of the calling is the caller's.
    pub gas_used: Gas,
    /// Entering the program: memory, cached cost, and init cost if it was in no cache.
    pub entry_gas: Gas,
    /// What returned data cost beyond everything else (at least the price of EVM memory is due).
    pub return_data_gas: Gas,
    /// Ink used between entry and end, what it called included.
    pub ink_used: Ink,
    /// Ink that was left when the program ran out of ink or stack, and was taken.
    pub lost_ink: Ink,
    /// Host functions that were called, the dearest (callees left out) first.
    pub host_functions: Vec<HostFunctionUse>,
    /// Functions of the program that were called, the dearest first.
    pub functions: Vec<FunctionUse>,
}

/// What one function of a program used in one call of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionUse {
    /// Its index in the WASM as deployed, imports counted.
    pub index: u32,
    /// From the name section of the WASM or of the [`Symbols`], demangled; else the name of its export; else `func[N]`.
    pub name: String,
    pub calls: u64,
    /// Ink of its own instructions; the functions and host functions that it called have theirs.
    pub ink: Ink,
}

impl HostFunctionUse {
    /// What the call of the host function itself cost, what was called through it left out.
    pub fn own_ink(&self) -> Ink {
        self.ink + self.gas.to_ink()
    }
}

/// A call of a program that begins.
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
    /// Indices of the calls under way, innermost last.
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
