//! The auction's figures: price and worth, intervals between sales, and lots.

use super::{
    curve,
    market::{Ran, Sale, worth},
    scenario::{PERIODS, TARGET_PERIOD, YIELD_PER_PERIOD},
    summary::interval,
};
use crate::exact::approximate;
use weir_report::chart::{Axis, BLUE, Corner, Figure, GREEN, GREY, Mark, ORANGE, Panel, RED, Series};

const WIDTH: u32 = 1400;
const PANEL_HEIGHT: u32 = 400;
const TITLE_HEIGHT: u32 = 60;
/// The price's axis in reward tokens; the price falls from far above it after each sale.
const PRICES: (f64, f64) = (5.0, 500.0);
/// The intervals' axis in target periods.
const INTERVALS: (f64, f64) = (0.04, 25.0);
/// The lots' axis in yield tokens.
const LOTS: (f64, f64) = (5.0, 2_000.0);

/// A panel a scenario: price, what the lot is worth, and the sales where they meet.
pub fn prices(ran: &[Ran]) -> Figure {
    let panels = ran.iter().map(price_panel).collect();
    figure("Auction Price", panels)
}

/// Steady and bursts, without and with smoothing beside the target.
pub fn intervals(ran: &[Ran]) -> Figure {
    let panel = |bursts: bool| Panel {
        title: yield_title(bursts).into(),
        x: time_axis(),
        y: Axis::logarithmic("interval (target periods)", INTERVALS.0, INTERVALS.1),
        legend: Corner::UpperRight,
        series: with_reference(
            Series::new("target period", GREY, Mark::Dashes, level(1.0)),
            ran.iter().filter(|ran| ran.scenario.bursts == bursts),
            interval,
        ),
    };
    figure("Interval between Sales", vec![panel(false), panel(true)])
}

/// What was sold in each sale when yield comes in bursts, without and with smoothing.
pub fn lots(ran: &[Ran]) -> Figure {
    let panel = Panel {
        title: yield_title(true).into(),
        x: time_axis(),
        y: Axis::logarithmic("lot (yield tokens)", LOTS.0, LOTS.1),
        legend: Corner::UpperRight,
        series: with_reference(
            Series::new(
                "yield of a period without burst",
                GREY,
                Mark::Dashes,
                level(YIELD_PER_PERIOD as f64),
            ),
            ran.iter().filter(|ran| ran.scenario.bursts),
            |sale| approximate(sale.lot),
        ),
    };
    figure("Lots Sold", vec![panel])
}

fn figure(title: &str, panels: Vec<Panel>) -> Figure {
    let height = TITLE_HEIGHT + PANEL_HEIGHT * panels.len() as u32;
    Figure { title: title.into(), size: (WIDTH, height), panels }
}

fn price_panel(ran: &Ran) -> Panel {
    let curve = curve::pieces(ran)
        .into_iter()
        .map(|piece| piece.into_iter().map(|(time, price)| (periods(time), approximate(price))).collect());
    let sales = ran.sales.iter().map(|sale| (periods(sale.time), approximate(sale.price))).collect();
    Panel {
        title: format!("{}, {}", yield_title(ran.scenario.bursts), ran.scenario.smoothing_text()),
        x: time_axis(),
        y: Axis::logarithmic("reward tokens", PRICES.0, PRICES.1),
        legend: Corner::UpperRight,
        series: vec![
            Series { name: "price".into(), colour: BLUE, mark: Mark::Line, pieces: curve.collect() },
            Series { name: "worth of the lot".into(), colour: GREEN, mark: Mark::Line, pieces: worths(ran) },
            Series::new("sale", RED, Mark::Dots, sales),
        ],
    }
}

/// What the lot is worth over time, a piece from sale to sale: it stays from one arrival to the next.
fn worths(ran: &Ran) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    for (time, lot) in &ran.lots {
        let (time, value) = (periods(*time), approximate(worth(*lot)));
        let before = pieces.last().and_then(|piece| piece.last()).map(|point| point.1);
        if let (Some(piece), Some(before)) = (pieces.last_mut(), before) {
            piece.push((time, before));
            if value >= before {
                piece.push((time, value));
                continue;
            }
        }
        pieces.push(vec![(time, value)]);
    }
    pieces
}

/// A line a scenario over time, behind them a reference.
fn with_reference<'a>(
    reference: Series,
    ran: impl Iterator<Item = &'a Ran>,
    value: fn(&Sale) -> f64,
) -> Vec<Series> {
    let lines = ran.zip([BLUE, ORANGE]).map(|(ran, colour)| {
        let points = ran.sales.iter().map(|sale| (periods(sale.time), value(sale))).collect();
        Series::new(ran.scenario.smoothing_text(), colour, Mark::DottedLine, points)
    });
    std::iter::once(reference).chain(lines).collect()
}

fn yield_title(bursts: bool) -> &'static str {
    if bursts { "Steady yield and bursts" } else { "Steady yield" }
}

fn level(value: f64) -> Vec<(f64, f64)> {
    vec![(0.0, value), (PERIODS as f64, value)]
}

fn time_axis() -> Axis {
    Axis::from_zero("time (target periods)", PERIODS as f64, 10)
}

fn periods(time: u64) -> f64 {
    time as f64 / TARGET_PERIOD as f64
}
