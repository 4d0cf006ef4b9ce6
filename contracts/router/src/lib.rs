//! The program `router`: which selector runs which function. What the functions do is in `weir::router`.

use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{CONSTRUCTOR, IRouter::*},
    components::{
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        revert::Revert,
    },
    router::{Order, Router},
};

/// The program: a router behind its dispatch table.
pub struct RouterProgram(Router);

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<RouterProgram>(input, vm)
}

impl Contract for RouterProgram {
    fn new(vm: VM) -> Self {
        Self(Router::new(vm))
    }

    /// The callback comes in the middle of the router's own swap, and reads only whose pairs are served.
    fn is_fixed(function: u32) -> bool {
        function == flashSwapCallbackCall::ID
    }

    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let router = &mut self.0;
        match function {
            swapExactAmountOutCall::ID => {
                let words = arguments.words(5, 0b00011)?;
                let order = Order {
                    pair: words.address(0),
                    receiver: words.address(1),
                    amount_out: words.uint(2),
                    amount_in_max: words.uint(3),
                    deadline: words.uint(4),
                };
                output.put(router.swap_exact_amount_out(&order)?)
            }
            flashSwapCallbackCall::ID => {
                let (words, [data]) = arguments.with_tails(4, 0b0001, [3])?;
                output.put(router.flash_swap_callback(words.address(0), words.uint(1), data)?)
            }
            CONSTRUCTOR => {
                let words = arguments.words(1, 0b1)?;
                output.put(router.construct(words.address(0))?)
            }
            _ => return Err(entry::unknown(function)),
        }
        Ok(())
    }
}
