//! A running node with a client, and helpers that all tests share.
//! The client signs with the accounts that the node funds.

use alloy::{
    network::{EthereumWallet, TransactionBuilder},
    primitives::{Address, B256, Bytes, U256},
    providers::{DynProvider, Provider, ProviderBuilder},
    rpc::types::{TransactionReceipt, TransactionRequest},
    signers::local::PrivateKeySigner,
    transports::{RpcError, TransportErrorKind},
};
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use weir_devnode::{Builder, Devnode};

/// The timestamp of the first block, in seconds since 1970.
pub const START: u64 = 2_000_000_000;
/// The base fee of every block, in wei.
pub const BASE_FEE: u128 = 20_000_000;

/// A node and its client.
pub struct Net {
    pub node: Devnode,
    pub provider: DynProvider,
}

/// The error of a response.
#[derive(Debug, PartialEq)]
pub struct NodeError {
    pub code: i64,
    pub message: String,
    pub data: Option<Value>,
}

pub async fn start() -> Net {
    start_with(Devnode::builder()).await
}

pub async fn start_with(builder: Builder) -> Net {
    let node = builder.genesis_timestamp(START).spawn().await.expect("port 0 picks a free port");
    let mut wallet = EthereumWallet::default();
    for account in node.accounts() {
        wallet.register_signer(PrivateKeySigner::from_bytes(&account.key()).unwrap());
    }
    let url = node.rpc_url().parse().unwrap();
    let provider = ProviderBuilder::new().with_simple_nonce_management().wallet(wallet).connect_http(url);
    provider.client().set_poll_interval(Duration::from_millis(5));
    Net { node, provider: provider.erased() }
}

impl Net {
    pub fn account(&self, index: usize) -> Address {
        self.node.accounts()[index].address()
    }

    pub fn signer(&self, index: usize) -> PrivateKeySigner {
        PrivateKeySigner::from_bytes(&self.node.accounts()[index].key()).unwrap()
    }

    /// Calls a method with these parameters, unchanged.
    pub async fn raw(&self, method: &'static str, params: Value) -> Result<Value, NodeError> {
        self.provider.raw_request(method.into(), params).await.map_err(node_error)
    }

    /// Signs and sends a transaction, and waits for the receipt. Fills in missing fields.
    pub async fn send(&self, tx: TransactionRequest) -> TransactionReceipt {
        self.try_send(tx).await.unwrap()
    }

    pub async fn try_send(&self, tx: TransactionRequest) -> Result<TransactionReceipt, NodeError> {
        let tx = if tx.from.is_some() { tx } else { tx.with_from(self.account(0)) };
        let pending = self.provider.send_transaction(tx).await.map_err(node_error)?;
        Ok(pending.get_receipt().await.unwrap())
    }

    /// Deploys EVM code.
    pub async fn deploy(&self, code: impl AsRef<[u8]>) -> Address {
        let init = stylus_evm::deploy::init_code(code.as_ref());
        let receipt = self.send(TransactionRequest::default().with_deploy_code(init)).await;
        assert!(receipt.status(), "the deployment failed");
        receipt.contract_address.unwrap()
    }

    pub async fn call(&self, to: Address, input: impl Into<Bytes>) -> Result<Bytes, NodeError> {
        self.provider.call(call_to(to, input)).await.map_err(node_error)
    }

    /// The result of a call that returns one word, at this block.
    pub async fn word(&self, to: Address, at: &str) -> U256 {
        let params = serde_json::json!([{ "to": to }, at]);
        let output: Bytes = self.provider.raw_request("eth_call".into(), params).await.unwrap();
        U256::from_be_slice(&output)
    }

    pub async fn timestamp(&self, block: &str) -> u64 {
        let block = self.raw("eth_getBlockByNumber", serde_json::json!([block, false])).await.unwrap();
        quantity(&block["timestamp"])
    }
}

pub fn call_to(to: Address, input: impl Into<Bytes>) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(input)
}

pub fn word(value: u64) -> Bytes {
    B256::from(U256::from(value)).into()
}

pub fn quantity(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_else(|| panic!("{value} is not a quantity"));
    u64::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
}

pub fn node_error(error: RpcError<TransportErrorKind>) -> NodeError {
    let payload = error.as_error_resp().unwrap_or_else(|| panic!("not a response of the node: {error}"));
    let data = payload.data.as_ref().map(|data| serde_json::from_str(data.get()).unwrap());
    NodeError { code: payload.code, message: payload.message.to_string(), data }
}

/// Posts a body; returns the status and the response.
pub async fn post(address: SocketAddr, content_type: &str, body: &[u8]) -> (u16, String) {
    let length = body.len();
    let head = format!("POST / HTTP/1.1\r\ncontent-type: {content_type}\r\ncontent-length: {length}");
    let (head, body) = exchange(address, &head, body).await;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    (status, body)
}

/// Sends an HTTP request; returns the head and the body of the response.
pub async fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // The node may respond before it has read the whole body.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (head.to_owned(), body.to_owned())
}

/// Posts JSON and returns the parsed response.
pub async fn post_json(address: SocketAddr, body: &str) -> Value {
    let (status, answer) = post(address, "application/json", body.as_bytes()).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str(&answer).unwrap()
}
