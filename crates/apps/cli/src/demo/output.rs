//! Where the demo's results go: text and figures to standard output, pictures and data into a folder.

use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};
use weir_report::{chart::Figure, csv::Csv, output::Output as Files};

use crate::output;

/// What was written, and what is to be told.
#[derive(Debug)]
pub struct Output {
    files: Files,
    words: output::Output,
    figures: Map<String, Value>,
}

impl Output {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn into_folder(folder: &Path, words: output::Output) -> Result<Self> {
        Ok(Self { files: Files::into_folder(folder)?, words, figures: Map::new() })
    }

    /// Writes a line, or several, for people.
    ///
    /// # Errors
    /// If standard output takes no text.
    pub fn say(&self, text: &str) -> Result<()> {
        self.words.say(text)
    }

    /// Keeps figures for the document that scripts get in the end.
    pub fn figure(&mut self, name: &str, value: Value) {
        self.figures.insert(name.to_owned(), value);
    }

    /// Draws a picture as PNG and SVG.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn draw(&mut self, stem: &str, figure: &Figure) -> Result<()> {
        self.files.draw(stem, figure)
    }

    /// Writes a table of data.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&mut self, stem: &str, csv: &Csv) -> Result<()> {
        self.files.save(stem, csv)
    }

    /// Says what was written, and where.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn list_files(&mut self) -> Result<()> {
        self.figure("folder", self.files.folder().display().to_string().into());
        self.figure("files", self.files.files().into());
        self.say(&self.files.list())
    }

    /// Gives scripts all figures.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn finish(&self) -> Result<()> {
        self.words.result(&self.figures)
    }
}
