//! ArbWasm: activates programs and describes them (Nitro `precompiles/ArbWasm.go`, `arbos/programs/programs.go`).

use super::dispatch::{
    MethodResult, Precompile, PrecompileContext, Purity, copy_gas, plain_revert, results, revert,
};
use crate::{
    activate::{ActivationError, Checked, Packed, check, check_size, fragment_addresses, fragment_payload},
    arbos::{
        programs::{Inactive, Program, hours_since_start},
        slots,
        storage::{Fault, Space},
    },
    context::{ProgramFailure, accounts},
    contracts::abi::ArbWasm as abi,
    pricing::{
        INK_PER_GAS, activation,
        host::{COLD_ACCOUNT, WARM_ACCESS},
        memory::PAGE_RAMP,
        parameters::{Parameters, STACK_WORDS},
    },
    run::program::Compiled,
};
use revm::{
    Database,
    context_interface::JournalTr,
    primitives::{Address, B256, Bytes, U256, eip170::MAX_CODE_SIZE, keccak256},
};
use std::sync::Arc;

pub struct ArbWasm;

impl Precompile for ArbWasm {
    type Calls = abi::ArbWasmCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbWasmCalls::activateProgram(_) | abi::ArbWasmCalls::codehashKeepalive(_) => {
                Purity::Payable
            }
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbWasmCalls as Method;
        match call {
            Method::activateProgram(call) => return activate(ctx, call.program),
            Method::codehashKeepalive(call) => return keep_alive(ctx, call.codehash),
            Method::activationGas(_) => return results((ctx.state.activation_gas()?,)),
            _ => {}
        }
        let code_hash = match &call {
            Method::programVersion(call) => ctx.state.code_hash(call.program)?,
            Method::programInitGas(call) => ctx.state.code_hash(call.program)?,
            Method::programMemoryFootprint(call) => ctx.state.code_hash(call.program)?,
            Method::programTimeLeft(call) => ctx.state.code_hash(call.program)?,
            Method::codehashVersion(call) => call.codehash,
            Method::codehashAsmSize(call) => call.codehash,
            _ => {
                let parameters = ctx.state.parameters()?;
                return describe::<DB>(call, &parameters);
            }
        };
        let parameters = ctx.state.parameters()?;
        let program = active(ctx, code_hash, &parameters)?;
        match call {
            Method::codehashAsmSize(_) => results((program.asm_bytes(),)),
            Method::programInitGas(_) => {
                let (cached, init) = program.call_gas(&parameters);
                results(((init + cached).0, cached.0))
            }
            Method::programMemoryFootprint(_) => results((program.footprint,)),
            Method::programTimeLeft(_) => results((program.seconds_left(ctx.now(), &parameters),)),
            _ => results((program.version,)),
        }
    }
}

/// One of the parameters of Stylus.
fn describe<DB: Database>(call: abi::ArbWasmCalls, parameters: &Parameters) -> MethodResult<DB> {
    use abi::ArbWasmCalls as Method;
    match call {
        Method::stylusVersion(_) => results((parameters.version,)),
        Method::inkPrice(_) => results((INK_PER_GAS as u32,)),
        Method::maxStackDepth(_) => results((STACK_WORDS,)),
        Method::freePages(_) => results((parameters.free_pages,)),
        Method::pageGas(_) => results((parameters.page_gas,)),
        Method::pageRamp(_) => results((PAGE_RAMP,)),
        Method::pageLimit(_) => results((parameters.page_limit,)),
        Method::minInitGas(_) => results((parameters.min_init_gas(), parameters.min_cached_gas())),
        Method::initCostScalar(_) => results((parameters.init_cost_percent(),)),
        Method::expiryDays(_) => results((parameters.expiry_days,)),
        Method::keepaliveDays(_) => results((parameters.keepalive_days,)),
        Method::blockCacheSize(_) => results((parameters.block_cache_size,)),
        _ => Err(plain_revert()),
    }
}

