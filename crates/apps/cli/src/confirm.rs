//! Asks the user to confirm what a command is about to send.
//! Without a terminal nobody can answer, so that the command needs --yes.

use std::io::{IsTerminal, stdin};

use anyhow::{Context, Result};

use crate::{
    exit::{ErrorKind, Failure},
    output::Output,
};

/// Asks `question`; `verb` says in an error what is not done.
///
/// # Errors
/// If the answer is not yes, or there is no terminal to ask.
pub fn confirm(question: &str, verb: &str, output: Output) -> Result<()> {
    if !stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "there is no terminal to ask for confirmation: use --yes to {verb} without it, or --dry-run"
        ))
        .into());
    }
    output.note(format_args!("{question} [y/N]"));
    let mut answer = String::new();
    stdin().read_line(&mut answer).context("cannot read the answer")?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::new(ErrorKind::Declined, "not confirmed: nothing was sent").into())
}
