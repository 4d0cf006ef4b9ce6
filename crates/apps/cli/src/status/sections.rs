//! The table of a contract: named sections with rows of two columns.
//! Used for every kind of contract.

use weir_report::table::{Align, Table};

/// A label and its value.
pub fn row(label: &str, value: String) -> (String, String) {
    (label.to_owned(), value)
}

/// Lays out the sections under a title and an address.
pub fn sections(title: &str, address: &str, sections: Vec<(&str, Vec<(String, String)>)>) -> String {
    let mut table = Table::new([(title, Align::Left), (address, Align::Left)]);
    for (number, (section, rows)) in sections.into_iter().enumerate() {
        if number > 0 {
            table.row(Vec::new());
        }
        for (index, (label, value)) in rows.into_iter().enumerate() {
            let label = if index == 0 { format!("{section}: {label}") } else { format!("  {label}") };
            table.row(vec![label, value]);
        }
    }
    let text = table.text();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
