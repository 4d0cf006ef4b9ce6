//! Writes the results of a command: text to standard output, pictures and data to a folder.
//! The folder's list of files is printed at the end.

use std::{
    fs,
    io::{ErrorKind, Write, stdout},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    chart::{self, Picture},
    csv::Csv,
};

/// An output folder and the files written to it.
#[derive(Debug)]
pub struct OutputFolder {
    folder: PathBuf,
    files: Vec<String>,
}

impl OutputFolder {
    /// Creates the folder if it does not exist.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn create(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| {
            format!("cannot create the folder {}: choose another with --out", folder.display())
        })?;
        Ok(Self { folder: folder.to_owned(), files: Vec::new() })
    }

    /// Writes a picture as PNG and SVG.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn draw(&mut self, stem: &str, picture: &impl Picture) -> Result<()> {
        chart::write(picture, &self.folder, stem)?;
        self.files.extend([format!("{stem}.png"), format!("{stem}.svg")]);
        Ok(())
    }

    /// Writes data as CSV.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&mut self, stem: &str, csv: &Csv) -> Result<()> {
        let name = format!("{stem}.csv");
        csv.write(&self.folder.join(&name))?;
        self.files.push(name);
        Ok(())
    }

    /// Writes a text file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text)
            .with_context(|| format!("cannot write {}: choose another folder with --out", path.display()))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// Names of the files written so far, in order.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The folder as an absolute path.
    pub fn path(&self) -> PathBuf {
        fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone())
    }

    /// A sentence for people that lists the folder and its files.
    pub fn list(&self) -> String {
        format!("Pictures and their data are in {}:\n  {}", self.path().display(), self.files.join(", "))
    }
}

/// Prints one or more lines to standard output. A closed pipe, as after `| head`, is not an error.
///
/// # Errors
/// If standard output cannot be written for another reason.
pub fn say(text: &str) -> Result<()> {
    match writeln!(stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
