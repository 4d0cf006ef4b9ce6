//! WebSocket: methods, and subscriptions, which report every block once and in order.
//! Also slow clients, and rejected origins.

use crate::contracts::{LOGGER, STORE};
use crate::net::{Net, call_to, exchange, start, start_with, word};
use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, U256},
    providers::{Provider, ProviderBuilder, WsConnect},
    rpc::types::Filter,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};
use weir_devnode::{Cors, Devnode, MAX_BODY_BYTES};

/// A raw connection, without a client library.
struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    async fn open(net: &Net) -> Self {
        Self::try_open(net, None).await.unwrap()
    }

    async fn try_open(net: &Net, origin: Option<&str>) -> Result<Self, u16> {
        let mut request = net.node.ws_url().into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let stream = TcpStream::connect(net.node.address()).await.unwrap();
        // Without this, a second request waits for the answer to the first.
        stream.set_nodelay(true).unwrap();
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn send(&mut self, body: Value) {
        self.0.send(Message::text(body.to_string())).await.unwrap();
    }

    async fn request(&mut self, id: u64, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
    }

    /// The next message.
    async fn next(&mut self) -> Value {
        loop {
            let next = timeout(Duration::from_secs(20), self.0.next()).await.expect("a message");
            if let Message::Text(text) = next.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn call(&mut self, id: u64, method: &str, params: Value) -> Value {
        self.request(id, method, params).await;
        let answer = self.next().await;
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    async fn subscribe(&mut self, params: Value) -> Value {
        self.call(1, "eth_subscribe", params).await["result"].clone()
    }

    /// The result of the next notification, which must belong to `subscription`.
    async fn event(&mut self, subscription: &Value) -> Value {
        let mut message = self.next().await;
        assert_eq!(message["method"], "eth_subscription", "{message}");
        assert_eq!(&message["params"]["subscription"], subscription);
        message["params"]["result"].take()
    }

    async fn is_silent(&mut self) -> bool {
        timeout(Duration::from_millis(200), self.0.next()).await.is_err()
    }

    /// The code with which the node closed the connection.
    async fn closed(&mut self) -> Option<CloseCode> {
        loop {
            match timeout(Duration::from_secs(30), self.0.next()).await.expect("an end") {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}

#[tokio::test]
async fn requests_and_batches_are_answered_as_over_http() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    assert_eq!(socket.call(7, "eth_chainId", json!([])).await["result"], "0x64aba");
    assert_eq!(socket.call(8, "eth_foo", json!([])).await["error"]["code"], -32601);
    socket
        .send(json!([
            { "jsonrpc": "2.0", "id": 1, "method": "evm_mine" },
            { "jsonrpc": "2.0", "id": 2, "method": "eth_blockNumber" },
        ]))
        .await;
    let answers = socket.next().await;
    assert_eq!((&answers[0]["result"], &answers[1]["result"]), (&json!("0x0"), &json!("0x1")));
    socket.0.send(Message::text("nonsense")).await.unwrap();
    assert_eq!(socket.next().await["error"]["code"], -32700, "the connection stays open");
    socket.0.send(Message::binary(r#"{"jsonrpc":"2.0","id":3,"method":"net_version"}"#)).await.unwrap();
    assert_eq!(socket.next().await["result"], "412346");
}

#[tokio::test]
async fn long_request_does_not_delay_short_ones() {
    let net = start().await;
    let endless = net.deploy([0x5b, 0x5f, 0x56]).await;
    let mut socket = Socket::open(&net).await;
    // On a busy machine the long request may end first, but not every time.
    for attempt in 0.. {
        socket.request(1, "eth_call", json!([{ "to": endless }, "latest"])).await;
        socket.request(2, "eth_chainId", json!([])).await;
        let answers = [socket.next().await, socket.next().await];
        let long = answers.iter().find(|answer| answer["id"] == 1).expect("each request has an answer");
        assert_eq!(long["error"]["message"], "out of gas");
        if answers[0]["id"] == 2 {
            return;
        }
        assert!(attempt < 20, "the short request was delayed {attempt} times");
    }
}

#[tokio::test]
async fn every_block_is_reported_once_and_in_order() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    let heads = socket.subscribe(json!(["newHeads"])).await;
    net.raw("anvil_mine", json!([300])).await.unwrap();
    for _ in 0..20 {
        net.raw("evm_mine", json!([])).await.unwrap();
    }
    let mut parent = net.provider.get_block(0.into()).await.unwrap().unwrap().header.hash;
    for number in 1..=320_u64 {
        let head = socket.event(&heads).await;
        assert_eq!(head["number"], format!("{number:#x}"));
        assert_eq!(head["parentHash"], json!(parent));
        parent = serde_json::from_value(head["hash"].clone()).unwrap();
    }
    let latest = net.provider.get_block(Default::default()).await.unwrap().unwrap();
    assert_eq!(latest.header.hash, parent);
    assert!(socket.is_silent().await);
}

#[tokio::test]
async fn logs_are_filtered() {
    let net = start().await;
    let (first, second) = (net.deploy(LOGGER).await, net.deploy(LOGGER).await);
    let mut socket = Socket::open(&net).await;
    let all = socket.subscribe(json!(["logs", {}])).await;
    let mut other = Socket::open(&net).await;
    let topics = json!([B256::with_last_byte(0x11), [B256::with_last_byte(2), B256::with_last_byte(3)]]);
    let some = other
        .subscribe(
            json!(["logs", { "address": second, "topics": topics, "fromBlock": "0x0", "toBlock": "0x1" }]),
        )
        .await;
    for topic in 1..=3 {
        for logger in [first, second] {
            net.send(call_to(logger, word(topic))).await;
        }
    }
    for (block, logger) in (3..=8).zip([first, second].into_iter().cycle()) {
        let log = socket.event(&all).await;
        assert_eq!((&log["blockNumber"], &log["address"]), (&json!(format!("{block:#x}")), &json!(logger)));
        assert_eq!(log["removed"], false);
    }
    for block in [6, 8] {
        let log = other.event(&some).await;
        assert_eq!((&log["blockNumber"], &log["address"]), (&json!(format!("{block:#x}")), &json!(second)));
    }
    assert!(socket.is_silent().await && other.is_silent().await);
}

#[tokio::test]
async fn transactions_are_reported_by_hash_or_in_full() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    let hashes = socket.subscribe(json!(["newPendingTransactions"])).await;
    let full = socket.subscribe(json!(["newPendingTransactions", true])).await;
    net.raw("evm_mine", json!([])).await.unwrap();
    let sent = net.send(call_to(net.account(1), word(1))).await.transaction_hash;
    assert_eq!(socket.event(&hashes).await, json!(sent));
    let message = socket.event(&full).await;
    assert_eq!((&message["hash"], &message["from"]), (&json!(sent), &json!(net.account(0))));
}

#[tokio::test]
async fn ended_subscription_is_silent() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    let heads = socket.subscribe(json!(["newHeads"])).await;
    assert_eq!(socket.call(2, "eth_unsubscribe", json!([heads])).await["result"], true);
    net.raw("evm_mine", json!([])).await.unwrap();
    assert!(socket.is_silent().await);
    let again = socket.call(3, "eth_unsubscribe", json!([heads])).await;
    assert_eq!(again["error"]["message"], "subscription not found");
    let mut other = Socket::open(&net).await;
    let foreign = socket.subscribe(json!(["newHeads"])).await;
    let message = other.call(2, "eth_unsubscribe", json!([foreign])).await;
    assert_eq!(message["error"]["code"], -32000, "a connection cannot end the subscription of another");
}

#[tokio::test]
async fn blocks_mined_after_a_revert_are_reported() {
    let net = start().await;
    let store = net.deploy(STORE).await;
    let mut socket = Socket::open(&net).await;
    let heads = socket.subscribe(json!(["newHeads"])).await;
    net.raw("anvil_mine", json!([2])).await.unwrap();
    let snapshot = net.raw("evm_snapshot", json!([])).await.unwrap();
    net.raw("anvil_mine", json!([3])).await.unwrap();
    for number in 2..=6 {
        assert_eq!(socket.event(&heads).await["number"], format!("{number:#x}"));
    }
    // A batch, so that both run before the node looks for notifications.
    let steps = [("evm_revert", json!([snapshot])), ("anvil_mine", json!([5]))];
    let steps = steps
        .map(|(method, params)| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }));
    crate::net::post_json(net.node.address(), &json!(steps).to_string()).await;
    for number in 4..=8 {
        assert_eq!(socket.event(&heads).await["number"], format!("{number:#x}"), "no block is skipped");
    }
    net.raw("anvil_reset", json!([])).await.unwrap();
    net.send(call_to(store, word(1))).await;
    assert_eq!(socket.event(&heads).await["number"], "0x1");
    assert!(socket.is_silent().await);
}

#[tokio::test]
async fn invalid_subscriptions_are_rejected() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    for params in [
        json!([]),
        json!(["everything"]),
        json!(["newHeads", true]),
        json!(["logs", { "topics": [1] }]),
        json!(["syncing"]),
        json!(["newHeads", null, 1]),
    ] {
        let message = socket.call(1, "eth_subscribe", params.clone()).await;
        assert_eq!(message["error"]["code"], -32602, "{params}: {message}");
    }
    for _ in 0..128 {
        assert!(socket.subscribe(json!(["newHeads"])).await.is_string());
    }
    let message = socket.call(1, "eth_subscribe", json!(["newHeads"])).await;
    assert_eq!(message["error"]["message"], "too many subscriptions: a connection may have 128");
    let message = net.raw("eth_subscribe", json!(["newHeads"])).await.unwrap_err();
    assert!(message.code == -32601 && message.message.contains("WebSocket"), "{}", message.message);
}

#[tokio::test]
async fn too_large_message_closes_the_connection() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    let _ = socket.0.send(Message::text(" ".repeat(MAX_BODY_BYTES + 1))).await;
    assert!(matches!(socket.closed().await, Some(CloseCode::Size) | None));
    assert_eq!(net.provider.get_block_number().await.unwrap(), 0, "the node still answers");
}

