//! Paints a figure at any scale, on any backend of the plotting crate.
//! PNGs are painted larger than SVGs and shrunk afterwards.

use anyhow::{Result, anyhow};
use plotters::{
    chart::{ChartContext, SeriesLabelPosition},
    coord::{
        Shift,
        ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter},
    },
    element::DashedPathElement,
    prelude::*,
};

use super::{Axis, Colour, Corner, Figure, Mark, Panel, Picture, Series, clip::clip, tick_label};

/// Font family in an SVG; PNGs use the font registered under this name.
pub const FONT: &str = "sans-serif";

// Sizes in pixels at scale 1.
pub const TITLE_SIZE: u32 = 30;
const PANEL_TITLE_SIZE: u32 = 22;
pub const LABEL_SIZE: u32 = 20;
pub const TICK_SIZE: u32 = 17;
const MARGIN: u32 = 14;
const X_LABELS: u32 = 58;
const Y_LABELS: u32 = 76;
const TICK_MARK: u32 = 5;
const DOT: u32 = 4;
const DASH: u32 = 8;
const DASH_GAP: u32 = 5;
const LEGEND_LINE: u32 = 26;
const LEGEND_GAP: u32 = 8;
const GRID: RGBColor = RGBColor(226, 226, 226);
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
    fn format(value: &f64) -> String {
        tick_label(*value)
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
        brush.figure(area, self)
    }
}

impl Brush {
    fn figure<DB: DrawingBackend>(self, area: &DrawingArea<DB, Shift>, figure: &Figure) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        area.fill(&WHITE).map_err(to_anyhow)?;
        let below = area
            .margin(self.pixels(MARGIN), 0, 0, 0)
            .titled(&figure.title, (FONT, self.pixels(TITLE_SIZE)).into_font())
            .map_err(to_anyhow)?;
        for (area, panel) in below.split_evenly((figure.panels.len(), 1)).iter().zip(&figure.panels) {
            self.panel(area, panel)?;
        }
        area.present().map_err(to_anyhow)
    }

    fn panel<DB: DrawingBackend>(self, area: &DrawingArea<DB, Shift>, panel: &Panel) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let mut builder = ChartBuilder::on(area);
        builder
            .margin(self.pixels(MARGIN))
            .margin_right(self.pixels(2 * MARGIN))
            .x_label_area_size(self.pixels(X_LABELS))
            .y_label_area_size(self.pixels(Y_LABELS));
        if !panel.title.is_empty() {
            builder.caption(&panel.title, (FONT, self.pixels(PANEL_TITLE_SIZE)));
        }
        let mut chart = builder.build_cartesian_2d(panel.x.clone(), panel.y.clone()).map_err(to_anyhow)?;
        self.axes(&mut chart, panel)?;
        for series in &panel.series {
            self.series(&mut chart, panel, series)?;
        }
        self.legend(&mut chart, panel.legend)
    }

    fn axes<DB: DrawingBackend>(self, chart: &mut ChartContext<DB, Plane>, panel: &Panel) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        chart
            .configure_mesh()
            .x_labels(panel.x.ticks.len().max(2))
            .y_labels(panel.y.ticks.len().max(2))
            .x_desc(&panel.x.label)
            .y_desc(&panel.y.label)
            .axis_desc_style((FONT, self.pixels(LABEL_SIZE)))
            .label_style((FONT, self.pixels(TICK_SIZE)))
            .set_all_tick_mark_size(self.pixels(TICK_MARK))
            .bold_line_style(GRID.stroke_width(self.scale))
            .light_line_style(TRANSPARENT)
            .axis_style(FRAME.stroke_width(self.scale))
            .draw()
            .map_err(to_anyhow)
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
        let (dot, dash, gap) = (self.pixels(DOT), self.pixels(DASH), self.pixels(DASH_GAP));
        let pieces = series.pieces.iter().flat_map(|piece| match mark {
            Mark::Boxes => vec![piece.clone()],
            _ => clip(piece, &panel.y),
        });
        for (number, piece) in pieces.enumerate() {
            let drawn = match mark {
                Mark::Line => chart.draw_series(LineSeries::new(piece, style)),
                Mark::DottedLine => chart.draw_series(LineSeries::new(piece, style.filled()).point_size(dot)),
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
            if number == 0 && !series.name.is_empty() {
                drawn.label(series.name.clone()).legend(move |place| self.sample(place, mark, style));
            }
        }
        Ok(())
    }

    /// The sample of a series in the legend.
    fn sample<DB: DrawingBackend>(
        self,
        (x, y): (i32, i32),
        mark: Mark,
        style: ShapeStyle,
    ) -> DynElement<'static, DB, (i32, i32)> {
        let length = self.pixels(LEGEND_LINE) as i32;
        let line = [(x, y), (x + length, y)];
        match mark {
            Mark::Dots => Circle::new((x + length / 2, y), self.pixels(DOT), style.filled()).into_dyn(),
            Mark::Dashes => {
                DashedPathElement::new(line, self.pixels(DASH), self.pixels(DASH_GAP), style).into_dyn()
            }
            Mark::Boxes => {
                let half = self.pixels(DOT) as i32;
                Rectangle::new([(x, y - half), (x + length, y + half)], style.filled()).into_dyn()
            }
            Mark::Line | Mark::DottedLine => PathElement::new(line, style).into_dyn(),
        }
    }

    fn style(self, (red, green, blue): Colour, mark: Mark) -> ShapeStyle {
        let width = match mark {
            Mark::DottedLine => 3,
            Mark::Line | Mark::Dashes | Mark::Dots | Mark::Boxes => 2,
        };
        RGBColor(red, green, blue).stroke_width(self.pixels(width))
    }

    fn legend<'a, DB: DrawingBackend + 'a>(
        self,
        chart: &mut ChartContext<'a, DB, Plane>,
        corner: Corner,
    ) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let position = match corner {
            Corner::LowerLeft => SeriesLabelPosition::LowerLeft,
            Corner::LowerRight => SeriesLabelPosition::LowerRight,
            Corner::UpperLeft => SeriesLabelPosition::UpperLeft,
            Corner::UpperRight => SeriesLabelPosition::UpperRight,
            Corner::Nowhere => return Ok(()),
        };
        chart
            .configure_series_labels()
            .position(position)
            .margin(self.pixels(LEGEND_GAP))
            .legend_area_size(self.pixels(LEGEND_LINE + LEGEND_GAP))
            .label_font((FONT, self.pixels(TICK_SIZE)))
            .background_style(WHITE)
            .border_style(GRID.stroke_width(self.scale))
            .draw()
            .map_err(to_anyhow)
    }

    fn pixels(self, size: u32) -> u32 {
        self.scale * size
    }
}

/// Keeps only an error's text, because some backends' errors are not `Send`, which `anyhow` requires.
pub fn to_anyhow(error: impl std::error::Error) -> anyhow::Error {
    anyhow!("{error}")
}
