//! Money without floating point: decimals as exact fractions, what a lot is worth, when its price has come down to that.

mod auction;
mod rational;
mod value;

pub use auction::Auction;
pub use rational::{approximate, rational, show};
pub use value::{Margin, Quote, UnitPrices, highest_bid};