#[tokio::test]
async fn client_that_does_not_read_is_disconnected_without_delaying_others() {
    let net = start().await;
    let mut lazy = Socket::open(&net).await;
    let _ = lazy.subscribe(json!(["newHeads"])).await;
    let mut eager = Socket::open(&net).await;
    let heads = eager.subscribe(json!(["newHeads"])).await;
    // More than fits into the buffers of a connection.
    net.raw("anvil_mine", json!([30_000])).await.unwrap();
    for number in 1..=30_000_u64 {
        assert_eq!(eager.event(&heads).await["number"], format!("{number:#x}"));
    }
    tokio::time::sleep(Duration::from_secs(11)).await;
    let mut received = 0;
    while let Ok(Some(Ok(_))) = timeout(Duration::from_secs(5), lazy.0.next()).await {
        received += 1;
    }
    assert!(received < 30_000, "the client received all {received} notifications");
}

#[tokio::test]
async fn stopping_node_closes_its_connections() {
    let net = start().await;
    let mut socket = Socket::open(&net).await;
    assert_eq!(socket.call(1, "eth_chainId", json!([])).await["id"], 1);
    net.node.stop().await;
    assert_eq!(socket.closed().await, Some(CloseCode::Away));
}

#[tokio::test]
async fn other_origins_are_rejected_unless_allowed() {
    let net = start().await;
    let own = net.node.rpc_url();
    assert_eq!(Socket::try_open(&net, Some("http://localhost:3000")).await.err(), Some(403));
    assert_eq!(Socket::try_open(&net, Some("null")).await.err(), Some(403));
    assert!(Socket::try_open(&net, Some(&own)).await.is_ok());
    let one = Cors::Origin("http://localhost:3000".parse().unwrap());
    let net = start_with(Devnode::builder().cors(one)).await;
    assert!(Socket::try_open(&net, Some("http://localhost:3000")).await.is_ok());
    assert_eq!(Socket::try_open(&net, Some("http://localhost:4000")).await.err(), Some(403));
    let net = start_with(Devnode::builder().cors(Cors::Any)).await;
    assert!(Socket::try_open(&net, Some("http://anything.example")).await.is_ok());
}

