//! The program `vault`: which selector runs which function. What the functions do is in `weir::vault`.

use alloy_primitives::{Address, U256};
use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{CONSTRUCTOR, IVault::*},
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, Output, Words},
        entry::{self, Contract, Function},
        permits::{Permit, Signature},
        revert::Revert,
    },
    vault::{Settings, Vault},
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

    /// A flash swap's receiver asks the pair for `tokenIn` and `target`: PoolTogether V5's router does.
    fn is_fixed(function: u32) -> bool {
        matches!(
            function,
            nameCall::ID
                | symbolCall::ID
                | decimalsCall::ID
                | assetCall::ID
                | rewardCall::ID
                | yieldTokenCall::ID
                | epochLengthCall::ID
                | sourceCall::ID
                | targetCall::ID
                | tokenInCall::ID
                | tokenOutCall::ID
                | targetAuctionPeriodCall::ID
                | smoothingFactorCall::ID
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
            totalSupplyCall::ID
            | decimalsCall::ID
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
            assetCall::ID
            | rewardCall::ID
            | yieldTokenCall::ID
            | tokenInCall::ID
            | tokenOutCall::ID
            | sourceCall::ID
            | targetCall::ID
            | ownerCall::ID
            | pendingOwnerCall::ID => {
                arguments.none()?;
                output.put(address(vault, function));
            }
            rewardIndexCall::ID
            | lastAuctionPriceCall::ID
            | DOMAIN_SEPARATORCall::ID
            | totalAssetsCall::ID
            | maxAmountOutCall::ID
            | syncCall::ID => {
                arguments.none()?;
                output.put(word(vault, function)?);
            }
            eip712DomainCall::ID => {
                arguments.none()?;
                output.put(vault.domain());
            }
            balanceOfCall::ID
            | noncesCall::ID
            | earnedCall::ID
            | maxDepositCall::ID
            | maxMintCall::ID
            | maxWithdrawCall::ID
            | maxRedeemCall::ID
            | claimCall::ID
            | claimForCall::ID
            | liquidatableBalanceOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(word_of_account(vault, function, words.address(0))?);
            }
            convertToSharesCall::ID
            | convertToAssetsCall::ID
            | previewRedeemCall::ID
            | previewDepositCall::ID
            | previewMintCall::ID
            | previewWithdrawCall::ID
            | computeExactAmountInCall::ID
            | computeTimeForPriceCall::ID
            | fundCall::ID => {
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
            permitCall::ID => {
                let words = arguments.words(7, 0b0000011)?;
                let permit = Permit {
                    owner: words.address(0),
                    spender: words.address(1),
                    value: words.uint(2),
                    deadline: words.uint(3),
                };
                vault.permit(permit, signature(words, 4)?)?;
            }
            depositWithPermitCall::ID => {
                let words = arguments.words(6, 0b000010)?;
                let (assets, receiver, deadline) = (words.uint(0), words.address(1), words.uint(2));
                output.put(vault.deposit_with_permit(assets, receiver, deadline, signature(words, 3)?)?);
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
            CONSTRUCTOR => vault.construct(Settings::decode(arguments)?)?,
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
        totalSupplyCall::ID => vault.total_supply(),
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
        _ => vault.auction().last().time.into(),
    }
}

/// Functions `() -> address`.
#[inline(never)]
fn address(vault: &Vault, function: u32) -> Address {
    match function {
        assetCall::ID => vault.asset(),
        rewardCall::ID | tokenInCall::ID => vault.reward(),
        yieldTokenCall::ID | tokenOutCall::ID => vault.yield_token(),
        ownerCall::ID => vault.ownership().owner(),
        pendingOwnerCall::ID => vault.ownership().pending(),
        _ => vault.address(),
    }
}

/// Functions `() -> uint256`, or a word of another name.
#[inline(never)]
fn word(vault: &mut Vault, function: u32) -> Result<U256, Revert> {
    Ok(match function {
        rewardIndexCall::ID => vault.reward_index(),
        lastAuctionPriceCall::ID => vault.auction().last().price,
        DOMAIN_SEPARATORCall::ID => vault.domain_separator().into(),
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
        noncesCall::ID => vault.nonce(account),
        earnedCall::ID => U256::from(vault.earned(account)),
        maxDepositCall::ID | maxMintCall::ID => U256::from(vault.max_deposit(account)?),
        maxWithdrawCall::ID => vault.max_withdraw(account)?,
        maxRedeemCall::ID => vault.max_redeem(account)?,
        claimCall::ID => vault.claim(account)?,
        claimForCall::ID => vault.claim_for(account)?,
        _ => vault.liquidatable_balance_of(account)?,
    })
}

/// Functions `(uint256) -> uint256`.
#[inline(never)]
fn word_of_amount(vault: &mut Vault, function: u32, amount: U256) -> Result<U256, Revert> {
    match function {
        convertToSharesCall::ID => vault.convert_to_shares(amount),
        convertToAssetsCall::ID | previewRedeemCall::ID => vault.preview_redeem(amount),
        previewDepositCall::ID | previewMintCall::ID => vault.preview_deposit(amount),
        previewWithdrawCall::ID => vault.preview_withdraw(amount),
        computeExactAmountInCall::ID => Ok(vault.current_price()),
        computeTimeForPriceCall::ID => vault.time_for_price(amount),
        _ => vault.fund(amount),
    }
}

/// The arguments `v`, `r` and `s`, of which the first is number `first`.
fn signature(words: Words, first: usize) -> Result<Signature, Revert> {
    Ok(Signature { v: words.small(first, 8)?, r: words.uint(first + 1), s: words.uint(first + 2) })
}
