//! The model's refusals in the contracts' words, to the last byte; and that a refused call changes nothing.

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
use weir_bindings::{IERC20::ERC20InsufficientBalance, IVault::*, refusal::explain};

use super::{
    answers::answer,
    stage::{IWildToken::Insufficient, Stage},
};
use crate::model::{exact::word, terms::Refusal, token::Short};

/// The data that a refused call reverts with.
pub fn encode(refusal: Refusal, stage: &Stage) -> Vec<u8> {
    let (address, token) = (|account| stage.address(account), |token| stage.token(token));
    match refusal {
        Refusal::ZeroAmount => ZeroAmount {}.abi_encode(),
        Refusal::InvalidReceiver(receiver) => {
            ERC20InvalidReceiver { receiver: address(receiver) }.abi_encode()
        }
        Refusal::InsufficientShares { sender, balance, needed } => {
            insufficient_balance(address(sender), &balance, &needed)
        }
        Refusal::InsufficientAllowance { spender, allowance, needed } => ERC20InsufficientAllowance {
            spender: address(spender),
            allowance: word(&allowance),
            needed: word(&needed),
        }
        .abi_encode(),
        Refusal::ExceededMaxDeposit { receiver, assets, max } => {
            ERC4626ExceededMaxDeposit { receiver: address(receiver), assets: word(&assets), max: word(&max) }
                .abi_encode()
        }
        Refusal::ExceededMaxMint { receiver, shares, max } => {
            ERC4626ExceededMaxMint { receiver: address(receiver), shares: word(&shares), max: word(&max) }
                .abi_encode()
        }
        Refusal::ExceededMaxWithdraw { owner, assets, max } => {
            ERC4626ExceededMaxWithdraw { owner: address(owner), assets: word(&assets), max: word(&max) }
                .abi_encode()
        }
        Refusal::ExceededMaxRedeem { owner, shares, max } => {
            ERC4626ExceededMaxRedeem { owner: address(owner), shares: word(&shares), max: word(&max) }
                .abi_encode()
        }
        Refusal::PrincipalShortfall { token: short, owed, held } => {
            PrincipalShortfall { token: token(short), owed: word(&owed), held: word(&held) }.abi_encode()
        }
        Refusal::RewardBoundExceeded { unpaid, bound } => {
            RewardBoundExceeded { unpaid: word(&unpaid), bound: word(&bound) }.abi_encode()
        }
        Refusal::ReceiverIsZero => ReceiverIsZero {}.abi_encode(),
        Refusal::SwapExceedsMax { max, price } => {
            SwapExceedsMax { amountInMax: word(&max), amountIn: word(&price) }.abi_encode()
        }
        Refusal::NotForSale { requested, available } => {
            InsufficientBalance { requested: word(&requested), available: word(&available) }.abi_encode()
        }
        Refusal::InsufficientPayment { price, paid } => {
            InsufficientPayment { amountIn: word(&price), paid: word(&paid) }.abi_encode()
        }
        Refusal::Token { token, short: Short { account, held, needed } } if stage.is_wild(token) => {
            Insufficient { account: address(account), held: word(&held), needed: word(&needed) }.abi_encode()
        }
        Refusal::Token { short: Short { account, held, needed }, .. } => {
            insufficient_balance(address(account), &held, &needed)
        }
    }
}

fn insufficient_balance(sender: Address, balance: &BigInt, needed: &BigInt) -> Vec<u8> {
    ERC20InsufficientBalance { sender, balance: word(balance), needed: word(needed) }.abi_encode()
}

/// Refuses unless the call would revert with this refusal in the block to come.
pub fn expect(stage: &Stage, sender: Address, request: &TransactionRequest, refusal: Refusal) -> Result<()> {
    let expected = encode(refusal, stage);
    let Err(data) = answer(stage, sender, request, BlockId::pending())? else {
        bail!("{} was expected, but it would go through", explain(&expected));
    };
    ensure!(*data == *expected, "{} was expected, but it is {}", explain(&expected), explain(&data));
    Ok(())
}

/// Makes sure that a transaction changed nothing on the whole chain but its sender's nonce and ether.
pub async fn changed_nothing(stage: &Stage, sender: Address, transaction: B256) -> Result<()> {
    let options = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let provider = stage.chain.provider();
    let changes: Value =
        provider.raw_request("debug_traceTransaction".into(), (transaction, options)).await?;
    let after = changes["post"].as_object().map(|accounts| accounts.iter().collect::<Vec<_>>());
    let Some([(account, change)]) = after.as_deref() else {
        bail!("a refused call changed more than its sender: {changes}");
    };
    let fields: BTreeSet<&str> =
        change.as_object().into_iter().flatten().map(|(field, _)| field.as_str()).collect();
    let is_sender = hex::decode(account)? == sender.as_slice();
    ensure!(is_sender && fields == BTreeSet::from(["balance", "nonce"]), "a refused call changed {changes}");
    Ok(())
}
