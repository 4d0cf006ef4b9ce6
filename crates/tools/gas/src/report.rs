//! The figures as tables for people, at most 120 columns wide.

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
/// Those that pay none.
const BARE: [(&str, &str); 3] =
    [("OpenZeppelin ERC4626", "OpenZeppelin"), ("solmate ERC4626", "solmate"), ("solady ERC4626", "solady")];

/// Below the tables.
const LEGEND: &str =
    "\n  c, u: cached, uncached. above: gas above the floor, cached. *: measured by others, on an EVM.\n";

/// Our operations beside floor and cheapest peer.
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

/// What is above its target, a line each.
pub fn misses(misses: &[Miss]) -> String {
    let line = |Miss { operation, what, gas, most }: &Miss| {
        format!("  above its target: {operation}, {what}: {gas} gas, and at most {most} is wanted\n")
    };
    misses.iter().map(line).collect()
}

/// All peers, operation by operation: those that pay rewards, then bare vaults.
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
        row.extend(costs.into_iter().map(|cost| cost.map(shown).unwrap_or_default()));
        table.row(row);
    }
    table.text()
}

fn shown(cost: Cost) -> String {
    format!("{}{}", cost.gas, star(cost))
}

fn star(cost: Cost) -> &'static str {
    if cost.is_of_this_run { "" } else { "*" }
}

/// Our operations in states that differ only in size.
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

/// Each way out of a vault, while its programs run and while they cannot run.
pub fn ways_out_table(ways_out: &[Measured], figures: &[Figure]) -> String {
    let mut table = Table::new([
        ("gas", Align::Left),
        ("the program runs", Align::Right),
        ("it cannot run: by the lifeboat", Align::Right),
    ]);
    for way in ways_out {
        let alive = figures.iter().find(|figure| figure.operation == way.operation);
        let alive = alive.map(|figure| figure.cached.to_string()).unwrap_or_default();
        table.row(vec![way.operation.into(), alive, way.gas.to_string()]);
    }
    table.text()
}

/// The vault's core with the SDK's macros beside the vault: their programs, then the operations that both were measured in.
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

/// The peers' figures of this run beside those held of them: a sentence, and a line for each that differs.
pub fn agreement(comparison: &Comparison) -> String {
    let (compared, told) = comparison.differences();
    if told.is_empty() {
        return format!(
            "  {compared} figures of these peers were measured by others, too: all are the same to the unit.\n"
        );
    }
    let list = told.join("\n    ");
    format!(
        "  {} of {compared} figures of these peers differ from what others measured:\n    {list}\n",
        told.len()
    )
}
