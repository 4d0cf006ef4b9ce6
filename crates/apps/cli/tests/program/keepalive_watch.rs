//! `weir keepalive --watch` and `weir bot --keep-alive`: they renew by themselves, and their metrics say when programs
//! expire.

use std::{
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use alloy::transports::http::reqwest;

use crate::{
    keepalive::{PROGRAMS, deployed},
    sandbox::Sandbox,
    watch::{Running, TIMEOUT, lines},
};

const DAY: u64 = 86_400;
const PAUSE: Duration = Duration::from_millis(50);

/// A program that serves metrics.
struct Served {
    running: Running,
    url: String,
}

impl Served {
    fn start(mut command: Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        command.args(["--metrics", &format!("127.0.0.1:{port}")]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = Running(command.spawn().unwrap());
        // A full pipe would stop the program.
        lines(running.0.stdout.take().unwrap());
        lines(running.0.stderr.take().unwrap());
        Self { running, url: format!("http://127.0.0.1:{port}/metrics") }
    }

    /// Waits until a metric has this value. The name is without `weir_keepalive_`.
    async fn reaches(&self, name: &str, value: u64) {
        let line = format!("weir_keepalive_{name} {value}");
        let start = Instant::now();
        let mut text = String::new();
        while !text.lines().any(|found| found.starts_with(&line)) {
            assert!(start.elapsed() < TIMEOUT, "no {line} in\n{text}");
            tokio::time::sleep(PAUSE).await;
            text = match reqwest::get(&self.url).await {
                Ok(response) => response.text().await.unwrap(),
                Err(_) => continue,
            };
        }
    }

    /// The times of expiry, by program.
    async fn expiries(&self) -> Vec<(String, u64)> {
        let text = reqwest::get(&self.url).await.unwrap().text().await.unwrap();
        let prefix = "weir_keepalive_program_expires_timestamp_seconds{program=\"";
        let of_line = |line: &str| {
            let (name, rest) = line.strip_prefix(prefix)?.split_once('"')?;
            let (_, expires) = rest.rsplit_once(' ')?;
            Some((name.to_owned(), expires.parse().ok()?))
        };
        let mut expiries: Vec<(String, u64)> = text.lines().filter_map(of_line).collect();
        expiries.sort();
        expiries
    }

    /// Stops it as Ctrl-C does. Returns its exit code.
    fn stop(&mut self) -> Option<i32> {
        let id = self.running.0.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().unwrap();
        self.running.0.wait().unwrap().code()
    }
}

/// All programs with the same time of expiry, in days after the chain's first block.
fn all(days: u64) -> Vec<(String, u64)> {
    let expires = Sandbox::start() + days * DAY;
    ["extension", "factory", "pair", "router", "token", "vault"]
        .map(|name| (name.to_owned(), expires))
        .to_vec()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn watch_renews_by_itself_and_its_metrics_say_when_programs_expire() {
    let sandbox = deployed().await;
    sandbox.mine_after(20 * DAY).await;
    let nonce = sandbox.nonce().await;
    let mut watch = Served::start(sandbox.command(&["keepalive", "--watch=1", "--yes"]));
    watch.reaches("checked_timestamp_seconds", Sandbox::start() + 20 * DAY).await;
    assert_eq!(watch.expiries().await, all(365));
    watch.reaches("renewals_total", 0).await;
    assert_eq!(sandbox.nonce().await, nonce);

    sandbox.mine_after(32 * DAY).await;
    watch.reaches("renewals_total", PROGRAMS).await;
    watch.reaches("checked_timestamp_seconds", Sandbox::start() + 32 * DAY).await;
    let start = Instant::now();
    while watch.expiries().await != all(32 + 365) {
        assert!(start.elapsed() < TIMEOUT, "{:?}", watch.expiries().await);
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(sandbox.nonce().await, nonce + PROGRAMS);
    assert_eq!(watch.stop(), Some(0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn watch_goes_on_after_programs_have_expired() {
    let sandbox = deployed().await;
    sandbox.mine_after(366 * DAY).await;
    let mut watch = Served::start(sandbox.command(&["keepalive", "--watch=1", "--dry-run"]));
    watch.reaches("checked_timestamp_seconds", Sandbox::start() + 366 * DAY).await;
    assert_eq!(watch.expiries().await, all(365));
    sandbox.mine_after(367 * DAY).await;
    watch.reaches("checked_timestamp_seconds", Sandbox::start() + 367 * DAY).await;
    assert_eq!(watch.stop(), Some(0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_bot_renews_on_the_side() {
    let sandbox = deployed().await;
    sandbox.mine_after(20 * DAY).await;
    let nonce = sandbox.nonce().await;
    let mut words =
        vec!["bot", "--factory", "factory", "--router", "router", "--pair", "savings", "--poll", "0.05"];
    words.extend(["--price", "usd=fixed:1", "--price", "yield=fixed:1", "--price", "ether=fixed:1"]);
    words.push("--keep-alive");
    let mut bot = Served::start(sandbox.command(&words));
    bot.reaches("checked_timestamp_seconds", Sandbox::start() + 20 * DAY).await;
    assert_eq!(bot.expiries().await, all(365));
    assert_eq!(sandbox.nonce().await, nonce);

    sandbox.mine_after(32 * DAY).await;
    bot.reaches("renewals_total", PROGRAMS).await;
    let start = Instant::now();
    while bot.expiries().await != all(32 + 365) {
        assert!(start.elapsed() < TIMEOUT, "{:?}", bot.expiries().await);
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(sandbox.nonce().await, nonce + PROGRAMS);
    assert_eq!(bot.stop(), Some(0));
}
