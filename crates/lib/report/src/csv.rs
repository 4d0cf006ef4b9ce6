//! Comma-separated values (RFC 4180), for whoever wants to draw the pictures another way.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// A file in the making.
#[derive(Clone, Debug)]
pub struct Csv {
    text: String,
}

impl Csv {
    /// A file whose first line names the columns; units belong into the names.
    pub fn new(columns: &[&str]) -> Self {
        let mut csv = Self { text: String::new() };
        csv.row(columns);
        csv
    }

    /// Adds a line.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell.as_ref())).collect();
        self.text += &cells.join(",");
        self.text.push('\n');
    }

    /// Writes the file, over one of an earlier run.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, &self.text)
            .with_context(|| format!("cannot write {}, choose another folder with --out", path.display()))
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        let mut csv = Csv::new(&["step", "what"]);
        csv.row(&["1", "d2, w"]);
        csv.row(&["2", "so \"called\""]);
        assert_eq!(csv.text, "step,what\n1,\"d2, w\"\n2,\"so \"\"called\"\"\"\n");
    }
}
