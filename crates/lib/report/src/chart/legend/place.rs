//! Where a figure's legends stand: in a corner where they cover nothing, or above the plots.

use super::{GAP, box_size, entries};
use crate::chart::{Axis, Mark, Panel, Series, clip::clip};

/// Where all legends of a figure stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    UpperRight,
    UpperLeft,
    LowerRight,
    LowerLeft,
    /// In rows between the panel's title and its plot.
    Above,
}

impl Place {
    const CORNERS: [Self; 4] = [Self::UpperRight, Self::UpperLeft, Self::LowerRight, Self::LowerLeft];

    /// The first corner where no legend covers a part of a series, in plots of this size; above them if none is.
    pub fn of(panels: &[Panel], plot: impl Fn(&Panel) -> (i32, i32)) -> Self {
        let is_free = |corner: &Self| panels.iter().all(|panel| corner.is_free(panel, plot(panel)));
        Self::CORNERS.into_iter().find(is_free).unwrap_or(Self::Above)
    }

    pub fn is_right(self) -> bool {
        matches!(self, Self::UpperRight | Self::LowerRight)
    }

    pub fn is_upper(self) -> bool {
        matches!(self, Self::UpperRight | Self::UpperLeft)
    }

    /// Whether the panel's legend, with a gap around it, covers nothing in this corner.
    fn is_free(self, panel: &Panel, plot: (i32, i32)) -> bool {
        let entries = entries(panel);
        if entries.is_empty() {
            return true;
        }
        let (width, height) = box_size(&entries);
        let range = |axis: &Axis, size: i32, length: i32, at_end: bool| {
            let part = f64::from(size + 2 * GAP) / f64::from(length);
            let (from, to) = if at_end { (1.0 - part, 1.0) } else { (0.0, part) };
            (part <= 1.0).then(|| (axis.at(from), axis.at(to)))
        };
        let columns = range(&panel.x, width, plot.0, self.is_right());
        let rows = range(&panel.y, height, plot.1, self.is_upper());
        columns.zip(rows).is_some_and(|(columns, rows)| {
            let rows = Axis { from: rows.0, to: rows.1, ..panel.y.clone() };
            !panel.series.iter().any(|series| touches(series, columns, &rows))
        })
    }
}

/// Whether a part of the series is within these columns and rows.
fn touches(series: &Series, columns: (f64, f64), rows: &Axis) -> bool {
    let overlaps = |piece: &[(f64, f64)], value: fn(&(f64, f64)) -> f64, (from, to): (f64, f64)| {
        let least = piece.iter().map(value).fold(f64::INFINITY, f64::min);
        let most = piece.iter().map(value).fold(f64::NEG_INFINITY, f64::max);
        least <= to && most >= from
    };
    series.pieces.iter().any(|piece| match series.mark {
        Mark::Boxes => {
            overlaps(piece, |point| point.0, columns)
                && overlaps(piece, |point| point.1, (rows.from, rows.to))
        }
        // A part of a line within the rows has no gap, so it touches all columns between its ends.
        _ => clip(piece, rows).iter().any(|part| overlaps(part, |point| point.0, columns)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::BLUE;

    const PLOT: (i32, i32) = (1000, 400);

    fn panel(mark: Mark, points: &[(f64, f64)]) -> Panel {
        Panel {
            title: String::new(),
            x: Axis::from_zero("time (s)", 10.0, 5),
            y: Axis::logarithmic("price (tokens)", 1.0, 100.0),
            series: vec![Series::new("price", BLUE, mark, points.to_vec())],
        }
    }

    fn place(panels: &[Panel]) -> Place {
        Place::of(panels, |_| PLOT)
    }

    #[test]
    fn the_legend_stands_in_a_free_corner() {
        let falling = panel(Mark::Line, &[(0.0, 100.0), (10.0, 1.0)]);
        let rising = panel(Mark::Line, &[(0.0, 1.0), (10.0, 100.0)]);
        let upper = panel(Mark::Line, &[(0.0, 90.0), (10.0, 90.0)]);
        assert_eq!(place(std::slice::from_ref(&falling)), Place::UpperRight);
        assert_eq!(place(std::slice::from_ref(&rising)), Place::UpperLeft);
        assert_eq!(place(std::slice::from_ref(&upper)), Place::LowerRight);
    }

    #[test]
    fn without_a_free_corner_the_legend_stands_above() {
        let full = panel(Mark::Line, &[(0.0, 1.0), (0.1, 99.0), (9.9, 99.0), (10.0, 1.0)]);
        assert_eq!(place(&[full]), Place::Above);
        let upper = panel(Mark::Line, &[(0.0, 90.0), (10.0, 90.0)]);
        let lower = panel(Mark::Line, &[(0.0, 1.5), (10.0, 1.5)]);
        assert_eq!(place(&[upper, lower]), Place::Above);
    }

    #[test]
    fn a_line_between_two_distant_points_and_the_inside_of_a_bar_count() {
        let steep = panel(Mark::Line, &[(9.7, 1e-3), (9.8, 1e5)]);
        assert_eq!(place(&[steep]), Place::UpperLeft);
        let bar = panel(Mark::Boxes, &[(5.0, 0.0), (10.0, 100.0)]);
        assert_eq!(place(&[bar]), Place::UpperLeft);
    }

    #[test]
    fn a_panel_without_names_has_no_legend_and_covers_nothing() {
        let mut full = panel(Mark::Line, &[(0.0, 1.0), (0.1, 99.0), (9.9, 99.0), (10.0, 1.0)]);
        full.series[0].name.clear();
        assert!(entries(&full).is_empty());
        assert_eq!(place(&[full]), Place::UpperRight);
    }
}
