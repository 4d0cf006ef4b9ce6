//! Money without floating point: decimals as exact fractions, what a lot is worth, when its price has come down to that.

mod decimal;
mod moment;
mod value;

pub use decimal::{
    DecimalError, Rational, approximate, base_units, parse_decimal, rational, show, show_units,
};
pub use moment::{Auction, first_second_at};
pub use value::{Margin, Quote, UnitPrices, highest_bid};
