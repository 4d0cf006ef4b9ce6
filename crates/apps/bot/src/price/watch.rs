//! Reads each source again and again, on a task of its own: one that hangs holds up nobody.

use std::time::Duration;

use alloy::{providers::DynProvider, transports::http::reqwest::Client};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time,
};

use super::{
    Token, chainlink, document,
    source::{Kind, Reading, Source, SourceError},
    uniswap,
};

/// What a source answered.
#[derive(Clone, Debug)]
pub struct Report {
    /// The token.
    pub token: Token,
    /// The chain's time when it was asked.
    pub asked_at: u64,
    /// The answer.
    pub answer: Result<Reading, SourceError>,
}

/// How sources are read.
#[derive(Clone, Debug)]
pub struct Reader {
    /// For contracts.
    pub provider: DynProvider,
    /// For endpoints.
    pub client: Client,
    /// How often each source is read.
    pub interval: Duration,
    /// How long a source may take.
    pub patience: Duration,
}

impl Reader {
    /// Reads the sources now, every interval, and when the chain's time has moved by half of what a price of that token may
    /// be old. Ends when the tasks are dropped. `clock` is the chain's time.
    pub fn watch(
        &self,
        sources: impl IntoIterator<Item = (Token, Source, u64)>,
        clock: &watch::Receiver<u64>,
    ) -> (JoinSet<()>, mpsc::Receiver<Report>) {
        const WAITING_REPORTS: usize = 64;
        let (sender, receiver) = mpsc::channel(WAITING_REPORTS);
        let mut tasks = JoinSet::new();
        for (token, source, max_age) in sources {
            tasks.spawn(keep_reading(self.clone(), token, source, max_age, clock.clone(), sender.clone()));
        }
        (tasks, receiver)
    }

    async fn read(&self, token: Token, source: &Source, now: u64) -> Result<Reading, SourceError> {
        let asked = self.ask(token, source, now);
        time::timeout(self.patience, asked).await.unwrap_or_else(|_| {
            Err(SourceError::Silent(format!("no answer within {} s", self.patience.as_secs_f64())))
        })
    }

    async fn ask(&self, token: Token, source: &Source, now: u64) -> Result<Reading, SourceError> {
        let in_unit = |price, at| Reading { price, kind: Kind::Unit, at };
        match source {
            // What is fixed never ages.
            Source::Fixed(price) => Ok(in_unit(price.clone(), u64::MAX)),
            Source::File { path, pointer } => {
                let (path, pointer) = (path.clone(), pointer.clone());
                let read = move || document::from_file(&path, pointer.as_deref());
                let read = tokio::task::spawn_blocking(read).await;
                let (price, age) = read.map_err(|error| SourceError::Silent(error.to_string()))??;
                Ok(in_unit(price, now.saturating_sub(age)))
            }
            Source::Http { url, pointer } => {
                let price = document::from_http(&self.client, url, pointer.as_deref()).await?;
                Ok(in_unit(price, now))
            }
            Source::Chainlink(feed) => {
                let (price, at) = chainlink::read(&self.provider, *feed, now).await?;
                Ok(in_unit(price, at))
            }
            Source::Uniswap { pool, window } => {
                let (price, other) = uniswap::read(&self.provider, *pool, token, *window).await?;
                Ok(Reading { price, kind: Kind::InToken(other), at: now })
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
        let answer = reader.read(token, &source, now).await;
        let is_told = reports.send(Report { token, asked_at: now, answer }).await.is_ok();
        if !is_told || matches!(source, Source::Fixed(_)) {
            return;
        }
        tokio::select! {
            () = until_aged(&mut clock, now.saturating_add(max_age / 2)) => {}
            () = time::sleep(reader.interval) => {}
        }
    }
}

/// Waits until the chain's time is later than `time`.
async fn until_aged(clock: &mut watch::Receiver<u64>, time: u64) {
    if clock.wait_for(|now| *now > time).await.is_err() {
        // The loop that tells the time has ended, and will drop this.
        std::future::pending::<()>().await;
    }
}
