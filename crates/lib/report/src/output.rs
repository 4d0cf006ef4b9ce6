//! Where a command's results go: text to standard output, pictures and data into a folder.

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

/// The folder, and what was written into it.
#[derive(Debug)]
pub struct Output {
    folder: PathBuf,
    files: Vec<String>,
}

impl Output {
    /// Makes the folder if it is not there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn into_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| {
            format!("cannot make the folder {}, choose another with --out", folder.display())
        })?;
        Ok(Self { folder: folder.to_owned(), files: Vec::new() })
    }

    /// Draws a picture as PNG and SVG.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn draw(&mut self, stem: &str, picture: &impl Picture) -> Result<()> {
        chart::write(picture, &self.folder, stem)?;
        self.files.extend([format!("{stem}.png"), format!("{stem}.svg")]);
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

    /// Writes a text as it is.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, name: &str, text: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::write(&path, text)
            .with_context(|| format!("cannot write {}, choose another folder with --out", path.display()))?;
        self.files.push(name.to_owned());
        Ok(())
    }

    /// What was written, in order.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The folder, from the root on.
    pub fn folder(&self) -> PathBuf {
        fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone())
    }

    /// What was written, and where, for people.
    pub fn list(&self) -> String {
        format!("Pictures and their data are in {}:\n  {}", self.folder().display(), self.files.join(", "))
    }
}

/// Writes a line, or several, to standard output. Nobody listening any more is no error.
///
/// # Errors
/// If standard output takes no text.
pub fn say(text: &str) -> Result<()> {
    match writeln!(stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        _ => Ok(()),
    }
}
