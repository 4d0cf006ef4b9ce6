//! The program `vault`: what stakers and buyers do, and the views that other contracts read. The functions themselves are in
//! `weir::vault`; every function of `IVault` that is not here is in the program `extension`.
//!
//! Each byte of code costs every call of the program about 0.13 gas while it is not cached, so what is called seldom belongs
//! in the extension.

use weir::{
    abi::IVault::*,
    components::{auction::LiquidationPair, permits::Signature},
    vault::Vault,
};

weir::program! {
    Vault as vault, call;

    // Fixed when the vault is created. A flash swap's receiver reads them: routers do.
    reentrant {
        assetCall() => vault.config().asset,
        tokenInCall() => vault.config().reward,
        tokenOutCall() => vault.config().yield_token,
        targetCall() => vault.address(),
    }

    guarded {
        // Shares: ERC-20
        totalSupplyCall() => vault.total_supply(),
        balanceOfCall(account) => vault.balance_of(account),
        allowanceCall(owner, spender) => vault.allowance(owner, spender),
        approveCall(spender, value) => vault.approve(spender, value)?,
        transferCall(to, value) => vault.transfer(to, value)?,
        transferFromCall(from, to, value) => vault.transfer_from(from, to, value)?,

        // Principal: ERC-4626
        totalAssetsCall() => vault.total_assets(),
        convertToAssetsCall(shares) => vault.convert_to_assets(shares)?,
        previewRedeemCall(shares) => vault.preview_redeem(shares)?,
        depositCall(assets, receiver) => vault.deposit(assets, receiver)?,
        depositWithPermitCall(assets, receiver, deadline, v, r, s) =>
            vault.deposit_with_permit(assets, receiver, deadline, Signature { v, r, s })?,
        mintCall(shares, receiver) => vault.mint(shares, receiver)?,
        withdrawCall(assets, receiver, owner) => vault.withdraw(assets, receiver, owner)?,
        redeemCall(shares, receiver, owner) => vault.redeem(shares, receiver, owner)?,

        // Rewards
        earnedCall(account) => vault.earned(account),
        claimCall(receiver) => vault.claim(receiver)?,
        exitCall(receiver) => vault.exit(receiver)?,
        fundCall(amount) => vault.fund(amount)?,
        syncCall() => vault.sync()?,

        // The vault's own liquidation pair
        maxAmountOutCall() => vault.max_amount_out()?,
        computeExactAmountInCall(_amount_out) => vault.current_price(),
        swapExactAmountOutCall(receiver, amount_out, amount_in_max, flash_swap_data) =>
            vault.swap_exact_amount_out(receiver, amount_out, amount_in_max, flash_swap_data)?,
    }

    otherwise => vault.delegate(call)
}
