//! The program `vault`: which selector runs which function. What the functions do is in `weir::vault`.

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

    fn call(&mut self, function: u32, arguments: Calldata, output: &mut Output) -> Result<(), Revert> {
        let vault = &mut self.0;
        match function {
            // ERC-20
            nameCall::ID => {
                arguments.none()?;
                output.put(vault.name())
            }
            symbolCall::ID => {
                arguments.none()?;
                output.put(vault.symbol())
            }
            decimalsCall::ID => {
                arguments.none()?;
                output.put(vault.decimals())
            }
            totalSupplyCall::ID => {
                arguments.none()?;
                output.put(vault.total_supply())
            }
            balanceOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.balance_of(words.address(0)))
            }
            allowanceCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(vault.allowance(words.address(0), words.address(1)))
            }
            approveCall::ID => {
                let words = arguments.words(2, 0b01)?;
                output.put(vault.approve(words.address(0), words.uint(1))?)
            }
            transferCall::ID => {
                let words = arguments.words(2, 0b01)?;
                output.put(vault.transfer(words.address(0), words.uint(1))?)
            }
            transferFromCall::ID => {
                let words = arguments.words(3, 0b011)?;
                output.put(vault.transfer_from(words.address(0), words.address(1), words.uint(2))?)
            }

            // EIP-2612 and EIP-5267
            permitCall::ID => {
                let words = arguments.words(7, 0b0000011)?;
                let permit = Permit {
                    owner: words.address(0),
                    spender: words.address(1),
                    value: words.uint(2),
                    deadline: words.uint(3),
                };
                output.put(vault.permit(permit, signature(words, 4)?)?)
            }
            noncesCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.nonce(words.address(0)))
            }
            DOMAIN_SEPARATORCall::ID => {
                arguments.none()?;
                output.put(vault.domain_separator())
            }
            eip712DomainCall::ID => {
                arguments.none()?;
                output.put(vault.domain())
            }

            // ERC-4626
            assetCall::ID => {
                arguments.none()?;
                output.put(vault.asset())
            }
            totalAssetsCall::ID => {
                arguments.none()?;
                output.put(vault.total_assets()?)
            }
            convertToSharesCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.convert_to_shares(words.uint(0))?)
            }
            convertToAssetsCall::ID | previewRedeemCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.preview_redeem(words.uint(0))?)
            }
            previewDepositCall::ID | previewMintCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.preview_deposit(words.uint(0))?)
            }
            previewWithdrawCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.preview_withdraw(words.uint(0))?)
            }
            maxDepositCall::ID | maxMintCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.max_deposit(words.address(0))?)
            }
            maxWithdrawCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.max_withdraw(words.address(0))?)
            }
            maxRedeemCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.max_redeem(words.address(0))?)
            }
            depositCall::ID => {
                let words = arguments.words(2, 0b10)?;
                output.put(vault.deposit(words.uint(0), words.address(1))?)
            }
            depositWithPermitCall::ID => {
                let words = arguments.words(6, 0b000010)?;
                let (assets, receiver, deadline) = (words.uint(0), words.address(1), words.uint(2));
                output.put(vault.deposit_with_permit(assets, receiver, deadline, signature(words, 3)?)?)
            }
            mintCall::ID => {
                let words = arguments.words(2, 0b10)?;
                output.put(vault.mint(words.uint(0), words.address(1))?)
            }
            withdrawCall::ID => {
                let words = arguments.words(3, 0b110)?;
                output.put(vault.withdraw(words.uint(0), words.address(1), words.address(2))?)
            }
            redeemCall::ID => {
                let words = arguments.words(3, 0b110)?;
                output.put(vault.redeem(words.uint(0), words.address(1), words.address(2))?)
            }

            // Rewards
            rewardCall::ID => {
                arguments.none()?;
                output.put(vault.reward())
            }
            earnedCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.earned(words.address(0)))
            }
            claimCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.claim(words.address(0))?)
            }
            claimForCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.claim_for(words.address(0))?)
            }
            exitCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.exit(words.address(0))?)
            }
            fundCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.fund(words.uint(0))?)
            }
            syncCall::ID => {
                arguments.none()?;
                output.put(vault.sync()?)
            }
            epochLengthCall::ID => {
                arguments.none()?;
                output.put(vault.epoch_length())
            }
            epochCall::ID => {
                arguments.none()?;
                output.put(vault.epoch())
            }
            epochStartCall::ID => {
                arguments.none()?;
                output.put(vault.epoch_start())
            }
            epochEndCall::ID => {
                arguments.none()?;
                output.put(vault.epoch_end())
            }
            epochRewardCall::ID => {
                arguments.none()?;
                output.put(vault.stream().reward)
            }
            queuedCall::ID => {
                arguments.none()?;
                output.put(vault.stream().queued)
            }
            rewardIndexCall::ID => {
                arguments.none()?;
                output.put(vault.reward_index())
            }
            reserveCall::ID => {
                arguments.none()?;
                output.put(vault.reserve())
            }

            // The vault's own liquidation pair
            yieldTokenCall::ID | tokenOutCall::ID => {
                arguments.none()?;
                output.put(vault.yield_token())
            }
            tokenInCall::ID => {
                arguments.none()?;
                output.put(vault.reward())
            }
            sourceCall::ID | targetCall::ID => {
                arguments.none()?;
                output.put(vault.address())
            }
            maxAmountOutCall::ID => {
                arguments.none()?;
                output.put(vault.max_amount_out()?)
            }
            computeExactAmountInCall::ID => {
                let _amount_out = arguments.words(1, 0)?;
                output.put(vault.current_price())
            }
            swapExactAmountOutCall::ID => {
                let (words, [data]) = arguments.with_tails(4, 0b0001, [3])?;
                let receiver = words.address(0);
                output.put(vault.swap_exact_amount_out(receiver, words.uint(1), words.uint(2), data)?)
            }
            targetAuctionPeriodCall::ID => {
                arguments.none()?;
                output.put(u128::from(vault.terms().target_period))
            }
            smoothingFactorCall::ID => {
                arguments.none()?;
                output.put(u128::from(vault.terms().smoothing))
            }
            lastAuctionAtCall::ID => {
                arguments.none()?;
                output.put(u128::from(vault.auction().last().time))
            }
            lastAuctionPriceCall::ID => {
                arguments.none()?;
                output.put(vault.auction().last().price)
            }
            computeTimeForPriceCall::ID => {
                let words = arguments.words(1, 0)?;
                output.put(vault.time_for_price(words.uint(0))?)
            }

            // Source of standalone pairs
            liquidatableBalanceOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.liquidatable_balance_of(words.address(0))?)
            }
            transferTokensOutCall::ID => {
                let words = arguments.words(4, 0b0111)?;
                let _sender = words.address(0);
                output.put(vault.send_sold(words.address(1), words.address(2), words.uint(3))?)
            }
            verifyTokensInCall::ID => {
                let (words, [_transfer_data]) = arguments.with_tails(3, 0b001, [2])?;
                output.put(vault.verify_payment(words.address(0), words.uint(1))?)
            }
            targetOfCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.target_of(words.address(0))?)
            }
            isLiquidationPairCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(vault.is_liquidation_pair(words.address(0), words.address(1)))
            }

            // Owner
            ownerCall::ID => {
                arguments.none()?;
                output.put(vault.ownership().owner())
            }
            pendingOwnerCall::ID => {
                arguments.none()?;
                output.put(vault.ownership().pending())
            }
            transferOwnershipCall::ID => {
                let words = arguments.words(1, 0b1)?;
                output.put(vault.ownership_mut().offer(words.address(0))?)
            }
            acceptOwnershipCall::ID => {
                arguments.none()?;
                output.put(vault.ownership_mut().accept()?)
            }
            renounceOwnershipCall::ID => {
                arguments.none()?;
                output.put(vault.ownership_mut().renounce()?)
            }
            setLiquidationPairCall::ID => {
                let words = arguments.words(2, 0b11)?;
                output.put(vault.set_liquidation_pair(words.address(0), words.address(1))?)
            }

            // Constructor
            CONSTRUCTOR => output.put(vault.construct(settings(arguments)?)?),
            _ => return Err(entry::unknown(function)),
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
    let (words, [name, symbol]) = arguments.with_tails(10, 0b1000000111, [7, 8])?;
    Ok(Settings {
        asset: words.address(0),
        reward: words.address(1),
        yield_token: words.address(2),
        epoch_length: words.small(3, 32)? as u32,
        target_period: words.small(4, 32)? as u32,
        target_price: words.uint(5),
        smoothing: words.small(6, 64)?,
        name,
        symbol,
        owner: words.address(9),
    })
}
