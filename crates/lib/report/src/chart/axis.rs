//! Axes: their range, scale, label and ticks.

/// An axis. Points outside the range of a y axis are not drawn.
#[derive(Clone, Debug)]
pub struct Axis {
    /// With the unit, and "log scale" on a logarithmic axis.
    pub label: String,
    pub from: f64,
    pub to: f64,
    pub scale: Scale,
    /// Values that get a label.
    pub ticks: Vec<f64>,
    /// Labels of the ticks; if empty, the ticks show their values.
    pub names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// `from` and all values are above 0.
    Logarithmic,
}

/// Room at both ends of a linear axis, as a fraction of its length.
const ROOM: f64 = 0.04;
/// A logarithmic axis has ticks at 1, 2 and 5 times the powers of ten over at most this many powers.
const MAX_FINE_POWERS: i32 = 4;
/// A logarithmic axis has about this many ticks if these would be fewer than [`MIN_TICKS`].
const TICKS: f64 = 6.0;
const MIN_TICKS: usize = 3;

impl Axis {
    /// A linear axis from 0, with a tick at every multiple of a round number: `ticks` of them or a few less.
    pub fn from_zero(label: impl Into<String>, to: f64, ticks: u32) -> Self {
        Self::linear(label, 0.0, to, ticks)
    }

    /// A linear axis, with a tick at every multiple of a round number: `ticks` of them or a few less.
    pub fn linear(label: impl Into<String>, from: f64, to: f64, ticks: u32) -> Self {
        let to = if to > from { to } else { from + 1.0 };
        let step = round_step((to - from) / f64::from(ticks.max(1)));
        let room = ROOM * (to - from);
        let (from, to) = (from - room, to + room);
        let ticks = multiples(step, from, to);
        Self { label: label.into(), from, to, scale: Scale::Linear, ticks, names: vec![] }
    }

    /// A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten, or at the powers alone if they are many.
    /// Both ends are above 0.
    pub fn logarithmic(label: impl Into<String>, from: f64, to: f64) -> Self {
        let (first, last) = (from.log10().floor() as i32, to.log10().ceil() as i32);
        let digits: &[f64] = if last - first <= MAX_FINE_POWERS { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let mut ticks: Vec<f64> = (first..=last)
            .flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)))
            .filter(|tick| (from..=to).contains(tick))
            .collect();
        if ticks.len() < MIN_TICKS {
            ticks = multiples(round_step((to - from) / TICKS), from, to);
        }
        Self { label: log_label(label.into()), from, to, scale: Scale::Logarithmic, ticks, names: vec![] }
    }

    /// An axis of names at equal distances: the first at 0, the next at 1.
    pub fn categories(label: impl Into<String>, names: Vec<String>) -> Self {
        let ticks: Vec<f64> = (0..names.len()).map(|name| name as f64).collect();
        let to = names.len() as f64 - 0.5;
        Self { label: label.into(), from: -0.5, to, scale: Scale::Linear, ticks, names }
    }

    /// For an axis that counts: keeps only the ticks at whole numbers.
    #[must_use]
    pub fn whole(mut self) -> Self {
        self.ticks.retain(|tick| (tick - tick.round()).abs() < 1e-9);
        self
    }

    /// The labels of all ticks.
    pub fn tick_texts(&self) -> Vec<String> {
        self.ticks.iter().map(|tick| self.tick_text(*tick)).collect()
    }

    /// The label of a tick.
    pub fn tick_text(&self, tick: f64) -> String {
        let place = self.ticks.iter().position(|other| *other == tick);
        place.and_then(|place| self.names.get(place)).cloned().unwrap_or_else(|| tick_label(tick))
    }

    /// Position of a value on the axis: 0 at its start, 1 at its end.
    pub fn part(&self, value: f64) -> f64 {
        let (from, to) = (self.place(self.from), self.place(self.to));
        (self.place(value.clamp(self.from, self.to)) - from) / (to - from)
    }

    /// The value at a position: at 0 the axis's start, at 1 its end.
    pub fn at(&self, part: f64) -> f64 {
        let (from, to) = (self.place(self.from), self.place(self.to));
        let place = from + part * (to - from);
        match self.scale {
            Scale::Linear => place,
            Scale::Logarithmic => 10_f64.powf(place),
        }
    }

    /// The value, or its logarithm.
    pub fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.log10(),
        }
    }
}

/// Adds the scale to the unit: `price (tokens)` becomes `price (tokens, log scale)`.
fn log_label(label: String) -> String {
    match label.strip_suffix(')') {
        Some(label) => format!("{label}, log scale)"),
        None => format!("{label} (log scale)"),
    }
}

/// The multiples of `step` from `from` to `to`.
pub fn multiples(step: f64, from: f64, to: f64) -> Vec<f64> {
    let slack = 1e-9 * step;
    let first = ((from - slack) / step).ceil();
    (0..).map(|tick| (first + f64::from(tick)) * step).take_while(|tick| *tick <= to + slack).collect()
}

