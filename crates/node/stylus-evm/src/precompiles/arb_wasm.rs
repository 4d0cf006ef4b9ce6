//! ArbWasm: activates programs and tells about them (Nitro `precompiles/ArbWasm.go`, `arbos/programs/programs.go`).

use super::{
    abi::ArbWasm as abi,
    dispatch::{Answer, Call, Precompile, Purity, copy_gas, plain_revert, results, revert},
};
use crate::{
    activate::{Checked, Packed, Refusal, STACK_WORDS, check, fragment_addresses, fragment_payload},
    arbos::{
        STYLUS_VERSION,
        programs::{EXPIRY_DAYS, Inactive, KEEPALIVE_DAYS, Program, hours_since_start},
        slots,
        storage::{Fault, Space},
    },
    evm::{ProgramFailure, peek_code},
    pricing::{
        INK_PER_GAS, activation, entry,
        host::{COLD_ACCOUNT, WARM_ACCESS},
        memory,
    },
    run::program::Compiled,
};
use revm::{
    Database,
    context_interface::JournalTr,
    primitives::{Address, B256, Bytes, U256, eip170::MAX_CODE_SIZE, keccak256},
};
use std::sync::Arc;

/// The rise of the price of memory, as Nitro reports it.
const PAGE_RAMP: u64 = 620_674_314;
const INIT_COST_PERCENT: u64 = 100;

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

    fn run<DB: Database>(host: &mut Call<'_, DB>, call: Self::Calls) -> Answer<DB> {
        use abi::ArbWasmCalls as Method;
        match call {
            Method::activateProgram(call) => return activate(host, call.program),
            Method::codehashKeepalive(call) => return keep_alive(host, call.codehash),
            Method::activationGas(_) => return results((host.state.activation_gas()?,)),
            Method::programVersion(call) => {
                let code_hash = host.state.code_hash(call.program)?;
                host.state.read_parameters()?;
                return results((active(host, code_hash)?.version,));
            }
            _ => host.state.read_parameters()?,
        }
        match call {
            Method::codehashVersion(call) => results((active(host, call.codehash)?.version,)),
            Method::codehashAsmSize(call) => results((active(host, call.codehash)?.asm_bytes(),)),
            Method::programInitGas(call) => {
                let code_hash = host.state.code_hash(call.program)?;
                let (cached, init) = active(host, code_hash)?.call_gas();
                results(((init + cached).0, cached.0))
            }
            Method::programMemoryFootprint(call) => {
                let code_hash = host.state.code_hash(call.program)?;
                results((active(host, code_hash)?.footprint,))
            }
            Method::programTimeLeft(call) => {
                let code_hash = host.state.code_hash(call.program)?;
                let now = host.now();
                results((active(host, code_hash)?.seconds_left(now),))
            }
            parameter => parameters::<DB>(parameter),
        }
    }
}

/// What the owner of a chain could change, and this crate holds as constants.
fn parameters<DB: Database>(call: abi::ArbWasmCalls) -> Answer<DB> {
    use abi::ArbWasmCalls as Method;
    match call {
        Method::stylusVersion(_) => results((STYLUS_VERSION,)),
        Method::inkPrice(_) => results((INK_PER_GAS as u32,)),
        Method::maxStackDepth(_) => results((STACK_WORDS,)),
        Method::freePages(_) => results((memory::FREE_PAGES,)),
        Method::pageGas(_) => results((memory::PAGE_GAS as u16,)),
        Method::pageRamp(_) => results((PAGE_RAMP,)),
        Method::pageLimit(_) => results((memory::PAGE_LIMIT,)),
        Method::minInitGas(_) => {
            let (init, cached) = entry::minimum();
            results((init.0, cached.0))
        }
        Method::initCostScalar(_) => results((INIT_COST_PERCENT,)),
        Method::expiryDays(_) => results((EXPIRY_DAYS as u16,)),
        Method::keepaliveDays(_) => results((KEEPALIVE_DAYS as u16,)),
        Method::blockCacheSize(_) => results((entry::RECENT_PROGRAMS as u16,)),
        _ => Err(plain_revert()),
    }
}

