//! Charts as data: figures made of panels, panels made of series, and heat maps.
//! [`write`] turns them into PNG and SVG.

mod axis;
mod canvas;
mod clip;
mod draw;
mod font;
pub mod heat;
pub mod histogram;
mod layout;
mod legend;
mod paint;

pub use axis::{Axis, Scale};
pub use draw::{Picture, write};

/// A colour: red, green, blue.
pub type Colour = (u8, u8, u8);

// Chosen so that colour-blind readers tell them apart too: they also differ in lightness.
pub const BLUE: Colour = (0, 100, 170);
pub const ORANGE: Colour = (230, 140, 0);
pub const GREEN: Colour = (0, 158, 115);
pub const WINE: Colour = (110, 20, 70);
pub const GREY: Colour = (90, 90, 90);

/// Colours for series that only the legend distinguishes, in this order, repeating.
pub const COLOURS: [Colour; 4] = [BLUE, ORANGE, GREEN, WINE];

/// A picture of panels, one below the other.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Shown above all panels.
    pub title: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    pub panels: Vec<Panel>,
}

/// Two axes and the series between them. A legend shows the names of the series where it covers none of them.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Shown above the panel; may be empty.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    /// Drawn in this order, the last on top.
    pub series: Vec<Series>,
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