/// The smallest number of the form 1, 2 or 5 times a power of ten that is at least `step`.
pub fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let digits = [1.0, 2.0, 5.0, 10.0].into_iter();
    digits.map(|digit| digit * power).find(|round| *round >= step * (1.0 - 1e-9)).unwrap_or(step)
}

/// Formats a tick with nine significant digits, to hide errors of binary fractions. Numbers of five or more digits are
/// grouped by thousands.
pub fn tick_label(value: f64) -> String {
    let rounded: f64 = format!("{value:.8e}").parse().unwrap_or(value);
    if rounded == 0.0 {
        return "0".into();
    }
    let text = rounded.to_string();
    let whole = text.find('.').unwrap_or(text.len());
    if rounded.abs() < 1e4 {
        return text;
    }
    let is_start = |place: usize| place > 0 && place < whole && (whole - place).is_multiple_of(3);
    let digits = text.chars().enumerate();
    digits.flat_map(|(place, digit)| is_start(place).then_some(' ').into_iter().chain([digit])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_ticks_are_round_and_reach_the_end() {
        assert_eq!(Axis::from_zero("time", 10.0, 10).ticks, (0..=10).map(f64::from).collect::<Vec<_>>());
        assert_eq!(Axis::from_zero("S", 16.0, 8).ticks, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]);
        assert_eq!(
            Axis::linear("stakers", 100.0, 110.0, 5).ticks,
            [100.0, 102.0, 104.0, 106.0, 108.0, 110.0]
        );
        assert_eq!(Axis::linear("one value", 3.0, 3.0, 2).ticks, [3.0, 3.5, 4.0]);
    }

    #[test]
    fn ticks_of_a_count_are_whole_numbers() {
        for most in [1.0, 2.0, 3.0, 7.0, 40.0] {
            let ticks = Axis::from_zero("number of stakers", most, 8).whole().ticks;
            assert!(ticks.iter().all(|tick| tick.fract() == 0.0), "{most}: {ticks:?}");
            assert!(ticks.len() > 1, "{most}: {ticks:?}");
        }
        assert_eq!(Axis::from_zero("number of stakers", 2.0, 8).whole().ticks, [0.0, 1.0, 2.0]);
    }

    #[test]
    fn logarithmic_ticks_are_one_two_and_five() {
        assert_eq!(Axis::logarithmic("T", 0.05, 5.0).ticks, [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]);
    }

    #[test]
    fn logarithmic_ticks_are_neither_crowded_nor_missing() {
        assert_eq!(Axis::logarithmic("T", 0.001, 100.0).ticks, [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]);
        assert_eq!(Axis::logarithmic("T", 2.7, 4.4).ticks, [3.0, 3.5, 4.0]);
    }

    #[test]
    fn a_logarithmic_axis_is_labelled_as_one() {
        assert_eq!(Axis::logarithmic("price (tokens)", 1.0, 10.0).label, "price (tokens, log scale)");
        assert_eq!(Axis::logarithmic("ratio", 1.0, 10.0).label, "ratio (log scale)");
        assert_eq!(Axis::from_zero("price (tokens)", 10.0, 5).label, "price (tokens)");
    }

    #[test]
    fn categories_are_labelled_by_name() {
        let axis = Axis::categories("yield", vec!["steady".into(), "bursty".into()]);
        assert_eq!((axis.tick_text(0.0), axis.tick_text(1.0)), ("steady".into(), "bursty".into()));
        assert_eq!([axis.part(0.0), axis.part(1.0)], [0.25, 0.75]);
    }

    #[test]
    fn tick_labels_hide_rounding_errors_and_group_digits() {
        assert_eq!(tick_label(0.1 + 0.2), "0.3");
        assert_eq!(tick_label(-0.0), "0");
        assert_eq!(tick_label(20.0), "20");
        assert_eq!(tick_label(1e-8), "0.00000001");
        assert_eq!([1e3, 1e4, 1_234_567.5].map(tick_label), ["1000", "10 000", "1 234 567.5"]);
    }

    #[test]
    fn positions_are_linear_or_logarithmic() {
        let (linear, logarithmic) = (Axis::from_zero("S", 10.0, 5), Axis::logarithmic("price", 0.1, 100.0));
        assert_eq!([linear.from, 5.0, linear.to].map(|value| linear.part(value)), [0.0, 0.5, 1.0]);
        assert_eq!([0.1, 10.0, 100.0].map(|value| logarithmic.part(value)), [0.0, 2.0 / 3.0, 1.0]);
        for axis in [linear, logarithmic] {
            assert!((axis.part(axis.at(0.3)) - 0.3).abs() < 1e-12);
        }
    }
}
