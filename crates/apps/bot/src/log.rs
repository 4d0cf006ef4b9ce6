//! The log on standard error, as text or JSON lines.
//! The other crates log only warnings and errors.

use std::io::{IsTerminal, stderr};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    filter::Targets, fmt::layer, layer::SubscriberExt, registry, util::SubscriberInitExt,
};

use crate::arguments::LogLevel;

/// Installs the log, unless the program has installed one.
pub fn start(level: LogLevel, json: bool) {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let others = level.min(LevelFilter::WARN);
    let registry =
        registry().with(Targets::new().with_target(env!("CARGO_CRATE_NAME"), level).with_default(others));
    let lines = layer().with_target(false).with_writer(stderr);
    // An error means that a log is installed already.
    let _ = match json {
        true => registry.with(lines.json().flatten_event(true)).try_init(),
        false => registry.with(lines.with_ansi(stderr().is_terminal())).try_init(),
    };
}
