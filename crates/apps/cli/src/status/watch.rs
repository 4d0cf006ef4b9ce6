//! `weir status --watch`: reads the contracts repeatedly and redraws the view in place on a terminal.
//! If the node stops answering, it shows the error and keeps trying.

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use console::Term;
use weir_units::Seconds;

use super::{
    arguments::Arguments,
    contracts::{Contracts, View},
};
use crate::{
    exit::{ErrorKind, sentence},
    output::Output,
};

/// Switches to the alternate screen and hides the cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
/// Undoes [`ENTER`].
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";
/// Begins a synchronized update, so that the terminal draws the whole frame at once.
const BEGIN_FRAME: &str = "\x1b[?2026h\x1b[H";
const END_FRAME: &str = "\x1b[J\x1b[?2026l";
const CLEAR_LINE: &str = "\x1b[K";

/// Shows the contracts every `seconds` until Ctrl-C.
///
/// # Errors
/// If a name is unknown, or the terminal cannot be written.
pub async fn run(arguments: &Arguments, seconds: u64, output: Output) -> Result<()> {
    let mut screen = Screen::open(output)?;
    let mut watch = Watch::default();
    // One listener for all rounds: a signal between two would be lost.
    let stopped = tokio::signal::ctrl_c();
    tokio::pin!(stopped);
    loop {
        let view = tokio::select! {
            view = watch.read(arguments) => view,
            stopped = &mut stopped => return stopped.context("cannot listen for Ctrl-C"),
        };
        match view {
            Ok(view) => screen.show(&view)?,
            Err(error) if ErrorKind::of(&error) == ErrorKind::Usage => return Err(error),
            Err(error) => screen.show_error(&watch.error_text(&error, seconds))?,
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
            stopped = &mut stopped => return stopped.context("cannot listen for Ctrl-C"),
        }
    }
}

/// State that is kept between views.
#[derive(Default)]
struct Watch {
    contracts: Option<Contracts>,
    /// Time of the first error since the last view.
    failing_since: Option<Instant>,
}

impl Watch {
    async fn read(&mut self, arguments: &Arguments) -> Result<View> {
        let contracts = match self.contracts.take() {
            Some(contracts) => contracts,
            None => Contracts::open(arguments).await?,
        };
        let view = contracts.read().await?;
        // After an error the contracts are found again, because the node may come back with another chain.
        self.contracts = Some(contracts);
        self.failing_since = None;
        Ok(view)
    }

    fn error_text(&mut self, error: &anyhow::Error, seconds: u64) -> String {
        let since = self.failing_since.get_or_insert_with(Instant::now).elapsed().as_secs();
        format!(
            "{} (for {}; trying again every {})",
            sentence(error),
            Seconds(since).rough(),
            Seconds(seconds)
        )
    }
}

/// Shows the views.
struct Screen {
    output: Output,
    /// The terminal to redraw; without one, views are printed one after the other.
    terminal: Option<Term>,
    last: String,
    /// What was last warned of. On a terminal it is a part of the view.
    headline: Option<String>,
}

impl Screen {
    fn open(output: Output) -> Result<Self> {
        let term = Term::stdout();
        let terminal = (!output.is_json() && term.is_term()).then_some(term);
        if terminal.is_some() {
            write(ENTER)?;
        }
        Ok(Self { output, terminal, last: String::new(), headline: None })
    }

    fn show(&mut self, view: &View) -> Result<()> {
        if self.output.is_json() {
            return self.output.line(&view.document);
        }
        self.last.clone_from(&view.text);
        let headline = view.findings.headline();
        if self.terminal.is_none() && self.headline != headline {
            self.headline.clone_from(&headline);
            self.output
                .note(headline.as_deref().unwrap_or("all programs can run again, and none expires soon"));
        }
        self.draw(headline.as_deref())
    }

    /// Shows an error above the last view.
    fn show_error(&mut self, error: &str) -> Result<()> {
        if self.terminal.is_none() {
            self.output.note(error);
            return Ok(());
        }
        self.draw(Some(error))
    }

    /// Draws the last view below this line, if there is one.
    fn draw(&self, headline: Option<&str>) -> Result<()> {
        let Some(terminal) = &self.terminal else { return self.output.say(&self.last) };
        let (rows, columns) = terminal.size();
        write(&frame(&self.last, headline, rows.into(), columns.into()))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if self.terminal.is_some() {
            let _ = write(LEAVE);
        }
    }
}

fn write(text: &str) -> Result<()> {
    let mut stdout = stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).context("cannot write to the terminal")
}

/// One frame. Each line overwrites the old one and clears its rest, so the screen does not flicker. Cuts lines that do
/// not fit the window.
fn frame(text: &str, headline: Option<&str>, rows: usize, columns: usize) -> String {
    let mut lines: Vec<&str> = headline.into_iter().chain(text.lines()).collect();
    let hidden = lines.len().saturating_sub(rows);
    let more = format!("… {} more lines: enlarge the window", hidden + 1);
    if hidden > 0 {
        lines.truncate(rows.saturating_sub(1));
        lines.push(&more);
    }
    let lines: Vec<String> = lines.iter().map(|line| line.chars().take(columns).collect()).collect();
    format!("{BEGIN_FRAME}{}{CLEAR_LINE}{END_FRAME}", lines.join(&format!("{CLEAR_LINE}\r\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(frame: &str) -> Vec<&str> {
        let inner = frame.strip_prefix(BEGIN_FRAME).unwrap().strip_suffix(END_FRAME).unwrap();
        inner.split("\r\n").map(|line| line.strip_suffix(CLEAR_LINE).unwrap()).collect()
    }

    #[test]
    fn a_frame_overwrites_lines_and_never_clears_the_screen() {
        let frame = frame("one\n\nthree", None, 24, 80);
        assert_eq!(lines(&frame), ["one", "", "three"]);
        assert!(!frame.contains("\x1b[2J"));
    }

    #[test]
    fn a_frame_fits_the_window() {
        let text = "0123456789\n".repeat(30);
        let frame = frame(&text, Some("the node is away"), 5, 8);
        assert_eq!(lines(&frame), ["the node", "01234567", "01234567", "01234567", "… 27 mor"]);
    }

    #[test]
    fn an_error_is_shown_above_the_last_view() {
        assert_eq!(lines(&frame("seen", Some("away"), 24, 80)), ["away", "seen"]);
    }
}
