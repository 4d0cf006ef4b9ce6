//! The program `vault`: which selector runs which function. What the functions do is in `weir::vault`.

use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{CONSTRUCTOR_SELECTOR, IEntry::UnknownSelector, IVault::*},
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, Output, Words},
        entry::{self, Contract},
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
    fn is_fixed(selector: [u8; 4]) -> bool {
        matches!(
            selector,
            nameCall::SELECTOR
                | symbolCall::SELECTOR
                | decimalsCall::SELECTOR
                | assetCall::SELECTOR
                | rewardCall::SELECTOR
                | yieldTokenCall::SELECTOR
                | epochLengthCall::SELECTOR
                | sourceCall::SELECTOR
                | targetCall::SELECTOR
                | tokenInCall::SELECTOR
                | tokenOutCall::SELECTOR
                | targetAuctionPeriodCall::SELECTOR
                | smoothingFactorCall::SELECTOR
        )
    }

    fn call(&mut self, selector: [u8; 4], arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let vault = &mut self.0;
        match selector {
            // ERC-20
            nameCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.name())
            }
            symbolCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.symbol())
            }
            decimalsCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.decimals())
            }
            totalSupplyCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.total_supply())
            }
            balanceOfCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.balance_of(words.address(0)?))
            }
            allowanceCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.allowance(words.address(0)?, words.address(1)?))
            }
            approveCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.approve(words.address(0)?, words.uint(1))?)
            }
            transferCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.transfer(words.address(0)?, words.uint(1))?)
            }
            transferFromCall::SELECTOR => {
                let words = arguments.words(3)?;
                output.put(vault.transfer_from(words.address(0)?, words.address(1)?, words.uint(2))?)
            }

            // EIP-2612 and EIP-5267
            permitCall::SELECTOR => {
                let words = arguments.words(7)?;
                let permit = Permit {
                    owner: words.address(0)?,
                    spender: words.address(1)?,
                    value: words.uint(2),
                    deadline: words.uint(3),
                };
                output.put(vault.permit(permit, signature(words, 4)?)?)
            }
            noncesCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.nonce(words.address(0)?))
            }
            DOMAIN_SEPARATORCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.domain_separator())
            }
            eip712DomainCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.domain())
            }

            // ERC-4626
            assetCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.asset())
            }
            totalAssetsCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.total_assets()?)
            }
            convertToSharesCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.convert_to_shares(words.uint(0))?)
            }
            convertToAssetsCall::SELECTOR | previewRedeemCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.preview_redeem(words.uint(0))?)
            }
            previewDepositCall::SELECTOR | previewMintCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.preview_deposit(words.uint(0))?)
            }
            previewWithdrawCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.preview_withdraw(words.uint(0))?)
            }
            maxDepositCall::SELECTOR | maxMintCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.max_deposit(words.address(0)?)?)
            }
            maxWithdrawCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.max_withdraw(words.address(0)?)?)
            }
            maxRedeemCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.max_redeem(words.address(0)?)?)
            }
            depositCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.deposit(words.uint(0), words.address(1)?)?)
            }
            depositWithPermitCall::SELECTOR => {
                let words = arguments.words(6)?;
                let (assets, receiver, deadline) = (words.uint(0), words.address(1)?, words.uint(2));
                output.put(vault.deposit_with_permit(assets, receiver, deadline, signature(words, 3)?)?)
            }
            mintCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.mint(words.uint(0), words.address(1)?)?)
            }
            withdrawCall::SELECTOR => {
                let words = arguments.words(3)?;
                output.put(vault.withdraw(words.uint(0), words.address(1)?, words.address(2)?)?)
            }
            redeemCall::SELECTOR => {
                let words = arguments.words(3)?;
                output.put(vault.redeem(words.uint(0), words.address(1)?, words.address(2)?)?)
            }

            // Rewards
            rewardCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.reward())
            }
            earnedCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.earned(words.address(0)?))
            }
            claimCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.claim(words.address(0)?)?)
            }
            claimForCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.claim_for(words.address(0)?)?)
            }
            exitCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.exit(words.address(0)?)?)
            }
            fundCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.fund(words.uint(0))?)
            }
            syncCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.sync()?)
            }
            epochLengthCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.epoch_length())
            }
            epochCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.epoch())
            }
            epochStartCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.epoch_start())
            }
            epochEndCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.epoch_end())
            }
            epochRewardCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.stream().reward)
            }
            queuedCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.stream().queued)
            }
            rewardIndexCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.reward_index())
            }
            reserveCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.reserve())
            }

            // The vault's own liquidation pair
            yieldTokenCall::SELECTOR | tokenOutCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.yield_token())
            }
            tokenInCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.reward())
            }
            sourceCall::SELECTOR | targetCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.address())
            }
            maxAmountOutCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.max_amount_out()?)
            }
            computeExactAmountInCall::SELECTOR => {
                let _amount_out = arguments.words(1)?;
                output.put(vault.current_price())
            }
            swapExactAmountOutCall::SELECTOR => {
                let (words, [data]) = arguments.with_tails(4, [3])?;
                let receiver = words.address(0)?;
                output.put(vault.swap_exact_amount_out(receiver, words.uint(1), words.uint(2), data)?)
            }
            targetAuctionPeriodCall::SELECTOR => {
                arguments.words(0)?;
                output.put(u128::from(vault.terms().target_period))
            }
            smoothingFactorCall::SELECTOR => {
                arguments.words(0)?;
                output.put(u128::from(vault.terms().smoothing))
            }
            lastAuctionAtCall::SELECTOR => {
                arguments.words(0)?;
                output.put(u128::from(vault.auction().last().time))
            }
            lastAuctionPriceCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.auction().last().price)
            }
            computeTimeForPriceCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.time_for_price(words.uint(0))?)
            }

            // Source of standalone pairs
            liquidatableBalanceOfCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.liquidatable_balance_of(words.address(0)?)?)
            }
            transferTokensOutCall::SELECTOR => {
                let words = arguments.words(4)?;
                let _sender = words.address(0)?;
                output.put(vault.send_sold(words.address(1)?, words.address(2)?, words.uint(3))?)
            }
            verifyTokensInCall::SELECTOR => {
                let (words, [_transfer_data]) = arguments.with_tails(3, [2])?;
                output.put(vault.verify_payment(words.address(0)?, words.uint(1))?)
            }
            targetOfCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.target_of(words.address(0)?)?)
            }
            isLiquidationPairCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.is_liquidation_pair(words.address(0)?, words.address(1)?))
            }

            // Owner
            ownerCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.ownership().owner())
            }
            pendingOwnerCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.ownership().pending())
            }
            transferOwnershipCall::SELECTOR => {
                let words = arguments.words(1)?;
                output.put(vault.ownership_mut().offer(words.address(0)?)?)
            }
            acceptOwnershipCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.ownership_mut().accept()?)
            }
            renounceOwnershipCall::SELECTOR => {
                arguments.words(0)?;
                output.put(vault.ownership_mut().renounce()?)
            }
            setLiquidationPairCall::SELECTOR => {
                let words = arguments.words(2)?;
                output.put(vault.set_liquidation_pair(words.address(0)?, words.address(1)?)?)
            }

            // Constructor
            CONSTRUCTOR_SELECTOR => output.put(vault.construct(settings(arguments)?)?),
            _ => return Err(UnknownSelector { selector: selector.into() }.into()),
        }
        Ok(())
    }
}

/// The arguments `v`, `r` and `s`, of which the first is number `first`.
fn signature(words: Words, first: usize) -> Result<Signature, Revert> {
    Ok(Signature { v: words.small(first, 8)?, r: words.uint(first + 1), s: words.uint(first + 2) })
}

/// The constructor's arguments, in the order of `IConstructors.vault`.
fn settings(arguments: Calldata<'_>) -> Result<Settings<'_>, Revert> {
    let (words, [name, symbol]) = arguments.with_tails(10, [7, 8])?;
    Ok(Settings {
        asset: words.address(0)?,
        reward: words.address(1)?,
        yield_token: words.address(2)?,
        epoch_length: words.small(3, 32)? as u32,
        target_period: words.small(4, 32)? as u32,
        target_price: words.uint(5),
        smoothing: words.small(6, 64)?,
        name,
        symbol,
        owner: words.address(9)?,
    })
}
