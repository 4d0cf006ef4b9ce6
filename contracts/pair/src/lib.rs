//! The program `pair`, which standalone pairs are clones of. The functions themselves are in `weir::pair`.

use alloy_primitives::aliases::U192;
use weir::{abi::IPair::*, components::auction::LiquidationPair, pair::Pair};

weir::program! {
    Pair as pair, call;

    // Everything but the swap: a pair flushes what it stores before it calls any other contract.
    reentrant {
        sourceCall() => pair.config().source,
        tokenInCall() => pair.config().token_in,
        tokenOutCall() => pair.config().token_out,
        targetCall() => pair.target()?,
        targetAuctionPeriodCall() => pair.config().target_period,
        smoothingFactorCall() => pair.config().smoothing,
        maxAmountOutCall() => pair.max_amount_out()?,
        computeExactAmountInCall(_amount_out) => pair.current_price(),
        lastAuctionAtCall() => pair.last_sale().time,
        lastAuctionPriceCall() => pair.last_sale().price.to::<U192>(),
        computeTimeForPriceCall(price) => pair.time_for_price(price)?,
    }

    guarded {
        swapExactAmountOutCall(receiver, amount_out, amount_in_max, flash_swap_data) =>
            pair.swap(receiver, amount_out, amount_in_max, flash_swap_data)?,
    }
}
