//! The program `extension`: the functions of a vault that are called seldom. A vault runs it by delegate call, on its own
//! storage (`weir::vault::extension`). Called directly it reverts with `NotAVault` if the calldata is too short to end with
//! a configuration; longer calldata is taken to end with one, and works on storage of the extension's own, which nothing reads.

use alloy_primitives::aliases::U192;
use weir::{
    abi::IVault::*,
    components::{
        auction::LiquidationPair,
        permits::{Permit, Signature},
    },
    vault::Vault,
};

weir::program! {
    Vault as vault, call;

    // Fixed when the vault is created.
    reentrant {
        nameCall() => vault.name(),
        symbolCall() => vault.symbol(),
        decimalsCall() => vault.config().decimals,
        rewardCall() => vault.config().reward,
        yieldTokenCall() => vault.config().yield_token,
        epochLengthCall() => vault.config().epoch_length,
        sourceCall() => vault.address(),
        targetAuctionPeriodCall() => vault.config().target_period,
        smoothingFactorCall() => vault.config().smoothing,
        extensionDelegateCall() => vault.config().extension,
    }

    guarded {
        // Shares: EIP-2612 and EIP-5267
        permit_0Call(owner, spender, value, deadline, v, r, s) =>
            vault.permit(Permit { owner, spender, value, deadline }, &Signature { v, r, s }.bytes())?,
        permit_1Call(owner, spender, value, deadline, signature) =>
            vault.permit(Permit { owner, spender, value, deadline }, signature)?,
        noncesCall(owner) => vault.nonce(owner),
        DOMAIN_SEPARATORCall() => vault.domain_separator(),
        eip712DomainCall() => vault.domain(),

        // Principal: ERC-4626
        convertToSharesCall(assets) => vault.convert_to_shares(assets)?,
        maxDepositCall(receiver) => vault.max_deposit(receiver),
        maxMintCall(receiver) => vault.max_deposit(receiver),
        maxWithdrawCall(owner) => vault.max_withdraw(owner),
        maxRedeemCall(owner) => vault.max_redeem(owner),
        previewDepositCall(assets) => vault.preview_deposit(assets)?,
        previewMintCall(shares) => vault.preview_deposit(shares)?,
        previewWithdrawCall(assets) => vault.preview_withdraw(assets)?,

        // Rewards
        claimForCall(account) => vault.claim_for(account)?,
        isClaimerCall(account, claimer) => vault.is_claimer(account, claimer),
        setClaimerCall(claimer, allowed) => vault.set_claimer(claimer, allowed)?,
        epochCall() => vault.epoch(),
        epochStartCall() => vault.epoch_start(),
        epochEndCall() => vault.epoch_end(),
        epochRewardCall() => vault.stream().reward,
        queuedCall() => vault.stream().queued,
        rewardIndexCall() => vault.reward_index(),
        reserveCall() => vault.reserve(),

        // The vault's own liquidation pair
        lastAuctionAtCall() => vault.last_sale().time,
        lastAuctionPriceCall() => vault.last_sale().price.to::<U192>(),
        computeTimeForPriceCall(price) => vault.time_for_price(price)?,

        // Source of standalone pairs
        liquidatableBalanceOfCall(token_out) => vault.liquidatable_balance_of(token_out)?,
        transferTokensOutCall(_sender, receiver, token_out, amount_out) =>
            vault.send_sold(receiver, token_out, amount_out)?,
        verifyTokensInCall(token_in, amount_in, transfer_data) => vault.verify_payment(token_in, amount_in, transfer_data)?,
        targetOfCall(token_in) => vault.target_of(token_in)?,
        isLiquidationPairCall(token_out, pair) => vault.is_liquidation_pair(token_out, pair),
        setLiquidationPairCall(token_out, pair) => vault.set_liquidation_pair(token_out, pair)?,

        // Owner
        ownerCall() => vault.ownership().owner(),
        pendingOwnerCall() => vault.ownership().pending(),
        transferOwnershipCall(new_owner) => vault.ownership_mut().offer(new_owner)?,
        acceptOwnershipCall() => vault.ownership_mut().accept()?,
        renounceOwnershipCall() => vault.ownership_mut().renounce()?,
    }
}
