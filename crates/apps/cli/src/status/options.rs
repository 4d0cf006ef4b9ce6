//! Options of a view, from the arguments.
//! They apply to every contract that it shows.

use alloy::primitives::Address;
use weir_units::Decimal;

/// Options that apply to every contract of a view.
#[derive(Clone, Debug)]
pub struct ViewOptions {
    /// Price to find the time for, in whole tokens of the token paid in.
    pub at_price: Option<Decimal>,
    /// Value of a reward token in asset tokens.
    pub reward_price: Option<Decimal>,
    /// Whether the view is redrawn (`--watch`).
    pub is_watched: bool,
    /// Account whose stake is shown.
    pub account: Option<Address>,
}
