//! Where words and results go: words to standard output or, with `--json`, to standard error beside one JSON document.

use std::{
    fmt::Display,
    io::{Write, stderr},
};

use anyhow::{Context, Result};
use serde::Serialize;
use weir_report::output::say;

/// How a command speaks.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    /// Words for people are left out.
    is_quiet: bool,
}

impl Output {
    /// For scripts (`json`) or for people.
    pub const fn new(json: bool) -> Self {
        Self { json, is_quiet: false }
    }

    /// The same without words: for a part of a command whose steps nobody asked about.
    pub const fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Whether a script listens.
    pub const fn is_json(self) -> bool {
        self.json
    }

    /// What people read: a line or several. Nobody listening any more is no error.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn say(self, text: impl Display) -> Result<()> {
        if self.is_quiet {
            return Ok(());
        }
        if self.json {
            self.note(text);
            return Ok(());
        }
        say(&text.to_string())
    }

    /// Progress, warnings and questions: to standard error. They are no reason to fail.
    pub fn note(self, text: impl Display) {
        if self.is_quiet {
            return;
        }
        let _ = writeln!(stderr().lock(), "{text}");
    }

    /// What scripts read; nothing for people.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn result(self, document: &impl Serialize) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(document).context("the result is no JSON")?;
        say(&text)
    }

    /// As [`result`](Self::result), on one line: for results that follow each other.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn line(self, document: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(document).context("the result is no JSON")?;
        say(&text)
    }
}
