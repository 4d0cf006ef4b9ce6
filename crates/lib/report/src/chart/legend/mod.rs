//! Legends: their entries and sizes, in pixels at scale 1.

mod paint;
mod place;

pub use place::Place;

use super::{
    Colour, Mark, Panel, Series,
    font::{TICK_SIZE, width},
};

/// Height of a row.
pub const ROW: i32 = 22;
/// Length of a sample.
const SAMPLE: i32 = 26;
/// Gap around the legend, and between a sample and its name.
const GAP: i32 = 8;
/// Gap between entries in a row.
const COLUMN_GAP: i32 = 24;

/// A name with its sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub colour: Colour,
    pub mark: Mark,
    /// Of sample and name.
    pub width: i32,
}

/// The named series of a panel.
pub fn entries(panel: &Panel) -> Vec<Entry> {
    let named = panel.series.iter().filter(|series| !series.name.is_empty());
    named
        .map(|Series { name, colour, mark, .. }| Entry {
            name: name.clone(),
            colour: *colour,
            mark: *mark,
            // A twentieth more, as an SVG may be shown in a wider font.
            width: SAMPLE + GAP + width(name, TICK_SIZE) * 21 / 20,
        })
        .collect()
}

/// Width and height of a legend in a corner, with its frame.
fn box_size(entries: &[Entry]) -> (i32, i32) {
    let widest = entries.iter().map(|entry| entry.width).max().unwrap_or(0);
    (widest + 2 * GAP, ROW * entries.len() as i32 + GAP)
}

/// The entries in rows of at most this width.
pub fn rows(entries: Vec<Entry>, room: i32) -> Vec<Vec<Entry>> {
    let mut rows: Vec<Vec<Entry>> = Vec::new();
    for entry in entries {
        match rows.last_mut() {
            Some(row) if row_width(row) + COLUMN_GAP + entry.width <= room => row.push(entry),
            _ => rows.push(vec![entry]),
        }
    }
    rows
}

fn row_width(row: &[Entry]) -> i32 {
    places(row).last().map_or(0, |(left, entry)| left + entry.width)
}

/// The entries of a row, each with the distance from its left end.
fn places(row: &[Entry]) -> impl Iterator<Item = (i32, &Entry)> {
    row.iter().scan(0, |left, entry| {
        let place = *left;
        *left += entry.width + COLUMN_GAP;
        Some((place, entry))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::BLUE;

    #[test]
    fn rows_are_filled_up_to_the_width() {
        let entry = |width| Entry { name: String::new(), colour: BLUE, mark: Mark::Line, width };
        let widths = |room| -> Vec<i32> {
            rows([100, 100, 100].map(entry).into(), room).iter().map(|row| row_width(row)).collect()
        };
        assert_eq!(widths(1000), [348]);
        assert_eq!(widths(300), [224, 100]);
        assert_eq!(widths(10), [100, 100, 100]);
    }
}
