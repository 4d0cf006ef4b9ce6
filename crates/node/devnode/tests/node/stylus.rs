//! Stylus programs through the node: deployed, activated, called; and what is told when they fail.

use crate::contracts::{BURNER, forwarder};
use crate::net::{Net, Refused, call_to, start, start_with};
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

/// The on-chain code of a program with this body; it may call `$write(ptr, len)`, and memory begins with 42.
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

/// Deploys and activates a program given as text.
pub async fn start_wat(net: &Net, text: &str) -> Address {
    let code = stylus_evm::deploy::deploy_code(&wat::parse_str(text).unwrap());
    let address = net.deploy(code).await;
    assert!(activate(net, address).await.status());
    address
}

/// Deploys and activates.
async fn start_program(net: &Net, body: &str) -> Address {
    let address = net.deploy(program(body)).await;
    assert!(activate(net, address).await.status());
    address
}

#[tokio::test]
async fn a_program_is_deployed_activated_and_called() {
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
async fn a_program_that_fails_is_told_with_its_address_and_the_reason() {
    let net = start().await;
    let address = start_program(&net, "unreachable").await;
    let told = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(told.message.contains(&format!("Stylus program {address}: ")), "{}", told.message);
    let receipt = net.send(call_to(address, Bytes::new()).with_gas_limit(1_000_000)).await;
    assert!(!receipt.status());
}

#[tokio::test]
async fn a_program_that_is_not_activated_is_told_so() {
    let net = start().await;
    let address = net.deploy(program(ANSWER)).await;
    let told = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(told.message.contains(&format!("Stylus program {address}: ")), "{}", told.message);
    assert!(told.message.contains("activate"), "{}", told.message);
}

#[tokio::test]
async fn a_program_that_never_ends_runs_out_and_the_node_goes_on() {
    let net = start().await;
    let address = start_program(&net, "(loop $for_ever (br $for_ever)) (i32.const 0)").await;
    let told = net.call(address, Bytes::new()).await.unwrap_err();
    assert!(told.message.starts_with("out of gas"), "{}", told.message);
    let receipt = net.send(call_to(address, Bytes::new()).with_gas_limit(5_000_000)).await;
    assert_eq!((receipt.status(), receipt.gas_used), (false, 5_000_000));
}

/// `cargo stylus check`: code at an address that has none, a sender who has everything, one ether of value.
#[tokio::test]
async fn activation_can_be_tried_with_state_overrides() {
    let net = start().await;
    let check = async |code: Vec<u8>| -> Result<U256, Refused> {
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
    let told = check(vec![0xef, 0xf0, 0x00, 0x00, 1, 2, 3]).await.unwrap_err();
    assert!(!told.message.is_empty());
    check(vec![0x00]).await.unwrap_err();
}

#[tokio::test]
async fn estimates_of_programs_are_exact_too() {
    let net = start().await;
    let address = start_program(&net, ANSWER).await;
    let estimate = net.raw("eth_estimateGas", json!([{ "to": address }])).await.unwrap();
    let estimate = crate::net::quantity(&estimate);
    assert!(net.send(call_to(address, Bytes::new()).with_gas_limit(estimate)).await.status());
    assert!(!net.send(call_to(address, Bytes::new()).with_gas_limit(estimate - 1)).await.status());
}

#[tokio::test]
async fn an_estimate_through_a_program_allows_for_the_sixty_fourth_that_every_call_holds_back() {
    let net = start().await;
    let burner = net.deploy(BURNER).await;
    let outer = net.deploy(forwarder(caller(&net, burner).await)).await;
    let estimate = net.raw("eth_estimateGas", json!([{ "to": outer }])).await.unwrap();
    let estimate = crate::net::quantity(&estimate);
    let enough = net.send(call_to(outer, Bytes::new()).with_gas_limit(estimate)).await;
    assert!(enough.status());
    assert!(estimate > enough.gas_used + 20_000, "two calls hold a sixty-fourth back: {estimate}");
    assert!(!net.send(call_to(outer, Bytes::new()).with_gas_limit(estimate - 1)).await.status());
}

#[tokio::test]
async fn a_failure_that_was_caught_is_not_told_as_the_cause() {
    let net = start().await;
    let failing = start_program(&net, "unreachable").await;
    // Calls the program, drops the result, and reverts with two bytes: `PUSH0 ×5 PUSH20 GAS CALL POP`, then
    // `PUSH1 02 DUP1 PUSH1 26 PUSH0 CODECOPY PUSH0 REVERT` and the data.
    let call = [&hex!("5f5f5f5f5f73")[..], failing.as_slice(), &hex!("5af150")].concat();
    let own = net.deploy([&call[..], &hex!("6002806026 5f395ffd 6e6f")].concat()).await;
    let told = net.call(own, Bytes::new()).await.unwrap_err();
    assert_eq!((told.message.as_str(), told.data), ("execution reverted", Some(json!("0x6e6f"))));
    let passing_on = net.deploy(forwarder(failing)).await;
    let told = net.call(passing_on, Bytes::new()).await.unwrap_err();
    let expected = format!("execution reverted (a call of Stylus program {failing} failed: ");
    assert!(told.message.starts_with(&expected), "{}", told.message);
}

#[tokio::test]
async fn programs_cost_less_when_all_are_treated_as_cached() {
    let gas = async |cached| {
        let net = start_with(Devnode::builder().treat_all_as_cached(cached)).await;
        let address = start_program(&net, ANSWER).await;
        net.send(call_to(address, Bytes::new())).await.gas_used
    };
    assert!(gas(true).await < gas(false).await);
}

#[tokio::test]
async fn a_revert_takes_an_activation_back() {
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
async fn a_program_that_was_metered_in_an_earlier_run_costs_and_does_the_same() {
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
