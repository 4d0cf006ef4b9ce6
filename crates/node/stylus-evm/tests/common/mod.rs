//! A chain in memory for tests: deploys WAT programs and EVM code by transactions, and calls them.
#![allow(dead_code)]

pub mod evm;
pub mod random;

use alloy_sol_types::{SolCall, SolEvent};
use revm::{
    DatabaseCommit,
    context::{TxEnv, result::ExecutionResult},
    database::InMemoryDB,
    primitives::{Address, B256, Bytes, TxKind, U256, address, keccak256},
    state::{AccountInfo, Bytecode},
};
use stylus_evm::{ARB_WASM, Env, Outcome, abi::ArbWasm, deploy, genesis, transact};

pub const USER: Address = address!("00000000000000000000000000000000000a11ce");
pub const ETHER: u128 = 1_000_000_000_000_000_000;
/// Unix seconds of the test chain's blocks.
pub const NOW: u64 = 1_750_000_000;
pub const GAS: u64 = 20_000_000;

#[derive(Clone)]
pub struct TestChain {
    pub db: InMemoryDB,
    pub env: Env,
}

impl TestChain {
    pub fn new() -> Self {
        let mut db = InMemoryDB::default();
        for account in genesis() {
            db.insert_account_info(account.address, account.info);
            for (slot, value) in account.storage {
                db.insert_account_storage(account.address, slot, value)
                    .expect("an in-memory database cannot fail");
            }
        }
        let balance = U256::from(ETHER) * U256::from(1_000_000);
        db.insert_account_info(USER, AccountInfo { balance, ..Default::default() });
        let mut env = Env::new(412_346);
        env.block.number = U256::from(77);
        env.block.timestamp = U256::from(NOW);
        env.l2_block_number = 1_234;
        Self { db, env }
    }

    pub fn transaction(&self, to: TxKind, data: impl Into<Bytes>, value: u128) -> TxEnv {
        let nonce = self.db.cache.accounts.get(&USER).map_or(0, |account| account.info.nonce);
        TxEnv {
            caller: USER,
            kind: to,
            data: data.into(),
            value: U256::from(value),
            gas_limit: GAS,
            nonce,
            chain_id: Some(412_346),
            ..TxEnv::default()
        }
    }

    /// Executes a transaction and discards its state changes.
    pub fn simulate(&mut self, tx: TxEnv) -> Outcome {
        transact(&mut self.db, &self.env, tx).expect("the transaction is valid")
    }

    /// Executes a transaction and commits its state changes.
    pub fn execute(&mut self, tx: TxEnv) -> Outcome {
        let outcome = self.simulate(tx);
        self.db.commit(outcome.state.clone());
        outcome
    }

    pub fn send(&mut self, to: Address, data: impl Into<Bytes>, value: u128) -> Outcome {
        self.execute(self.transaction(TxKind::Call(to), data, value))
    }

    /// Sends a transaction and returns its output; panics with the reason if it fails.
    pub fn send_ok(&mut self, to: Address, data: impl Into<Bytes>) -> Bytes {
        output(self.send(to, data, 0))
    }

    /// Creates a contract from init code.
    pub fn create(&mut self, init_code: impl Into<Bytes>) -> Outcome {
        self.execute(self.transaction(TxKind::Create, init_code, 0))
    }

    /// Deploys a contract with this EVM code.
    pub fn evm(&mut self, code: &[u8]) -> Address {
        created(&self.create(deploy::init_code(code)))
    }

    /// Sets the code of an account without a transaction.
    pub fn put_code(&mut self, address: Address, code: &[u8]) {
        let code = Bytecode::new_raw(Bytes::copy_from_slice(code));
        let info =
            AccountInfo { nonce: 1, code_hash: code.hash_slow(), code: Some(code), ..Default::default() };
        self.db.insert_account_info(address, info);
    }

    /// Deploys a program without activating it.
    pub fn deploy_wasm(&mut self, wasm: &[u8]) -> Address {
        created(&self.create(deploy::init_code(&deploy::deploy_code(wasm))))
    }

