//! Cuts lines where they leave the y axis.
//! The plotting crate would draw them along its edge.

use super::Axis;

type Point = (f64, f64);

/// The parts of a line within the y axis, each up to the point where the line crosses an end of the axis.
pub fn clip(line: &[Point], axis: &Axis) -> Vec<Vec<Point>> {
    let is_inside = |point: &Point| (axis.from..=axis.to).contains(&point.1);
    let mut parts = Vec::new();
    let mut part: Vec<Point> = Vec::new();
    let mut before: Option<Point> = None;
    for &point in line {
        match (before, is_inside(&point), part.is_empty()) {
            (Some(before), true, true) => part.push(crossing(before, point, axis)),
            (Some(before), false, false) => {
                part.push(crossing(point, before, axis));
                parts.push(std::mem::take(&mut part));
            }
            (Some(before), false, true) if crosses(before, point, axis) => {
                parts.push(vec![crossing(before, point, axis), crossing(point, before, axis)]);
            }
            _ => {}
        }
        if is_inside(&point) {
            part.push(point);
        }
        before = Some(point);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// Whether the line between two points outside the axis crosses all of it.
fn crosses(a: Point, b: Point, axis: &Axis) -> bool {
    a.1.min(b.1) < axis.from && a.1.max(b.1) > axis.to
}

/// The point where the line from `outside` to `other` meets the end of the axis. Lines are straight in the axis's
/// scale.
fn crossing(outside: Point, other: Point, axis: &Axis) -> Point {
    let end = if outside.1 > axis.to { axis.to } else { axis.from };
    let [from, to, at] = [outside.1, other.1, end].map(|value| axis.place(value));
    // 0 on a logarithmic axis is infinitely far away, so the line to it is vertical.
    let part = if from.is_finite() { (at - from) / (to - from) } else { 1.0 };
    (outside.0 + part * (other.0 - outside.0), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> Axis {
        Axis::logarithmic("price", 1.0, 100.0)
    }

    #[test]
    fn a_line_within_the_axis_stays_as_it_is() {
        let line = vec![(0.0, 1.0), (1.0, 100.0), (2.0, 5.0)];
        assert_eq!(clip(&line, &axis()), [line]);
        assert!(clip(&[], &axis()).is_empty());
    }

    #[test]
    fn a_line_ends_and_begins_again_at_the_end_of_the_axis() {
        let line = [(0.0, 10.0), (1.0, 1_000.0), (2.0, 1_000.0), (3.0, 10.0)];
        assert_eq!(clip(&line, &axis()), [[(0.0, 10.0), (0.5, 100.0)], [(2.5, 100.0), (3.0, 10.0)]]);
    }

    #[test]
    fn a_line_over_the_whole_axis_is_cut_at_both_ends() {
        assert_eq!(clip(&[(0.0, 1e-1), (3.0, 1e3)], &axis()), [[(0.75, 1.0), (2.25, 100.0)]]);
        assert!(clip(&[(0.0, 1e3), (3.0, 1e4)], &axis()).is_empty());
    }

    #[test]
    fn zero_on_a_logarithmic_axis_is_infinitely_far_down() {
        assert_eq!(clip(&[(0.0, 0.0), (3.0, 10.0)], &axis()), [[(3.0, 1.0), (3.0, 10.0)]]);
    }
}
