//! The figures as a table for people.

use weir_report::table::{Align, Table};

use crate::{Figure, Peers};

/// The figures beside floor and cheapest peer.
pub fn table(figures: &[Figure], peers: &Peers) -> String {
    let right = |heading| (heading, Align::Right);
    let mut table = Table::new([
        ("gas of a transaction", Align::Left),
        right("cached"),
        right("uncached"),
        right("floor"),
        right("cached above it"),
        ("cheapest peer", Align::Left),
        right("its gas"),
        right("cached / peer"),
        right("uncached / peer"),
    ]);
    for figure in figures {
        let Figure { operation, uncached, cached, floor } = figure;
        let mut row = vec![
            operation.to_string(),
            cached.to_string(),
            uncached.to_string(),
            floor.to_string(),
            (cached - floor).to_string(),
        ];
        if let Some((peer, gas)) = peers.cheapest(operation) {
            let ratio = |ours: &u64| format!("{:.3}", *ours as f64 / gas as f64);
            row.extend([peer.to_owned(), gas.to_string(), ratio(cached), ratio(uncached)]);
        }
        table.row(row);
    }
    table.text()
}
