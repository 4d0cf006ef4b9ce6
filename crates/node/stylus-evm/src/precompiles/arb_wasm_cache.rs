//! ArbWasmCache: the set of cached programs, which are cheaper to call
//! (Nitro `precompiles/ArbWasmCache.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results, revert};
use crate::{
    arbos::{address_set, chain_owners, programs::cache_managers, storage::Fault},
    contracts::abi::{ArbWasm as wasm_abi, ArbWasmCache as abi},
};
use revm::{Database, primitives::B256};

const MAX_MANAGERS: u64 = 65_536;

pub struct ArbWasmCache;

impl Precompile for ArbWasmCache {
    type Calls = abi::ArbWasmCacheCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbWasmCacheCalls::cacheProgram(_) | abi::ArbWasmCacheCalls::evictCodehash(_) => {
                Purity::Write
            }
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbWasmCacheCalls as Method;
        let managers = cache_managers();
        match call {
            Method::isCacheManager(call) => {
                results((address_set::contains(&mut ctx.state, &managers, call.manager)?,))
            }
            Method::allCacheManagers(_) => {
                results((address_set::members(&mut ctx.state, &managers, MAX_MANAGERS)?,))
            }
            Method::codehashIsCached(call) => results((ctx.state.program(call.codehash)?.cached,)),
            Method::cacheProgram(call) => {
                let code_hash = ctx.state.code_hash(call.addr)?;
                set_cached(ctx, code_hash, true)
            }
            Method::evictCodehash(call) => set_cached(ctx, call.codehash, false),
        }
    }
}

fn set_cached<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    code_hash: B256,
    cached: bool,
) -> MethodResult<DB> {
    let is_allowed = address_set::contains(&mut ctx.state, &cache_managers(), ctx.caller)?
        || address_set::contains(&mut ctx.state, &chain_owners(), ctx.caller)?;
    if !is_allowed {
        return Err(Fault::OutOfGas);
    }
    let parameters = ctx.state.parameters()?;
    let now = ctx.now();
    let mut program = ctx.state.program(code_hash)?;
    if cached && program.version != parameters.version {
        let (version, stylus_version) = (program.version, parameters.version);
        return Err(revert(wasm_abi::ProgramNeedsUpgrade { version, stylusVersion: stylus_version }));
    }
    if cached && program.has_expired(now, &parameters) {
        return Err(revert(wasm_abi::ProgramExpired { ageInSeconds: program.age_seconds(now) }));
    }
    if program.cached != cached {
        let manager = ctx.caller;
        ctx.emit(&abi::UpdateProgramCache { manager, codehash: code_hash, cached })?;
        // The price of loading the program.
        ctx.state.gas.burn(program.init_cost.into())?;
        ctx.state.module_hash(code_hash)?;
        program.cached = cached;
        ctx.state.set_program(code_hash, program)?;
    }
    results(())
}
