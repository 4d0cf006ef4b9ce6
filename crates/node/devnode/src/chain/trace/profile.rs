//! The tracer `stylusProfile`: shows how each call of a Stylus program spent its ink.
//!
//! The result is an object with the field `programs`: the calls of programs, in the order in which they started. Gas
//! and ink are decimal numbers; 10 000 ink are one gas.
//!
//! | field | meaning |
//! | --- | --- |
//! | `address` | the contract that ran |
//! | `codeAddress`, `codeHash` | the owner of the code (another contract in a delegate call), and the code's hash |
//! | `depth` | 0 for the outermost frame |
//! | `parent` | the index in `programs` of the calling program, or null |
//! | `input`, `success` | the calldata; false if the program reverted or failed |
//! | `gasUsed` | all gas of the call with its callees: entry + inkUsed / 10 000 rounded up + return data |
//! | `entryGas` | paid before the program started |
//! | `returnDataGas` | paid because the returned data costs more than the ink used |
//! | `inkUsed` | between entry and end, with callees |
//! | `lostInk` | lost because the program ran out of ink or stack |
//! | `hostios` | the host functions used, most expensive first: `name`, `calls`, `ink`, `gas`, `calleeGas` |
//! | `functions` | the WASM functions used, most expensive first: `name`, `index`, `calls`, `ink` |
//!
//! Function names come from the program's name section, which most programs do not have. So the tracer's configuration
//! accepts builds of the same programs with names, in hexadecimal: `{"symbols": ["0x0061736d…"]}`.
//!
//! `inkUsed` is the sum of all `ink` of both lists, 10 000 times all `calleeGas`, and `lostInk`.

use crate::error::ChainError;
use alloy_primitives::{Address, B256, Bytes};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stylus_evm::{HostFunctionUse, ProgramProfile, Symbols};

/// The profile of a transaction.
#[derive(Clone, Debug, Serialize)]
pub struct StylusProfile {
    pub programs: Vec<ProgramFrame>,
}

/// The profile of one call of a program; see the module's documentation.
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

/// The cost of all calls of one host function.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostioUse {
    pub name: &'static str,
    pub calls: u64,
    /// With the gas of chain access, without callees.
    pub ink: u64,
    /// The gas of chain access.
    pub gas: u64,
    pub callee_gas: u64,
}

/// The cost of all calls of one function of the WASM.
#[derive(Clone, Debug, Serialize)]
pub struct FunctionUse {
    pub name: String,
    pub index: u32,
    pub calls: u64,
    /// Without the functions that it calls.
    pub ink: u64,
}

/// The configuration of the tracer.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    symbols: Vec<Bytes>,
}

/// The function names from the tracer's configuration.
///
/// # Errors
/// The configuration is not valid, or contains bytes that are not WASM.
pub fn symbols(config: Value) -> Result<Symbols, ChainError> {
    let invalid = |error: String| ChainError::Invalid(format!("invalid tracerConfig: {error}"));
    let config: Option<Config> =
        serde_json::from_value(config).map_err(|error| invalid(error.to_string()))?;
    let mut symbols = Symbols::default();
    for wasm in config.unwrap_or_default().symbols {
        symbols.add(&wasm).map_err(|error| invalid(error.to_string()))?;
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
