//! ArbWasmCache: which programs are cheap to call because the chain keeps them ready
//! (Nitro `precompiles/ArbWasmCache.go`).

use super::{
    abi::{ArbWasm as wasm_abi, ArbWasmCache as abi},
    dispatch::{Answer, Call, Precompile, Purity, results, revert},
};
use crate::arbos::{STYLUS_VERSION, address_set, chain_owners, programs::cache_managers, storage::Fault};
use revm::{Database, primitives::B256};

const MOST_MANAGERS: u64 = 65_536;

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

    fn run<DB: Database>(host: &mut Call<'_, DB>, call: Self::Calls) -> Answer<DB> {
        use abi::ArbWasmCacheCalls as Method;
        let managers = cache_managers();
        match call {
            Method::isCacheManager(call) => {
                results((address_set::contains(&mut host.state, &managers, call.manager)?,))
            }
            Method::allCacheManagers(_) => {
                results((address_set::members(&mut host.state, &managers, MOST_MANAGERS)?,))
            }
            Method::codehashIsCached(call) => results((host.state.program(call.codehash)?.cached,)),
            Method::cacheProgram(call) => {
                let code_hash = host.state.code_hash(call.addr)?;
                set_cached(host, code_hash, true)
            }
            Method::evictCodehash(call) => set_cached(host, call.codehash, false),
        }
    }
}

fn set_cached<DB: Database>(host: &mut Call<'_, DB>, code_hash: B256, cached: bool) -> Answer<DB> {
    let may = address_set::contains(&mut host.state, &cache_managers(), host.caller)?
        || address_set::contains(&mut host.state, &chain_owners(), host.caller)?;
    if !may {
        return Err(Fault::OutOfGas);
    }
    host.state.read_parameters()?;
    let now = host.now();
    let mut program = host.state.program(code_hash)?;
    if cached && program.version != STYLUS_VERSION {
        let error = wasm_abi::ProgramNeedsUpgrade { version: program.version, stylusVersion: STYLUS_VERSION };
        return Err(revert(error));
    }
    if cached && program.has_expired(now) {
        return Err(revert(wasm_abi::ProgramExpired { ageInSeconds: program.age_seconds(now) }));
    }
    if program.cached != cached {
        let manager = host.caller;
        host.emit(&abi::UpdateProgramCache { manager, codehash: code_hash, cached })?;
        // Pays for loading the program.
        host.state.gas.burn(program.init_cost.into())?;
        host.state.module_hash(code_hash)?;
        program.cached = cached;
        host.state.set_program(code_hash, program)?;
    }
    results(())
}
