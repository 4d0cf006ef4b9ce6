//! How people write decimals, durations and token amounts, and how these are shown: one grammar for every flag and file.
//! Nothing is rounded unless the name says so.

mod address;
mod amount;
mod decimal;
mod duration;
mod moment;
mod usage;
mod written;

pub use address::parse_address;
pub use amount::{Amount, as_decimal, exact, short};
pub use decimal::{Decimal, DecimalError, Rational};
pub use duration::{DAY, Seconds, YEAR, parse_duration};
pub use moment::Moment;
pub use usage::UsageError;
pub use written::Written;

/// Decimals of ether, and of a wad, the contracts' fractions: one is 10^18.
pub const WAD_DECIMALS: u8 = 18;
