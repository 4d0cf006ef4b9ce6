//! Logs: the events of `abi/`, written word by word (`alloy`'s encoder takes a kilobyte of code for each event).

use alloy_primitives::{Address, B256, FixedBytes, U256};
use alloy_sol_types::SolEvent;
use stylus_sdk::{host::VM, stylus_core::*};

use super::calldata::{self, Reply};
use crate::abi::{
    IERC20::{Approval, Transfer},
    IFactory::{PairCreated, VaultCreated},
    IPair::SwappedExactAmountOut,
    IRouter::{self, LiquidationRouterCreated},
    IVault::{
        Deposit, LiquidationPairSet, OwnershipTransferStarted, OwnershipTransferred, RewardAdded, RewardPaid,
        Withdraw,
    },
};

/// ERC-20: `value` moved; minted if `from` is zero, burnt if `to` is.
pub fn transfer(vm: &VM, from: Address, to: Address, value: U256) {
    log::<Transfer>(vm, 3, (&from, &to, &value));
}

/// ERC-20: `owner` lets `spender` spend `value`.
pub fn approval(vm: &VM, owner: Address, spender: Address, value: U256) {
    log::<Approval>(vm, 3, (&owner, &spender, &value));
}

/// ERC-4626: `sender` put in `amount` of assets, and `owner` got as many shares.
pub fn deposit(vm: &VM, sender: Address, owner: Address, amount: U256) {
    log::<Deposit>(vm, 3, ((&sender, &owner), (&amount, &amount)));
}

/// ERC-4626: `sender` burnt `shares` of `owner`'s, and `receiver` got `assets` for them.
pub fn withdraw(vm: &VM, [sender, receiver, owner]: [Address; 3], [assets, shares]: [U256; 2]) {
    log::<Withdraw>(vm, 4, ((&sender, &receiver, &owner), (&assets, &shares)));
}

/// `amount` of reward was credited other than as the price of a sale.
pub fn reward_added(vm: &VM, sender: Address, amount: U256) {
    log::<RewardAdded>(vm, 2, (&sender, &amount));
}

/// `account`'s reward was paid to `receiver`.
pub fn reward_paid(vm: &VM, account: Address, receiver: Address, amount: U256) {
    log::<RewardPaid>(vm, 3, (&account, &receiver, &amount));
}

/// `owner` offers its program to `next`.
pub fn ownership_transfer_started(vm: &VM, owner: Address, next: Address) {
    log::<OwnershipTransferStarted>(vm, 3, (owner, next));
}

/// The program passed from `owner` to `next`.
pub fn ownership_transferred(vm: &VM, owner: Address, next: Address) {
    log::<OwnershipTransferred>(vm, 3, (owner, next));
}

/// `pair`, or nobody if that is zero, sells `token` from now on.
pub fn liquidation_pair_set(vm: &VM, token: Address, pair: Address) {
    log::<LiquidationPairSet>(vm, 3, (token, pair));
}

/// A sale, as `TpdaLiquidationPair` announces it.
pub fn swapped_exact_amount_out(
    vm: &VM,
    [sender, receiver]: [Address; 2],
    [amount_out, amount_in_max, amount_in]: [U256; 3],
    flash_swap_data: &[u8],
) {
    let mut data = signature::<SwappedExactAmountOut>();
    ((&sender, &receiver), (&amount_out, &amount_in_max, &amount_in)).encode(&mut data);
    calldata::put_bytes(&mut data, 4, flash_swap_data);
    vm.emit_log(&data, 3);
}

/// A pair that sells `source`'s `token_out`, as `TpdaLiquidationPairFactory` announces it.
pub fn pair_created(
    vm: &VM,
    [pair, source, token_in, token_out]: [Address; 4],
    [target_period, target_price, smoothing]: [U256; 3],
) {
    let terms = (target_period, target_price, smoothing);
    log::<PairCreated>(vm, 4, ((pair, token_in, token_out), (source, terms)));
}

/// A vault was made.
pub fn vault_created(vm: &VM, [vault, asset, reward, yield_token, owner]: [Address; 5], epoch_length: u32) {
    let rest = (yield_token, u128::from(epoch_length), owner);
    log::<VaultCreated>(vm, 4, ((vault, asset, reward), rest));
}

/// A router serves the pairs of `factory`, as `TpdaLiquidationRouter` announces it.
pub fn router_created(vm: &VM, factory: Address) {
    log::<LiquidationRouterCreated>(vm, 2, factory);
}

/// A swap through a router, as `TpdaLiquidationRouter` announces it.
pub fn routed(
    vm: &VM,
    [pair, sender, receiver]: [Address; 3],
    [amount_out, amount_in_max, amount_in, deadline]: [U256; 4],
) {
    let amounts = ((amount_out, amount_in_max), (amount_in, deadline));
    log::<IRouter::SwappedExactAmountOut>(vm, 4, ((pair, sender, receiver), amounts));
}

/// Logs the event `E`: of its signature and `words` as many as there are `topics`, and the rest as data.
fn log<E: SolEvent>(vm: &VM, topics: usize, words: impl Reply) {
    let mut data = signature::<E>();
    words.encode(&mut data);
    vm.emit_log(&data, topics);
}

/// The hash of an event's signature, as the beginning of its log.
fn signature<E: SolEvent>() -> Vec<u8> {
    let [a, b, c, d] = const { quarters(E::SIGNATURE_HASH) };
    from_quarters(a, b, c, d)
}

/// Takes the hash as numbers, for they stand in the code: a byte of constant data costs 0.75 gas on every call of the
/// program, whatever it does.
#[inline(never)]
fn from_quarters(a: u64, b: u64, c: u64, d: u64) -> Vec<u8> {
    let mut data = Vec::with_capacity(320);
    data.extend_from_slice(
        [a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes(), d.to_le_bytes()].as_flattened(),
    );
    data
}

const fn quarters(FixedBytes(bytes): B256) -> [u64; 4] {
    let (eighths, _) = bytes.as_chunks::<8>();
    [
        u64::from_le_bytes(eighths[0]),
        u64::from_le_bytes(eighths[1]),
        u64::from_le_bytes(eighths[2]),
        u64::from_le_bytes(eighths[3]),
    ]
}
