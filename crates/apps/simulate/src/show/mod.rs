//! A run for people and for programs: tables, pictures, and files of everything.

pub mod files;
pub mod pictures;
pub mod text;

/// A number with so many decimals, and a dash where there is none.
pub fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

/// A part of a whole in percent, with so many decimals.
pub fn percent(part: f64, decimals: usize) -> String {
    format!("{:.decimals$} %", 100.0 * part)
}
