//! A drawing area of the plotting crate with coordinates in pixels at scale 1.

use anyhow::{Result, anyhow};
use plotters::{
    coord::Shift,
    element::{Drawable, PointCollection},
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::{Colour, font::FONT};

/// Anchor of a text: its middle.
pub const CENTER: (HPos, VPos) = (HPos::Center, VPos::Center);

/// A drawing area, and the factor from pixels at scale 1 to its pixels.
pub struct Canvas<'a, DB: DrawingBackend> {
    pub area: &'a DrawingArea<DB, Shift>,
    pub scale: u32,
}

impl<DB: DrawingBackend> Canvas<'_, DB>
where
    DB::ErrorType: 'static,
{
    /// Width and height.
    pub fn size(&self) -> (i32, i32) {
        let (width, height) = self.area.dim_in_pixel();
        ((width / self.scale) as i32, (height / self.scale) as i32)
    }

    /// Draws an element whose coordinates are those of the drawing area.
    pub fn draw<'e, E>(&self, element: &'e E) -> Result<()>
    where
        E: Drawable<DB>,
        &'e E: PointCollection<'e, (i32, i32)>,
    {
        self.area.draw(element).map_err(to_anyhow)
    }

    /// Draws a filled rectangle between two corners.
    pub fn rectangle(&self, corners: [(i32, i32); 2], (red, green, blue): Colour) -> Result<()> {
        let corners = corners.map(|corner| self.place(corner));
        self.draw(&Rectangle::new(corners, RGBColor(red, green, blue).filled()))
    }

    pub fn text(
        &self,
        text: &str,
        at: (i32, i32),
        size: u32,
        (horizontal, vertical): (HPos, VPos),
        colour: RGBColor,
    ) -> Result<()> {
        let font = (FONT, size * self.scale).into_font();
        let style = font.color(&colour).pos(Pos::new(horizontal, vertical));
        self.draw(&Text::new(text.to_owned(), self.place(at), style))
    }

    /// Draws a text that is read from the bottom to the top, with its upper edge at `at.0`.
    pub fn vertical_text(&self, text: &str, at: (i32, i32), size: u32) -> Result<()> {
        let font = (FONT, size * self.scale).into_font().transform(FontTransform::Rotate270);
        let style = font.color(&BLACK).pos(Pos::new(HPos::Center, VPos::Top));
        self.draw(&Text::new(text.to_owned(), self.place(at), style))
    }

    /// The drawing area's coordinates of a point.
    pub fn place(&self, (x, y): (i32, i32)) -> (i32, i32) {
        (x * self.scale as i32, y * self.scale as i32)
    }
}

/// Keeps only an error's text, because some backends' errors are not `Send`, which `anyhow` requires.
pub fn to_anyhow(error: impl std::error::Error) -> anyhow::Error {
    anyhow!("{error}")
}
