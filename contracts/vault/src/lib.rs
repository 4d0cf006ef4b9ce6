//! The program `vault`: which selector runs which function. What the functions do is in `weir::vault`.

extern crate alloc;

use alloy_sol_types::SolCall;
use stylus_sdk::{ArbResult, host::VM, prelude::*};
use weir::{
    abi::{CONSTRUCTOR_SELECTOR, IEntry::UnknownSelector, IVault::*},
    components::{
        auction::LiquidationPair,
        calldata::{Calldata, reply},
        entry::{self, Contract},
        revert::Revert,
    },
    vault::{Settings, Vault},
};

/// The program: a vault behind its dispatch table.
pub struct VaultProgram(Vault);

#[entrypoint]
pub fn answer(input: Vec<u8>, vm: VM) -> ArbResult {
    entry::answer::<VaultProgram>(&input, vm)
}

impl Contract for VaultProgram {
    fn new(vm: VM) -> Self {
        Self(Vault::new(vm))
    }

    fn call(&mut self, selector: [u8; 4], arguments: Calldata) -> Result<Vec<u8>, Revert> {
        let vault = &mut self.0;
        match selector {
            // ERC-20
            nameCall::SELECTOR => arguments.none().and_then(|()| reply(vault.name())),
            symbolCall::SELECTOR => arguments.none().and_then(|()| reply(vault.symbol())),
            decimalsCall::SELECTOR => arguments.none().and_then(|()| reply(vault.decimals())),
            totalSupplyCall::SELECTOR => arguments.none().and_then(|()| reply(vault.total_supply())),
            balanceOfCall::SELECTOR => {
                let [account] = arguments.words()?;
                reply(vault.balance_of(account.address()?))
            }
            allowanceCall::SELECTOR => {
                let [owner, spender] = arguments.words()?;
                reply(vault.allowance(owner.address()?, spender.address()?))
            }
            approveCall::SELECTOR => {
                let [spender, value] = arguments.words()?;
                reply(vault.approve(spender.address()?, value.uint())?)
            }
            transferCall::SELECTOR => {
                let [to, value] = arguments.words()?;
                reply(vault.transfer(to.address()?, value.uint())?)
            }
            transferFromCall::SELECTOR => {
                let [from, to, value] = arguments.words()?;
                reply(vault.transfer_from(from.address()?, to.address()?, value.uint())?)
            }

            // ERC-4626
            assetCall::SELECTOR => arguments.none().and_then(|()| reply(vault.asset())),
            totalAssetsCall::SELECTOR => arguments.none().and_then(|()| reply(vault.total_assets())),
            convertToSharesCall::SELECTOR
            | convertToAssetsCall::SELECTOR
            | previewDepositCall::SELECTOR
            | previewMintCall::SELECTOR
            | previewWithdrawCall::SELECTOR
            | previewRedeemCall::SELECTOR => {
                let [amount] = arguments.words()?;
                reply(amount.uint())
            }
            maxDepositCall::SELECTOR | maxMintCall::SELECTOR => {
                let [receiver] = arguments.words()?;
                receiver.address()?;
                reply(vault.max_deposit())
            }
            maxWithdrawCall::SELECTOR | maxRedeemCall::SELECTOR => {
                let [owner] = arguments.words()?;
                reply(vault.max_withdraw(owner.address()?))
            }
            depositCall::SELECTOR => {
                let [assets, receiver] = arguments.words()?;
                reply(vault.deposit(assets.uint(), receiver.address()?)?)
            }
            mintCall::SELECTOR => {
                let [shares, receiver] = arguments.words()?;
                reply(vault.mint(shares.uint(), receiver.address()?)?)
            }
            withdrawCall::SELECTOR => {
                let [assets, receiver, owner] = arguments.words()?;
                reply(vault.withdraw(assets.uint(), receiver.address()?, owner.address()?)?)
            }
            redeemCall::SELECTOR => {
                let [shares, receiver, owner] = arguments.words()?;
                reply(vault.redeem(shares.uint(), receiver.address()?, owner.address()?)?)
            }

            // Rewards
            rewardCall::SELECTOR => arguments.none().and_then(|()| reply(vault.reward())),
            earnedCall::SELECTOR => {
                let [account] = arguments.words()?;
                reply(vault.earned(account.address()?))
            }
            claimCall::SELECTOR => {
                let [receiver] = arguments.words()?;
                reply(vault.claim(receiver.address()?)?)
            }
            claimForCall::SELECTOR => {
                let [account] = arguments.words()?;
                reply(vault.claim_for(account.address()?)?)
            }
            exitCall::SELECTOR => {
                let [receiver] = arguments.words()?;
                reply(vault.exit(receiver.address()?)?)
            }
            fundCall::SELECTOR => {
                let [amount] = arguments.words()?;
                reply(vault.fund(amount.uint())?)
            }
            syncCall::SELECTOR => arguments.none().and_then(|()| reply(vault.sync()?)),
            epochLengthCall::SELECTOR => arguments.none().and_then(|()| reply(vault.epoch_length())),
            epochCall::SELECTOR => arguments.none().and_then(|()| reply(vault.epoch())),
            epochStartCall::SELECTOR => arguments.none().and_then(|()| reply(vault.epoch_start())),
            epochEndCall::SELECTOR => arguments.none().and_then(|()| reply(vault.epoch_end())),
            epochRewardCall::SELECTOR => arguments.none().and_then(|()| reply(vault.stream().reward)),
            queuedCall::SELECTOR => arguments.none().and_then(|()| reply(vault.stream().queued)),
            rewardIndexCall::SELECTOR => arguments.none().and_then(|()| reply(vault.reward_index())),
            reserveCall::SELECTOR => arguments.none().and_then(|()| reply(vault.reserve())),

            // The vault's own liquidation pair
            yieldTokenCall::SELECTOR | tokenOutCall::SELECTOR => {
                arguments.none().and_then(|()| reply(vault.yield_token()))
            }
            tokenInCall::SELECTOR => arguments.none().and_then(|()| reply(vault.reward())),
            sourceCall::SELECTOR | targetCall::SELECTOR => {
                arguments.none().and_then(|()| reply(vault.address()))
            }
            maxAmountOutCall::SELECTOR => arguments.none().and_then(|()| reply(vault.max_amount_out()?)),
            computeExactAmountInCall::SELECTOR => {
                let [_amount_out] = arguments.words()?;
                reply(vault.current_price())
            }
            swapExactAmountOutCall::SELECTOR => {
                let [receiver, amount_out, amount_in_max, data] = arguments.head()?;
                let [data] = arguments.tails(4, [data])?;
                let receiver = receiver.address()?;
                reply(vault.swap_exact_amount_out(receiver, amount_out.uint(), amount_in_max.uint(), data)?)
            }
            targetAuctionPeriodCall::SELECTOR => {
                arguments.none().and_then(|()| reply(u128::from(vault.terms().target_period)))
            }
            smoothingFactorCall::SELECTOR => {
                arguments.none().and_then(|()| reply(u128::from(vault.terms().smoothing)))
            }
            lastAuctionAtCall::SELECTOR => {
                arguments.none().and_then(|()| reply(u128::from(vault.auction().last().time)))
            }
            lastAuctionPriceCall::SELECTOR => {
                arguments.none().and_then(|()| reply(vault.auction().last().price))
            }
            computeTimeForPriceCall::SELECTOR => {
                let [price] = arguments.words()?;
                reply(vault.time_for_price(price.uint())?)
            }

            // Owner and constructor
            ownerCall::SELECTOR => arguments.none().and_then(|()| reply(vault.owner())),
            CONSTRUCTOR_SELECTOR => reply(vault.construct(settings(arguments)?)?),
            _ => Err(UnknownSelector { selector: selector.into() }.into()),
        }
    }
}

/// The constructor's arguments, in the order of `IConstructors.vault`.
fn settings(arguments: Calldata<'_>) -> Result<Settings<'_>, Revert> {
    let [
        asset,
        reward,
        yield_token,
        epoch_length,
        target_period,
        target_price,
        smoothing,
        name,
        symbol,
        owner,
    ] = arguments.head()?;
    let [name, symbol] = arguments.tails(10, [name, symbol])?;
    Ok(Settings {
        asset: asset.address()?,
        reward: reward.address()?,
        yield_token: yield_token.address()?,
        epoch_length: epoch_length.small(32)? as u32,
        target_period: target_period.small(32)? as u32,
        target_price: target_price.uint(),
        smoothing: smoothing.small(64)?,
        name,
        symbol,
        owner: owner.address()?,
    })
}
