//! The program `router`. The functions themselves are in `weir::router`.

use weir::{
    abi::{IConstructors::routerCall, IRouter::*},
    router::{Order, Router},
};

weir::program! {
    Router as router, call;

    constructor routerCall { factory } => router.construct(factory)?;

    // A pair calls it during the router's own swap. It reads only the hashes by which the router knows its pairs.
    reentrant {
        flashSwapCallbackCall(sender, amount_in, _amount_out, flash_swap_data) =>
            router.flash_swap_callback(sender, amount_in, flash_swap_data)?,
    }

    guarded {
        swapExactAmountOutCall(pair, receiver, amount_out, amount_in_max, deadline) =>
            router.swap_exact_amount_out(&Order { pair, receiver, amount_out, amount_in_max, deadline })?,
    }
}