    pub fn activate(&mut self, program: Address) -> Outcome {
        let call = ArbWasm::activateProgramCall { program }.abi_encode();
        self.send(ARB_WASM, call, ETHER)
    }

    /// Deploys and activates a program.
    pub fn program(&mut self, wat: &str) -> Address {
        let address = self.deploy_wasm(&wasm(wat));
        let outcome = self.activate(address);
        assert!(outcome.result.is_success(), "activation: {:?} {:?}", outcome.result, outcome.failures);
        address
    }

    pub fn balance(&self, address: Address) -> U256 {
        self.db.cache.accounts.get(&address).map_or(U256::ZERO, |account| account.info.balance)
    }

    pub fn storage(&self, address: Address, slot: u64) -> U256 {
        let account = self.db.cache.accounts.get(&address);
        account.and_then(|account| account.storage.get(&U256::from(slot)).copied()).unwrap_or_default()
    }

    pub fn code_hash(&self, address: Address) -> B256 {
        self.db.cache.accounts[&address].info.code_hash
    }

    /// Ink used by `body` between two reads of the ink left, without the ink of the reads.
    pub fn ink_of(&mut self, body: &str) -> u64 {
        self.ink_of_with("", body)
    }

    /// Like `ink_of`, with additional fields of the module before the function.
    pub fn ink_of_with(&mut self, fields: &str, body: &str) -> u64 {
        let program = self.program(&measuring(fields, body));
        let bytes = self.send_ok(program, []);
        u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) - MEASURING_INK
    }
}

/// Ink of the reads: local.set, i32.const, local.get, call, the check of the block, and the host function.
const MEASURING_INK: u64 = 210 + 1 + 75 + 3_800 + 2_450 + 8_400;

fn measuring(fields: &str, body: &str) -> String {
    module(
        fields,
        &format!(
            "(local $before i64) (local $i i32) (local $j i64)
             (local.set $before (call $evm_ink_left))
             {body}
             (i64.store (i32.const 0) (i64.sub (local.get $before) (call $evm_ink_left)))
             (call $write_result (i32.const 0) (i32.const 8))
             (i32.const 0)"
        ),
    )
}

pub fn wasm(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}"))
}

/// A module with all host functions imported, one page of memory, `fields`, and an entry point with this body.
pub fn module(fields: &str, body: &str) -> String {
    format!(
        r#"(module {IMPORTS}
            (memory (export "memory") 1)
            {fields}
            (func (export "user_entrypoint") (param $len i32) (result i32) {body}))"#
    )
}

/// A program that first copies its calldata to address 1024; `body` returns the status.
pub fn with_args(fields: &str, body: &str) -> String {
    module(fields, &format!("(call $read_args (i32.const 1024)) {body}"))
}

