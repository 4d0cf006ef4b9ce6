//! Reads each price source at intervals and reports the results.
//! Each source has its own task, so a source that hangs delays no other.

use std::time::Duration;

use alloy::{providers::DynProvider, transports::http::reqwest::Client};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time,
};

use super::{
    Token, chainlink, document,
    source::{Denomination, Reading, Source, SourceError},
    uniswap,
};

/// The result of reading a source.
#[derive(Clone, Debug)]
pub struct Report {
    pub token: Token,
    /// Chain time of the request.
    pub asked_at: u64,
    pub result: Result<Reading, SourceError>,
}

/// Reads sources.
#[derive(Clone, Debug)]
pub struct Reader {
    /// Reads contracts.
    pub provider: DynProvider,
    /// Reads HTTP endpoints.
    pub client: Client,
    /// Interval between reads of a source.
    pub interval: Duration,
    /// Timeout of one read.
    pub timeout: Duration,
}

impl Reader {
    /// Starts a task for each source. The task reads its source at once, then at every interval and when the chain's
    /// time (`clock`) has advanced by half the maximum age. The tasks end when the returned set is dropped.
    pub fn watch(
        &self,
        sources: impl IntoIterator<Item = (Token, Source, u64)>,
        clock: &watch::Receiver<u64>,
    ) -> (JoinSet<()>, mpsc::Receiver<Report>) {
        const QUEUED_REPORTS: usize = 64;
        let (sender, receiver) = mpsc::channel(QUEUED_REPORTS);
        let mut tasks = JoinSet::new();
        for (token, source, max_age) in sources {
            tasks.spawn(keep_reading(self.clone(), token, source, max_age, clock.clone(), sender.clone()));
        }
        (tasks, receiver)
    }

    async fn read(&self, token: Token, source: &Source, now: u64) -> Result<Reading, SourceError> {
        let read = self.read_without_timeout(token, source, now);
        time::timeout(self.timeout, read).await.unwrap_or_else(|_| {
            Err(SourceError::Unavailable(format!("no answer within {} s", self.timeout.as_secs_f64())))
        })
    }

    async fn read_without_timeout(
        &self,
        token: Token,
        source: &Source,
        now: u64,
    ) -> Result<Reading, SourceError> {
        let in_price_unit = |price, at| Reading { price, denomination: Denomination::PriceUnit, at };
        match source {
            // A constant never expires.
            Source::Fixed(price) => Ok(in_price_unit(price.clone(), u64::MAX)),
            Source::File { path, pointer } => {
                let (path, pointer) = (path.clone(), pointer.clone());
                let read = move || document::from_file(&path, pointer.as_deref());
                let read = tokio::task::spawn_blocking(read).await;
                let (price, age) = read.map_err(|error| SourceError::Unavailable(error.to_string()))??;
                Ok(in_price_unit(price, now.saturating_sub(age)))
            }
            Source::Http { url, pointer } => {
                let price = document::from_http(&self.client, url, pointer.as_deref()).await?;
                Ok(in_price_unit(price, now))
            }
            Source::Chainlink(feed) => {
                let (price, at) = chainlink::read(&self.provider, *feed, now).await?;
                Ok(in_price_unit(price, at))
            }
            Source::Uniswap { pool, window } => {
                let (price, other) = uniswap::read(&self.provider, *pool, token, *window).await?;
                Ok(Reading { price, denomination: Denomination::Token(other), at: now })
            }
        }
    }
}

async fn keep_reading(
    reader: Reader,
    token: Token,
    source: Source,
    max_age: u64,
    mut clock: watch::Receiver<u64>,
    reports: mpsc::Sender<Report>,
) {
    loop {
        let now = *clock.borrow_and_update();
        let result = reader.read(token, &source, now).await;
        let is_received = reports.send(Report { token, asked_at: now, result }).await.is_ok();
        if !is_received || matches!(source, Source::Fixed(_)) {
            return;
        }
        tokio::select! {
            () = until_after(&mut clock, now.saturating_add(max_age / 2)) => {}
            () = time::sleep(reader.interval) => {}
        }
    }
}

/// Waits until the chain's time is later than `time`.
async fn until_after(clock: &mut watch::Receiver<u64>, time: u64) {
    if clock.wait_for(|now| *now > time).await.is_err() {
        // The main loop has ended and will drop this task.
        std::future::pending::<()>().await;
    }
}