/// The record of a code hash, or a revert with the reason why the program cannot be called.
fn active<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    code_hash: B256,
    parameters: &Parameters,
) -> Result<Program, Fault<DB::Error>> {
    let now = ctx.now();
    ctx.state.program(code_hash)?.check(now, parameters).map_err(|inactive| match inactive {
        Inactive::NotActivated => revert(abi::ProgramNotActivated {}),
        Inactive::NeedsUpgrade { version, stylus_version } => {
            revert(abi::ProgramNeedsUpgrade { version, stylusVersion: stylus_version })
        }
        Inactive::Expired(age) => revert(abi::ProgramExpired { ageInSeconds: age }),
    })
}

fn activate<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, address: Address) -> MethodResult<DB> {
    let extra = ctx.state.activation_gas()?;
    if extra > ctx.state.gas.left() {
        note(ctx, address, &format!("the chain charges {extra} gas for each activation, more than is left"));
    }
    ctx.state.gas.burn(extra)?;
    ctx.state.gas.burn(activation::FIXED.0)?;
    let parameters = ctx.state.parameters()?;
    let version = parameters.version;
    let now = ctx.now();
    let (code_hash, code) = accounts::code(ctx.state.journal, address).map_err(Fault::Database)?;
    let known = ctx.state.program(code_hash)?;
    if known.version == version && !known.has_expired(now, &parameters) {
        return Err(revert(abi::ProgramUpToDate {}));
    }
    let packed = gather(ctx, address, code.original_bytes(), &parameters)?;
    let key = packed.key(code_hash);
    let checked = checked(ctx, address, key, &packed, &parameters)?;
    compile(ctx, key, address, &checked)?;

    if known.cached {
        ctx.state.module_hash(code_hash)?;
    }
    // Nitro hashes the module in its proving format. This hash only identifies the module.
    let module_hash = keccak256(&checked.metered);
    ctx.state.set_module_hash(code_hash, module_hash)?;
    let data_fee = ctx.state.raise_demand(checked.asm_estimate, now)?;
    let program = Program {
        version,
        init_cost: checked.init_cost,
        cached_cost: checked.cached_cost,
        footprint: checked.size.pages,
        activated_hours: hours_since_start(now),
        asm_kib: checked.asm_estimate.div_ceil(1024),
        cached: known.cached,
    };
    ctx.state.set_program(code_hash, program)?;
    let data_fee = pay_data_fee(ctx, data_fee)?;
    ctx.emit(&abi::ProgramActivated {
        codehash: code_hash,
        moduleHash: module_hash,
        program: address,
        dataFee: data_fee,
        version,
    })?;
    results((version, data_fee))
}

/// Code of a program with its fragments, each charged like EXTCODECOPY. A fragment is read only if the gas suffices for
/// code of the maximum size.
fn gather<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    address: Address,
    code: Bytes,
    parameters: &Parameters,
) -> Result<Packed, Fault<DB::Error>> {
    let addresses = fragment_addresses(&code).map_err(|error| code_error(ctx, address, error))?;
    check_size(&code, addresses.len(), parameters).map_err(|error| code_error(ctx, address, error))?;
    let mut fragments = Vec::new();
    for fragment in addresses {
        let load = ctx.state.journal.code(fragment).map_err(Fault::Database)?;
        let access = if load.is_cold { COLD_ACCOUNT } else { WARM_ACCESS }.0;
        if ctx.state.gas.left() < access + copy_gas(MAX_CODE_SIZE) {
            return Err(Fault::OutOfGas);
        }
        ctx.state.gas.burn(access + copy_gas(load.data.len()))?;
        fragment_payload(&load.data).map_err(|error| code_error(ctx, address, error))?;
        fragments.push(load.data);
    }
    Ok(Packed::new(code, fragments))
}

/// An error in the packing of code is a revert that keeps the remaining gas.
fn code_error<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    address: Address,
    error: ActivationError,
) -> Fault<DB::Error> {
    note(ctx, address, &error.to_string());
    match error {
        ActivationError::NotAProgram => revert(abi::ProgramNotWasm {}),
        _ => plain_revert(),
    }
}

