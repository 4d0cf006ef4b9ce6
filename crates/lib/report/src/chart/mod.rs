//! Charts as data: figures made of panels, panels made of series, and heat maps.
//! [`write`] turns them into PNG and SVG.

mod clip;
mod draw;
pub mod heat;
pub mod histogram;
mod paint;

pub use draw::{Picture, write};

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);

pub const BLUE: Colour = (31, 119, 180);
pub const ORANGE: Colour = (255, 127, 14);
pub const GREEN: Colour = (44, 160, 44);
pub const RED: Colour = (214, 39, 40);
pub const GREY: Colour = (110, 110, 110);

/// Colours for lines that only the legend distinguishes, in this order, repeating.
pub const COLOURS: [Colour; 4] = [BLUE, ORANGE, GREEN, RED];

/// A picture of panels, one below the other.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Shown above all panels.
    pub title: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    pub panels: Vec<Panel>,
}

/// Two axes and the series between them.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Shown above the panel; may be empty.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub legend: Corner,
    /// Drawn in this order, the last on top.
    pub series: Vec<Series>,
}

/// Position of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    LowerLeft,
    LowerRight,
    UpperLeft,
    UpperRight,
    /// No legend, for a single series that the axis already names.
    Nowhere,
}

/// An axis. Points outside the range of a y axis are not drawn.
#[derive(Clone, Debug)]
pub struct Axis {
    /// With the unit.
    pub label: String,
    pub from: f64,
    pub to: f64,
    pub scale: Scale,
    /// Values that get a label.
    pub ticks: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// `from` and all values are above 0.
    Logarithmic,
}

/// Points with one name, colour and mark.
#[derive(Clone, Debug)]
pub struct Series {
    /// Name in the legend; an empty one is left out.
    pub name: String,
    pub colour: Colour,
    pub mark: Mark,
    /// Lines connect points within a piece, not one piece with the next.
    pub pieces: Vec<Vec<(f64, f64)>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line with a dot at each point.
    DottedLine,
    Line,
    Dashes,
    Dots,
    /// Filled rectangles: each piece is two opposite corners.
    Boxes,
}

impl Series {
    /// A series in one piece.
    pub fn new(name: impl Into<String>, colour: Colour, mark: Mark, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), colour, mark, pieces: vec![points] }
    }
}

impl Axis {
    /// A linear axis from 0, with a tick at every multiple of a round number: `ticks` of them or a few less.
    /// Leaves a little room at both ends.
    pub fn from_zero(label: impl Into<String>, to: f64, ticks: u32) -> Self {
        let step = round_step(to / f64::from(ticks.max(1)));
        let room = 0.04 * to;
        let ticks = (0..).map(|tick| f64::from(tick) * step).take_while(|tick| *tick <= to + room).collect();
        Self { label: label.into(), from: -room, to: to + room, scale: Scale::Linear, ticks }
    }

    /// A logarithmic axis with ticks at 1, 2 and 5 times the powers of ten. Both ends are above 0.
    pub fn logarithmic(label: impl Into<String>, from: f64, to: f64) -> Self {
        let (first, last) = (from.log10().floor() as i32, to.log10().ceil() as i32);
        let ticks = (first..=last)
            .flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(power)))
            .filter(|tick| (from..=to).contains(tick))
            .collect();
        Self { label: label.into(), from, to, scale: Scale::Logarithmic, ticks }
    }

    /// Position of a value on the axis: 0 at its start, 1 at its end.
    fn part(&self, value: f64) -> f64 {
        let (from, to) = (self.place(self.from), self.place(self.to));
        (self.place(value.clamp(self.from, self.to)) - from) / (to - from)
    }

    /// The value, or its logarithm.
    fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => value,
            Scale::Logarithmic => value.log10(),
        }
    }
}

/// The smallest number of the form 1, 2 or 5 times a power of ten that is at least `step`.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let digits = [1.0, 2.0, 5.0, 10.0].into_iter();
    digits.map(|digit| digit * power).find(|round| *round >= step * (1.0 - 1e-9)).unwrap_or(step)
}

/// Formats a tick: rounded to six decimals, to hide errors of binary fractions.
fn tick_label(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    if rounded == 0.0 { "0".into() } else { rounded.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_from_zero_are_round_and_reach_the_end() {
        assert_eq!(Axis::from_zero("time", 10.0, 10).ticks, (0..=10).map(f64::from).collect::<Vec<_>>());
        assert_eq!(Axis::from_zero("S", 16.0, 8).ticks, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0]);
    }

    #[test]
    fn logarithmic_ticks_are_one_two_and_five() {
        assert_eq!(Axis::logarithmic("T", 0.05, 5.0).ticks, [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]);
    }

    #[test]
    fn tick_labels_hide_rounding_errors() {
        assert_eq!(tick_label(0.1 + 0.2), "0.3");
        assert_eq!(tick_label(-0.0), "0");
        assert_eq!(tick_label(20.0), "20");
    }

    #[test]
    fn positions_are_linear_or_logarithmic() {
        let (linear, logarithmic) = (Axis::from_zero("S", 10.0, 5), Axis::logarithmic("price", 0.1, 100.0));
        assert_eq!([linear.from, 5.0, linear.to].map(|value| linear.part(value)), [0.0, 0.5, 1.0]);
        assert_eq!([0.1, 10.0, 100.0].map(|value| logarithmic.part(value)), [0.0, 2.0 / 3.0, 1.0]);
    }
}
