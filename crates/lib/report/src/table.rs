//! Text tables for people.
//! Each column is as wide as its widest cell.

/// Alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Collects the rows of a table.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

const GAP: &str = "  ";

impl Table {
    /// Starts a table with these headings.
    pub fn new<const N: usize>(headings: [(&str, Align); N]) -> Self {
        Self::with_columns(headings.map(|(heading, align)| (heading.to_owned(), align)).to_vec())
    }

    /// As [`new`](Self::new), for a number of columns that is only known at run time.
    pub fn with_columns(headings: Vec<(String, Align)>) -> Self {
        let (row, columns) = headings.into_iter().unzip();
        Self { columns, rows: vec![row] }
    }

    /// Adds a row; missing cells at its end stay empty.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Formats the table: each line indented by two spaces, a rule below the headings.
    pub fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            text += &self.line(row, &widths);
            if number == 0 {
                text += &self.line(&rule, &widths);
            }
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    }

    fn line(&self, row: &[String], widths: &[usize]) -> String {
        let cells = self.columns.iter().zip(widths).enumerate().map(|(column, (align, width))| {
            let cell = row.get(column).map_or("", String::as_str);
            match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            }
        });
        let line = cells.collect::<Vec<_>>().join(GAP);
        format!("{GAP}{}\n", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new([("who", Align::Left), ("S", Align::Right)]);
        table.row(vec!["s0".into(), "32/11".into()]);
        table.row(vec!["nobody".into()]);
        assert_eq!(table.text(), "  who         S\n  ──────  ─────\n  s0      32/11\n  nobody\n");
    }
}