#[rustfmt::skip]
pub const IMPORTS: &str = r#"
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
    (import "vm_hooks" "exit_early" (func $exit_early (param i32)))
    (import "vm_hooks" "storage_load_bytes32" (func $storage_load (param i32 i32)))
    (import "vm_hooks" "storage_cache_bytes32" (func $storage_cache (param i32 i32)))
    (import "vm_hooks" "storage_flush_cache" (func $storage_flush (param i32)))
    (import "vm_hooks" "transient_load_bytes32" (func $transient_load (param i32 i32)))
    (import "vm_hooks" "transient_store_bytes32" (func $transient_store (param i32 i32)))
    (import "vm_hooks" "call_contract" (func $call_contract (param i32 i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "delegate_call_contract" (func $delegate_call (param i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "static_call_contract" (func $static_call (param i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "create1" (func $create1 (param i32 i32 i32 i32 i32)))
    (import "vm_hooks" "create2" (func $create2 (param i32 i32 i32 i32 i32 i32)))
    (import "vm_hooks" "read_return_data" (func $read_return_data (param i32 i32 i32) (result i32)))
    (import "vm_hooks" "return_data_size" (func $return_data_size (result i32)))
    (import "vm_hooks" "emit_log" (func $emit_log (param i32 i32 i32)))
    (import "vm_hooks" "account_balance" (func $account_balance (param i32 i32)))
    (import "vm_hooks" "account_code" (func $account_code (param i32 i32 i32 i32) (result i32)))
    (import "vm_hooks" "account_codehash" (func $account_codehash (param i32 i32)))
    (import "vm_hooks" "account_code_size" (func $account_code_size (param i32) (result i32)))
    (import "vm_hooks" "evm_gas_left" (func $evm_gas_left (result i64)))
    (import "vm_hooks" "evm_ink_left" (func $evm_ink_left (result i64)))
    (import "vm_hooks" "block_basefee" (func $block_basefee (param i32)))
    (import "vm_hooks" "chainid" (func $chainid (result i64)))
    (import "vm_hooks" "block_coinbase" (func $block_coinbase (param i32)))
    (import "vm_hooks" "block_gas_limit" (func $block_gas_limit (result i64)))
    (import "vm_hooks" "block_number" (func $block_number (result i64)))
    (import "vm_hooks" "block_timestamp" (func $block_timestamp (result i64)))
    (import "vm_hooks" "contract_address" (func $contract_address (param i32)))
    (import "vm_hooks" "math_div" (func $math_div (param i32 i32)))
    (import "vm_hooks" "math_mod" (func $math_mod (param i32 i32)))
    (import "vm_hooks" "math_pow" (func $math_pow (param i32 i32)))
    (import "vm_hooks" "math_add_mod" (func $math_add_mod (param i32 i32 i32)))
    (import "vm_hooks" "math_mul_mod" (func $math_mul_mod (param i32 i32 i32)))
    (import "vm_hooks" "msg_reentrant" (func $msg_reentrant (result i32)))
    (import "vm_hooks" "msg_sender" (func $msg_sender (param i32)))
    (import "vm_hooks" "msg_value" (func $msg_value (param i32)))
    (import "vm_hooks" "native_keccak256" (func $native_keccak256 (param i32 i32 i32)))
    (import "vm_hooks" "tx_gas_price" (func $tx_gas_price (param i32)))
    (import "vm_hooks" "tx_ink_price" (func $tx_ink_price (result i32)))
    (import "vm_hooks" "tx_origin" (func $tx_origin (param i32)))
    (import "vm_hooks" "pay_for_memory_grow" (func $pay_for_memory_grow (param i32)))"#;

/// Output of a successful transaction.
pub fn output(outcome: Outcome) -> Bytes {
    match outcome.result {
        ExecutionResult::Success { output, .. } => output.into_data(),
        result => panic!("{result:?} because of {:?}", outcome.failures),
    }
}

/// Address of a successfully created contract.
pub fn created(outcome: &Outcome) -> Address {
    match &outcome.result {
        ExecutionResult::Success { output, .. } => *output.address().expect("a creation returns an address"),
        result => panic!("{result:?}"),
    }
}

/// Gas that a transaction used, without the intrinsic gas of an empty transaction.
pub fn execution_gas(outcome: &Outcome) -> u64 {
    outcome.result.tx_gas_used() - 21_000
}

pub fn first_event<E: SolEvent>(outcome: &Outcome) -> E {
    let event = outcome.result.logs().iter().find_map(|log| E::decode_log_data(&log.data).ok());
    event.unwrap_or_else(|| panic!("no event in {:?}", outcome.result))
}

/// A 32-byte big-endian number.
pub fn word(number: u64) -> [u8; 32] {
    U256::from(number).to_be_bytes()
}

/// Selector of a Solidity error or function.
pub fn selector(signature: &str) -> [u8; 4] {
    keccak256(signature)[..4].try_into().expect("four bytes")
}

/// Entry price of a program that is not cached, without its memory, as `programInitGas` returns it.
pub fn entry_gas(chain: &mut TestChain, program: Address) -> u64 {
    let call = ArbWasm::programInitGasCall { program }.abi_encode();
    let tx = chain.transaction(ARB_WASM.into(), call, 0);
    ArbWasm::programInitGasCall::abi_decode_returns(&output(chain.simulate(tx))).expect("two numbers").gas
}
