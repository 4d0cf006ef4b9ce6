//! Sending transactions: all types, receipts, and errors.
//! Error messages are geth's, since clients search for them.

use crate::contracts::{STORE, reverter};
use crate::net::{BASE_FEE, NodeError, call_to, quantity, start, word};
use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxLegacy},
    eips::{eip2718::Encodable2718, eip2930::AccessListItem, eip7702::Authorization},
    network::{TransactionBuilder, TransactionBuilder7702, TxSignerSync},
    primitives::{Address, B256, Bytes, TxKind, U256, address},
    providers::Provider,
    rpc::types::{AccessList, TransactionRequest},
    signers::SignerSync,
};
use serde_json::json;

const RECEIVER: Address = address!("00000000000000000000000000000000000c0ffe");
const CHAIN_ID: u64 = 412_346;
const GWEI: u128 = 1_000_000_000;
/// The price that alloy offers by default: it tips one wei, although the node suggests no tip.
const DEFAULT_PRICE: u128 = BASE_FEE + 1;

fn server_error(message: impl Into<String>) -> NodeError {
    NodeError { code: -32000, message: message.into(), data: None }
}

/// A signed transfer, changed by `change` before it is signed.
fn signed(net: &crate::net::Net, change: impl FnOnce(&mut TxEip1559)) -> String {
    let mut tx = TxEip1559 {
        chain_id: CHAIN_ID,
        gas_limit: 21_000,
        max_fee_per_gas: GWEI,
        to: TxKind::Call(RECEIVER),
        ..Default::default()
    };
    change(&mut tx);
    let signature = net.signer(0).sign_transaction_sync(&mut tx).unwrap();
    let raw = alloy::consensus::TxEnvelope::from(tx.into_signed(signature)).encoded_2718();
    Bytes::from(raw).to_string()
}

/// A signed transfer without value.
pub fn signed_transfer(signer: &impl TxSignerSync<alloy::primitives::Signature>, nonce: u64) -> String {
    let mut tx = TxEip1559 {
        chain_id: CHAIN_ID,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: GWEI,
        to: TxKind::Call(RECEIVER),
        ..Default::default()
    };
    let signature = signer.sign_transaction_sync(&mut tx).unwrap();
    Bytes::from(alloy::consensus::TxEnvelope::from(tx.into_signed(signature)).encoded_2718()).to_string()
}

#[tokio::test]
async fn transactions_of_every_type_are_mined_at_the_price_that_they_offer() {
    let net = start().await;
    let transfer = || TransactionRequest::default().with_to(RECEIVER).with_value(U256::from(7));
    let list = AccessList(vec![AccessListItem { address: RECEIVER, storage_keys: vec![B256::ZERO] }]);
    let authority = net.signer(3);
    let authorization =
        Authorization { chain_id: U256::from(CHAIN_ID), address: net.deploy(STORE).await, nonce: 0 };
    let signature = authority.sign_hash_sync(&authorization.signature_hash()).unwrap();
    let tipping = |tip| transfer().with_max_fee_per_gas(GWEI).with_max_priority_fee_per_gas(tip);
    let sent = [
        (0, transfer().with_gas_price(GWEI), GWEI),
        (1, transfer().with_gas_price(GWEI).with_access_list(list.clone()), GWEI),
        (2, transfer(), DEFAULT_PRICE),
        (2, tipping(0), BASE_FEE),
        (2, tipping(3), BASE_FEE + 3),
        (2, tipping(GWEI), GWEI),
        (4, transfer().with_authorization_list(vec![authorization.into_signed(signature)]), DEFAULT_PRICE),
    ];
    for (index, (tx_type, tx, price)) in sent.into_iter().enumerate() {
        let receipt = net.send(tx).await;
        assert!(receipt.status());
        assert_eq!(receipt.transaction_type() as u8, tx_type);
        assert_eq!(receipt.effective_gas_price, price);
        assert_eq!(receipt.block_number, Some(index as u64 + 2), "each transaction has its own block");
        let mined = net.provider.get_transaction_by_hash(receipt.transaction_hash).await.unwrap().unwrap();
        assert_eq!(mined.effective_gas_price, Some(price));
        assert_eq!(mined.inner.tx_type() as u8, tx_type);
        assert_eq!(mined.inner.signer(), net.account(0));
        assert_eq!(mined.block_hash, receipt.block_hash);
    }
    assert_eq!(net.provider.get_balance(RECEIVER).await.unwrap(), U256::from(7 * 7));
    let delegated = net.provider.get_code_at(authority.address()).await.unwrap();
    assert!(delegated.starts_with(&[0xef, 0x01, 0x00]), "the authorization was not applied: {delegated}");
}

#[tokio::test]
async fn sender_pays_exactly_value_and_gas_used() {
    let net = start().await;
    let before = net.provider.get_balance(net.account(0)).await.unwrap();
    let receipt = net
        .send(
            TransactionRequest::default().with_to(RECEIVER).with_value(U256::from(5)).with_gas_limit(90_000),
        )
        .await;
    let after = net.provider.get_balance(net.account(0)).await.unwrap();
    assert_eq!(receipt.gas_used, 21_000);
    assert_eq!(before - after, U256::from(5 + 21_000 * DEFAULT_PRICE));
}

