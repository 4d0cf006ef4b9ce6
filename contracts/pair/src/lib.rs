//! The program `pair`: which selector runs which function. What the functions do is in `weir::pair`.

use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::IPair::*,
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        revert::Revert,
    },
    pair::{Pair, Setup},
};

/// The program: a pair, once a clone has told what it was made with, behind its dispatch table.
pub struct PairProgram(VM);

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<PairProgram>(input, vm)
}

impl Contract for PairProgram {
    fn new(vm: VM) -> Self {
        Self(vm)
    }

    /// All but the swap: a pair has flushed what it knows before anybody can ask.
    fn is_fixed(function: u32) -> bool {
        function != swapExactAmountOutCall::ID
    }

    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let vm = &self.0;
        let Some((arguments, setup)) = arguments.split_end() else {
            // What was taken for a selector belongs to the setup, if this is a pair.
            Pair::check_made(vm)?;
            return Err(entry::unknown(0));
        };
        let mut pair = Pair::new(vm.clone(), Setup::decode(setup));
        match function {
            // Without a word of storage
            sourceCall::ID => {
                arguments.none()?;
                output.put(pair.setup().source)
            }
            tokenInCall::ID => {
                arguments.none()?;
                output.put(pair.setup().token_in)
            }
            tokenOutCall::ID => {
                arguments.none()?;
                output.put(pair.setup().token_out)
            }
            targetCall::ID => {
                arguments.none()?;
                output.put(pair.target()?)
            }
            targetAuctionPeriodCall::ID => {
                arguments.none()?;
                output.put(u128::from(pair.terms().target_period))
            }
            smoothingFactorCall::ID => {
                arguments.none()?;
                output.put(u128::from(pair.terms().smoothing))
            }
            maxAmountOutCall::ID => {
                arguments.none()?;
                output.put(pair.max_amount_out()?)
            }

            // With the last sale
            computeExactAmountInCall::ID => {
                let _amount_out = arguments.words(1, 0)?;
                output.put(pair.current_price())
            }
            swapExactAmountOutCall::ID => {
                Pair::check_made(vm)?;
                let (words, [data]) = arguments.with_tails(4, 0b0001, [3])?;
                let receiver = words.address(0);
                output.put(pair.swap_exact_amount_out(receiver, words.uint(1), words.uint(2), data)?)
            }
            lastAuctionAtCall::ID => {
                arguments.none()?;
                output.put(u128::from(pair.last_sale().time))
            }
            lastAuctionPriceCall::ID => {
                arguments.none()?;
                output.put(pair.last_sale().price)
            }
            computeTimeForPriceCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(pair.time_for_price(words.uint(0))?)
            }
            _ => return Err(entry::unknown(function)),
        }
        Ok(())
    }
}
