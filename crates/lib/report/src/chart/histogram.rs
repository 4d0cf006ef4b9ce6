//! Histograms: how many figures fall into each range.
//! Groups are stacked.

use super::{Colour, Mark, Series};

/// A group of figures.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub colour: Colour,
    /// At least 0 each.
    pub figures: Vec<f64>,
}

/// The groups as stacked bars over ranges of equal width that start at 0.
#[derive(Clone, Debug)]
pub struct Histogram {
    pub series: Vec<Series>,
    /// End of the last range.
    pub widest: f64,
    /// Height of the highest stack.
    pub highest: f64,
}

/// Gap between two bars, as a fraction of a range's width.
const GAP: f64 = 0.08;

impl Histogram {
    /// Builds a histogram of about `ranges` ranges: their width is a round number.
    pub fn new(groups: &[Group], ranges: u32) -> Self {
        let largest = groups.iter().flat_map(|group| &group.figures).copied().fold(0.0, f64::max);
        let width =
            if largest > 0.0 { super::axis::round_step(largest / f64::from(ranges.max(1))) } else { 1.0 };
        let count = (largest / width) as usize + 1;
        let mut stacks = vec![0_u32; count];
        let series = groups.iter().map(|group| bars(group, width, &mut stacks)).collect();
        let highest = stacks.into_iter().max().unwrap_or(0);
        Self { series, widest: width * count as f64, highest: f64::from(highest) }
    }
}

/// The bars of a group on top of the stacks so far, which it raises.
fn bars(group: &Group, width: f64, stacks: &mut [u32]) -> Series {
    let mut counts = vec![0_u32; stacks.len()];
    for figure in &group.figures {
        let range = (figure / width) as usize;
        counts[range.min(stacks.len() - 1)] += 1;
    }
    let mut pieces = Vec::new();
    for (range, (count, stack)) in
        (0_u32..).zip(counts.into_iter().zip(stacks)).filter(|(_, (count, _))| *count > 0)
    {
        let (left, right) =
            ((f64::from(range) + GAP / 2.0) * width, (f64::from(range + 1) - GAP / 2.0) * width);
        pieces.push(vec![(left, f64::from(*stack)), (right, f64::from(*stack + count))]);
        *stack += count;
    }
    Series { name: group.name.clone(), colour: group.colour, mark: Mark::Boxes, pieces }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{BLUE, WINE};

    #[test]
    fn bars_stand_on_the_bars_of_earlier_groups() {
        let group =
            |colour, figures: &[f64]| Group { name: String::new(), colour, figures: figures.to_vec() };
        let histogram = Histogram::new(&[group(BLUE, &[0.0, 0.5, 3.0]), group(WINE, &[0.9, 10.0])], 10);
        assert_eq!((histogram.widest, histogram.highest), (11.0, 3.0));
        let heights = |series: &Series| -> Vec<(f64, f64)> {
            series.pieces.iter().map(|corners| (corners[0].1, corners[1].1)).collect()
        };
        assert_eq!(heights(&histogram.series[0]), [(0.0, 2.0), (0.0, 1.0)]);
        assert_eq!(heights(&histogram.series[1]), [(2.0, 3.0), (0.0, 1.0)]);
    }

    #[test]
    fn a_histogram_without_figures_has_no_bars() {
        assert_eq!(Histogram::new(&[], 10).highest, 0.0);
    }
}
