//! `--state`: the chain is the same after a restart.
//! A file that cannot be loaded is rejected and not changed.

use crate::contracts::{LOGGER, STORE};
use crate::net::{Net, START, call_to, start_with, word};
use crate::trace::caller;
use alloy::{
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::Filter,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use weir_devnode::{Chain, ChainConfig, Devnode, StartError};

async fn start_on(file: &Path) -> Net {
    start_with(Devnode::builder().state_file(file)).await
}

fn temporary_file() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chain");
    (folder, file)
}

async fn start_error(file: &Path, chain_id: u64) -> String {
    match Devnode::builder().chain_id(chain_id).state_file(file).spawn().await {
        Err(error @ StartError::File(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn chain_continues_after_a_restart() {
    let (_folder, file) = temporary_file();
    let net = start_on(&file).await;
    let store = net.deploy(STORE).await;
    let logger = net.deploy(LOGGER).await;
    let program = caller(&net, store).await;
    let first = net.send(call_to(store, word(5))).await;
    let logged = net.send(call_to(logger, word(7))).await;
    let called = net.send(call_to(program, Bytes::new())).await;
    net.raw("anvil_mine", json!([10, 3])).await.unwrap();
    net.raw("hardhat_impersonateAccount", json!([store])).await.unwrap();
    net.raw("anvil_setBalance", json!([store, "0xde0b6b3a7640000"])).await.unwrap();
    net.raw("eth_sendTransaction", json!([{ "from": store, "to": store, "input": word(6) }])).await.unwrap();
    net.raw("evm_increaseTime", json!([1_000_000])).await.unwrap();
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    let trace = json!([first.transaction_hash, { "tracer": "prestateTracer" }]);
    let questions = [
        ("eth_getBlockByNumber", json!(["latest", true])),
        ("eth_getBlockByHash", json!([logged.block_hash, true])),
        ("eth_getTransactionReceipt", json!([called.transaction_hash])),
        ("eth_getLogs", json!([{ "fromBlock": "0x0" }])),
        ("eth_getBalance", json!([net.account(0), "latest"])),
        ("eth_getStorageAt", json!([store, "0x0", "0x5"])),
        ("eth_getCode", json!([program, "latest"])),
        ("eth_call", json!([{ "to": program }, "latest"])),
        ("debug_traceTransaction", trace),
    ];
    let ask = async |net: &Net| {
        let mut answers: Vec<Value> = Vec::new();
        for (method, params) in &questions {
            answers.push(net.raw(method, params.clone()).await.unwrap());
        }
        answers
    };
    let before = ask(&net).await;
    let head = net.node.chain().block_number();
    net.node.stop().await;

    let net = start_on(&file).await;
    assert_eq!(net.node.chain().block_number(), head);
    assert_eq!(ask(&net).await, before);
    assert!(
        net.raw("eth_sendTransaction", json!([{ "from": store, "to": store }])).await.is_err(),
        "impersonation is not kept"
    );
    assert_eq!(net.raw("evm_revert", json!([snapshot])).await.unwrap(), false, "snapshots are not kept");
    assert_ne!(net.raw("evm_snapshot", json!([])).await.unwrap(), snapshot, "ids are not reused");
    let receipt = net.send(call_to(store, word(8))).await;
    assert_eq!(receipt.block_number, Some(head + 1));
    assert!(net.timestamp("latest").await >= START + 1_000_000, "the clock keeps its offset");
    assert_eq!(net.provider.get_logs(&Filter::new().from_block(0).address(logger)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn invalid_file_is_rejected_and_not_changed() {
    let (folder, file) = temporary_file();
    let net = start_on(&file).await;
    net.deploy(STORE).await;
    net.node.stop().await;
    let whole = fs::read(&file).unwrap();
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= byte;
        bytes
    };
    let longer = [&whole[..], b"x"].concat();
    for (bytes, chain_id, expected) in [
        (whole[..whole.len() - 1].to_vec(), 412_346, "truncated"),
        (whole[..whole.len() / 2].to_vec(), 412_346, "truncated"),
        (whole[..30].to_vec(), 412_346, "truncated"),
        (Vec::new(), 412_346, "truncated"),
        (longer, 412_346, "1 bytes follow its end"),
        (with(whole.len() - 1, 1), 412_346, "checksum"),
        (with(whole.len() / 2, 0x80), 412_346, "checksum"),
        (with(20, 0xff), 412_346, "version 253"),
        (with(20, 3), 412_346, "version 1, but this program reads version 2: use the release that wrote it"),
        (whole.clone(), 7, "chain id is 412346, not 7"),
        (b"{\"accounts\":{}}".to_vec(), 412_346, "not a weir-devnode chain"),
    ] {
        fs::write(&file, &bytes).unwrap();
        let error = start_error(&file, chain_id).await;
        assert!(error.contains(expected) && error.contains("was not changed"), "{expected}: {error}");
        assert!(error.contains(&*file.to_string_lossy()) && !error.contains('\n'), "{error}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "{expected}: the file was changed");
    }
    let nowhere = folder.path().join("no/such/folder/chain");
    assert!(start_error(&nowhere, 412_346).await.contains("cannot create"));
}

#[tokio::test]
async fn two_nodes_do_not_share_a_file() {
    let (_folder, file) = temporary_file();
    let net = start_on(&file).await;
    assert!(start_error(&file, 412_346).await.contains("in use by another node"));
    net.node.stop().await;
    start_on(&file).await;
}

#[tokio::test]
async fn running_node_saves_regularly_and_always_whole_files() {
    let (folder, file) = temporary_file();
    let builder = Devnode::builder().state_file(&file).state_interval(Duration::from_millis(5));
    let net = start_with(builder).await;
    let store = net.deploy(STORE).await;
    let copy = folder.path().join("copy");
    let deadline = Instant::now() + Duration::from_secs(60);
    let (mut seen, mut value) = (0, 0);
    while seen < 3 {
        assert!(Instant::now() < deadline, "only {seen} blocks were saved while the node ran");
        value += 1;
        net.send(call_to(store, word(value))).await;
        let Ok(bytes) = fs::read(&file) else { continue };
        fs::write(&copy, bytes).unwrap();
        let other = Devnode::builder().state_file(&copy).spawn().await.unwrap();
        seen = seen.max(other.chain().block_number());
    }
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        fs::copy(&file, &copy).unwrap();
        let other = Devnode::builder().state_file(&copy).spawn().await.unwrap();
        if other.chain().block_number() == net.node.chain().block_number() {
            break;
        }
        assert!(Instant::now() < deadline, "the last blocks were never saved");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn unchanged_chain_is_not_saved_again() {
    use std::os::unix::fs::MetadataExt;
    let (_folder, file) = temporary_file();
    let net = start_on(&file).await;
    // Saving replaces the file, so its inode changes.
    let save = || {
        net.node.save().unwrap();
        fs::metadata(&file).unwrap().ino()
    };
    net.raw("evm_mine", json!([])).await.unwrap();
    let written = save();
    assert_eq!(save(), written);
    net.raw("anvil_setBalance", json!([Address::ZERO, "0x7"])).await.unwrap();
    assert_ne!(save(), written);
}

#[tokio::test]
async fn another_node_loads_a_dump() {
    let net = start_with(Devnode::builder()).await;
    let store = net.deploy(STORE).await;
    net.send(call_to(store, word(5))).await;
    let dump = net.raw("anvil_dumpState", json!([])).await.unwrap();
    let other = start_with(Devnode::builder()).await;
    other.raw("anvil_mine", json!([20])).await.unwrap();
    assert_eq!(other.raw("anvil_loadState", json!([dump])).await.unwrap(), true);
    assert_eq!(other.node.chain().block_number(), 2);
    assert_eq!(other.word(store, "latest").await, U256::from(5));
    other.send(call_to(store, word(6))).await;
    let foreign = start_with(Devnode::builder().chain_id(7)).await;
    let error = foreign.raw("anvil_loadState", json!([dump])).await.unwrap_err();
    assert!(error.message.contains("--chain-id"), "{}", error.message);
    assert_eq!(net.raw("anvil_loadState", json!(["0x1234"])).await.unwrap_err().code, -32602);
}

#[tokio::test]
async fn kept_states_can_be_lowered_for_an_existing_file() {
    let (_folder, file) = temporary_file();
    let net = start_on(&file).await;
    let store = net.deploy(STORE).await;
    for value in 1..=10 {
        net.send(call_to(store, word(value))).await;
    }
    net.node.stop().await;
    let net = start_with(Devnode::builder().state_file(&file).kept_states(3)).await;
    assert_eq!(net.word(store, "0x8").await, U256::from(7));
    net.raw("eth_call", json!([{ "to": store }, "0x7"])).await.unwrap_err();
}

#[test]
#[ignore = "prints figures: cargo test --release -p weir-devnode --test node -- --ignored --nocapture figures"]
fn figures_of_a_chain_with_a_hundred_thousand_transactions() {
    let config = || ChainConfig { genesis_timestamp: Some(START), ..Default::default() };
    let chain = Chain::new(config());
    let init = stylus_evm::deploy::init_code(&LOGGER);
    let create = alloy::rpc::types::TransactionRequest {
        to: Some(alloy::primitives::TxKind::Create),
        input: init.into(),
        ..Default::default()
    };
    let hash = chain.send_request(create).unwrap();
    let logger = chain.receipt(hash).unwrap().inner.contract_address.unwrap();
    let begin = Instant::now();
    for value in 0..100_000 {
        let tx = alloy::rpc::types::TransactionRequest { gas: Some(100_000), ..call_to(logger, word(value)) };
        chain.send_request(tx).unwrap();
    }
    println!("100 000 transactions with a log each: sent in {:?}", begin.elapsed());
    let begin = Instant::now();
    let (bytes, _) = chain.dump();
    println!("{} bytes, dumped in {:?}", bytes.len(), begin.elapsed());
    let other = Chain::new(config());
    let begin = Instant::now();
    other.load(&bytes).unwrap();
    println!("loaded in {:?}", begin.elapsed());
    assert_eq!(other.block_number(), chain.block_number());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..Default::default() })]

    /// Corrects the checksum, so that the payload is decoded.
    #[test]
    fn damaged_dumps_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let config = || ChainConfig { genesis_timestamp: Some(START), accounts: 1, ..Default::default() };
        let chain = Chain::new(config());
        chain.mine_blocks(3, None).unwrap();
        let (mut bytes, _) = chain.dump();
        const PAYLOAD: usize = 72;
        for (at, byte) in changes {
            let at = PAYLOAD + at.index(bytes.len() - PAYLOAD);
            bytes[at] ^= byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(PAYLOAD + cut.index(bytes.len() - PAYLOAD));
        }
        let length = (bytes.len() - PAYLOAD) as u64;
        bytes[32..40].copy_from_slice(&length.to_le_bytes());
        let checksum = alloy::primitives::keccak256(&bytes[PAYLOAD..]);
        bytes[40..PAYLOAD].copy_from_slice(checksum.as_slice());
        let other = Chain::new(config());
        let loaded = other.load(&bytes);
        // Whether or not it was loaded, the chain still works.
        other.mine_block(None).unwrap();
        other.mine_blocks(2, Some(5)).unwrap();
        prop_assert!(loaded.is_err() || other.block_number() >= 3);
    }
}
