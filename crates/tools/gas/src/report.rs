//! Formats the figures as text tables, at most 120 columns wide.

use weir_report::table::{Align, Table};

use crate::{Comparison, Figure, Growth, Measured, RowZero, Size, comparison::Cost, targets::Miss};

/// Peers that pay rewards, with the headings of their columns.
const STAKING: [(&str, &str); 6] = [
    ("Synthetix StakingRewards", "Synthetix"),
    ("MasterChefV2", "MasterChefV2"),
    ("MiniChefV2", "MiniChefV2"),
    ("Euler RewardStreams", "Euler"),
    ("UniStaker", "UniStaker"),
    ("Convex BaseRewardPool", "Convex"),
];
/// Peers that pay no rewards.
const BARE: [(&str, &str); 3] =
    [("OpenZeppelin ERC4626", "OpenZeppelin"), ("solmate ERC4626", "solmate"), ("solady ERC4626", "solady")];

/// Shown below the tables.
const LEGEND: &str =
    "\n  c, u: cached, uncached. above: gas above the floor, cached. *: measured by others, on an EVM.\n";

/// Operations, each with its floor and its cheapest peer.
pub fn operations_table(figures: &[Figure], comparison: &Comparison) -> String {
    let right = |heading| (heading, Align::Right);
    let mut table = Table::new([
        ("gas of a transaction", Align::Left),
        right("cached"),
        right("uncached"),
        right("floor"),
        right("above"),
        ("cheapest peer", Align::Left),
        right("its gas"),
        right("c/peer"),
        right("u/peer"),
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
        if let Some((peer, cost)) = comparison.cheapest(operation) {
            let ratio = |ours: &u64| format!("{:.3}", *ours as f64 / cost.gas as f64);
            let name = format!("{peer}{}", star(cost));
            row.extend([name, cost.gas.to_string(), ratio(cached), ratio(uncached)]);
        }
        table.row(row);
    }
    table.text() + LEGEND
}

/// A line for each operation above its target.
pub fn misses(misses: &[Miss]) -> String {
    let line = |Miss { operation, figure, gas, limit }: &Miss| {
        format!("  above its target: {operation}, {figure}: {gas} gas, the target is {limit}\n")
    };
    misses.iter().map(line).collect()
}

/// All peers by operation: first those that pay rewards, then bare vaults.
pub fn peers_table(figures: &[Figure], comparison: &Comparison) -> String {
    let with_rewards = columns(figures, comparison, &STAKING);
    let bare = columns(figures, comparison, &BARE);
    format!("{with_rewards}\n  Bare ERC-4626 vaults, which pay no rewards:\n\n{bare}")
}

fn columns(figures: &[Figure], comparison: &Comparison, peers: &[(&str, &str)]) -> String {
    let mut headings = vec![("gas of a transaction".to_owned(), Align::Left)];
    let heads = ["cached", "uncached"].into_iter().chain(peers.iter().map(|(_, heading)| *heading));
    headings.extend(heads.map(|heading| (heading.to_owned(), Align::Right)));
    let mut table = Table::with_columns(headings);
    for Figure { operation, cached, uncached, .. } in figures {
        let costs: Vec<_> = peers.iter().map(|(peer, _)| comparison.of(operation, peer)).collect();
        if costs.iter().all(Option::is_none) {
            continue;
        }
        let mut row = vec![operation.to_string(), cached.to_string(), uncached.to_string()];
        row.extend(costs.into_iter().map(|cost| cost.map(cost_text).unwrap_or_default()));
        table.row(row);
    }
    table.text()
}

fn cost_text(cost: Cost) -> String {
    format!("{}{}", cost.gas, star(cost))
}

fn star(cost: Cost) -> &'static str {
    if cost.is_from_this_run { "" } else { "*" }
}

/// Operations in states that differ only in size.
pub fn growth_table(growth: &[Growth]) -> String {
    let mut headings = vec![("gas, cached".to_owned(), Align::Left)];
    headings.extend(growth.iter().map(|column| (column.state.clone(), Align::Right)));
    let mut table = Table::with_columns(headings);
    let mut operations: Vec<&str> = Vec::new();
    for one in growth.iter().flat_map(|column| &column.measured) {
        if !operations.contains(&one.operation) {
            operations.push(one.operation);
        }
    }
    for operation in operations {
        let gas = growth.iter().map(|column| {
            let found = column.measured.iter().find(|one| one.operation == operation);
            found.map(|one| one.gas.to_string()).unwrap_or_default()
        });
        table.row([operation.to_owned()].into_iter().chain(gas).collect());
    }
    table.text() + "\n  stakers: besides the one who acts. epochs: idle, before the operation.\n"
}

/// Exits from a vault, with its programs and by its lifeboat.
pub fn ways_out_table(ways_out: &[Measured], figures: &[Figure]) -> String {
    let mut table = Table::new([
        ("gas", Align::Left),
        ("the program runs", Align::Right),
        ("it cannot run: by the lifeboat", Align::Right),
    ]);
    for exit in ways_out {
        let by_program = figures.iter().find(|figure| figure.operation == exit.operation);
        let by_program = by_program.map(|figure| figure.cached.to_string()).unwrap_or_default();
        table.row(vec![exit.operation.into(), by_program, exit.gas.to_string()]);
    }
    table.text()
}

/// Compares the vault with its core written with the SDK's macros: first the programs, then the operations of both.
pub fn row_zero_table(row_zero: &RowZero, figures: &[Figure]) -> String {
    let right = |heading| (heading, Align::Right);
    let mut programs = Table::new([
        ("program", Align::Left),
        right("bytes"),
        right("compressed"),
        right("entry, cached"),
        right("entry, uncached"),
        right("top-up, cached"),
        right("top-up, uncached"),
    ]);
    let both =
        [("the SDK's macros", row_zero.sdk, &row_zero.figures[..]), ("vault", row_zero.vault, figures)];
    for (name, Size { raw, on_chain, entry_cached, entry_uncached }, figures) in both {
        let mut row: Vec<_> = [raw, on_chain, entry_cached, entry_uncached].map(|one| one.to_string()).into();
        row.insert(0, name.to_owned());
        let top_up = figures.iter().find(|figure| figure.operation == "top-up");
        row.extend(top_up.into_iter().flat_map(|one| [one.cached.to_string(), one.uncached.to_string()]));
        programs.row(row);
    }
    let mut operations = Table::new([
        ("gas of a transaction", Align::Left),
        right("macros, cached"),
        right("vault, cached"),
        right("macros, uncached"),
        right("vault, uncached"),
    ]);
    for Figure { operation, cached, uncached, .. } in &row_zero.figures {
        let Some(ours) = figures.iter().find(|figure| figure.operation == *operation) else { continue };
        let gas = [cached, &ours.cached, uncached, &ours.uncached].map(|gas| gas.to_string());
        operations.row([operation.to_string()].into_iter().chain(gas).collect());
    }
    format!("{}\n{}", programs.text(), operations.text())
}

/// Compares recorded peer figures with those of this run: a sentence, and a line for each difference.
pub fn agreement(comparison: &Comparison) -> String {
    let (compared, differences) = comparison.differences();
    if differences.is_empty() {
        return format!("  {compared} figures of these peers were also measured by others: all are equal.\n");
    }
    let list = differences.join("\n    ");
    format!(
        "  {} of {compared} figures of these peers differ from what others measured:\n    {list}\n",
        differences.len()
    )
}
