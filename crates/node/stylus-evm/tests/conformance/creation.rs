//! Creation of EVM contracts and programs, by EVM code and by programs.

use crate::common::{evm::*, *};
use revm::{
    context::result::{ExecutionResult, HaltReason},
    primitives::{Address, B256, Bytes, U256, keccak256},
};
use stylus_evm::{CREATE2_FACTORY, deploy};

/// Calldata: one byte of value, a word of salt, init code. Creates a contract; returns its address, the length of the
/// return data (one byte), and the return data.
fn creator(function: &str) -> String {
    let salt = if function == "create2" { "(i32.const 1025)" } else { "" };
    with_args(
        "",
        &format!(
            "(i32.store8 (i32.const 31) (i32.load8_u (i32.const 1024)))
             (call ${function} (i32.const 1057) (i32.sub (local.get $len) (i32.const 33)) (i32.const 0) {salt}
                 (i32.const 64) (i32.const 84))
             (drop (call $read_return_data (i32.const 85) (i32.const 0) (call $return_data_size)))
             (call $write_result (i32.const 64) (i32.add (i32.const 21) (call $return_data_size)))
             (i32.const 0)"
        ),
    )
}

fn creation_data(value: u8, salt: B256, init_code: &[u8]) -> Bytes {
    [&[value], salt.as_slice(), init_code].concat().into()
}

/// A program that returns "hi".
fn greeter() -> Vec<u8> {
    let body = "(i32.store16 (i32.const 0) (i32.const 0x6968))
        (call $write_result (i32.const 0) (i32.const 2)) (i32.const 0)";
    wasm(&module("", body))
}

#[test]
fn a_program_creates_contracts_at_the_same_addresses_as_the_evm() {
    let mut chain = TestChain::new();
    let init = deploy::init_code(&CALLER);
    let salt = B256::repeat_byte(3);
    let creator1 = chain.program(&creator("create1"));
    let out = chain.send_ok(creator1, creation_data(0, salt, &init));
    // Contracts start with nonce 1.
    let first = creator1.create(1);
    assert_eq!(out[..20], *first);
    assert_eq!(Address::from_slice(&chain.send_ok(first, [])[12..]), USER);

    let creator2 = chain.program(&creator("create2"));
    let out = chain.send_ok(creator2, creation_data(7, salt, &init));
    assert!(out[..20] == [0; 20], "the creator does not have 7 wei");
    let tx = chain.transaction(creator2.into(), creation_data(7, salt, &init), 7);
    let out = output(chain.execute(tx));
    let second = creator2.create2(salt, keccak256(&init));
    assert_eq!(out[..20], *second);
    assert_eq!(chain.balance(second), U256::from(7));
    // A second creation at the same address fails.
    let out = chain.send_ok(creator2, creation_data(0, salt, &init));
    assert_eq!(out[..20], [0; 20]);
}

#[test]
fn a_program_creates_a_program() {
    let mut chain = TestChain::new();
    let creator = chain.program(&creator("create1"));
    let init = deploy::init_code(&deploy::deploy_code(&greeter()));
    let out = chain.send_ok(creator, creation_data(0, B256::ZERO, &init));
    let program = Address::from_slice(&out[..20]);
    assert!(chain.send(program, [], 0).result.is_halt(), "not active yet");
    assert!(chain.activate(program).result.is_success());
    assert_eq!(chain.send_ok(program, [])[..], *b"hi");
    // A second account with the same code is active at once.
    let out = chain.send_ok(creator, creation_data(0, B256::ZERO, &init));
    assert_eq!(chain.send_ok(Address::from_slice(&out[..20]), [])[..], *b"hi");
}

#[test]
fn revert_data_of_init_code_reaches_the_program() {
    let mut chain = TestChain::new();
    let creator = chain.program(&creator("create1"));
    // PUSH1 0x2a PUSH0 MSTORE, PUSH1 32 PUSH0 REVERT
    let out = chain
        .send_ok(creator, creation_data(0, B256::ZERO, &[0x60, 0x2a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd]));
    assert_eq!(out[..20], [0; 20]);
    assert_eq!(out[20], 32);
    assert_eq!(out[21..], word(0x2a));
    // A successful creation leaves no return data.
    let out = chain.send_ok(creator, creation_data(0, B256::ZERO, &deploy::init_code(&CALLER)));
    assert_eq!(out.len(), 21);
    assert_eq!(out[20], 0);
}

