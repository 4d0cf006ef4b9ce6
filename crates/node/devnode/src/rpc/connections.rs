//! Accepts connections, and bounds their number and how long they may stay silent.

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

/// Connections at a time; more wait until one is closed.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take to send a request's head, or keep a connection without sending one (geth's
/// `IdleTimeout`).
const HEAD_PATIENCE: Duration = Duration::from_secs(120);
/// How long to wait when the system has no place for another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `stopping` changes or its sender is gone; then lets requests under way end.
pub async fn serve(listener: TcpListener, router: Router, stopping: watch::Receiver<()>) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut open = JoinSet::new();
    let mut stop = stopping.clone();
    loop {
        let (place, stream) = tokio::select! {
            _ = stop.changed() => break,
            // Those that are over are forgotten.
            Some(_) = open.join_next() => continue,
            next = async { (places.clone().acquire_owned().await, accept(&listener).await) } => next,
        };
        let (router, stopping) = (router.clone(), stopping.clone());
        open.spawn(async move {
            let _place = place;
            converse(stream, router, stopping).await;
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
                tracing::debug!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, router: Router, mut stopping: watch::Receiver<()>) {
    // Answers are small: sent at once, not held back to be joined with later ones.
    let _ = stream.set_nodelay(true);
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE);
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
        tracing::debug!(%error, "a connection ended");
    }
}
