//! How a command prints: text for people to standard output, or JSON for scripts (`--json`).
//! With `--json`, the text goes to standard error.

use std::{
    fmt::Display,
    io::{Write, stderr},
};

use anyhow::{Context, Result};
use serde::Serialize;
use weir_report::output::say;

/// How a command prints.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
    /// Prints no text for people.
    is_quiet: bool,
}

impl Output {
    /// Output for scripts (`json`) or for people.
    pub const fn new(json: bool) -> Self {
        Self { json, is_quiet: false }
    }

    /// The same output without text for people.
    pub const fn quiet(self) -> Self {
        Self { is_quiet: true, ..self }
    }

    /// Whether the output is for scripts.
    pub const fn is_json(self) -> bool {
        self.json
    }

    /// Prints one or more lines for people. A closed pipe is not an error.
    ///
    /// # Errors
    /// If the text cannot be written.
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

    /// Prints progress, a warning or a question to standard error. Ignores write errors.
    pub fn note(self, text: impl Display) {
        if self.is_quiet {
            return;
        }
        let _ = writeln!(stderr().lock(), "{text}");
    }

    /// Prints a JSON document if the output is for scripts.
    ///
    /// # Errors
    /// If the document cannot be written.
    pub fn result(self, document: &impl Serialize) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(document).context("cannot encode the result as JSON")?;
        say(&text)
    }

    /// Prints a JSON document on one line, for commands that print several.
    ///
    /// # Errors
    /// If the document cannot be written.
    pub fn line(self, document: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(document).context("cannot encode the result as JSON")?;
        say(&text)
    }
}
