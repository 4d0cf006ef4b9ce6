//! The events of `abi/`, one function each: which arguments are topics, and in which order they are encoded.
//! `alloy`'s encoder takes about a kilobyte of code for each event.

use alloy_primitives::{Address, U256};

use crate::{
    abi::{
        IERC20::{Approval, Transfer},
        IFactory::{PairCreated, VaultCreated},
        IPair::SwappedExactAmountOut,
        IRouter::{self, LiquidationRouterCreated},
        IVault::{
            ClaimerSet, Deposit, LiquidationPairSet, OwnershipTransferStarted, OwnershipTransferred,
            RewardAdded, RewardPaid, Withdraw,
        },
    },
    clones::VaultCode,
    host::Host,
    stylus::{
        encode::{Encode, put_bytes, put_strings},
        log::{emit, signature},
    },
};

/// ERC-20: `value` moved. It is a mint if `from` is zero, and a burn if `to` is.
pub fn transfer(host: &Host, from: Address, to: Address, value: U256) {
    emit::<Transfer>(host, 3, (&from, &to, &value));
}

/// ERC-20: `spender` may spend `value` of `owner`'s tokens.
pub fn approval(host: &Host, owner: Address, spender: Address, value: U256) {
    emit::<Approval>(host, 3, (&owner, &spender, &value));
}

/// ERC-4626: `sender` paid `amount` of assets, and `owner` got as many shares.
pub fn deposit(host: &Host, sender: Address, owner: Address, amount: U256) {
    emit::<Deposit>(host, 3, ((&sender, &owner), (&amount, &amount)));
}

/// ERC-4626: `sender` burned `shares` of `owner`'s, and `receiver` got `assets` for them.
pub fn withdraw(host: &Host, [sender, receiver, owner]: [Address; 3], [assets, shares]: [U256; 2]) {
    emit::<Withdraw>(host, 4, ((&sender, &receiver, &owner), (&assets, &shares)));
}

/// `amount` of reward was credited, other than as the price of a sale.
pub fn reward_added(host: &Host, sender: Address, amount: U256) {
    emit::<RewardAdded>(host, 2, (&sender, &amount));
}

/// `account`'s reward was paid to `receiver`.
pub fn reward_paid(host: &Host, account: Address, receiver: Address, amount: U256) {
    emit::<RewardPaid>(host, 3, (&account, &receiver, &amount));
}

/// Whether `claimer`, or anyone if that is zero, may claim for `account`.
pub fn claimer_set(host: &Host, account: Address, claimer: Address, allowed: bool) {
    emit::<ClaimerSet>(host, 3, (&account, &claimer, allowed));
}

/// `owner` offers the ownership to `next`.
pub fn ownership_transfer_started(host: &Host, owner: Address, next: Address) {
    emit::<OwnershipTransferStarted>(host, 3, (owner, next));
}

/// The ownership passed from `owner` to `next`.
pub fn ownership_transferred(host: &Host, owner: Address, next: Address) {
    emit::<OwnershipTransferred>(host, 3, (owner, next));
}

/// `pair` sells `token` from now on; no pair does if it is zero.
pub fn liquidation_pair_set(host: &Host, token: Address, pair: Address) {
    emit::<LiquidationPairSet>(host, 3, (token, pair));
}

/// A sale: the event of `TpdaLiquidationPair`.
pub fn swapped_exact_amount_out(
    host: &Host,
    [sender, receiver]: [Address; 2],
    [amount_out, amount_in_max, amount_in]: [U256; 3],
    flash_swap_data: &[u8],
) {
    let mut data = signature::<SwappedExactAmountOut>();
    ((&sender, &receiver), (&amount_out, &amount_in_max, &amount_in)).encode(&mut data);
    put_bytes(&mut data, 4, flash_swap_data);
    host.emit_log(&data, 3);
}

/// A new pair: the event of `TpdaLiquidationPairFactory`.
pub fn pair_created(
    host: &Host,
    [pair, source, token_in, token_out]: [Address; 4],
    [target_period, target_price, smoothing]: [U256; 3],
) {
    let terms = (target_period, target_price, smoothing);
    emit::<PairCreated>(host, 4, ((pair, token_in, token_out), (source, terms)));
}

/// A new vault, with all that it was created with.
pub fn vault_created(host: &Host, vault: Address, code: &VaultCode, target_price: U256) {
    let config = &code.config;
    let mut data = signature::<VaultCreated>();
    (vault, config.asset, config.reward).encode(&mut data);
    (config.yield_token, config.epoch_length, config.target_period).encode(&mut data);
    (target_price, config.smoothing, config.decimals).encode(&mut data);
    code.owner.encode(&mut data);
    put_strings(&mut data, 9, code.name, code.symbol);
    host.emit_log(&data, 4);
}

/// A new router for the pairs of `factory`: the event of `TpdaLiquidationRouter`.
pub fn router_created(host: &Host, factory: Address) {
    emit::<LiquidationRouterCreated>(host, 2, factory);
}

/// A swap through the router: the event of `TpdaLiquidationRouter`.
pub fn routed(
    host: &Host,
    [pair, sender, receiver]: [Address; 3],
    [amount_out, amount_in_max, amount_in, deadline]: [U256; 4],
) {
    let amounts = ((amount_out, amount_in_max), (amount_in, deadline));
    emit::<IRouter::SwappedExactAmountOut>(host, 4, ((pair, sender, receiver), amounts));
}
