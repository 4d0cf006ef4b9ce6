//! One WebSocket connection: requests in, answers and notifications out.
//!
//! Requests run side by side; answers come as they are ready. Notifications are made of the chain's blocks when
//! the client is ready for them, so one that reads slowly takes no memory and holds nobody up; one that does not
//! read at all is dropped.

use super::{
    dispatch::Node,
    server::MAX_BODY_BYTES,
    session::{Exchange, Session},
};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use std::{future::ready, time::Duration};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

/// Requests of one connection that run at a time; more are not read until one is answered.
const MAX_RUNNING: usize = 64;
/// How long a client may take to read one message before it is dropped.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How often an idle connection is shown to be alive, so that nothing in between closes it.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// The client does not take what is sent: the connection is over.
struct Gone;

/// Sets the limits of a connection to come.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade.max_message_size(MAX_BODY_BYTES).max_frame_size(MAX_BODY_BYTES)
}

/// Serves a connection until the client leaves, is too slow, or the node stops.
pub async fn serve(socket: WebSocket, node: Node) {
    let mut connection = Connection { socket, node, session: Session::default(), running: JoinSet::new() };
    if connection.run().await.is_err() {
        tracing::debug!("a WebSocket client was dropped: it did not read for {WRITE_PATIENCE:?}, or is gone");
    }
}

struct Connection {
    socket: WebSocket,
    node: Node,
    session: Session,
    running: JoinSet<(Option<String>, Exchange)>,
}

impl Connection {
    async fn run(&mut self) -> Result<(), Gone> {
        let mut heads = self.node.chain.heads();
        let mut stopping = self.node.stopping();
        let mut pings = interval(PING_INTERVAL);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pings.reset();
        let mut behind = false;
        loop {
            tokio::select! {
                message = self.socket.recv(), if self.running.len() < MAX_RUNNING => match message {
                    Some(Ok(Message::Text(text))) => self.begin(text.as_bytes().to_vec()),
                    Some(Ok(Message::Binary(body))) => self.begin(body.to_vec()),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Err(error)) => return self.close(close_code::SIZE, &error.to_string()).await,
                },
                Some(done) = self.running.join_next() => if let Ok((answer, exchange)) = done {
                    if let Some(answer) = answer {
                        self.send(Message::Text(answer.into())).await?;
                    }
                    exchange.answered();
                    behind = true;
                },
                _ = heads.changed() => behind = true,
                () = ready(()), if behind => behind = self.tell().await?,
                _ = pings.tick() => self.send(Message::Ping(Default::default())).await?,
                _ = stopping.changed() => return self.close(close_code::AWAY, "the node stops").await,
            }
        }
    }

    fn begin(&mut self, body: Vec<u8>) {
        let (node, exchange) = (self.node.clone(), self.session.exchange());
        self.running.spawn(async move { (node.answer(&body, Some(&exchange)).await, exchange) });
    }

    /// Tells of one block; whether there may be more.
    async fn tell(&mut self) -> Result<bool, Gone> {
        let news = self.session.news(&self.node.chain);
        let more = self.session.is_behind(&self.node.chain);
        for message in news {
            self.send(Message::Text(message.into())).await?;
        }
        Ok(more)
    }

    async fn close(&mut self, code: u16, reason: &str) -> Result<(), Gone> {
        // A reason may have 123 bytes.
        let reason: String = reason.chars().take(100).filter(char::is_ascii).collect();
        self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match timeout(WRITE_PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}
