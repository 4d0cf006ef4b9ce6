//! Heat maps: one figure for each pair of two settings, as a colour and as digits.
//! A colour scale stands beside the grid.

use anyhow::Result;
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, VPos},
};

use super::{
    Colour,
    axis::{multiples, round_step, tick_label},
    canvas::{CENTER, Canvas, to_anyhow},
    draw::Picture,
    font::{LABEL_SIZE, TICK_SIZE, TITLE_SIZE, fitting, widest},
    paint::Brush,
};

/// A heat map.
#[derive(Clone, Debug)]
pub struct HeatMap {
    pub title: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    pub x: Categories,
    pub y: Categories,
    /// Label of the colour scale, with the unit.
    pub label: String,
    /// Rows from bottom to top, cells from left to right; `None` where there is no figure.
    pub cells: Vec<Vec<Option<f64>>>,
}

/// An axis of names at equal distances.
#[derive(Clone, Debug)]
pub struct Categories {
    /// Label of the axis, with the unit.
    pub label: String,
    pub names: Vec<String>,
}

/// Colours of the scale, from the smallest figure to the largest.
const COLOURS: [Colour; 3] = [(238, 245, 252), (66, 146, 198), (8, 48, 107)];
const MISSING: Colour = (225, 225, 225);

// Sizes in pixels at scale 1.
const TOP: i32 = 62;
const RIGHT: i32 = 150;
const BOTTOM: i32 = 78;
const GAP: i32 = 8;
const SCALE_GAP: i32 = 28;
const SCALE_WIDTH: i32 = 22;
const SCALE_STEPS: i32 = 64;
/// Most ticks of the colour scale.
const SCALE_TICKS: f64 = 8.0;
/// Smaller cells have no digits.
const MIN_CELL: (i32, i32) = (46, 22);
/// Cells above this position of the scale are dark: their digits are white.
const DARK: f64 = 0.6;

impl Picture for HeatMap {
    fn size(&self) -> (u32, u32) {
        self.size
    }

    fn paint<DB: DrawingBackend>(&self, brush: Brush, area: &DrawingArea<DB, Shift>) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        area.fill(&WHITE).map_err(to_anyhow)?;
        let canvas = brush.canvas(area);
        let grid = Grid::of(self);
        self.cells(&canvas, &grid)?;
        self.axes(&canvas, &grid)?;
        self.scale(&canvas, &grid)?;
        let width = self.size.0 as i32;
        let size = fitting(&self.title, TITLE_SIZE, width - 4 * GAP);
        canvas.text(&self.title, (width / 2, TOP / 2), size, CENTER, BLACK)?;
        area.present().map_err(to_anyhow)
    }
}

/// Position of the cells, in pixels at scale 1, and the range of the figures.
struct Grid {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
    columns: i32,
    rows: i32,
    min: f64,
    max: f64,
}

impl Grid {
    fn of(map: &HeatMap) -> Self {
        let figures = || map.cells.iter().flatten().flatten().copied();
        let (width, height) = (map.size.0 as i32, map.size.1 as i32);
        Self {
            left: 4 * GAP + LABEL_SIZE as i32 + widest(&map.y.names, TICK_SIZE),
            top: TOP,
            right: width - RIGHT,
            bottom: height - BOTTOM,
            columns: map.x.names.len().max(1) as i32,
            rows: map.y.names.len().max(1) as i32,
            min: figures().fold(f64::INFINITY, f64::min),
            max: figures().fold(f64::NEG_INFINITY, f64::max),
        }
    }

    /// Upper left and lower right corner of a cell.
    fn cell(&self, column: i32, row: i32) -> [(i32, i32); 2] {
        let x = |column: i32| self.left + (self.right - self.left) * column / self.columns;
        let y = |row: i32| self.bottom - (self.bottom - self.top) * row / self.rows;
        [(x(column), y(row + 1)), (x(column + 1), y(row))]
    }

    fn middle(&self, column: i32, row: i32) -> (i32, i32) {
        let [(left, top), (right, bottom)] = self.cell(column, row);
        ((left + right) / 2, (top + bottom) / 2)
    }

    /// 0 for the smallest figure, 1 for the largest.
    fn part(&self, value: f64) -> f64 {
        if self.max > self.min { (value - self.min) / (self.max - self.min) } else { 0.5 }
    }

    /// Round figures within the range, or the only figure.
    fn scale_ticks(&self) -> Vec<(f64, String)> {
        if self.max > self.min {
            let ticks = multiples(round_step((self.max - self.min) / SCALE_TICKS), self.min, self.max);
            ticks.into_iter().map(|tick| (tick, tick_label(tick))).collect()
        } else {
            vec![(self.min, rounded(self.min, 0.0))]
        }
    }

    fn has_room_for_digits(&self) -> bool {
        let [(left, top), (right, bottom)] = self.cell(0, 0);
        right - left >= MIN_CELL.0 && bottom - top >= MIN_CELL.1
    }
}

