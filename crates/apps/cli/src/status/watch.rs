//! `--watch`: the same again and again, redrawn in place on a terminal. A node that goes away is waited for.

use std::{
    io::{Write, stdout},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use console::Term;
use weir_units::Seconds;

use super::{
    arguments::Arguments,
    session::{Session, View},
};
use crate::{
    exit::{Kind, sentence},
    output::Output,
};

/// Another screen, which the shell's does not mix with; the cursor would only jump about on it.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";
/// A terminal that knows these draws what is between them at once.
const BEGIN_FRAME: &str = "\x1b[?2026h\x1b[H";
const END_FRAME: &str = "\x1b[J\x1b[?2026l";
const CLEAR_LINE: &str = "\x1b[K";

/// Shows it every `seconds` until Ctrl-C.
///
/// # Errors
/// If what is to be shown does not exist at all, or nothing can be written.
pub async fn run(arguments: &Arguments, seconds: u64, output: Output) -> Result<()> {
    let mut screen = Screen::open(output)?;
    let mut watch = Watch::default();
    loop {
        let looked = tokio::select! {
            looked = watch.look(arguments) => looked,
            stopped = tokio::signal::ctrl_c() => return stopped.context("cannot listen for Ctrl-C"),
        };
        match looked {
            Ok(view) => screen.show(&view)?,
            Err(error) if Kind::of(&error) == Kind::Usage => return Err(error),
            Err(error) => screen.complain(&watch.complaint(&error, seconds))?,
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
            stopped = tokio::signal::ctrl_c() => return stopped.context("cannot listen for Ctrl-C"),
        }
    }
}

/// What is known from one look to the next.
#[derive(Default)]
struct Watch {
    session: Option<Session>,
    /// Since when nothing could be read.
    silent_since: Option<Instant>,
}

impl Watch {
    async fn look(&mut self, arguments: &Arguments) -> Result<View> {
        let session = match self.session.take() {
            Some(session) => session,
            None => Session::open(arguments).await?,
        };
        let view = session.look().await?;
        // After an error everything is looked up anew: a node that comes back may be another chain.
        self.session = Some(session);
        self.silent_since = None;
        Ok(view)
    }

    fn complaint(&mut self, error: &anyhow::Error, seconds: u64) -> String {
        let since = self.silent_since.get_or_insert_with(Instant::now).elapsed().as_secs();
        format!(
            "{} (for {}; trying again every {})",
            sentence(error),
            Seconds(since).rough(),
            Seconds(seconds)
        )
    }
}

/// Where it is shown.
struct Screen {
    output: Output,
    /// A terminal that is drawn on; else views follow each other.
    terminal: Option<Term>,
    last: String,
}

impl Screen {
    fn open(output: Output) -> Result<Self> {
        let term = Term::stdout();
        let terminal = (!output.is_json() && term.is_term()).then_some(term);
        if terminal.is_some() {
            write(ENTER)?;
        }
        Ok(Self { output, terminal, last: String::new() })
    }

    fn show(&mut self, view: &View) -> Result<()> {
        if self.output.is_json() {
            return self.output.line(&view.document);
        }
        self.last.clone_from(&view.text);
        self.draw(None)
    }

    /// Says what is wrong beside what was last seen.
    fn complain(&mut self, complaint: &str) -> Result<()> {
        if self.terminal.is_none() {
            self.output.note(complaint);
            return Ok(());
        }
        self.draw(Some(complaint))
    }

    fn draw(&self, complaint: Option<&str>) -> Result<()> {
        let Some(terminal) = &self.terminal else { return self.output.say(&self.last) };
        let (rows, columns) = terminal.size();
        write(&frame(&self.last, complaint, rows.into(), columns.into()))
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

/// One whole frame: every line is written over the old one and its rest cleared, so nothing is blank in between. What does
/// not fit the window is cut.
fn frame(text: &str, complaint: Option<&str>, rows: usize, columns: usize) -> String {
    let mut lines: Vec<&str> = complaint.into_iter().chain(text.lines()).collect();
    let hidden = lines.len().saturating_sub(rows);
    let more = format!("… {} lines more: make the window higher", hidden + 1);
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
    fn a_frame_overwrites_line_by_line_and_never_clears_the_screen() {
        let frame = frame("one\n\nthree", None, 24, 80);
        assert_eq!(lines(&frame), ["one", "", "three"]);
        assert!(!frame.contains("\x1b[2J"));
    }

    #[test]
    fn a_frame_fits_the_window() {
        let text = "0123456789\n".repeat(30);
        let frame = frame(&text, Some("the node is away"), 5, 8);
        assert_eq!(lines(&frame), ["the node", "01234567", "01234567", "01234567", "… 27 lin"]);
    }

    #[test]
    fn a_complaint_stands_above_what_was_last_seen() {
        assert_eq!(lines(&frame("seen", Some("away"), 24, 80)), ["away", "seen"]);
    }
}
