//! Paints a figure at any scale, on any backend of the plotting crate.
//! PNGs are painted larger than SVGs and shrunk afterwards.

use anyhow::Result;
use plotters::{
    chart::ChartContext,
    coord::{
        Shift,
        ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    },
    prelude::*,
    style::text_anchor::{HPos, VPos},
};

use super::{
    Axis, Colour, Figure, Mark, Panel, Picture, Series,
    canvas::{CENTER, Canvas, to_anyhow},
    clip::clip,
    font::{FONT, LABEL_SIZE, PANEL_TITLE_SIZE, TICK_SIZE, TITLE_SIZE, fitting},
    layout::{Layout, MARGIN, PANEL_TITLE, RIGHT_MARGIN, TICK_MARK, TITLE, TOP_MARGIN, X_LABELS},
};

// Sizes in pixels at scale 1.
pub const DOT: i32 = 4;
pub const DASH: i32 = 8;
pub const DASH_GAP: i32 = 5;
/// The plotting crate centres text a little too high.
pub const TICK_DROP: i32 = 2;
pub const GRID: RGBColor = RGBColor(226, 226, 226);
const FRAME: RGBColor = RGBColor(90, 90, 90);

type Plane = Cartesian2d<Axis, Axis>;

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        first + (self.part(*value) * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, value: &f64) -> String {
        self.tick_text(*value)
    }
}

/// Paints at a scale: 2 makes everything twice as large.
#[derive(Clone, Copy, Debug)]
pub struct Brush {
    pub scale: u32,
}

impl Picture for Figure {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn paint<DB: DrawingBackend>(&self, brush: Brush, area: &DrawingArea<DB, Shift>) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        area.fill(&WHITE).map_err(to_anyhow)?;
        let layout = Layout::of(self);
        let (title, panels) = area.split_vertically(brush.pixels(TITLE));
        let size = fitting(&self.title, TITLE_SIZE, self.size.0 as i32 - 2 * MARGIN);
        brush.heading(&title, &self.title, TITLE / 2 + TICK_DROP, size)?;
        for (area, panel) in panels.split_evenly((self.panels.len(), 1)).iter().zip(&self.panels) {
            brush.panel(area, panel, &layout)?;
        }
        area.present().map_err(to_anyhow)
    }
}

impl Brush {
    fn panel<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        panel: &Panel,
        layout: &Layout,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let (heading, plot) = area.split_vertically(self.pixels(layout.heading(panel)));
        let mut below = TOP_MARGIN;
        if !panel.title.is_empty() {
            self.heading(&heading, &panel.title, below + PANEL_TITLE / 2, PANEL_TITLE_SIZE)?;
            below += PANEL_TITLE;
        }
        self.legend_rows(&heading, &layout.rows_above(panel), below)?;

        let mut chart = ChartBuilder::on(&plot)
            .margin(self.pixels(MARGIN))
            .margin_top(self.pixels(TOP_MARGIN))
            .margin_right(self.pixels(RIGHT_MARGIN))
            .x_label_area_size(self.pixels(X_LABELS))
            .y_label_area_size(self.pixels(layout.y_labels))
            .build_cartesian_2d(layout.x_axis(panel), panel.y.clone())
            .map_err(to_anyhow)?;
        self.axes(&mut chart, panel)?;
        self.axis_labels(&plot, panel, layout.plot(panel))?;
        for series in &panel.series {
            self.series(&mut chart, panel, series)?;
        }
        self.legend_box(&chart.plotting_area().strip_coord_spec(), panel, layout.legend)
    }

    /// A title, with its middle at `y`.
    fn heading<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        title: &str,
        y: i32,
        size: u32,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let canvas = self.canvas(area);
        canvas.text(title, (canvas.size().0 / 2, y), size, CENTER, BLACK)
    }

    fn axes<DB: DrawingBackend>(self, chart: &mut ChartContext<DB, Plane>, panel: &Panel) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        chart
            .configure_mesh()
            .x_labels(panel.x.ticks.len().max(2))
            .y_labels(panel.y.ticks.len().max(2))
            .y_label_offset(self.pixels(TICK_DROP))
            .label_style((FONT, self.scale * TICK_SIZE))
            .set_all_tick_mark_size(self.pixels(TICK_MARK))
            .bold_line_style(GRID.stroke_width(self.scale))
            .light_line_style(TRANSPARENT)
            .axis_style(FRAME.stroke_width(self.scale))
            .draw()
            .map_err(to_anyhow)
    }

    /// The labels of both axes, each in the middle of its axis and shrunk to its length.
    fn axis_labels<DB: DrawingBackend>(
        self,
        area: &DrawingArea<DB, Shift>,
        panel: &Panel,
        (width, height): (i32, i32),
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let canvas = self.canvas(area);
        let (right, bottom) = canvas.size();
        let [x, y] = [(&panel.x, width), (&panel.y, height)]
            .map(|(axis, room)| (&axis.label, fitting(&axis.label, LABEL_SIZE, room)));
        let at = (right - RIGHT_MARGIN - width / 2, bottom - MARGIN);
        canvas.text(x.0, at, x.1, (HPos::Center, VPos::Bottom), BLACK)?;
        canvas.vertical_text(y.0, (MARGIN, TOP_MARGIN + height / 2), y.1)
    }

    fn series<'a, DB: DrawingBackend + 'a>(
        self,
        chart: &mut ChartContext<'a, DB, Plane>,
        panel: &Panel,
        series: &Series,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let (mark, style) = (series.mark, self.style(series.colour, series.mark));
        let [dot, dash, gap] = [DOT, DASH, DASH_GAP].map(|size| self.pixels(size));
        let pieces = series.pieces.iter().flat_map(|piece| match mark {
            Mark::Boxes => vec![piece.clone()],
            _ => clip(piece, &panel.y),
        });
        for piece in pieces {
            match mark {
                Mark::Line => chart.draw_series(LineSeries::new(piece, style)),
                Mark::DottedLine => {
                    chart.draw_series(LineSeries::new(piece, style.filled()).point_size(dot as u32))
                }
                Mark::Dashes => chart.draw_series(DashedLineSeries::new(piece, dash, gap, style)),
                Mark::Dots => {
                    let dots = piece.into_iter().map(|point| Circle::new(point, dot, style.filled()));
                    chart.draw_series(dots)
                }
                Mark::Boxes => {
                    let corners = piece.first().copied().zip(piece.last().copied());
                    let boxes = corners.map(|(first, last)| Rectangle::new([first, last], style.filled()));
                    chart.draw_series(boxes)
                }
            }
            .map_err(to_anyhow)?;
        }
        Ok(())
    }

    /// The style of a series.
    pub fn style(self, (red, green, blue): Colour, mark: Mark) -> ShapeStyle {
        let width = match mark {
            Mark::DottedLine => 3,
            Mark::Line | Mark::Dashes | Mark::Dots | Mark::Boxes => 2,
        };
        RGBColor(red, green, blue).stroke_width(self.scale * width)
    }

    pub fn canvas<DB: DrawingBackend>(self, area: &DrawingArea<DB, Shift>) -> Canvas<'_, DB> {
        Canvas { area, scale: self.scale }
    }

    pub fn pixels(self, size: i32) -> i32 {
        self.scale as i32 * size
    }
}
