//! What Arbitrum adds to a node: NodeInterface, tips, upgrades of ArbOS, messages to L1, paused activations.
//! An owner of the chain changes its settings.

use crate::contracts::{BURNER, STORE};
use crate::net::{BASE_FEE, Net, START, call_to, quantity, start, start_with, word};
use crate::stylus::{activate, start_wat};
use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, hex},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
};
use serde_json::json;
use stylus_evm::{ARB_DEBUG, ARB_GAS_INFO, ARB_OWNER, ARB_SYS, ARB_WASM, abi::*};
use weir_devnode::Devnode;

const NODE_INTERFACE: Address = address!("00000000000000000000000000000000000000c8");
/// Returns the price of gas: `GASPRICE PUSH0 MSTORE PUSH1 20 PUSH0 RETURN`
const GAS_PRICE: [u8; 7] = hex!("3a5f5260205ff3");
const PROGRAM: &str = r#"(module (memory (export "memory") 0 0)
    (func (export "user_entrypoint") (param i32) (result i32) (i32.const 0)))"#;

sol! {
    function gasEstimateComponents(address to, bool contractCreation, bytes data) external payable
        returns (uint64 gasEstimate, uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
    function gasEstimateL1Component(address to, bool contractCreation, bytes data) external view
        returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
    function nitroGenesisBlock() external pure returns (uint256 number);
    function blockL1Num(uint64 l2BlockNum) external view returns (uint64 l1BlockNum);
    function l2BlockRangeForL1(uint64 blockNum) external view returns (uint64 firstBlock, uint64 lastBlock);
    function getL1Confirmations(bytes32 blockHash) external view returns (uint64 confirmations);
}

/// Sends a call of the first account as an owner of the chain.
async fn own(net: &Net, call: impl SolCall) {
    net.send(call_to(ARB_DEBUG, ArbDebug::becomeChainOwnerCall {}.abi_encode())).await;
    assert!(net.send(call_to(ARB_OWNER, call.abi_encode())).await.status());
}

async fn ask<C: SolCall>(net: &Net, call: C) -> Result<C::Return, String> {
    let output = net.call(NODE_INTERFACE, call.abi_encode()).await.map_err(|error| error.message)?;
    Ok(C::abi_decode_returns(&output).unwrap())
}

#[tokio::test]
async fn node_interface_finds_blocks_by_their_l1_number() {
    let net = start().await;
    net.raw("anvil_mine", json!([10, 5])).await.unwrap();
    assert_eq!(ask(&net, nitroGenesisBlockCall {}).await, Ok(U256::ZERO));
    for block in 0..=10u64 {
        let expected = quantity(
            &net.raw("eth_getBlockByNumber", json!([format!("{block:#x}"), false])).await.unwrap()["l1BlockNumber"],
        );
        let number = ask(&net, blockL1NumCall { l2BlockNum: block }).await.unwrap();
        assert_eq!(number, expected, "block {block}");
        let range = ask(&net, l2BlockRangeForL1Call { blockNum: number }).await.unwrap();
        assert!((range.firstBlock..=range.lastBlock).contains(&block), "block {block}");
    }
    // 50 seconds: five L1 blocks of 12 seconds, the first of which has the blocks 0 to 2.
    let range = ask(&net, l2BlockRangeForL1Call { blockNum: 1 }).await.unwrap();
    assert_eq!((range.firstBlock, range.lastBlock), (0, 2));
    for error in [
        ask(&net, l2BlockRangeForL1Call { blockNum: 0 }).await.map(drop),
        ask(&net, l2BlockRangeForL1Call { blockNum: 77 }).await.map(drop),
    ] {
        assert!(error.unwrap_err().starts_with("no L2 block was found with the L1 block number"));
    }
    assert!(ask(&net, blockL1NumCall { l2BlockNum: 11 }).await.unwrap_err().contains("above the head"));
}

#[tokio::test]
async fn node_interface_estimates_gas_and_charges_nothing_for_l1() {
    let net = start().await;
    let burner = net.deploy(BURNER).await;
    let estimate = quantity(&net.raw("eth_estimateGas", json!([{ "to": burner }])).await.unwrap());
    own(&net, ArbOwner::setL1PricePerUnitCall { pricePerUnit: U256::from(9) }).await;
    let call = gasEstimateComponentsCall { to: burner, contractCreation: false, data: Bytes::new() };
    let parts = ask(&net, call).await.unwrap();
    assert_eq!((parts.gasEstimate, parts.gasEstimateForL1), (estimate, 0));
    assert_eq!((parts.baseFee, parts.l1BaseFeeEstimate), (U256::from(BASE_FEE), U256::from(9)));
    let call = gasEstimateL1ComponentCall { to: burner, contractCreation: false, data: Bytes::new() };
    let parts = ask(&net, call).await.unwrap();
    assert_eq!(parts.gasEstimateForL1, 0);
    assert_eq!((parts.baseFee, parts.l1BaseFeeEstimate), (U256::from(BASE_FEE), U256::from(9)));

    let init = stylus_evm::deploy::init_code(&STORE);
    let creation = TransactionRequest::default().with_deploy_code(init.clone());
    let estimate = quantity(&net.raw("eth_estimateGas", json!([creation])).await.unwrap());
    let call = gasEstimateComponentsCall { to: Address::ZERO, contractCreation: true, data: init };
    assert_eq!(ask(&net, call).await.unwrap().gasEstimate, estimate);
    let itself =
        gasEstimateComponentsCall { to: NODE_INTERFACE, contractCreation: false, data: Bytes::new() };
    assert_eq!(ask(&net, itself).await.map(drop).unwrap_err(), "cannot estimate virtual contract");
}

#[tokio::test]
async fn functions_of_node_interface_that_need_an_l1_return_errors_with_their_name() {
    let net = start().await;
    let error = ask(&net, getL1ConfirmationsCall { blockHash: B256::ZERO }).await.unwrap_err();
    assert_eq!(error, "NodeInterface.getL1Confirmations is not supported: this node has no L1");
    let error = net.call(NODE_INTERFACE, hex!("12345678")).await.unwrap_err();
    assert_eq!(error.code, -32000);
    let debug = address!("00000000000000000000000000000000000000c9");
    assert!(net.call(debug, hex!("4d7953ad")).await.unwrap_err().message.contains("0xc9"));
    // A call as a transaction is estimated, but reaches an empty account.
    let call = call_to(NODE_INTERFACE, nitroGenesisBlockCall {}.abi_encode());
    let estimate = quantity(&net.raw("eth_estimateGas", json!([call])).await.unwrap());
    assert_eq!(estimate, 21_000 + 4 * 16 + 800 + 3);
    assert!(net.send(call).await.status());
}

#[tokio::test]
async fn a_call_pays_the_price_that_a_transaction_would_pay() {
    let net = start().await;
    let contract = net.deploy(GAS_PRICE).await;
    let price = async |fields: serde_json::Value| {
        let mut call = fields;
        call["to"] = json!(contract);
        call["from"] = json!(net.account(0));
        let output = net.raw("eth_call", json!([call, "latest"])).await.unwrap();
        let output: Bytes = serde_json::from_value(output).unwrap();
        U256::from_be_slice(&output).to::<u128>()
    };
    let gwei = "0x3b9aca00";
    let base = format!("{BASE_FEE:#x}");
    assert_eq!(price(json!({})).await, 0);
    assert_eq!(price(json!({ "gasPrice": gwei })).await, 1_000_000_000);
    assert_eq!(price(json!({ "maxFeePerGas": gwei })).await, BASE_FEE);
    assert_eq!(price(json!({ "maxFeePerGas": gwei, "maxPriorityFeePerGas": "0x5" })).await, BASE_FEE + 5);
    assert_eq!(price(json!({ "maxFeePerGas": base, "maxPriorityFeePerGas": "0x5" })).await, BASE_FEE);

    own(&net, ArbOwner::setCollectTipsCall { collectTips: false }).await;
    assert_eq!(price(json!({ "gasPrice": gwei })).await, BASE_FEE);
    assert_eq!(price(json!({ "maxFeePerGas": gwei, "maxPriorityFeePerGas": "0x5" })).await, BASE_FEE);
    let receipt = net.send(call_to(contract, Bytes::new()).with_gas_price(1_000_000_000)).await;
    assert_eq!(receipt.effective_gas_price, BASE_FEE, "without tips, all pay the base fee");
    let block = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    let mix_hash: B256 = serde_json::from_value(block["mixHash"].clone()).unwrap();
    assert_eq!(mix_hash[25], 0);
}

#[tokio::test]
async fn headers_follow_an_upgrade_of_arbos() {
    let net = start().await;
    let program = start_wat(&net, PROGRAM).await;
    own(&net, ArbOwner::scheduleArbOSUpgradeCall { newVersion: 62, timestamp: START + 1_000 }).await;
    net.raw("evm_mine", json!([])).await.unwrap();
    net.raw("evm_setNextBlockTimestamp", json!([START + 1_000])).await.unwrap();
    let version = async |block: &str| {
        let block = net.raw("eth_getBlockByNumber", json!([block, false])).await.unwrap();
        let mix_hash: B256 = serde_json::from_value(block["mixHash"].clone()).unwrap();
        u64::from_be_bytes(mix_hash[16..24].try_into().unwrap())
    };
    assert_eq!(version("latest").await, 61);
    let failed = net.send(call_to(program, Bytes::new()).with_gas_limit(1_000_000)).await;
    assert!(!failed.status(), "the program was activated for the Stylus version before");
    assert_eq!(version("latest").await, 62);
    assert_eq!(version("0x1").await, 61);
    assert!(activate(&net, program).await.status());
    assert!(net.send(call_to(program, Bytes::new())).await.status());
}

#[tokio::test]
async fn headers_show_the_messages_to_l1() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain");
    let net = start_with(Devnode::builder().state_file(&file)).await;
    let send = ArbSys::sendTxToL1Call { destination: net.account(1), data: Bytes::new() };
    let before = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    assert!(net.send(call_to(ARB_SYS, send.abi_encode()).with_value(U256::from(7))).await.status());
    let after = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    assert_eq!((&before["sendCount"], &after["sendCount"]), (&json!("0x0"), &json!("0x1")));
    assert_eq!(after["sendRoot"], after["extraData"]);
    assert_ne!(after["sendRoot"], json!(B256::ZERO));
    net.node.stop().await;
    let net = start_with(Devnode::builder().state_file(&file)).await;
    let kept = net.raw("eth_getBlockByNumber", json!(["latest", false])).await.unwrap();
    assert_eq!(kept, after);
}

