//! Shows a run: tables for people, pictures, and data files.

pub mod files;
pub mod pictures;
pub mod text;

/// Formats a number with this many decimals, or a dash for `None`.
pub fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.decimals$}"))
}

/// Formats a part as a percentage with this many decimals.
pub fn percent(part: f64, decimals: usize) -> String {
    format!("{:.decimals$} %", 100.0 * part)
}
