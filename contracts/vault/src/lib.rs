//! The program `vault`: what stakers and buyers do, and the views that other contracts ask for. What the functions do is
//! in `weir::vault`; every other function of the interface is the program `extension`'s.
//!
//! A function costs every call of every other one some gas: about 0.13 for each byte of its code, if the program is not
//! cached. So what is called seldom belongs into the extension.

use alloy_primitives::{Address, U256};
use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::IVault::*,
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        permits::Signature,
        revert::Revert,
    },
    vault::Vault,
};

/// The program: a vault behind its dispatch table.
pub struct VaultProgram(Vault);

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<VaultProgram>(input, vm)
}

impl Contract for VaultProgram {
    fn new(vm: VM) -> Self {
        Self(Vault::new(vm))
    }

    /// A flash swap's receiver asks the pair for `tokenIn`, `tokenOut` and `target`: routers do.
    fn is_fixed(function: u32) -> bool {
        matches!(function, assetCall::ID | targetCall::ID | tokenInCall::ID | tokenOutCall::ID)
    }

    /// The extension knows the rest of the fixed ones, and refuses all others as this program would.
    fn call_again(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        output.pass_on(self.0.delegate(function, arguments)?);
        Ok(())
    }

    // Functions of one signature stand together and are told apart behind it: so what decodes their arguments and
    // encodes their results is there once.
    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let vault = &mut self.0;
        match function {
            assetCall::ID | tokenInCall::ID | tokenOutCall::ID | targetCall::ID => {
                arguments.none()?;
                output.put(address(vault, function));
            }
            totalSupplyCall::ID | totalAssetsCall::ID | maxAmountOutCall::ID | syncCall::ID => {
                arguments.none()?;
                output.put(word(vault, function)?);
            }
            balanceOfCall::ID | earnedCall::ID | claimCall::ID | claimForCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(word_of_account(vault, function, words.address(0))?);
            }
            convertToAssetsCall::ID | previewRedeemCall::ID | computeExactAmountInCall::ID | fundCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(word_of_amount(vault, function, words.uint(0))?);
            }
            depositCall::ID | mintCall::ID => {
                let words = arguments.words(2, 0b10)?;
                let (amount, receiver) = (words.uint(0), words.address(1));
                output.put(if function == depositCall::ID {
                    vault.deposit(amount, receiver)?
                } else {
                    vault.mint(amount, receiver)?
                });
            }
            withdrawCall::ID | redeemCall::ID => {
                let words = arguments.words(3, 0b110)?;
                let (amount, receiver, owner) = (words.uint(0), words.address(1), words.address(2));
                output.put(if function == withdrawCall::ID {
                    vault.withdraw(amount, receiver, owner)?
                } else {
                    vault.redeem(amount, receiver, owner)?
                });
            }
            approveCall::ID | transferCall::ID => {
                let words = arguments.words(2, 0b01)?;
                let (account, value) = (words.address(0), words.uint(1));
                output.put(if function == approveCall::ID {
                    vault.approve(account, value)?
                } else {
                    vault.transfer(account, value)?
                });
            }
            transferFromCall::ID => {
                let words = arguments.words(3, 0b011)?;
                output.put(vault.transfer_from(words.address(0), words.address(1), words.uint(2))?);
            }
            allowanceCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(vault.allowance(words.address(0), words.address(1)));
            }
            exitCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.exit(words.address(0))?);
            }
            swapExactAmountOutCall::ID => {
                let (words, [data]) = arguments.with_tails(4, 0b0001, [3])?;
                let receiver = words.address(0);
                output.put(vault.swap_exact_amount_out(receiver, words.uint(1), words.uint(2), data)?);
            }
            depositWithPermitCall::ID => {
                let words = arguments.words(6, 0b000010)?;
                let (assets, receiver, deadline) = (words.uint(0), words.address(1), words.uint(2));
                let signature = Signature::decode(words, 3)?;
                output.put(vault.deposit_with_permit(assets, receiver, deadline, signature)?);
            }
            _ => output.pass_on(vault.delegate(function, arguments)?),
        }
        Ok(())
    }
}

/// Functions `() -> address`.
#[inline(never)]
fn address(vault: &Vault, function: u32) -> Address {
    match function {
        assetCall::ID => vault.asset(),
        tokenInCall::ID => vault.reward(),
        tokenOutCall::ID => vault.yield_token(),
        _ => vault.address(),
    }
}

/// Functions `() -> uint256`.
#[inline(never)]
fn word(vault: &mut Vault, function: u32) -> Result<U256, Revert> {
    Ok(match function {
        totalSupplyCall::ID => U256::from(vault.total_supply()),
        totalAssetsCall::ID => vault.total_assets()?,
        maxAmountOutCall::ID => vault.max_amount_out()?,
        _ => vault.sync()?,
    })
}

/// Functions `(address) -> uint256`.
#[inline(never)]
fn word_of_account(vault: &mut Vault, function: u32, account: Address) -> Result<U256, Revert> {
    Ok(match function {
        balanceOfCall::ID => U256::from(vault.balance_of(account)),
        earnedCall::ID => U256::from(vault.earned(account)),
        claimCall::ID => vault.claim(account)?,
        _ => vault.claim_for(account)?,
    })
}

/// Functions `(uint256) -> uint256`.
#[inline(never)]
fn word_of_amount(vault: &mut Vault, function: u32, amount: U256) -> Result<U256, Revert> {
    match function {
        convertToAssetsCall::ID | previewRedeemCall::ID => vault.preview_redeem(amount),
        computeExactAmountInCall::ID => Ok(vault.current_price()),
        _ => vault.fund(amount),
    }
}
