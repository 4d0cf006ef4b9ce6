//! The auction's figures: price and worth, intervals between sales, lots, and proceeds.

use super::{
    curve,
    market::{Ran, Sale, worth},
    scenario::{Supply, TARGET_PERIOD, TICK, TICKS_PER_PERIOD, WORTH, YIELD_PER_PERIOD},
    summary::interval,
};
use crate::demo::rational::approximate;
use weir::math::auction::WAD;
use weir_report::chart::{Axis, BLUE, Colour, Figure, GREEN, GREY, Mark, ORANGE, Panel, Series, WINE};

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

/// A panel for each way in which yield arrives: each smoothing beside the target.
pub fn intervals(ran: &[Ran]) -> Figure {
    let panel = |supply: Supply| Panel {
        title: yield_title(supply).into(),
        x: time_axis(supply),
        y: Axis::logarithmic("interval (target periods)", INTERVALS.0, INTERVALS.1),
        series: with_reference(
            Series::new("target period", GREY, Mark::Dashes, level(supply, 1.0)),
            ran.iter().filter(|ran| ran.scenario.supply == supply),
            interval,
        ),
    };
    figure("Interval between Sales", played(ran).map(panel).collect())
}

/// What was sold in each sale when yield does not come steadily, for each smoothing.
pub fn lots(ran: &[Ran]) -> Figure {
    let panel = |supply: Supply| Panel {
        title: yield_title(supply).into(),
        x: time_axis(supply),
        y: Axis::logarithmic("lot (yield tokens)", LOTS.0, LOTS.1),
        series: with_reference(
            Series::new(
                "steady yield of a period",
                GREY,
                Mark::Dashes,
                level(supply, YIELD_PER_PERIOD as f64),
            ),
            ran.iter().filter(|ran| ran.scenario.supply == supply),
            |sale| approximate(sale.lot),
        ),
    };
    figure("Lots Sold", played(ran).filter(|supply| *supply != Supply::Steady).map(panel).collect())
}

/// What all sales so far have brought in, for each smoothing, beside the worth of what has arrived.
pub fn proceeds(ran: &[Ran]) -> Figure {
    let panel = |supply: Supply| {
        let worths = arrived(supply);
        let all = worths.last().map_or(0.0, |point| point.1);
        let lines = ran.iter().filter(|ran| ran.scenario.supply == supply).map(paid);
        Panel {
            title: yield_title(supply).into(),
            x: time_axis(supply),
            y: Axis::from_zero("paid so far (reward tokens)", all, 6),
            series: std::iter::once(Series::new("worth of the yield so far", GREY, Mark::Dashes, worths))
                .chain(lines)
                .collect(),
        }
    };
    figure("Paid for the Yield", played(ran).map(panel).collect())
}

/// Worth of all yield that has arrived, over time.
fn arrived(supply: Supply) -> Vec<(f64, f64)> {
    let mut yield_tokens = 0;
    let ticks = 1..=supply.periods() * TICKS_PER_PERIOD;
    let steps = ticks.flat_map(|tick| {
        let before = yield_tokens;
        yield_tokens += supply.arrival(tick);
        [before, yield_tokens].map(|tokens| (periods(tick * TICK), (tokens * WORTH) as f64))
    });
    steps.collect()
}

/// All that has been paid in a scenario, over time.
fn paid(ran: &Ran) -> Series {
    let mut total = 0.0;
    let mut steps = vec![(0.0, 0.0)];
    for sale in &ran.sales {
        steps.push((periods(sale.time), total));
        total += approximate(sale.price);
        steps.push((periods(sale.time), total));
    }
    steps.push((ran.scenario.supply.periods() as f64, total));
    Series::new(ran.scenario.smoothing_text(), colour(ran), Mark::Line, steps)
}

/// The ways in which yield arrived.
fn played(ran: &[Ran]) -> impl Iterator<Item = Supply> {
    Supply::ALL.into_iter().filter(|supply| ran.iter().any(|ran| ran.scenario.supply == *supply))
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
        title: format!("{}, {}", yield_title(ran.scenario.supply), ran.scenario.smoothing_text()),
        x: time_axis(ran.scenario.supply),
        y: Axis::logarithmic("price, worth (reward tokens)", PRICES.0, PRICES.1),
        series: vec![
            Series { name: "price".into(), colour: BLUE, mark: Mark::Line, pieces: curve.collect() },
            Series { name: "worth of the lot".into(), colour: ORANGE, mark: Mark::Line, pieces: worths(ran) },
            Series::new("sale", WINE, Mark::Dots, sales),
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
    let lines = ran.map(|ran| {
        let points = ran.sales.iter().map(|sale| (periods(sale.time), value(sale))).collect();
        Series::new(ran.scenario.smoothing_text(), colour(ran), Mark::DottedLine, points)
    });
    std::iter::once(reference).chain(lines).collect()
}

fn colour(ran: &Ran) -> Colour {
    match ran.scenario.smoothing {
        0 => BLUE,
        smoothing if smoothing == WAD / 2 => ORANGE,
        _ => GREEN,
    }
}

fn yield_title(supply: Supply) -> &'static str {
    match supply {
        Supply::Steady => "Steady yield",
        Supply::Steps => "Four times the yield for a while",
        Supply::Bursts => "Steady yield and bursts",
        Supply::Lumps => "Lumps with nothing between them",
    }
}

fn level(supply: Supply, value: f64) -> Vec<(f64, f64)> {
    vec![(0.0, value), (supply.periods() as f64, value)]
}

fn time_axis(supply: Supply) -> Axis {
    Axis::from_zero("time (target periods)", supply.periods() as f64, 10)
}

fn periods(time: u64) -> f64 {
    time as f64 / TARGET_PERIOD as f64
}
