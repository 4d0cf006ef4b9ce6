//! Measures the steps from on-chain code to a running program, and how much a cache on disk saves in the first call.
//! Usage: `first_call FILE.wasm`

use alloy_sol_types::SolCall;
use revm::{
    DatabaseCommit,
    context::TxEnv,
    database::InMemoryDB,
    primitives::{Address, Bytes, U256},
    state::{AccountInfo, Bytecode},
};
use std::{env, error::Error, fs, hint::black_box, time::Instant};
use stylus_evm::{ARB_WASM, Env, ModuleCache, abi::ArbWasm, activate, deploy, genesis, transact};

const TIMES: usize = 25;
const USER: Address = Address::repeat_byte(0xA1);
const PROGRAM: Address = Address::repeat_byte(0xC0);

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: first_call FILE.wasm")?;
    let wasm = fs::read(&path).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let code = deploy::deploy_code(&wasm);
    let metered = activate::check(&wasm)?.metered;
    println!("{} bytes of WASM, {} on chain, {} metered", wasm.len(), code.len(), metered.len());
    measure("unpack", || (), |()| drop(black_box(activate::unpack(&code, 256 * 1024))));
    measure("check and meter", || (), |()| drop(black_box(activate::check(&wasm))));

    let mut db = chain_with(&code)?;
    let mut env = Env::new(412_346);
    env.block.timestamp = U256::from(1_750_000_000);
    let activation = ArbWasm::activateProgramCall { program: PROGRAM }.abi_encode();
    let outcome = transact(&mut db, &env, call(0, ARB_WASM, activation.into(), 10u128.pow(18)))?;
    if !outcome.result.is_success() {
        return Err(format!("activation: {:?}", outcome.failures).into());
    }
    db.commit(outcome.state);

    let mut run = |what: &str, modules: &dyn Fn() -> ModuleCache| {
        measure(what, modules, |modules| {
            env.modules = modules;
            black_box(
                transact(&mut db, &env, call(1, PROGRAM, Bytes::new(), 0)).expect("the transaction is valid"),
            );
        })
    };
    let directory = env::temp_dir().join(format!("first_call-{}", std::process::id()));
    let on_disk = ModuleCache::on_disk(&directory)?;
    run("first call, no cache", &ModuleCache::default);
    run("first call, program on disk", &|| {
        ModuleCache::on_disk(&directory).expect("the directory can be written")
    });
    run("call, program in memory", &|| on_disk.clone());
    fs::remove_dir_all(directory)?;
    Ok(())
}

fn chain_with(code: &[u8]) -> Result<InMemoryDB, Box<dyn Error>> {
    let mut db = InMemoryDB::default();
    for account in genesis() {
        db.insert_account_info(account.address, account.info);
        for (slot, value) in account.storage {
            db.insert_account_storage(account.address, slot, value)?;
        }
    }
    let code = Bytecode::new_raw(Bytes::copy_from_slice(code));
    let info = AccountInfo { nonce: 1, code_hash: code.hash_slow(), code: Some(code), ..Default::default() };
    db.insert_account_info(PROGRAM, info);
    let balance = U256::from(10u128.pow(24));
    db.insert_account_info(USER, AccountInfo { balance, ..Default::default() });
    Ok(db)
}

fn call(nonce: u64, to: Address, data: Bytes, value: u128) -> TxEnv {
    TxEnv {
        caller: USER,
        kind: to.into(),
        data,
        value: U256::from(value),
        gas_limit: 20_000_000,
        nonce,
        chain_id: Some(412_346),
        ..TxEnv::default()
    }
}

/// Prints the median of several runs, without the time of `prepare`.
fn measure<T>(what: &str, prepare: impl Fn() -> T, mut work: impl FnMut(T)) {
    let mut times = [(); TIMES].map(|()| {
        let prepared = prepare();
        let start = Instant::now();
        work(prepared);
        start.elapsed()
    });
    times.sort();
    println!("{what}: {:?} (median of {TIMES}, {:?} to {:?})", times[TIMES / 2], times[0], times[TIMES - 1]);
}
