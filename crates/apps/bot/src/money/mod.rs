//! Money without floating point: decimals as exact fractions, the worth of lots, and prices over time.
//! Worth rounds down and cost rounds up.

mod auction;
mod rational;
mod value;

pub use auction::Auction;
pub use rational::{approximate, rational, show};
pub use value::{Margin, Quote, UnitPrices, highest_bid};
