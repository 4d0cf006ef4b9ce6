//! Where the demo's results go: text and figures to standard output, pictures and data into a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use weir_report::{
    chart::{self, Figure},
    csv::Csv,
};

use crate::output;

/// The folder, and what was written into it.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    files: Vec<String>,
    words: output::Output,
    figures: Map<String, Value>,
}

impl Output {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn into_folder(folder: &Path, words: output::Output) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| {
            format!("cannot make the folder {}, choose another with --out", folder.display())
        })?;
        Ok(Self { folder: folder.to_owned(), files: Vec::new(), words, figures: Map::new() })
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
        chart::write(figure, &self.folder, stem)?;
        self.files.push(format!("{stem}.png, {stem}.svg"));
        Ok(())
    }

    /// Writes a table of data.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&mut self, stem: &str, csv: &Csv) -> Result<()> {
        let name = format!("{stem}.csv");
        csv.write(&self.folder.join(&name))?;
        self.files.push(name);
        Ok(())
    }

    /// Says what was written, and where.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn list_files(&mut self) -> Result<()> {
        let folder = fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        self.figure("folder", folder.display().to_string().into());
        let names = self.files.iter().flat_map(|names| names.split(", "));
        let names: Vec<Value> = names.map(Value::from).collect();
        self.figure("files", names.into());
        let files: String = self.files.iter().map(|name| format!("  {name}\n")).collect();
        self.say(&format!(
            "Pictures and their data are in {}:\n{}",
            folder.display(),
            files.trim_end_matches('\n')
        ))
    }
    /// Gives scripts all figures.
    ///
    /// # Errors
    /// As [`say`](Self::say).
    pub fn finish(&self) -> Result<()> {
        self.words.result(&self.figures)
    }
}
