//! Stylus programs on the node: deployed, activated and called.
//! Also the errors of programs that fail.

use crate::contracts::{BURNER, forwarder};
use crate::net::{Net, NodeError, call_to, start, start_with};
use crate::trace::caller;
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, address, hex},
    rpc::types::TransactionReceipt,
    sol,
    sol_types::SolCall,
};
use serde_json::json;
use weir_devnode::{Devnode, ModuleCache};

const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");
const SOMEWHERE: Address = address!("00000000000000000000000000000000005717a5");
const ETHER: u64 = 1_000_000_000_000_000_000;

sol! {
    function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
}

/// The on-chain code of a program with this body, which may call `$write(ptr, len)`. Memory starts with the word 42.
fn program(body: &str) -> Vec<u8> {
    let word = format!("{}{}", "\\00".repeat(31), "\\2a");
    let text = format!(
        r#"(module
            (import "vm_hooks" "pay_for_memory_grow" (func (param i32)))
            (import "vm_hooks" "write_result" (func $write (param i32 i32)))
            (memory (export "memory") 1 1)
            (data (i32.const 0) "{word}")
            (func (export "user_entrypoint") (param i32) (result i32) {body}))"#
    );
    stylus_evm::deploy::deploy_code(&wat::parse_str(text).unwrap())
}

const ANSWER: &str = "(call $write (i32.const 0) (i32.const 32)) (i32.const 0)";

pub async fn activate(net: &Net, program: Address) -> TransactionReceipt {
    let input = activateProgramCall { program }.abi_encode();
    net.send(call_to(ARB_WASM, input).with_value(U256::from(ETHER))).await
}

/// Deploys and activates a program in text format.
pub async fn start_wat(net: &Net, text: &str) -> Address {
    let code = stylus_evm::deploy::deploy_code(&wat::parse_str(text).unwrap());
    let address = net.deploy(code).await;
    assert!(activate(net, address).await.status());
    address
}

/// Deploys and activates a program with this body.
async fn start_program(net: &Net, body: &str) -> Address {
    let address = net.deploy(program(body)).await;
    assert!(activate(net, address).await.status());
    address
}

#[tokio::test]
async fn program_is_deployed_activated_and_called() {
    let net = start().await;
    let address = net.deploy(program(ANSWER)).await;
    let activation = activate(&net, address).await;
    assert!(activation.status());
    assert_eq!(activation.logs().len(), 1, "ProgramActivated");
    assert_eq!(net.word(address, "latest").await, U256::from(42));
    let receipt = net.send(call_to(address, Bytes::new())).await;
    assert!(receipt.status() && receipt.gas_used > 21_000);
}

#[tokio::test]
async fn error_of_a_failed_program_has_its_address_and_the_reason() {
    let net = start().await;
    let address = start_program(&net, "unreachable").await;
    let error = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(error.message.contains(&format!("Stylus program {address}: ")), "{}", error.message);
    let receipt = net.send(call_to(address, Bytes::new()).with_gas_limit(1_000_000)).await;
    assert!(!receipt.status());
}

#[tokio::test]
async fn error_of_an_inactive_program_mentions_activation() {
    let net = start().await;
    let address = net.deploy(program(ANSWER)).await;
    let error = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(error.message.contains(&format!("Stylus program {address}: ")), "{}", error.message);
    assert!(error.message.contains("activate"), "{}", error.message);
}

#[tokio::test]
async fn endless_program_runs_out_of_gas() {
    let net = start().await;
    let address = start_program(&net, "(loop $for_ever (br $for_ever)) (i32.const 0)").await;
    let error = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(error.message.starts_with("out of gas"), "{}", error.message);
    let receipt = net.send(call_to(address, Bytes::new()).with_gas_limit(5_000_000)).await;
    assert_eq!((receipt.status(), receipt.gas_used), (false, 5_000_000));
}

/// As `cargo stylus check` does: an unused address gets code, and the sender gets a balance for one ether of value.
#[tokio::test]
async fn activation_works_with_state_overrides() {
    let net = start().await;
    let check = async |code: Vec<u8>| -> Result<U256, NodeError> {
        let input = Bytes::from(activateProgramCall { program: SOMEWHERE }.abi_encode());
        let sender = address!("00000000000000000000000000000000000c4ec4");
        let tx = json!({ "from": sender, "to": ARB_WASM, "input": input, "value": format!("{ETHER:#x}") });
        let overrides = json!({
            SOMEWHERE.to_string(): { "code": Bytes::from(code) },
            sender.to_string(): { "balance": format!("{:#x}", U256::MAX) },
        });
        let output = net.raw("eth_call", json!([tx, "latest", overrides])).await?;
        let output: Bytes = serde_json::from_value(output).unwrap();
        Ok(activateProgramCall::abi_decode_returns(&output).unwrap().dataFee)
    };
    let fee = check(program(ANSWER)).await.unwrap();
    assert!(fee > U256::ZERO && fee < U256::from(ETHER));
    let error = check(vec![0xef, 0xf0, 0x00, 0x00, 1, 2, 3]).await.unwrap_err();
    assert!(!error.message.is_empty());
    check(vec![0x00]).await.unwrap_err();
}

