//! Where the parts of a figure stand, in pixels at scale 1.

use super::{
    Axis, Figure, Panel,
    font::{LABEL_SIZE, TICK_SIZE, widest},
    legend::{self, Entry, Place, ROW},
};

pub const MARGIN: i32 = 14;
/// Between a panel's title or legend and its plot.
pub const TOP_MARGIN: i32 = 8;
pub const RIGHT_MARGIN: i32 = 28;
/// Height of the figure's title.
pub const TITLE: i32 = 50;
/// Height of a panel's title.
pub const PANEL_TITLE: i32 = 30;
/// Height of the x axis's ticks and label.
pub const X_LABELS: i32 = 58;
pub const TICK_MARK: i32 = 5;
/// Gap between the y axis's label and its ticks, and between two ticks of the x axis.
const LABEL_GAP: i32 = 12;

/// What all panels of a figure share, so that their plots are aligned.
pub struct Layout {
    /// Width and height of a panel.
    panel: (i32, i32),
    /// Width of the y axis's label and ticks.
    pub y_labels: i32,
    pub legend: Place,
}

impl Layout {
    pub fn of(figure: &Figure) -> Self {
        let (width, height) = (figure.size.0 as i32, figure.size.1 as i32);
        let ticks = figure.panels.iter().map(|panel| widest(&panel.y.tick_texts(), TICK_SIZE));
        let y_labels = LABEL_SIZE as i32 + LABEL_GAP + ticks.max().unwrap_or(0) + 2 * TICK_MARK;
        let panel = (width, (height - TITLE) / figure.panels.len().max(1) as i32);
        let layout = Self { panel, y_labels, legend: Place::Above };
        let in_corner = |panel: &Panel| layout.plot_below(title_height(panel));
        Self { legend: Place::of(&figure.panels, in_corner), ..layout }
    }

    /// The rows of the panel's legend if it stands above the plot.
    pub fn rows_above(&self, panel: &Panel) -> Vec<Vec<Entry>> {
        if self.legend == Place::Above {
            legend::rows(legend::entries(panel), self.panel.0 - 2 * RIGHT_MARGIN)
        } else {
            Vec::new()
        }
    }

    /// Height of margin, title and legend above a plot.
    pub fn heading(&self, panel: &Panel) -> i32 {
        title_height(panel) + ROW * self.rows_above(panel).len() as i32
    }

    /// Width and height of a plot.
    pub fn plot(&self, panel: &Panel) -> (i32, i32) {
        self.plot_below(self.heading(panel))
    }

    fn plot_below(&self, heading: i32) -> (i32, i32) {
        let (width, height) = self.panel;
        (width - MARGIN - self.y_labels - RIGHT_MARGIN, height - heading - TOP_MARGIN - MARGIN - X_LABELS)
    }

    /// The panel's x axis. If its ticks are too close for their labels, only every second or third has one, and so on.
    pub fn x_axis(&self, panel: &Panel) -> Axis {
        let axis = &panel.x;
        let texts = axis.tick_texts();
        let parts: Vec<f64> = axis.ticks.iter().map(|tick| axis.part(*tick)).collect();
        let closest = parts.windows(2).map(|pair| pair[1] - pair[0]).fold(1.0, f64::min);
        let room = closest * f64::from(self.plot(panel).0);
        let every = (f64::from(widest(&texts, TICK_SIZE) + LABEL_GAP) / room).ceil() as usize;
        let text = |(place, text): (usize, String)| {
            if place.is_multiple_of(every.max(1)) { text } else { String::new() }
        };
        Axis { names: texts.into_iter().enumerate().map(text).collect(), ..axis.clone() }
    }
}

/// Height of margin and title.
fn title_height(panel: &Panel) -> i32 {
    TOP_MARGIN + if panel.title.is_empty() { 0 } else { PANEL_TITLE }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(panel: Panel) -> (Layout, Panel) {
        let figure = Figure { title: "Title".into(), size: (600, 400), panels: vec![panel.clone()] };
        (Layout::of(&figure), panel)
    }

    #[test]
    fn labels_of_the_x_axis_are_left_out_where_they_would_overlap() {
        let labelled = |most: f64| {
            let x = Axis::from_zero("reward (tokens)", most, 10);
            let y = Axis::from_zero("number of stakers", 3.0, 3);
            let (layout, panel) = layout(Panel { title: String::new(), x, y, series: vec![] });
            let names = layout.x_axis(&panel).names;
            names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        assert_eq!(labelled(10.0).len(), 11);
        assert_eq!(labelled(1e9), ["0", "300 000 000", "600 000 000", "900 000 000"]);
    }
}
