//! The log on standard error: text for people, lines of JSON for programs.

use std::io::{IsTerminal, stderr};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    filter::Targets, fmt::layer, layer::SubscriberExt, registry, util::SubscriberInitExt,
};

use crate::arguments::LogLevel;

/// Starts the log, unless the program has one already. Of the crates below only warnings are shown.
pub fn start(level: LogLevel, json: bool) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let others = level.min(LevelFilter::WARN);
    let shown =
        registry().with(Targets::new().with_target(env!("CARGO_CRATE_NAME"), level).with_default(others));
    let lines = layer().with_target(false).with_writer(stderr);
    // An error means that there is a log already.
    let _ = match json {
        true => shown.with(lines.json().flatten_event(true)).try_init(),
        false => shown.with(lines.with_ansi(stderr().is_terminal())).try_init(),
    };
}