#[tokio::test]
async fn estimates_of_programs_are_exact() {
    let net = start().await;
    let address = start_program(&net, ANSWER).await;
    let estimate = net.raw("eth_estimateGas", json!([{ "to": address }])).await.unwrap();
    let estimate = crate::net::quantity(&estimate);
    assert!(net.send(call_to(address, Bytes::new()).with_gas_limit(estimate)).await.status());
    assert!(!net.send(call_to(address, Bytes::new()).with_gas_limit(estimate - 1)).await.status());
}

#[tokio::test]
async fn estimate_through_a_program_covers_the_63_64_rule() {
    let net = start().await;
    let burner = net.deploy(BURNER).await;
    let outer = net.deploy(forwarder(caller(&net, burner).await)).await;
    let estimate = net.raw("eth_estimateGas", json!([{ "to": outer }])).await.unwrap();
    let estimate = crate::net::quantity(&estimate);
    let enough = net.send(call_to(outer, Bytes::new()).with_gas_limit(estimate)).await;
    assert!(enough.status());
    assert!(estimate > enough.gas_used + 20_000, "two calls hold back a sixty-fourth each: {estimate}");
    assert!(!net.send(call_to(outer, Bytes::new()).with_gas_limit(estimate - 1)).await.status());
}

#[tokio::test]
async fn error_does_not_name_a_program_whose_failure_was_caught() {
    let net = start().await;
    let failing = start_program(&net, "unreachable").await;
    // Calls the program, drops the result, and reverts with two bytes: `PUSH0 ×5 PUSH20 GAS CALL POP`, then
    // `PUSH1 02 DUP1 PUSH1 26 PUSH0 CODECOPY PUSH0 REVERT` and the data.
    let call = [&hex!("5f5f5f5f5f73")[..], failing.as_slice(), &hex!("5af150")].concat();
    let own = net.deploy([&call[..], &hex!("6002806026 5f395ffd 6e6f")].concat()).await;
    let error = net.call(own, Bytes::new()).await.unwrap_err();
    assert_eq!((error.message.as_str(), error.data), ("execution reverted", Some(json!("0x6e6f"))));
    let passing_on = net.deploy(forwarder(failing)).await;
    let error = net.call(passing_on, Bytes::new()).await.unwrap_err();
    let expected = format!("execution reverted (a call of Stylus program {failing} failed: ");
    assert!(error.message.starts_with(&expected), "{}", error.message);
}

#[tokio::test]
async fn programs_cost_less_if_all_are_treated_as_cached() {
    let gas = async |cached| {
        let net = start_with(Devnode::builder().treat_all_as_cached(cached)).await;
        let address = start_program(&net, ANSWER).await;
        net.send(call_to(address, Bytes::new())).await.gas_used
    };
    assert!(gas(true).await < gas(false).await);
}

#[tokio::test]
async fn evm_revert_undoes_an_activation() {
    let net = start().await;
    let address = net.deploy(program(ANSWER)).await;
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    assert!(activate(&net, address).await.status());
    net.raw("evm_revert", json!([snapshot])).await.unwrap();
    net.call(address, Bytes::new()).await.unwrap_err();
    assert!(activate(&net, address).await.status());
    assert_eq!(net.word(address, "latest").await, U256::from(42));
}

#[tokio::test]
async fn program_metered_in_an_earlier_run_behaves_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = || Devnode::builder().programs(ModuleCache::on_disk(folder.path()).unwrap());
    let mut runs = Vec::new();
    for _ in 0..2 {
        let net = start_with(on_disk()).await;
        let address = net.deploy(program(ANSWER)).await;
        let activation = activate(&net, address).await;
        assert_eq!(net.word(address, "latest").await, U256::from(42));
        let call = net.send(call_to(address, Bytes::new())).await;
        runs.push((activation.gas_used, call.gas_used));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    assert_eq!(runs[0], runs[1]);
}
