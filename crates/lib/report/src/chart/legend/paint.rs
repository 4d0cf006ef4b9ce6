//! Paints legends.

use anyhow::Result;
use plotters::{
    coord::Shift,
    element::DashedPathElement,
    prelude::*,
    style::text_anchor::{HPos, VPos},
};

use super::{Entry, GAP, Place, ROW, SAMPLE, box_size, entries, places, row_width};
use crate::chart::{
    Mark, Panel,
    canvas::Canvas,
    font::TICK_SIZE,
    paint::{Brush, DASH, DASH_GAP, DOT, GRID, TICK_DROP},
};

impl Brush {
    /// The legend above a plot, with each row in the middle.
    pub fn legend_rows<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        rows: &[Vec<Entry>],
        from: i32,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let canvas = self.canvas(area);
        for (number, row) in (0..).zip(rows) {
            let left = (canvas.size().0 - row_width(row)) / 2;
            for (place, entry) in places(row) {
                self.entry(&canvas, entry, (left + place, from + ROW * number + ROW / 2))?;
            }
        }
        Ok(())
    }

    /// The legend in a corner of the plot, one entry below the other in a frame.
    pub fn legend_box<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        panel: &Panel,
        place: Place,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let entries = entries(panel);
        if place == Place::Above || entries.is_empty() {
            return Ok(());
        }
        let canvas = self.canvas(area);
        let ((width, height), plot) = (box_size(&entries), canvas.size());
        let left = if place.is_right() { plot.0 - width - GAP } else { GAP };
        let top = if place.is_upper() { GAP } else { plot.1 - height - GAP };
        canvas.rectangle([(left, top), (left + width, top + height)], (255, 255, 255))?;
        let frame = [(left, top), (left + width, top + height)].map(|corner| canvas.place(corner));
        canvas.draw(&Rectangle::new(frame, GRID.stroke_width(self.scale)))?;
        for (number, entry) in (0..).zip(&entries) {
            self.entry(&canvas, entry, (left + GAP, top + GAP / 2 + ROW * number + ROW / 2))?;
        }
        Ok(())
    }

    /// A sample and its name. `y` is their middle.
    fn entry<DB: DrawingBackend>(self, canvas: &Canvas<DB>, entry: &Entry, (x, y): (i32, i32)) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let style = self.style(entry.colour, entry.mark);
        let line = [(x, y), (x + SAMPLE, y)].map(|point| canvas.place(point));
        let dot = Circle::new(canvas.place((x + SAMPLE / 2, y)), self.pixels(DOT), style.filled());
        match entry.mark {
            Mark::Dots => canvas.draw(&dot),
            Mark::Dashes => {
                let (dash, gap) = (self.pixels(DASH), self.pixels(DASH_GAP));
                canvas.draw(&DashedPathElement::new(line, dash, gap, style))
            }
            Mark::Boxes => canvas.rectangle([(x, y - DOT), (x + SAMPLE, y + DOT)], entry.colour),
            Mark::Line => canvas.draw(&PathElement::new(line, style)),
            Mark::DottedLine => {
                canvas.draw(&PathElement::new(line, style))?;
                canvas.draw(&dot)
            }
        }?;
        let name = (x + SAMPLE + GAP, y + TICK_DROP);
        canvas.text(&entry.name, name, TICK_SIZE, (HPos::Left, VPos::Center), BLACK)
    }
}