/// The record of a code hash, or the Solidity error that says why it cannot be called.
fn active<DB: Database>(host: &mut Call<'_, DB>, code_hash: B256) -> Result<Program, Fault<DB::Error>> {
    let now = host.now();
    host.state.program(code_hash)?.check(now).map_err(|inactive| match inactive {
        Inactive::NotActivated => revert(abi::ProgramNotActivated {}),
        Inactive::NeedsUpgrade(version) => {
            revert(abi::ProgramNeedsUpgrade { version, stylusVersion: STYLUS_VERSION })
        }
        Inactive::Expired(age) => revert(abi::ProgramExpired { ageInSeconds: age }),
    })
}

fn activate<DB: Database>(host: &mut Call<'_, DB>, address: Address) -> Answer<DB> {
    let extra = host.state.activation_gas()?;
    host.state.gas.burn(extra)?;
    host.state.gas.burn(activation::FIXED.0)?;
    host.state.read_parameters()?;
    let now = host.now();
    let (code_hash, code) = peek_code(host.state.journal, address).map_err(Fault::Database)?;
    let known = host.state.program(code_hash)?;
    if known.version == STYLUS_VERSION && !known.has_expired(now) {
        return Err(revert(abi::ProgramUpToDate {}));
    }
    let packed = gather(host, address, code.original_bytes())?;
    let key = packed.key(code_hash);
    let checked = checked(host, address, key, &packed)?;
    compile(host, key, address, &checked)?;

    if known.cached {
        host.state.module_hash(code_hash)?;
    }
    // Nitro's module hash is that of its own proving format; this one only tells modules apart.
    let module_hash = keccak256(&checked.metered);
    host.state.set_module_hash(code_hash, module_hash)?;
    let data_fee = host.state.raise_demand(checked.asm_estimate, now)?;
    let program = Program {
        version: STYLUS_VERSION,
        init_cost: checked.init_cost,
        cached_cost: checked.cached_cost,
        footprint: checked.size.pages,
        activated_hours: hours_since_start(now),
        asm_kib: checked.asm_estimate.div_ceil(1024),
        cached: known.cached,
    };
    host.state.set_program(code_hash, program)?;
    let data_fee = pay_data_fee(host, data_fee)?;
    host.emit(&abi::ProgramActivated {
        codehash: code_hash,
        moduleHash: module_hash,
        program: address,
        dataFee: data_fee,
        version: STYLUS_VERSION,
    })?;
    results((STYLUS_VERSION, data_fee))
}

/// The program's code with its fragments, each paid for as EXTCODECOPY would be. Nothing is read that might be
/// as large as code can be and could not be paid then.
fn gather<DB: Database>(
    host: &mut Call<'_, DB>,
    address: Address,
    code: Bytes,
) -> Result<Packed, Fault<DB::Error>> {
    let addresses = fragment_addresses(&code).map_err(|refusal| refuse_code(host, address, refusal))?;
    let mut fragments = Vec::new();
    for fragment in addresses {
        let load = host.state.journal.code(fragment).map_err(Fault::Database)?;
        let access = if load.is_cold { COLD_ACCOUNT } else { WARM_ACCESS }.0;
        if host.state.gas.left() < access + copy_gas(MAX_CODE_SIZE) {
            return Err(Fault::OutOfGas);
        }
        host.state.gas.burn(access + copy_gas(load.data.len()))?;
        fragment_payload(&load.data).map_err(|refusal| refuse_code(host, address, refusal))?;
        fragments.push(load.data);
    }
    Ok(Packed::new(code, fragments))
}

/// What is wrong with code is a revert that keeps the gas.
fn refuse_code<DB: Database>(
    host: &mut Call<'_, DB>,
    address: Address,
    refusal: Refusal,
) -> Fault<DB::Error> {
    note(host, address, &refusal.to_string());
    match refusal {
        Refusal::NotAProgram => revert(abi::ProgramNotWasm {}),
        _ => plain_revert(),
    }
}

