//! The program `extension`: the functions of a vault that are called seldom. A vault runs it by delegate call, in its own
//! name and on its own storage (`weir::vault::Vault::delegate`); called by itself it is a vault without stakers or tokens.

use alloy_primitives::{Address, U256};
use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{CONSTRUCTOR, IVault::*},
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, Output},
        entry::{self, Contract, Function},
        permits::{Permit, Signature},
        revert::Revert,
    },
    vault::{Settings, Vault},
};

/// The program: a vault behind the second part of its dispatch table.
pub struct ExtensionProgram(Vault);

/// Where a call enters the program.
#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
extern "C" fn user_entrypoint(length: usize) -> usize {
    entry::run(length, answer)
}

/// Answers one call: return data, or the encoded error.
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<ExtensionProgram>(input, vm)
}

impl Contract for ExtensionProgram {
    fn new(vm: VM) -> Self {
        Self(Vault::new(vm))
    }

    /// What the constructor wrote, for good.
    fn is_fixed(function: u32) -> bool {
        matches!(
            function,
            nameCall::ID
                | symbolCall::ID
                | decimalsCall::ID
                | rewardCall::ID
                | yieldTokenCall::ID
                | epochLengthCall::ID
                | sourceCall::ID
                | targetAuctionPeriodCall::ID
                | smoothingFactorCall::ID
                | extensionDelegateCall::ID
        )
    }

    // Functions of one signature stand together and are told apart behind it: so what decodes their arguments and
    // encodes their results is there once.
    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let vault = &mut self.0;
        match function {
            nameCall::ID | symbolCall::ID => {
                arguments.none()?;
                output.put(text(vault, function));
            }
            decimalsCall::ID
            | epochLengthCall::ID
            | epochCall::ID
            | epochStartCall::ID
            | epochEndCall::ID
            | epochRewardCall::ID
            | queuedCall::ID
            | reserveCall::ID
            | targetAuctionPeriodCall::ID
            | smoothingFactorCall::ID
            | lastAuctionAtCall::ID => {
                arguments.none()?;
                output.put(number(vault, function));
            }
            rewardCall::ID
            | yieldTokenCall::ID
            | sourceCall::ID
            | ownerCall::ID
            | pendingOwnerCall::ID
            | extensionDelegateCall::ID => {
                arguments.none()?;
                output.put(address(vault, function));
            }
            rewardIndexCall::ID | lastAuctionPriceCall::ID | DOMAIN_SEPARATORCall::ID => {
                arguments.none()?;
                output.put(word(vault, function));
            }
            eip712DomainCall::ID => {
                arguments.none()?;
                output.put(vault.domain());
            }
            noncesCall::ID
            | maxDepositCall::ID
            | maxMintCall::ID
            | maxWithdrawCall::ID
            | maxRedeemCall::ID
            | liquidatableBalanceOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(word_of_account(vault, function, words.address(0))?);
            }
            convertToSharesCall::ID
            | previewDepositCall::ID
            | previewMintCall::ID
            | previewWithdrawCall::ID
            | computeTimeForPriceCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(word_of_amount(vault, function, words.uint(0))?);
            }
            permitCall::ID => {
                let words = arguments.words(7, 0b0000011)?;
                let permit = Permit {
                    owner: words.address(0),
                    spender: words.address(1),
                    value: words.uint(2),
                    deadline: words.uint(3),
                };
                vault.permit(permit, Signature::decode(words, 4)?)?;
            }
            transferTokensOutCall::ID => {
                let words = arguments.words(4, 0b0111)?;
                output.put(vault.send_sold(words.address(1), words.address(2), words.uint(3))?);
            }
            verifyTokensInCall::ID => {
                let (words, [_transfer_data]) = arguments.with_tails(3, 0b001, [2])?;
                vault.verify_payment(words.address(0), words.uint(1))?;
            }
            targetOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.target_of(words.address(0))?);
            }
            isLiquidationPairCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(vault.is_liquidation_pair(words.address(0), words.address(1)));
            }
            setLiquidationPairCall::ID => {
                let words = arguments.words(2, 0b11)?;
                vault.set_liquidation_pair(words.address(0), words.address(1))?;
            }
            transferOwnershipCall::ID => {
                let words = arguments.words(1, 0b1)?;
                vault.ownership_mut().offer(words.address(0))?;
            }
            acceptOwnershipCall::ID => {
                arguments.none()?;
                vault.ownership_mut().accept()?;
            }
            renounceOwnershipCall::ID => {
                arguments.none()?;
                vault.ownership_mut().renounce()?;
            }
            CONSTRUCTOR => {
                let (words, settings) = Settings::decode(arguments, 1)?;
                vault.construct(words.address(0), settings)?;
            }
            _ => return Err(entry::unknown(function)),
        }
        Ok(())
    }
}

/// Functions `() -> string`.
#[inline(never)]
fn text(vault: &Vault, function: u32) -> Vec<u8> {
    if function == nameCall::ID { vault.name() } else { vault.symbol() }
}

/// Functions `() -> uint` whose result fits 128 bits.
#[inline(never)]
fn number(vault: &Vault, function: u32) -> u128 {
    match function {
        decimalsCall::ID => vault.decimals(),
        epochLengthCall::ID => vault.epoch_length(),
        epochCall::ID => vault.epoch(),
        epochStartCall::ID => vault.epoch_start(),
        epochEndCall::ID => vault.epoch_end(),
        epochRewardCall::ID => vault.stream().reward,
        queuedCall::ID => vault.stream().queued,
        reserveCall::ID => vault.reserve(),
        targetAuctionPeriodCall::ID => vault.terms().target_period.into(),
        smoothingFactorCall::ID => vault.terms().smoothing.into(),
        _ => vault.last_sale().time.into(),
    }
}

/// Functions `() -> address`.
#[inline(never)]
fn address(vault: &Vault, function: u32) -> Address {
    match function {
        rewardCall::ID => vault.reward(),
        yieldTokenCall::ID => vault.yield_token(),
        ownerCall::ID => vault.ownership().owner(),
        pendingOwnerCall::ID => vault.ownership().pending(),
        extensionDelegateCall::ID => vault.extension(),
        _ => vault.address(),
    }
}

/// Functions `() -> uint256`, or a word of another name.
#[inline(never)]
fn word(vault: &Vault, function: u32) -> U256 {
    match function {
        rewardIndexCall::ID => vault.reward_index(),
        lastAuctionPriceCall::ID => vault.last_sale().price,
        _ => vault.domain_separator().into(),
    }
}

/// Functions `(address) -> uint256`.
#[inline(never)]
fn word_of_account(vault: &Vault, function: u32, account: Address) -> Result<U256, Revert> {
    Ok(match function {
        noncesCall::ID => vault.nonce(account),
        maxDepositCall::ID | maxMintCall::ID => U256::from(vault.max_deposit(account)?),
        maxWithdrawCall::ID => vault.max_withdraw(account)?,
        maxRedeemCall::ID => vault.max_redeem(account)?,
        _ => vault.liquidatable_balance_of(account)?,
    })
}

/// Functions `(uint256) -> uint256`.
#[inline(never)]
fn word_of_amount(vault: &Vault, function: u32, amount: U256) -> Result<U256, Revert> {
    match function {
        convertToSharesCall::ID => vault.convert_to_shares(amount),
        previewDepositCall::ID | previewMintCall::ID => vault.preview_deposit(amount),
        previewWithdrawCall::ID => vault.preview_withdraw(amount),
        _ => vault.time_for_price(amount),
    }
}