#[tokio::test]
async fn activations_can_be_paused_from_the_start_or_later() {
    let paused = start_with(Devnode::builder().activations_paused(true)).await;
    let code = stylus_evm::deploy::deploy_code(&wat::parse_str(PROGRAM).unwrap());
    let program = paused.deploy(&code).await;
    let gas = ArbWasm::activationGasCall {}.abi_encode();
    let output = paused.call(ARB_WASM, gas.clone()).await.unwrap();
    assert_eq!(U256::from_be_slice(&output), U256::from(u64::MAX));
    let call = call_to(ARB_WASM, ArbWasm::activateProgramCall { program }.abi_encode());
    let error = paused.try_send(call.clone().with_value(U256::from(1))).await.unwrap_err();
    assert!(error.message.starts_with("execution reverted (Stylus program"), "{}", error.message);
    assert!(error.message.contains("the chain charges 18446744073709551615 gas"), "{}", error.message);
    paused.raw("anvil_reset", json!([])).await.unwrap();
    assert_eq!(paused.call(ARB_WASM, gas.clone()).await.unwrap(), output, "a reset keeps the setting");
    paused.node.chain().pause_activations(false);
    let program = paused.deploy(&code).await;
    assert!(activate(&paused, program).await.status());

    let net = start().await;
    let program = start_wat(&net, PROGRAM).await;
    net.node.chain().pause_activations(true);
    assert!(net.send(call_to(program, Bytes::new())).await.status(), "what is active still runs");
    let other = net.deploy(&[&code[..], &[0]].concat()).await;
    let call = call_to(ARB_WASM, ArbWasm::activateProgramCall { program: other }.abi_encode());
    assert!(net.try_send(call).await.is_err());
    own(&net, ArbOwner::setWasmActivationGasCall { gas: 0 }).await;
    assert!(activate(&net, other).await.status(), "an owner opens them");
}

#[tokio::test]
async fn the_state_shows_the_minimum_base_fee_as_the_price_of_gas() {
    let net = start().await;
    let output = net.call(ARB_GAS_INFO, ArbGasInfo::getMinimumGasPriceCall {}.abi_encode()).await.unwrap();
    assert_eq!(output, word(BASE_FEE as u64));
}
