//! The tables of `weir status`: sections with rows of two columns.
//! Every kind of contract is shown by them.

use weir_report::table::{Align, Table};

/// A label and its value.
pub fn row(what: &str, value: String) -> (String, String) {
    (what.to_owned(), value)
}

/// Rows of two columns under the name of each section.
pub fn sections(title: &str, address: &str, sections: Vec<(&str, Vec<(String, String)>)>) -> String {
    let mut table = Table::new([(title, Align::Left), (address, Align::Left)]);
    for (number, (section, rows)) in sections.into_iter().enumerate() {
        if number > 0 {
            table.row(Vec::new());
        }
        for (place, (what, value)) in rows.into_iter().enumerate() {
            let what = if place == 0 { format!("{section}: {what}") } else { format!("  {what}") };
            table.row(vec![what, value]);
        }
    }
    let text = table.text();
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}
