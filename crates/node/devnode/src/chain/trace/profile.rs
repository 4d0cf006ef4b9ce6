//! The tracer `stylusProfile`: where the ink of every call of a Stylus program went.
//!
//! Its result is an object with one field, `programs`: the calls of programs in the order in which they began.
//! Gas and ink are decimal numbers; an ink is a ten-thousandth of a gas.
//!
//! | field | meaning |
//! | --- | --- |
//! | `address`, `codeAddress`, `codeHash` | the contract that ran, whose code it was (they differ in delegate calls), the code |
//! | `depth`, `parent` | 0 is the outermost frame; the place in `programs` of the program that called, or null |
//! | `input`, `success` | calldata; whether it neither reverted nor failed |
//! | `gasUsed` | all gas of the call, its callees' included: entry + inkUsed / 10 000 rounded up + return data |
//! | `entryGas`, `returnDataGas` | paid before the program began; paid because returned data costs more than the ink used |
//! | `inkUsed`, `lostInk` | between entry and end, callees included; taken because it ran out of ink or stack |
//! | `hostios` | host functions, dearest first: `name`, `calls`, `ink` (with the chain's gas, without callees), `gas` (the chain's), `calleeGas` |
//! | `functions` | functions of the WASM, dearest first: `name`, `index`, `calls`, `ink` (its own, without what it called) |
//!
//! Functions are named by the program's name section; programs are mostly stripped of it. So the configuration of the
//! tracer may give the same builds with their names, as hexadecimal: `{"symbols": ["0x0061736d…"]}`.
//!
//! `inkUsed` is the sum of all `ink` of both lists, of 10 000 times all `calleeGas`, and of `lostInk`.

use crate::chain::ChainError;
use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stylus_evm::{HostFunctionUse, ProgramProfile, Symbols};

/// The profile of a transaction.
#[derive(Clone, Debug, Serialize)]
pub struct StylusProfile {
    pub programs: Vec<ProgramFrame>,
}

/// The profile of one call of a program; see the module's text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProgramFrame {
    pub address: Address,
    pub code_address: Address,
    pub code_hash: B256,
    pub depth: usize,
    pub parent: Option<usize>,
    pub input: Bytes,
    pub success: bool,
    pub gas_used: u64,
    pub entry_gas: u64,
    pub return_data_gas: u64,
    pub ink_used: u64,
    pub lost_ink: u64,
    pub hostios: Vec<HostioUse>,
    pub functions: Vec<FunctionUse>,
}

/// What all calls of one host function took.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostioUse {
    pub name: &'static str,
    pub calls: u64,
    pub ink: u64,
    pub gas: u64,
    pub callee_gas: u64,
}

/// What all calls of one function of the WASM took.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionUse {
    pub name: String,
    pub index: u32,
    pub calls: u64,
    pub ink: u64,
}

/// The configuration of the tracer.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    symbols: Vec<Bytes>,
}

/// The names of functions that the tracer is configured with.
///
/// # Errors
/// The configuration is not understood, or holds something that is no WASM.
pub fn symbols(config: Value) -> Result<Symbols, ChainError> {
    let wrong = |error: String| ChainError::Invalid(format!("invalid tracerConfig: {error}"));
    let config: Option<Config> = serde_json::from_value(config).map_err(|error| wrong(error.to_string()))?;
    let mut symbols = Symbols::default();
    for wasm in config.unwrap_or_default().symbols {
        symbols.add(&wasm).map_err(|error| wrong(error.to_string()))?;
    }
    Ok(symbols)
}

impl From<Vec<ProgramProfile>> for StylusProfile {
    fn from(profiles: Vec<ProgramProfile>) -> Self {
        Self { programs: profiles.into_iter().map(ProgramFrame::from).collect() }
    }
}

impl From<ProgramProfile> for ProgramFrame {
    fn from(profile: ProgramProfile) -> Self {
        let functions = profile.functions.into_iter().map(|function| FunctionUse {
            name: function.name,
            index: function.index,
            calls: function.calls,
            ink: function.ink.0,
        });
        Self {
            address: profile.contract,
            code_address: profile.code_address,
            code_hash: profile.code_hash,
            depth: profile.depth,
            parent: profile.parent,
            input: profile.input,
            success: profile.success,
            gas_used: profile.gas_used.0,
            entry_gas: profile.entry_gas.0,
            return_data_gas: profile.return_data_gas.0,
            ink_used: profile.ink_used.0,
            lost_ink: profile.lost_ink.0,
            hostios: profile.host_functions.iter().map(HostioUse::from).collect(),
            functions: functions.collect(),
        }
    }
}

impl From<&HostFunctionUse> for HostioUse {
    fn from(used: &HostFunctionUse) -> Self {
        Self {
            name: used.name,
            calls: used.calls,
            ink: used.own_ink().0,
            gas: used.gas.0,
            callee_gas: used.callee_gas.0,
        }
    }
}
