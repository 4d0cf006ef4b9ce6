//! Where the demo's results go: text to standard output, pictures and data into a folder.

use std::{
    fs,
    io::{ErrorKind, Write, stdout},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use weir_report::{
    chart::{self, Figure},
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

    /// Writes a line, or several, to standard output. Nobody listening any more is no error.
    ///
    /// # Errors
    /// If standard output takes no text.
    pub fn say(&self, text: &str) -> Result<()> {
        match writeln!(stdout().lock(), "{text}") {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(error).context("cannot write to standard output")
            }
            _ => Ok(()),
        }
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
    pub fn list_files(&self) -> Result<()> {
        let folder = fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        let files: String = self.files.iter().map(|name| format!("  {name}\n")).collect();
        self.say(&format!(
            "Pictures and their data are in {}:\n{}",
            folder.display(),
            files.trim_end_matches('\n')
        ))
    }
}
