//! The program `factory`: which selector runs which function. What the functions do is in `weir::factory`.

use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{CONSTRUCTOR, IFactory::*},
    components::{
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        revert::Revert,
    },
    factory::{Factory, PairOrder},
    vault::Settings,
};

/// The program: a factory behind its dispatch table.
pub struct FactoryProgram(Factory);

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<FactoryProgram>(input, vm)
}

impl Contract for FactoryProgram {
    fn new(vm: VM) -> Self {
        Self(Factory::new(vm))
    }

    fn is_fixed(_: u32) -> bool {
        false
    }

    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let factory = &mut self.0;
        match function {
            createPairCall::ID => {
                let words = arguments.words(6, 0b000111)?;
                let order = PairOrder {
                    source: words.address(0),
                    token_in: words.address(1),
                    token_out: words.address(2),
                    target_period: words.small(3, 64)?,
                    target_price: words.bounded(4, 192)?,
                    smoothing: words.uint(5),
                };
                output.put(factory.create_pair(&order)?)
            }
            createVaultCall::ID => {
                let (_, settings) = Settings::decode(arguments, 0)?;
                output.put(factory.create_vault(&settings, arguments.bytes())?)
            }
            allPairsCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(factory.pair(words.uint(0))?)
            }
            allVaultsCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(factory.vault(words.uint(0))?)
            }
            totalPairsCall::ID => {
                arguments.none()?;
                output.put(factory.total_pairs())
            }
            totalVaultsCall::ID => {
                arguments.none()?;
                output.put(factory.total_vaults())
            }
            deployedPairsCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(factory.is_pair(words.address(0)))
            }
            deployedVaultsCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(factory.is_vault(words.address(0)))
            }
            pairTemplateCall::ID => {
                arguments.none()?;
                output.put(factory.pair_template())
            }
            vaultTemplateCall::ID => {
                arguments.none()?;
                output.put(factory.vault_template())
            }
            vaultExtensionCall::ID => {
                arguments.none()?;
                output.put(factory.vault_extension())
            }
            CONSTRUCTOR => {
                let words = arguments.words(3, 0b111)?;
                let [pair, vault, extension] = [0, 1, 2].map(|index| words.address(index));
                output.put(factory.construct(pair, vault, extension)?)
            }
            _ => return Err(entry::unknown(function)),
        }
        Ok(())
    }
}
