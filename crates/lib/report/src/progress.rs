//! Shows progress of long work on standard error.
//! A terminal gets a bar, anything else a few lines.

use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Most lines per stage without a terminal, not counting its first and last.
const MAX_LINES: u64 = 5;
const NAME_WIDTH: usize = 34;
const TICK: Duration = Duration::from_millis(100);

/// One stage of the work, with a known number of steps.
#[derive(Debug)]
pub struct Progress {
    name: String,
    total: u64,
    done: u64,
    start: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Begins a stage of `total` steps.
    pub fn begin(name: impl Into<String>, total: u64) -> Self {
        let name = name.into();
        let bar = stderr().is_terminal().then(|| bar(&name, total));
        if bar.is_none() {
            line(format_args!("{name} …"));
        }
        Self { name, total, done: 0, start: Instant::now(), bar }
    }

    /// Counts one step as done.
    pub fn step(&mut self) {
        self.done += 1;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.is_line_due() => {
                line(format_args!("{} … {} of {}", self.name, self.done, self.total))
            }
            None => {}
        }
    }

    /// Ends the stage, prints and returns the time it took.
    pub fn end(self) -> Duration {
        let took = self.start.elapsed();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        line(format_args!("{:<NAME_WIDTH$} {:>6.2} s", self.name, took.as_secs_f64()));
        took
    }

    fn is_line_due(&self) -> bool {
        let part = |done: u64| done * (MAX_LINES + 1) / self.total.max(1);
        self.done < self.total && part(self.done) > part(self.done - 1)
    }
}

/// Ignores write errors: a closed standard error must not stop the work.
fn line(text: std::fmt::Arguments) {
    let _ = writeln!(stderr(), "{text}");
}

fn bar(name: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let template = format!("{{prefix:<{NAME_WIDTH}}} [{{bar:40}}] {{pos}}/{{len}} {{elapsed}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.set_prefix(name.to_owned());
    bar.enable_steady_tick(TICK);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_without_a_terminal_writes_few_lines() {
        for total in [1, 3, 6, 10, 50, 1000] {
            let mut stage =
                Progress { name: "test".into(), total, done: 0, start: Instant::now(), bar: None };
            let mut lines = 0;
            for _ in 0..total {
                stage.done += 1;
                lines += u64::from(stage.is_line_due());
            }
            assert!(lines <= MAX_LINES, "{lines} lines for {total} steps");
        }
    }
}
