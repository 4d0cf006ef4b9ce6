//! The model's errors as encoded revert data, and checks that a call that reverts changes nothing.
//! The data must match to the last byte.

use std::collections::BTreeSet;

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, hex},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Result, bail, ensure};
use num_bigint::BigInt;
use serde_json::{Value, json};
use weir_bindings::{IERC20::ERC20InsufficientBalance, IVault::*, revert::explain};

use super::setup::{IWildToken::Insufficient, Setup};
use crate::{
    answers::answer,
    model::{exact::word, terms::Revert, token::TokenShortfall},
};

/// The data that a call reverts with.
pub fn encode(revert: Revert, setup: &Setup) -> Vec<u8> {
    let (address, token) = (|account| setup.address(account), |token| setup.token(token));
    match revert {
        Revert::ZeroAmount => ZeroAmount {}.abi_encode(),
        Revert::InvalidReceiver(receiver) => {
            ERC20InvalidReceiver { receiver: address(receiver) }.abi_encode()
        }
        Revert::InsufficientShares { sender, balance, needed } => {
            insufficient_balance(address(sender), &balance, &needed)
        }
        Revert::InsufficientAllowance { spender, allowance, needed } => ERC20InsufficientAllowance {
            spender: address(spender),
            allowance: word(&allowance),
            needed: word(&needed),
        }
        .abi_encode(),
        Revert::ExceededMaxDeposit { receiver, assets, max } => {
            ERC4626ExceededMaxDeposit { receiver: address(receiver), assets: word(&assets), max: word(&max) }
                .abi_encode()
        }
        Revert::ExceededMaxMint { receiver, shares, max } => {
            ERC4626ExceededMaxMint { receiver: address(receiver), shares: word(&shares), max: word(&max) }
                .abi_encode()
        }
        Revert::ExceededMaxWithdraw { owner, assets, max } => {
            ERC4626ExceededMaxWithdraw { owner: address(owner), assets: word(&assets), max: word(&max) }
                .abi_encode()
        }
        Revert::ExceededMaxRedeem { owner, shares, max } => {
            ERC4626ExceededMaxRedeem { owner: address(owner), shares: word(&shares), max: word(&max) }
                .abi_encode()
        }
        Revert::PrincipalShortfall { token: short, owed, held } => {
            PrincipalShortfall { token: token(short), owed: word(&owed), held: word(&held) }.abi_encode()
        }
        Revert::RewardBoundExceeded { unpaid, bound } => {
            RewardBoundExceeded { unpaid: word(&unpaid), bound: word(&bound) }.abi_encode()
        }
        Revert::RewardShortfall { before, after } => {
            RewardShortfall { heldBefore: word(&before), heldAfter: word(&after) }.abi_encode()
        }
        Revert::NotClaimer { account, caller } => {
            NotClaimer { account: address(account), caller: address(caller) }.abi_encode()
        }
        Revert::ReceiverIsZero => ReceiverIsZero {}.abi_encode(),
        Revert::ProgramInactive => ProgramInactive { program: setup.program }.abi_encode(),
        Revert::SwapExceedsMax { max, price } => {
            SwapExceedsMax { amountInMax: word(&max), amountIn: word(&price) }.abi_encode()
        }
        Revert::NotForSale { requested, available } => {
            InsufficientBalance { requested: word(&requested), available: word(&available) }.abi_encode()
        }
        Revert::InsufficientPayment { price, paid } => {
            InsufficientPayment { amountIn: word(&price), paid: word(&paid) }.abi_encode()
        }
        Revert::Token { token, short: TokenShortfall { account, held, needed } } if setup.is_wild(token) => {
            Insufficient { account: address(account), held: word(&held), needed: word(&needed) }.abi_encode()
        }
        Revert::Token { short: TokenShortfall { account, held, needed }, .. } => {
            insufficient_balance(address(account), &held, &needed)
        }
    }
}

fn insufficient_balance(sender: Address, balance: &BigInt, needed: &BigInt) -> Vec<u8> {
    ERC20InsufficientBalance { sender, balance: word(balance), needed: word(needed) }.abi_encode()
}

/// Checks that the call reverts with this error in the next block.
pub fn expect(setup: &Setup, sender: Address, request: &TransactionRequest, revert: Revert) -> Result<()> {
    let expected = encode(revert, setup);
    let Err(data) = answer(setup.node()?, sender, request, BlockId::pending())? else {
        bail!("expected {}, but the call succeeds", explain(&expected));
    };
    ensure!(*data == *expected, "expected {}, but got {}", explain(&expected), explain(&data));
    Ok(())
}

/// Checks that a transaction changed nothing on the whole chain except its sender's nonce and ether.
pub async fn changed_nothing(setup: &Setup, sender: Address, transaction: B256) -> Result<()> {
    let options = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let provider = setup.chain.provider();
    let changes: Value =
        provider.raw_request("debug_traceTransaction".into(), (transaction, options)).await?;
    let after = changes["post"].as_object().map(|accounts| accounts.iter().collect::<Vec<_>>());
    let Some([(account, change)]) = after.as_deref() else {
        bail!("a call that reverted changed more than its sender: {changes}");
    };
    let fields: BTreeSet<&str> =
        change.as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect();
    let is_sender = hex::decode(account)? == sender.as_slice();
    ensure!(
        is_sender && fields == BTreeSet::from(["balance", "nonce"]),
        "a call that reverted changed {changes}"
    );
    Ok(())
}
