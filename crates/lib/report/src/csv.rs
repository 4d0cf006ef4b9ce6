//! Comma-separated values (RFC 4180).
//! Every chart has its data as CSV, so that it can be drawn with other tools.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Collects the lines of a CSV file.
#[derive(Clone, Debug)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// Starts a file with a line of column names; a name includes the unit.
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self { text: String::new() };
        csv.row(columns);
        csv
    }

    /// Adds a line.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        let cells: Vec<String> = cells.iter().map(|cell| quote(cell.as_ref())).collect();
        self.text += &cells.join(",");
        self.text.push('\n');
    }

    /// Writes the file and replaces that of an earlier run.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, &self.text)
            .with_context(|| format!("cannot write {}: choose another folder with --out", path.display()))
    }
}

fn quote(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_commas_or_quotes_are_quoted() {
        let mut csv = Csv::new(&["step", "action"]);
        csv.row(&["1", "d2, w"]);
        csv.row(&["2", "so \"called\""]);
        assert_eq!(csv.text, "step,action\n1,\"d2, w\"\n2,\"so \"\"called\"\"\"\n");
    }
}