/// Unpacks and checks a program, unless that was done before, and charges for the work. What is wrong with the code
/// is a plain revert; what is wrong with the WASM takes all the gas.
fn checked<DB: Database>(
    host: &mut Call<'_, DB>,
    address: Address,
    key: B256,
    packed: &Packed,
) -> Result<Checked, Fault<DB::Error>> {
    let checked = match host.chain.modules.known(key) {
        Some(known) => known,
        None => check_anew(host, address, key, packed)?,
    };
    let available = memory::PAGE_LIMIT.saturating_sub(host.chain.pages.open);
    if checked.size.pages > available {
        note(
            host,
            address,
            &format!("its {} pages of memory are more than the {available} left", checked.size.pages),
        );
        return Err(Fault::OutOfGas);
    }
    for gas in activation::gas_of(&checked.work) {
        host.state.gas.burn(gas.0)?;
    }
    Ok(checked)
}

fn check_anew<DB: Database>(
    host: &mut Call<'_, DB>,
    address: Address,
    key: B256,
    packed: &Packed,
) -> Result<Checked, Fault<DB::Error>> {
    let wasm = packed.unpack().map_err(|refusal| refuse_code(host, address, refusal))?;
    let checked = check(&wasm).map_err(|refusal| {
        note(host, address, &refusal.to_string());
        Fault::OutOfGas
    })?;
    host.chain.modules.remember(key, &checked);
    Ok(checked)
}

/// Keeps the module, so that the first call finds it.
fn compile<DB: Database>(
    host: &mut Call<'_, DB>,
    key: B256,
    address: Address,
    checked: &Checked,
) -> Result<(), Fault<DB::Error>> {
    match Compiled::of_metered(&checked.metered) {
        Ok(module) => host.chain.modules.insert(key, Arc::new(module)),
        Err(error) => {
            note(host, address, &error.to_string());
            return Err(Fault::OutOfGas);
        }
    }
    Ok(())
}

fn note<DB: Database>(host: &mut Call<'_, DB>, contract: Address, why: &str) {
    let reason = format!("activation failed: {why}");
    // The depth is filled in by whoever knows it.
    host.chain.failures.push(ProgramFailure { contract, depth: 0, reason });
}

fn keep_alive<DB: Database>(host: &mut Call<'_, DB>, code_hash: B256) -> Answer<DB> {
    host.state.read_parameters()?;
    let now = host.now();
    let mut program = active(host, code_hash)?;
    if !program.can_be_kept_alive(now) {
        return Err(revert(abi::ProgramKeepaliveTooSoon { ageInSeconds: program.age_seconds(now) }));
    }
    let data_fee = host.state.raise_demand(program.asm_bytes(), now)?;
    program.activated_hours = hours_since_start(now);
    host.state.set_program(code_hash, program)?;
    let data_fee = pay_data_fee(host, data_fee)?;
    host.emit(&abi::ProgramLifetimeExtended { codehash: code_hash, dataFee: data_fee })?;
    results(())
}

/// Takes the fee from what was sent along and gives the rest back.
fn pay_data_fee<DB: Database>(host: &mut Call<'_, DB>, fee_wei: u64) -> Result<U256, Fault<DB::Error>> {
    let fee = U256::from(fee_wei);
    let Some(rest) = host.value.checked_sub(fee) else {
        return Err(revert(abi::ProgramInsufficientValue { have: host.value, want: fee }));
    };
    let network = host.state.get_address(&Space::root(), slots::NETWORK_FEE_ACCOUNT)?;
    for (receiver, amount) in [(network, fee), (host.caller, rest)] {
        let moved = host.state.journal.transfer(host.address, receiver, amount).map_err(Fault::Database)?;
        if moved.is_some() {
            return Err(plain_revert());
        }
    }
    Ok(fee)
}
