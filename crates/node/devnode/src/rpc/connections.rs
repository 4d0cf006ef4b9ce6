//! Accepts connections and serves them until the node stops.
//! Limits their number and closes idle ones.

use super::limits::MAX_CONNECTIONS;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{io, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::sleep,
};

/// The time in which a client must send the head of its first or next request (geth's `IdleTimeout`).
const HEAD_TIMEOUT: Duration = Duration::from_secs(120);
/// The pause after the system failed to accept a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `stopping` changes or its sender is dropped, then completes running requests.
pub async fn serve(listener: TcpListener, router: Router, stopping: watch::Receiver<()>) -> io::Result<()> {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut open = JoinSet::new();
    let mut stop = stopping.clone();
    loop {
        let (permit, stream) = tokio::select! {
            _ = stop.changed() => break,
            // Removes connections that have ended.
            Some(_) = open.join_next() => continue,
            next = async { (permits.clone().acquire_owned().await, accept(&listener).await) } => next,
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        open.spawn(async move {
            let _permit = permit;
            serve_connection(stream, router, stopping).await;
        });
    }
    drop(listener);
    while open.join_next().await.is_some() {}
    Ok(())
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::debug!(%error, "cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router, mut stopping: watch::Receiver<()>) {
    // Without this, the system delays small responses to join them with later ones.
    let _ = stream.set_nodelay(true);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let done = tokio::select! {
        done = connection.as_mut() => done,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection failed");
    }
}