#[tokio::test]
async fn receipt_has_fields_of_arbitrum() {
    let net = start().await;
    let hash = net.send(call_to(RECEIVER, Bytes::new())).await.transaction_hash;
    let receipt = net.raw("eth_getTransactionReceipt", json!([hash])).await.unwrap();
    assert_eq!(receipt["gasUsedForL1"], "0x0");
    assert_eq!(quantity(&receipt["l1BlockNumber"]), 1);
    assert_eq!(receipt["contractAddress"], json!(null));
    assert_eq!(receipt["cumulativeGasUsed"], receipt["gasUsed"]);
}

#[tokio::test]
async fn reverting_transaction_is_mined_as_failed() {
    let net = start().await;
    let reverter = net.deploy(reverter(&[1, 2, 3])).await;
    let receipt = net.send(call_to(reverter, Bytes::new()).with_gas_limit(100_000)).await;
    assert!(!receipt.status());
    assert!(receipt.gas_used < 22_000, "a revert returns the rest of the gas");
    assert_eq!(net.provider.get_transaction_count(net.account(0)).await.unwrap(), 2);
}

#[tokio::test]
async fn wrong_nonces_are_rejected_with_messages_of_geth() {
    let net = start().await;
    let sender = net.account(0);
    net.send(call_to(RECEIVER, Bytes::new())).await;
    let low = net.raw("eth_sendRawTransaction", json!([signed(&net, |_| ())])).await.unwrap_err();
    assert_eq!(low, server_error(format!("nonce too low: address {sender}, tx: 0 state: 1")));
    let high = net.raw("eth_sendRawTransaction", json!([signed(&net, |tx| tx.nonce = 3)])).await.unwrap_err();
    assert_eq!(high, server_error(format!("nonce too high: address {sender}, tx: 3 state: 1")));
    assert_eq!(net.node.chain().block_number(), 1, "a rejected transaction makes no block");
}

#[tokio::test]
async fn transactions_in_the_wrong_order_wait_for_each_other() {
    let net = start().await;
    let late = signed(&net, |tx| tx.nonce = 1);
    let later = signed(&net, |tx| tx.nonce = 2);
    let first = signed(&net, |_| ());
    let send = |raw| net.raw("eth_sendRawTransaction", json!([raw]));
    let delayed = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        send(first).await
    };
    let (later, late, first) = tokio::join!(send(later), send(late), delayed);
    first.unwrap();
    late.unwrap();
    later.unwrap();
    assert_eq!(net.node.chain().block_number(), 3);
}

#[tokio::test]
async fn invalid_transactions_are_rejected_with_messages_of_geth() {
    let net = start().await;
    let sender = net.account(0);
    let send = async |change: fn(&mut TxEip1559)| {
        net.raw("eth_sendRawTransaction", json!([signed(&net, change)])).await.unwrap_err()
    };
    let have = net.provider.get_balance(sender).await.unwrap();
    let want = U256::from(21_000 * GWEI) + U256::MAX / U256::from(2);
    assert_eq!(
        send(|tx| tx.value = U256::MAX / U256::from(2)).await,
        server_error(format!(
            "insufficient funds for gas * price + value: address {sender} have {have} want {want}"
        ))
    );
    assert_eq!(
        send(|tx| tx.value = U256::MAX).await,
        server_error(format!(
            "insufficient funds for gas * price + value: address {sender} required balance exceeds 256 bits"
        ))
    );
    assert_eq!(
        send(|tx| tx.gas_limit = 20_999).await,
        server_error("intrinsic gas too low: have 20999, want 21000")
    );
    assert_eq!(
        send(|tx| tx.max_fee_per_gas = 19_999_999).await,
        server_error(format!(
            "max fee per gas less than block base fee: address {sender}, maxFeePerGas: 19999999, baseFee: 20000000"
        ))
    );
    assert_eq!(
        send(|tx| tx.max_priority_fee_per_gas = GWEI + 1).await,
        server_error(format!(
            "max priority fee per gas higher than max fee per gas: address {sender}, maxPriorityFeePerGas: \
             1000000001, maxFeePerGas: 1000000000"
        ))
    );
    assert_eq!(
        send(|tx| tx.chain_id = 1).await,
        server_error("invalid chain id for signer: have 1 want 412346")
    );
    let large = send(|tx| {
        tx.to = TxKind::Create;
        tx.input = vec![0; 49_153].into();
        tx.gas_limit = 10_000_000;
    });
    assert_eq!(large.await, server_error("max initcode size exceeded: code size 49153 limit 49152"));
    assert_eq!(net.node.chain().block_number(), 0);
}

