//! One WebSocket connection: answers requests and sends notifications.
//!
//! Requests run in parallel, and each answer is sent when it is ready. Notifications are built when the client can
//! receive them, so a slow client needs no memory and delays no other client. A client that does not read at all is
//! disconnected.

use super::{
    limits::{MAX_BODY_BYTES, MAX_RUNNING_REQUESTS},
    node::Node,
    session::{Exchange, Session},
};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use std::{future::ready, time::Duration};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

/// The time in which a client must read a message.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// The interval of pings, which keep proxies from closing an idle connection.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// The client does not read, or has closed the connection.
struct Disconnected;

/// Limits the size of messages.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.max_message_size(MAX_BODY_BYTES).max_frame_size(MAX_BODY_BYTES)
}

/// Serves a connection until the client closes it, the client is too slow, or the node stops.
pub async fn serve(socket: WebSocket, node: Node) {
    let mut connection = Connection { socket, node, session: Session::default(), running: JoinSet::new() };
    if connection.run().await.is_err() {
        tracing::debug!("disconnected a WebSocket client: it is gone, or did not read for {WRITE_TIMEOUT:?}");
    }
}

struct Connection {
    socket: WebSocket,
    node: Node,
    session: Session,
    running: JoinSet<(Option<String>, Exchange)>,
}

impl Connection {
    async fn run(&mut self) -> Result<(), Disconnected> {
        let mut heads = self.node.chain.heads();
        let mut stopping = self.node.stopping();
        let mut pings = interval(PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let mut has_news = false;
        loop {
            tokio::select! {
                message = self.socket.recv(), if self.running.len() < MAX_RUNNING_REQUESTS => match message {
                    Some(Ok(Message::Text(text))) => self.spawn(text.as_bytes().to_vec()),
                    Some(Ok(Message::Binary(body))) => self.spawn(body.to_vec()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Err(error)) => return self.close(close_code::SIZE, &error.to_string()).await,
                },
                Some(done) = self.running.join_next() => if let Ok((answer, exchange)) = done {
                    if let Some(answer) = answer {
                        self.send(Message::Text(answer.into())).await?;
                    }
                    exchange.answered();
                    has_news = true;
                },
                _ = heads.changed() => has_news = true,
                () = ready(()), if has_news => has_news = self.notify().await?,
                _ = pings.tick() => self.send(Message::Ping(Default::default())).await?,
                _ = stopping.changed() => return self.close(close_code::AWAY, "the node is stopping").await,
            }
        }
    }

    fn spawn(&mut self, body: Vec<u8>) {
        let (node, exchange) = (self.node.clone(), self.session.exchange());
        self.running.spawn(async move { (node.answer(&body, Some(&exchange)).await, exchange) });
    }

    /// Sends the notifications of one block; returns whether there may be more.
    async fn notify(&mut self) -> Result<bool, Disconnected> {
        let notifications = self.session.next_notifications(&self.node.chain);
        let more = self.session.has_news(&self.node.chain);
        for message in notifications {
            self.send(Message::Text(message.into())).await?;
        }
        Ok(more)
    }

    async fn close(&mut self, code: u16, reason: &str) -> Result<(), Disconnected> {
        // The protocol limits a reason to 123 bytes.
        let reason: String = reason.chars().take(100).filter(char::is_ascii).collect();
        self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Disconnected> {
        match timeout(WRITE_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Disconnected),
        }
    }
}