impl HeatMap {
    fn cells<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, grid: &Grid) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let digits = grid.has_room_for_digits();
        for (row, cells) in (0..).zip(&self.cells) {
            for (column, figure) in (0..).zip(cells) {
                let part = figure.map(|figure| grid.part(figure));
                canvas.rectangle(grid.cell(column, row), part.map_or(MISSING, colour))?;
                if digits {
                    let text = figure.map_or("–".to_owned(), |figure| rounded(figure, grid.max - grid.min));
                    let ink = if part.is_some_and(|part| part > DARK) { WHITE } else { BLACK };
                    canvas.text(&text, grid.middle(column, row), TICK_SIZE, CENTER, ink)?;
                }
            }
        }
        Ok(())
    }

    fn axes<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, grid: &Grid) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let room = (grid.right - grid.left) / grid.columns;
        let every = (widest(&self.x.names, TICK_SIZE) + GAP) / room.max(1) + 1;
        for (column, name) in (0..).zip(&self.x.names).filter(|(column, _)| column % every == 0) {
            let at = (grid.middle(column, 0).0, grid.bottom + GAP);
            canvas.text(name, at, TICK_SIZE, (HPos::Center, VPos::Top), BLACK)?;
        }
        for (row, name) in (0..).zip(&self.y.names) {
            let at = (grid.left - GAP, grid.middle(0, row).1);
            canvas.text(name, at, TICK_SIZE, (HPos::Right, VPos::Center), BLACK)?;
        }
        let (across, up) = ((grid.left + grid.right) / 2, (grid.top + grid.bottom) / 2);
        let below = grid.bottom + BOTTOM - 2 * GAP;
        canvas.text(&self.x.label, (across, below), LABEL_SIZE, (HPos::Center, VPos::Bottom), BLACK)?;
        canvas.vertical_text(&self.y.label, (2 * GAP, up), LABEL_SIZE)
    }

    /// The colour scale beside the grid, with ticks.
    fn scale<DB: DrawingBackend>(&self, canvas: &Canvas<DB>, grid: &Grid) -> Result<()>
    where
        DB::ErrorType: 'static,
    {
        let left = grid.right + SCALE_GAP;
        let y = |part: f64| grid.bottom - (f64::from(grid.bottom - grid.top) * part).round() as i32;
        for step in 0..SCALE_STEPS {
            let [from, to] = [step, step + 1].map(|step| f64::from(step) / f64::from(SCALE_STEPS));
            let corners = [(left, y(to)), (left + SCALE_WIDTH, y(from))];
            canvas.rectangle(corners, colour((from + to) / 2.0))?;
        }
        if !grid.min.is_finite() {
            return Ok(());
        }
        for (tick, text) in grid.scale_ticks() {
            let at = (left + SCALE_WIDTH + GAP, y(grid.part(tick)));
            canvas.text(&text, at, TICK_SIZE, (HPos::Left, VPos::Center), BLACK)?;
        }
        let at = (self.size.0 as i32 - 2 * GAP - LABEL_SIZE as i32, (grid.top + grid.bottom) / 2);
        canvas.vertical_text(&self.label, at, LABEL_SIZE)
    }
}

/// The colour at a position of the scale, from 0 to 1.
fn colour(part: f64) -> Colour {
    let place = part.clamp(0.0, 1.0) * (COLOURS.len() - 1) as f64;
    let first = (place as usize).min(COLOURS.len() - 2);
    let (from, to, part) = (COLOURS[first], COLOURS[first + 1], place - first as f64);
    let mix = |from: u8, to: u8| (f64::from(from) + part * (f64::from(to) - f64::from(from))).round() as u8;
    (mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Formats a figure with enough decimals to see a difference of about a hundredth of `range`.
fn rounded(figure: f64, range: f64) -> String {
    let decimals = if range > 0.0 { (1.5 - range.log10()).ceil().clamp(0.0, 6.0) as usize } else { 2 };
    let text = format!("{figure:.decimals$}");
    if text.trim_start_matches('-').chars().all(|digit| digit == '0' || digit == '.') {
        return format!("{:.decimals$}", 0.0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_runs_from_the_first_colour_to_the_last() {
        assert_eq!([0.0, 0.5, 1.0].map(colour), COLOURS);
        assert_eq!(colour(7.0), COLOURS[2]);
    }

    #[test]
    fn figures_have_as_many_decimals_as_their_range_needs() {
        assert_eq!(rounded(12.345, 50.0), "12");
        assert_eq!(rounded(12.345, 5.0), "12.3");
        assert_eq!(rounded(0.0123, 0.05), "0.012");
        assert_eq!(rounded(-0.0001, 5.0), "0.0");
        assert_eq!(rounded(3.0, 0.0), "3.00");
    }
}