#[tokio::test]
async fn undecodable_transactions_are_rejected() {
    let net = start().await;
    let raw = signed(&net, |_| ());
    for bad in ["0x", "0x02", "0xdeadbeef", &raw[..raw.len() - 2], &format!("{raw}00"), "0x7f00"] {
        let error = net.raw("eth_sendRawTransaction", json!([bad])).await.unwrap_err();
        assert_eq!(error.code, -32000, "{bad}");
        assert!(error.message.starts_with("cannot decode the transaction"), "{}", error.message);
    }
    let not_hex = net.raw("eth_sendRawTransaction", json!(["0xzz"])).await.unwrap_err();
    assert_eq!(not_hex.code, -32602);
    // The signature's s, the last 32 bytes, above half the curve's order (EIP-2).
    let malleable = format!("{}{}", &raw[..raw.len() - 64], "f".repeat(64));
    let error = net.raw("eth_sendRawTransaction", json!([malleable])).await.unwrap_err();
    assert_eq!(error, server_error("invalid sender: the signature is not valid"));
}

#[tokio::test]
async fn blob_transactions_are_rejected() {
    let net = start().await;
    let error = net
        .raw(
            "eth_call",
            json!([{ "to": RECEIVER, "blobVersionedHashes": [B256::with_last_byte(1)] }, "latest"]),
        )
        .await
        .unwrap_err();
    assert_eq!(
        error,
        server_error("transaction type not supported: Arbitrum does not accept blob transactions")
    );
}

#[tokio::test]
async fn legacy_transaction_without_chain_id_is_accepted() {
    let net = start().await;
    let mut tx =
        TxLegacy { gas_price: GWEI, gas_limit: 21_000, to: TxKind::Call(RECEIVER), ..Default::default() };
    let signature = net.signer(0).sign_transaction_sync(&mut tx).unwrap();
    let raw = alloy::consensus::TxEnvelope::from(tx.into_signed(signature)).encoded_2718();
    net.raw("eth_sendRawTransaction", json!([Bytes::from(raw)])).await.unwrap();
    assert_eq!(net.node.chain().block_number(), 1);
}

#[tokio::test]
async fn gas_above_the_transaction_limit_is_reserved_and_returned() {
    let net = start().await;
    // An endless loop: JUMPDEST PUSH0 JUMP.
    let endless = net.deploy([0x5b, 0x5f, 0x56]).await;
    let before = net.provider.get_balance(net.account(0)).await.unwrap();
    let receipt = net.send(call_to(endless, Bytes::new()).with_gas_limit(100_000_000)).await;
    let after = net.provider.get_balance(net.account(0)).await.unwrap();
    assert!(!receipt.status());
    assert_eq!(receipt.gas_used, 32_000_000);
    assert_eq!(before - after, U256::from(32_000_000) * U256::from(DEFAULT_PRICE));
}

#[tokio::test]
async fn node_signs_for_its_accounts() {
    let net = start().await;
    let accounts: Vec<Address> = net.provider.get_accounts().await.unwrap();
    assert_eq!(accounts.len(), 11);
    for account in &accounts {
        let tx = json!([{ "from": account, "to": RECEIVER, "value": "0x1" }]);
        let hash = net.raw("eth_sendTransaction", tx).await.unwrap();
        let receipt = net.raw("eth_getTransactionReceipt", json!([hash])).await.unwrap();
        assert_eq!(receipt["from"], json!(account));
    }
    assert_eq!(net.provider.get_balance(RECEIVER).await.unwrap(), U256::from(11));
    let foreign =
        net.raw("eth_sendTransaction", json!([{ "from": RECEIVER, "to": RECEIVER }])).await.unwrap_err();
    assert_eq!(foreign.code, -32000);
    assert!(foreign.message.starts_with("unknown account"), "{}", foreign.message);
}

#[tokio::test]
async fn impersonated_contract_sends_without_a_key() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    net.raw("anvil_setBalance", json!([store, "0xde0b6b3a7640000"])).await.unwrap();
    let tx = json!([{ "from": store, "to": store, "input": word(9) }]);
    net.raw("eth_sendTransaction", tx.clone()).await.unwrap_err();
    net.raw("hardhat_impersonateAccount", json!([store])).await.unwrap();
    let hash = net.raw("eth_sendTransaction", tx.clone()).await.unwrap();
    let mined = net.raw("eth_getTransactionByHash", json!([hash])).await.unwrap();
    assert_eq!(mined["from"], json!(store));
    assert_eq!(net.word(store, "latest").await, U256::from(9));
    net.raw("hardhat_stopImpersonatingAccount", json!([store])).await.unwrap();
    net.raw("eth_sendTransaction", tx).await.unwrap_err();
}

#[tokio::test]
async fn receipt_of_a_failed_creation_has_the_contract_address() {
    let net = start().await;
    let init = reverter(b"no");
    let expected = net.account(0).create(0);
    let receipt =
        net.send(TransactionRequest::default().with_deploy_code(init).with_gas_limit(200_000)).await;
    assert!(!receipt.status());
    assert_eq!(receipt.contract_address, Some(expected), "as geth does");
    assert!(net.provider.get_code_at(expected).await.unwrap().is_empty());
}
