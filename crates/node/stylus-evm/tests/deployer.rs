//! The Stylus deployer: create, activate and initialise in one transaction.

mod common;

use alloy_sol_types::{SolCall, SolValue};
use common::{evm::*, *};
use revm::primitives::{Address, B256, Bytes, U256, keccak256};
use stylus_evm::{DEPLOYER, abi::StylusDeployer, deploy};

/// A program that stores the first word of calldata in slot 0, and reverts with its calldata if that word is 13.
fn contract() -> Vec<u8> {
    wasm(&with_args(
        "",
        "(if (i32.eq (i32.load8_u (i32.const 1055)) (i32.const 13)) (then
             (call $write_result (i32.const 1024) (local.get $len))
             (call $exit_early (i32.const 1))))
         (call $storage_cache (i32.const 0) (i32.const 1024)) (call $storage_flush (i32.const 0)) (i32.const 0)",
    ))
}

fn deploy_call(wasm: &[u8], init_data: &[u8], init_value: u64, salt: B256) -> Vec<u8> {
    StylusDeployer::deployCall {
        bytecode: deploy::init_code(&deploy::deploy_code(wasm)),
        initData: Bytes::copy_from_slice(init_data),
        initValue: U256::from(init_value),
        salt,
    }
    .abi_encode()
}

#[test]
fn a_contract_is_created_activated_and_initialised() {
    let mut chain = TestChain::new();
    let before = chain.balance(USER);
    let outcome = chain.send(DEPLOYER, deploy_call(&contract(), &word(42), 100, B256::ZERO), ETHER);
    let event: StylusDeployer::ContractDeployed = first_event(&outcome);
    let address = Address::abi_decode(&output(outcome)).unwrap();
    assert_eq!(event.deployedContract, address);
    assert_eq!(address, DEPLOYER.create(1));
    assert_eq!(chain.storage(address, 0), U256::from(42));
    assert_eq!(chain.balance(address), U256::from(100));
    // Everything but the data fee and the initial value was refunded.
    assert_eq!(chain.balance(DEPLOYER), U256::ZERO);
    let spent = before - chain.balance(USER);
    assert!(spent > U256::from(100) && spent < U256::from(ETHER / 1_000), "{spent}");
}

#[test]
fn with_a_salt_the_address_depends_on_the_initial_data() {
    let mut chain = TestChain::new();
    let salt = B256::repeat_byte(1);
    let out = output(chain.send(DEPLOYER, deploy_call(&contract(), &word(42), 0, salt), ETHER));
    let init_code = deploy::init_code(&deploy::deploy_code(&contract()));
    let full = keccak256([salt.as_slice(), &word(42)].concat());
    assert_eq!(Address::abi_decode(&out).unwrap(), DEPLOYER.create2(full, keccak256(init_code)));
}

#[test]
fn an_active_code_hash_needs_no_value() {
    let mut chain = TestChain::new();
    output(chain.send(DEPLOYER, deploy_call(&contract(), &[], 0, B256::ZERO), ETHER));
    let outcome = chain.send(DEPLOYER, deploy_call(&contract(), &word(7), 0, B256::ZERO), 0);
    let address = Address::abi_decode(&output(outcome)).unwrap();
    assert_eq!(chain.storage(address, 0), U256::from(7));
}

#[test]
fn a_failure_undoes_everything_and_returns_its_error() {
    let mut chain = TestChain::new();
    let cases = [
        (
            deploy_call(&contract(), &word(13), 0, B256::ZERO),
            ETHER,
            "ContractInitializationError(address,bytes)",
        ),
        (deploy_call(&contract(), &[], 5, B256::ZERO), ETHER, "InitValueButNotInitData()"),
        (deploy_call(&contract(), &word(1), 0, B256::ZERO), 0, "ProgramInsufficientValue(uint256,uint256)"),
        (deploy_call(&contract(), &word(1), 5, B256::ZERO), 4, "Panic(uint256)"),
    ];
    for (call, value, error) in cases {
        let outcome = chain.send(DEPLOYER, call, value);
        assert_eq!(outcome.result.output().expect("an error")[..4], selector(error), "{error}");
        assert_eq!(chain.balance(DEPLOYER), U256::ZERO);
    }
    let empty = StylusDeployer::deployCall {
        bytecode: Bytes::new(),
        initData: Bytes::new(),
        initValue: U256::ZERO,
        salt: B256::ZERO,
    };
    let outcome = chain.send(DEPLOYER, empty.abi_encode(), 0);
    assert_eq!(outcome.result.output().unwrap()[..], selector("EmptyBytecode()"));
    // All of this was undone, so the next contract is the first of the deployer.
    let out = output(chain.send(DEPLOYER, deploy_call(&contract(), &[], 0, B256::ZERO), ETHER));
    assert_eq!(Address::abi_decode(&out).unwrap(), DEPLOYER.create(1));
}

#[test]
fn init_code_that_fails_is_reported() {
    let mut chain = TestChain::new();
    let deploy_call = |bytecode: &[u8]| {
        StylusDeployer::deployCall {
            bytecode: Bytes::copy_from_slice(bytecode),
            initData: Bytes::new(),
            initValue: U256::ZERO,
            salt: B256::ZERO,
        }
        .abi_encode()
    };
    // Reverts with a word, which is passed on.
    let outcome = chain.send(DEPLOYER, deploy_call(&[0x60, 0x2a, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xfd]), 0);
    assert_eq!(outcome.result.output().unwrap()[..], word(0x2a));
    // Fails without data.
    let outcome = chain.send(DEPLOYER, deploy_call(&[0xfe]), 0);
    assert_eq!(outcome.result.output().unwrap()[..4], selector("ContractDeploymentError(bytes)"));
}

#[test]
fn a_caller_that_rejects_the_refund_reverts_the_deployment() {
    let mut chain = TestChain::new();
    // Forwards its calldata and value to the deployer; reverts calls without calldata.
    // CALLDATASIZE PUSH1 7 JUMPI PUSH0 PUSH0 REVERT JUMPDEST, then a forwarder, moved by 8 bytes.
    let mut code = vec![0x36, 0x60, 0x07, 0x57, 0x5f, 0x5f, 0xfd, 0x5b];
    let mut rest = forwarder(CALL, DEPLOYER);
    let jump = rest.iter().rposition(|byte| *byte == 0x57).unwrap() - 1;
    rest[jump] += 8;
    code.extend(rest);
    let caller = chain.evm(&code);
    let outcome = chain.send(caller, deploy_call(&contract(), &[], 0, B256::ZERO), ETHER);
    assert_eq!(outcome.result.output().unwrap()[..4], selector("RefundExcessValueError(uint256)"));
}

#[test]
fn invalid_calls_revert() {
    let mut chain = TestChain::new();
    for data in [&[][..], &[1, 2, 3, 4], &StylusDeployer::deployCall::SELECTOR, &[0xFF; 100]] {
        let outcome = chain.send(DEPLOYER, data.to_vec(), 0);
        assert!(!outcome.result.is_success() && outcome.result.tx_gas_used() < 100_000);
    }
    let proxy = chain.evm(&forwarder(STATICCALL, DEPLOYER));
    let outcome = chain.send(proxy, deploy_call(&contract(), &[], 0, B256::ZERO), 0);
    assert!(!outcome.result.is_success());
    assert!(outcome.failures[0].reason.contains("static"), "{:?}", outcome.failures);
}
