//! The price over time, from one sale to the next.
//! It is computed by the contracts' own arithmetic.

use alloy::primitives::U256;
use weir::math::auction;

use super::{
    market::Ran,
    scenario::{FIRST_PRICE, TARGET_PERIOD},
};
use crate::demo::rational::tokens;

/// Points of the curve between two sales.
const POINTS: u64 = 24;

/// A point of the curve: seconds since the vault's creation, base units of the reward token.
pub type Point = (u64, U256);

/// The curve in pieces: one before each sale, and one after the last. A piece begins a second after a sale, because in
/// the second of the sale the price is 2^192 − 1.
pub fn pieces(ran: &Ran) -> Vec<Vec<Point>> {
    let end = ran.scenario.supply.periods() * TARGET_PERIOD;
    let mut pieces = Vec::new();
    let (mut from, mut last_price) = (0, tokens(FIRST_PRICE));
    for sale in &ran.sales {
        pieces.push(piece(from, sale.time, last_price));
        (from, last_price) = (sale.time, sale.price);
    }
    pieces.push(piece(from, end.max(from + 1), last_price));
    pieces
}

/// One piece. Its points are denser at the start, where the price falls faster: their times grow as squares.
fn piece(from: u64, to: u64, last_price: U256) -> Vec<Point> {
    let length = to - from;
    let mut elapsed: Vec<u64> =
        (1..=POINTS).map(|point| (length * point * point / (POINTS * POINTS)).max(1)).collect();
    elapsed.dedup();
    elapsed
        .into_iter()
        .map(|elapsed| (from + elapsed, auction::price(TARGET_PERIOD, last_price, elapsed)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::auction::{
        market::Sale,
        scenario::{Scenario, Supply},
    };

    const PERIODS: u64 = Supply::Steady.periods();

    #[test]
    fn each_piece_ends_at_the_price_of_its_sale() {
        let first = TARGET_PERIOD * 2;
        let price = auction::price(TARGET_PERIOD, tokens(FIRST_PRICE), first);
        let sale = Sale { time: first, interval: first, price, lot: price };
        let pieces = pieces(&Ran { scenario: Scenario::SOME[0], sales: vec![sale], lots: Vec::new() });
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].last(), Some(&(first, price)));
        assert_eq!(pieces[1].last().map(|point| point.0), Some(PERIODS * TARGET_PERIOD));
        assert!(pieces.iter().flatten().all(|point| point.1 > U256::ZERO));
    }

    #[test]
    fn a_sale_at_the_end_is_followed_by_one_point() {
        let end = PERIODS * TARGET_PERIOD;
        let sale = Sale { time: end, interval: end, price: tokens(1), lot: tokens(1) };
        let pieces = pieces(&Ran { scenario: Scenario::SOME[0], sales: vec![sale], lots: Vec::new() });
        assert_eq!(pieces[1].len(), 1);
    }
}
