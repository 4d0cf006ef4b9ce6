//! The measured figures: as a table, as data, and as a picture.
//! One column or line for each node and kind of token.

use std::{path::Path, time::Duration};

use anyhow::Result;

use weir_report::{
    chart::{self, Axis, BLUE, Figure, GREY, Mark, ORANGE, Panel, Series},
    csv::Csv,
    table::{Align, Table},
};

/// The figures of one node with one kind of token.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The node and the kind of token.
    pub name: String,
    pub version: String,
    /// Times from the start of the program to its first response.
    pub starts: Vec<Duration>,
    /// Transactions per second, each sent after the receipt of the one before; one value per round.
    pub one_by_one: Vec<f64>,
    /// Transactions per second with many in flight.
    pub pipelined: f64,
    /// Resident memory in MiB after a number of transactions.
    pub after_transactions: Vec<(u64, f64)>,
    /// Resident memory in MiB after a number of empty blocks, on an otherwise unused chain.
    pub after_blocks: Vec<(u64, f64)>,
    /// The time for the empty blocks.
    pub mining: Duration,
    /// The gas of one transfer.
    pub transfer_gas: u64,
}

/// The median.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

impl Figures {
    fn start_ms(&self) -> f64 {
        median(self.starts.iter().map(|time| time.as_secs_f64() * 1e3).collect())
    }

    fn rows(&self) -> [(&'static str, String); 7] {
        [
            ("start to first response, median, ms", format!("{:.1}", self.start_ms())),
            ("transfers one by one, 1/s", format!("{:.0}", median(self.one_by_one.clone()))),
            ("transfers pipelined, 1/s", format!("{:.0}", self.pipelined)),
            ("gas of a transfer", self.transfer_gas.to_string()),
            ("memory after those transfers, MiB", memory(&self.after_transactions)),
            ("memory after empty blocks, MiB", memory(&self.after_blocks)),
            ("empty blocks mined, 1/s", self.mining_rate()),
        ]
    }

    fn mining_rate(&self) -> String {
        let blocks = self.after_blocks.last().map_or(0, |(blocks, _)| *blocks);
        if blocks == 0 {
            return String::new();
        }
        format!("{:.0}", blocks as f64 / self.mining.as_secs_f64())
    }
}

/// The last value with its count; empty without measurements.
fn memory(points: &[(u64, f64)]) -> String {
    points.last().map_or_else(String::new, |(count, mib)| format!("{mib:.0} ({count})"))
}

/// A table with a column for each node.
pub fn table(all: &[Figures]) -> String {
    let headings = all.iter().map(|figures| (figures.name.clone(), Align::Right));
    let mut table = Table::with_columns([(String::new(), Align::Left)].into_iter().chain(headings).collect());
    let columns: Vec<_> = all.iter().map(Figures::rows).collect();
    for row in 0..columns.first().map_or(0, |column| column.len()) {
        let name = columns[0][row].0.to_owned();
        table.row([name].into_iter().chain(columns.iter().map(|column| column[row].1.clone())).collect());
    }
    table.text()
}

/// Writes `speed.csv`, `memory.csv`, `speed.png` and `speed.svg`.
pub fn write(all: &[Figures], folder: &Path) -> Result<()> {
    let mut speed = Csv::new(&["node", "version", "measure", "value"]);
    let mut memory = Csv::new(&["node", "of", "count", "memory_mib"]);
    for figures in all {
        for (measure, value) in figures.rows() {
            speed.row(&[&figures.name, &figures.version, measure, &value]);
        }
        for (of, points) in
            [("transactions", &figures.after_transactions), ("empty blocks", &figures.after_blocks)]
        {
            for (count, mib) in points {
                memory.row(&[&figures.name, of, &count.to_string(), &format!("{mib:.1}")]);
            }
        }
    }
    speed.write(&folder.join("speed.csv"))?;
    memory.write(&folder.join("memory.csv"))?;
    chart::write(&picture(all), folder, "speed")
}

fn picture(all: &[Figures]) -> Figure {
    let series = |points: fn(&Figures) -> Vec<(f64, f64)>| -> Vec<Series> {
        let colours = [GREY, BLUE, ORANGE].into_iter().cycle();
        let lines = all.iter().zip(colours);
        lines
            .map(|(figures, colour)| {
                let name = format!("{}, {:.0} transfers/s", figures.name, figures.pipelined);
                Series::new(name, colour, Mark::DottedLine, points(figures))
            })
            .collect()
    };
    let panels = [
        panel(
            "Memory over ERC-20 transfers",
            "transfers (thousands)",
            series(|figures| thousands(&figures.after_transactions)),
        ),
        panel(
            "Memory over empty blocks",
            "blocks (thousands)",
            series(|figures| thousands(&figures.after_blocks)),
        ),
    ];
    Figure { title: "weir-devnode and anvil".into(), size: (960, 760), panels: panels.into() }
}

fn thousands(points: &[(u64, f64)]) -> Vec<(f64, f64)> {
    points.iter().map(|(count, mib)| (*count as f64 / 1e3, *mib)).collect()
}

fn panel(title: &str, label: &str, series: Vec<Series>) -> Panel {
    let points = || series.iter().flat_map(|line| line.pieces.iter().flatten());
    let most = |value: fn(&(f64, f64)) -> f64| points().map(value).fold(1.0, f64::max);
    let (x, y) = (most(|point| point.0), most(|point| point.1));
    Panel {
        title: title.into(),
        x: Axis::from_zero(label, x, 10),
        y: Axis::from_zero("memory (MiB)", y, 5),
        series,
    }
}
