//! Summary of a scenario: intervals between sales in target periods, lots, and prices paid.
//! Also checks that steady yield converges to one sale per target period.

use anyhow::{Result, ensure};
use serde::Serialize;

use super::{
    market::{Ran, Sale, worth},
    scenario::{Supply, TARGET_PERIOD},
};
use crate::demo::rational::approximate;

/// Target periods after which the price has recovered from the wrong first price. Earlier sales are left out.
pub const SETTLED_AFTER: u64 = 20;
/// Number of last intervals that must be on target if the yield is steady.
const LAST: usize = 8;
/// Largest deviation of these intervals from the target.
const TOLERANCE: f64 = 0.01;

/// Summary of the settled sales. Intervals are in target periods.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    pub sales: usize,
    pub mean_interval: f64,
    pub shortest_interval: f64,
    pub longest_interval: f64,
    /// Largest deviation of the last eight intervals from the target.
    pub last_deviation: f64,
    /// In yield tokens.
    pub largest_lot: f64,
    /// Total price paid divided by the total worth of the lots.
    pub paid: f64,
}

impl Summary {
    /// Summarises a scenario.
    pub fn of(ran: &Ran) -> Self {
        let settled: Vec<&Sale> =
            ran.sales.iter().filter(|sale| sale.time >= SETTLED_AFTER * TARGET_PERIOD).collect();
        let intervals: Vec<f64> = settled.iter().map(|sale| interval(sale)).collect();
        let lots = settled.iter().map(|sale| approximate(sale.lot));
        let total = |amount: fn(&Sale) -> f64| settled.iter().map(|sale| amount(sale)).sum::<f64>();
        Self {
            sales: settled.len(),
            mean_interval: intervals.iter().sum::<f64>() / intervals.len() as f64,
            shortest_interval: intervals.iter().copied().fold(f64::INFINITY, f64::min),
            longest_interval: intervals.iter().copied().fold(0.0, f64::max),
            last_deviation: intervals
                .iter()
                .rev()
                .take(LAST)
                .fold(0.0, |most, at| (at - 1.0).abs().max(most)),
            largest_lot: lots.fold(0.0, f64::max),
            paid: total(|sale| approximate(sale.price)) / total(|sale| approximate(worth(sale.lot))),
        }
    }
}

/// The interval before a sale, in target periods.
pub fn interval(sale: &Sale) -> f64 {
    sale.interval as f64 / TARGET_PERIOD as f64
}

/// Checks that steady yield sells once in a target period by the end, even though the first price was wrong.
///
/// # Errors
/// If one of the last intervals deviates by more than one percent, or there are too few.
pub fn check_convergence(ran: &Ran) -> Result<()> {
    if ran.scenario.supply != Supply::Steady {
        return Ok(());
    }
    let title = ran.scenario.title();
    ensure!(ran.sales.len() >= LAST, "{title}: {} sales are too few to converge", ran.sales.len());
    for sale in &ran.sales[ran.sales.len() - LAST..] {
        let interval = interval(sale);
        ensure!(
            (interval - 1.0).abs() <= TOLERANCE,
            "{title}: the interval before the sale at {} s should be within {} % of the target period of \
             {TARGET_PERIOD} s, but is {} s",
            sale.time,
            TOLERANCE * 100.0,
            sale.interval
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{auction::scenario::Scenario, rational::tokens};

    fn ran(intervals: &[u64]) -> Ran {
        let mut time = SETTLED_AFTER * TARGET_PERIOD;
        let sales = intervals
            .iter()
            .map(|&interval| {
                time += interval;
                Sale { time, interval, price: tokens(6), lot: tokens(12) }
            })
            .collect();
        Ran { scenario: Scenario::SOME[0], sales, lots: Vec::new() }
    }

    #[test]
    fn steady_sales_must_be_on_target_only_at_the_end() {
        let on_target = TARGET_PERIOD;
        assert!(check_convergence(&ran(&[on_target; 8])).is_ok());
        assert!(check_convergence(&ran(&[on_target; 7])).is_err());
        let mut late = [on_target; 9];
        late[0] *= 5;
        assert!(check_convergence(&ran(&late)).is_ok());
        late[8] = on_target * 102 / 100;
        let error = check_convergence(&ran(&late)).unwrap_err().to_string();
        assert!(error.contains("within 1 %") && error.contains("is 44064 s"), "{error}");
    }

    #[test]
    fn bursts_need_not_be_on_target() {
        let wild = Ran { scenario: Scenario::SOME[2], ..ran(&[1, 5 * TARGET_PERIOD]) };
        assert!(check_convergence(&wild).is_ok());
    }

    #[test]
    fn a_summary_leaves_out_sales_before_the_price_has_settled() {
        let mut ran = ran(&[TARGET_PERIOD, TARGET_PERIOD / 2, 3 * TARGET_PERIOD]);
        ran.sales.insert(0, Sale { time: 1, interval: 1, price: tokens(1), lot: tokens(500) });
        let summary = Summary::of(&ran);
        assert_eq!(
            summary,
            Summary {
                sales: 3,
                mean_interval: 1.5,
                shortest_interval: 0.5,
                longest_interval: 3.0,
                last_deviation: 2.0,
                largest_lot: 12.0,
                paid: 0.5
            }
        );
    }
}