#[tokio::test]
async fn foreign_host_names_are_rejected() {
    let net = start().await;
    let get = |host: &str| format!("GET / HTTP/1.1\r\nhost: {host}\r\nx-after: 1");
    // `exchange` adds the real host at the end, but the first one counts.
    let (head, _) = exchange(net.node.address(), &get("evil.example"), b"").await;
    assert!(head.starts_with("HTTP/1.1 403") || head.starts_with("HTTP/1.1 400"), "{head}");
}

#[tokio::test]
async fn alloy_sends_and_subscribes_by_websocket() {
    let net = start().await;
    let wallet = EthereumWallet::from(net.signer(1));
    let provider =
        ProviderBuilder::new().wallet(wallet).connect_ws(WsConnect::new(net.node.ws_url())).await.unwrap();
    let logger: Address = net.deploy(LOGGER).await;
    let mut heads = provider.subscribe_blocks().await.unwrap().into_stream();
    let mut logs = provider.subscribe_logs(&Filter::new().address(logger)).await.unwrap().into_stream();
    for topic in 1..=5_u64 {
        let receipt = provider
            .send_transaction(call_to(logger, word(topic)))
            .await
            .unwrap()
            .get_receipt()
            .await
            .unwrap();
        let head = timeout(Duration::from_secs(5), heads.next()).await.unwrap().unwrap();
        assert_eq!(Some(head.hash), receipt.block_hash);
        let log = timeout(Duration::from_secs(5), logs.next()).await.unwrap().unwrap();
        assert_eq!(log.transaction_hash, Some(receipt.transaction_hash));
        assert_eq!(log.topics()[1], B256::from(U256::from(topic)));
    }
}