/// Unpacks and checks a program, unless the result is cached, and charges for the work. An error in the packing is a
/// plain revert; an error in the WASM uses all gas.
fn checked<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    address: Address,
    key: B256,
    packed: &Packed,
    parameters: &Parameters,
) -> Result<Checked, Fault<DB::Error>> {
    let limit = parameters.max_wasm_bytes as usize;
    let checked = match ctx.transaction.modules.known(key) {
        Some(known) if known.size.wasm_bytes <= limit as u64 => known,
        _ => check_anew(ctx, address, key, packed, limit)?,
    };
    let available = parameters.page_limit.saturating_sub(ctx.transaction.pages.open);
    if checked.size.pages > available {
        let why = format!("its {} pages of memory exceed the {available} available", checked.size.pages);
        return Err(failed(ctx, address, &why));
    }
    for gas in activation::gas_of(&checked.work) {
        ctx.state.gas.burn(gas.0)?;
    }
    Ok(checked)
}

fn check_anew<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    address: Address,
    key: B256,
    packed: &Packed,
    limit: usize,
) -> Result<Checked, Fault<DB::Error>> {
    let wasm = packed.unpack_within(limit).map_err(|error| code_error(ctx, address, error))?;
    let checked = check(&wasm).map_err(|error| failed(ctx, address, &error.to_string()))?;
    ctx.transaction.modules.remember(key, &checked);
    Ok(checked)
}

/// Compiles the module and caches it for the first call.
fn compile<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    key: B256,
    address: Address,
    checked: &Checked,
) -> Result<(), Fault<DB::Error>> {
    match Compiled::of_metered(&checked.metered) {
        Ok(module) => ctx.transaction.modules.insert(key, Arc::new(module)),
        Err(error) => return Err(failed(ctx, address, &error.to_string())),
    }
    Ok(())
}

/// An error in the WASM is no revert, and uses all gas.
fn failed<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    address: Address,
    why: &str,
) -> Fault<DB::Error> {
    note(ctx, address, why);
    Fault::Failed
}

fn note<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, contract: Address, why: &str) {
    let reason = format!("activation failed: {why}");
    // `ArbPrecompiles::run` sets the depth.
    ctx.transaction.failures.push(ProgramFailure { contract, depth: 0, reason });
}

fn keep_alive<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, code_hash: B256) -> MethodResult<DB> {
    let parameters = ctx.state.parameters()?;
    let now = ctx.now();
    let mut program = active(ctx, code_hash, &parameters)?;
    if !program.can_be_kept_alive(now, &parameters) {
        return Err(revert(abi::ProgramKeepaliveTooSoon { ageInSeconds: program.age_seconds(now) }));
    }
    let data_fee = ctx.state.raise_demand(program.asm_bytes(), now)?;
    program.activated_hours = hours_since_start(now);
    ctx.state.set_program(code_hash, program)?;
    let data_fee = pay_data_fee(ctx, data_fee)?;
    ctx.emit(&abi::ProgramLifetimeExtended { codehash: code_hash, dataFee: data_fee })?;
    results(())
}

/// Takes the fee from the value of the call and returns the rest.
fn pay_data_fee<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    fee_wei: u64,
) -> Result<U256, Fault<DB::Error>> {
    let fee = U256::from(fee_wei);
    let Some(rest) = ctx.value.checked_sub(fee) else {
        return Err(revert(abi::ProgramInsufficientValue { have: ctx.value, want: fee }));
    };
    let network = ctx.state.get_address(&Space::root(), slots::NETWORK_FEE_ACCOUNT)?;
    for (receiver, amount) in [(network, fee), (ctx.caller, rest)] {
        let moved = ctx.state.journal.transfer(ctx.address, receiver, amount).map_err(Fault::Database)?;
        if moved.is_some() {
            return Err(plain_revert());
        }
    }
    Ok(fee)
}
