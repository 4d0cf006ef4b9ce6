//! The results of the demo: text and figures for standard output, pictures and data for a folder.
//! All parts of the demo write to the same results.

use std::path::Path;

use anyhow::Result;
use serde_json::{Map, Value};
use weir_report::{chart::Figure, csv::Csv, output::OutputFolder};

use crate::output::Output;

/// Files, text and figures.
#[derive(Debug)]
pub struct Results {
    files: OutputFolder,
    output: Output,
    /// The JSON document for scripts.
    figures: Map<String, Value>,
}

impl Results {
    /// Creates the folder if it does not exist.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(folder: &Path, output: Output) -> Result<Self> {
        Ok(Self { files: OutputFolder::create(folder)?, output, figures: Map::new() })
    }

    /// Prints one or more lines for people.
    ///
    /// # Errors
    /// If standard output cannot be written.
    pub fn say(&self, text: &str) -> Result<()> {
        self.output.say(text)
    }

    /// Adds figures to the document for scripts.
    pub fn figure(&mut self, name: &str, value: Value) {
        self.figures.insert(name.to_owned(), value);
    }

    /// Writes a picture as PNG and SVG.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn draw(&mut self, stem: &str, figure: &Figure) -> Result<()> {
        self.files.draw(stem, figure)
    }

    /// Writes data as CSV.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&mut self, stem: &str, csv: &Csv) -> Result<()> {
        self.files.save(stem, csv)
    }

    /// Prints the folder and its files, and adds them to the document.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn list_files(&mut self) -> Result<()> {
        self.figure("folder", self.files.path().display().to_string().into());
        self.figure("files", self.files.files().into());
        self.say(&self.files.list())
    }

    /// Prints the document for scripts.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn finish(&self) -> Result<()> {
        self.output.result(&self.figures)
    }
}
