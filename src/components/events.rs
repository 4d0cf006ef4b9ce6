//! Logs: the events of `abi/`, written word by word (`alloy`'s encoder takes a kilobyte of code for each event).

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::SolEvent;
use stylus_sdk::{host::VM, stylus_core::*};

use super::calldata::{self, Reply};
use crate::abi::{
    IERC20::{Approval, Transfer},
    IVault::{
        Deposit, LiquidationPairSet, OwnershipTransferStarted, OwnershipTransferred, RewardAdded, RewardPaid,
        SwappedExactAmountOut, Withdraw,
    },
};

/// ERC-20: `value` moved; minted if `from` is zero, burnt if `to` is.
pub fn transfer(vm: &VM, from: Address, to: Address, value: U256) {
    log(vm, 3, &[Transfer::SIGNATURE_HASH, from.into_word(), to.into_word(), value.into()]);
}

/// ERC-20: `owner` lets `spender` spend `value`.
pub fn approval(vm: &VM, owner: Address, spender: Address, value: U256) {
    log(vm, 3, &[Approval::SIGNATURE_HASH, owner.into_word(), spender.into_word(), value.into()]);
}

/// ERC-4626: `sender` put in `amount` of assets, and `owner` got as many shares.
pub fn deposit(vm: &VM, sender: Address, owner: Address, amount: U256) {
    let amount = B256::from(amount);
    log(vm, 3, &[Deposit::SIGNATURE_HASH, sender.into_word(), owner.into_word(), amount, amount]);
}

/// ERC-4626: `sender` burnt `shares` of `owner`'s, and `receiver` got `assets` for them.
pub fn withdraw(vm: &VM, [sender, receiver, owner]: [Address; 3], [assets, shares]: [U256; 2]) {
    let [sender, receiver, owner] = [sender, receiver, owner].map(|account| account.into_word());
    log(vm, 4, &[Withdraw::SIGNATURE_HASH, sender, receiver, owner, assets.into(), shares.into()]);
}

/// `amount` of reward was credited other than as the price of a sale.
pub fn reward_added(vm: &VM, sender: Address, amount: U256) {
    log(vm, 2, &[RewardAdded::SIGNATURE_HASH, sender.into_word(), amount.into()]);
}

/// `account`'s reward was paid to `receiver`.
pub fn reward_paid(vm: &VM, account: Address, receiver: Address, amount: U256) {
    log(vm, 3, &[RewardPaid::SIGNATURE_HASH, account.into_word(), receiver.into_word(), amount.into()]);
}

/// `owner` offers its program to `next`.
pub fn ownership_transfer_started(vm: &VM, owner: Address, next: Address) {
    log(vm, 3, &[OwnershipTransferStarted::SIGNATURE_HASH, owner.into_word(), next.into_word()]);
}

/// The program passed from `owner` to `next`.
pub fn ownership_transferred(vm: &VM, owner: Address, next: Address) {
    log(vm, 3, &[OwnershipTransferred::SIGNATURE_HASH, owner.into_word(), next.into_word()]);
}

/// `pair`, or nobody if that is zero, sells `token` from now on.
pub fn liquidation_pair_set(vm: &VM, token: Address, pair: Address) {
    log(vm, 3, &[LiquidationPairSet::SIGNATURE_HASH, token.into_word(), pair.into_word()]);
}

/// A sale, as `TpdaLiquidationPair` announces it.
pub fn swapped_exact_amount_out(
    vm: &VM,
    [sender, receiver]: [Address; 2],
    [amount_out, amount_in_max, amount_in]: [U256; 3],
    flash_swap_data: &[u8],
) {
    let mut data = Vec::new();
    (SwappedExactAmountOut::SIGNATURE_HASH, sender, receiver).encode(&mut data);
    (amount_out, amount_in_max, amount_in).encode(&mut data);
    calldata::put_bytes(&mut data, 4, flash_swap_data);
    vm.emit_log(&data, 3);
}

#[inline(never)]
fn log(vm: &VM, topics: usize, words: &[B256]) {
    let mut bytes = Vec::with_capacity(32 * words.len());
    for word in words {
        bytes.extend_from_slice(word.as_slice());
    }
    vm.emit_log(&bytes, topics);
}