#[test]
fn a_creation_costs_its_price_and_the_gas_of_its_init_code() {
    let mut chain = TestChain::new();
    // The init code is 1 byte at 0: STOP, which creates an account without code.
    let fields = r#"(data (i32.const 0) "\00")"#;
    let host = 8_400 + 3 * 5_040 + 59_673 + 2 * 16_381;
    let create1 = "(call $create1 (i32.const 0) (i32.const 1) (i32.const 32) (i32.const 64) (i32.const 96))";
    let around = 5 + 3_800 + 2_450;
    assert_eq!(chain.ink_of_with(fields, create1), around + host + 32_000 * 10_000);
    // CREATE2: one more pointer, and 6 gas to hash one word of init code.
    let create2 = "(call $create2
        (i32.const 0) (i32.const 1) (i32.const 32) (i32.const 32) (i32.const 64) (i32.const 96))";
    assert_eq!(chain.ink_of_with(fields, create2), around + 1 + host + 5_040 + 32_006 * 10_000);
}

#[test]
fn too_little_gas_for_a_creation_is_a_failure_of_the_program() {
    let mut chain = TestChain::new();
    let body = "(call $create1 (i32.const 0) (i32.const 0) (i32.const 32) (i32.const 64) (i32.const 96)) (i32.const 0)";
    let program = chain.program(&module("", body));
    let mut tx = chain.transaction(program.into(), [], 0);
    tx.gas_limit = 50_000;
    let outcome = chain.execute(tx);
    assert!(!outcome.result.is_success() && !outcome.result.is_halt(), "{:?}", outcome.result);
    assert!(outcome.failures[0].reason.contains("not enough gas to create"), "{:?}", outcome.failures);
}

#[test]
fn the_create2_factory_creates_a_program() {
    let mut chain = TestChain::new();
    let init = deploy::init_code(&deploy::deploy_code(&greeter()));
    let salt = B256::repeat_byte(9);
    let address = Address::from_slice(&chain.send_ok(CREATE2_FACTORY, [salt.as_slice(), &init].concat()));
    assert_eq!(address, CREATE2_FACTORY.create2(salt, keccak256(&init)));
    assert!(chain.activate(address).result.is_success());
    assert_eq!(chain.send_ok(address, [])[..], *b"hi");
}

#[test]
fn code_that_begins_with_ef_must_be_part_of_a_program() {
    let mut chain = TestChain::new();
    for code in [&[0xEF, 0xF0, 0x00, 0x00][..], &[0xEF, 0xF0, 0x01, 0xAA], &[0xEF, 0xF0, 0x02, 0xAA]] {
        let address = created(&chain.create(deploy::init_code(code)));
        assert_eq!(chain.code_hash(address), keccak256(code));
    }
    for code in
        [&[0xEF][..], &[0xEF, 0x00, 0x01], &[0xEF, 0xF0, 0x00], &[0xEF, 0xF0, 0x03, 0x00], &[0xEF, 0x01]]
    {
        let outcome = chain.create(deploy::init_code(code));
        let ExecutionResult::Halt { reason: HaltReason::CreateContractStartingWithEF, .. } = outcome.result
        else {
            panic!("{code:?}: {:?}", outcome.result);
        };
        assert_eq!(outcome.result.tx_gas_used(), GAS);
    }
}

#[test]
fn compressed_code_has_the_size_limit_of_any_code() {
    let mut chain = TestChain::new();
    let code = |len: usize| [&deploy::PREFIX[..], &vec![0xAB; len - 3]].concat();
    assert!(chain.create(deploy::init_code(&code(24_576))).result.is_success());
    let outcome = chain.create(deploy::init_code(&code(24_577)));
    assert!(matches!(
        outcome.result,
        ExecutionResult::Halt { reason: HaltReason::CreateContractSizeLimit, .. }
    ));
}

#[test]
fn a_fragment_of_a_program_cannot_be_called() {
    let mut chain = TestChain::new();
    let fragment = chain.evm(&[0xEF, 0xF0, 0x01, 0xAA]);
    assert!(chain.send(fragment, [], 0).result.is_halt());
}

#[test]
fn init_code_cannot_be_a_program() {
    let mut chain = TestChain::new();
    let outcome = chain.create(deploy::deploy_code(&greeter()));
    assert!(outcome.result.is_halt());
    assert!(outcome.failures[0].reason.contains("not activated"), "{:?}", outcome.failures);
}
