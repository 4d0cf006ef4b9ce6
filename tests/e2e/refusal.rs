//! A refusal: just this error with just these arguments, and nothing changed.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result, bail, ensure};
use weir_bindings::refusal::explain;
use weir_harness::{Account, Action};

use crate::scene::Scene;

/// Gas that a refused transaction may use, more than any call needs.
pub const REFUSAL_GAS: u64 = 5_000_000;

/// Makes sure that `action` of `account` is refused with `error` and changes nothing.
pub async fn refused(
    scene: &Scene,
    account: &Account,
    action: impl Action,
    error: impl SolError,
) -> Result<()> {
    refused_with(scene, account, action, error.abi_encode().into()).await
}

/// As [`refused`], `seconds` after the vault's deployment.
pub async fn refused_at(
    scene: &Scene,
    seconds: u64,
    account: &Account,
    action: impl Action,
    error: impl SolError,
) -> Result<()> {
    scene.look_at(seconds).await?;
    scene.chain.set_time(scene.start + seconds).await?;
    refused(scene, account, action, error).await.with_context(|| format!("{seconds} s after the deployment"))
}

/// As [`refused`], by the data that the call reverts with.
pub async fn refused_with(
    scene: &Scene,
    account: &Account,
    action: impl Action,
    expected: Bytes,
) -> Result<()> {
    let request = action.into_request();
    expect_revert(account, request.clone(), &expected).await?;
    unchanged_by_failure(scene, account, request, REFUSAL_GAS).await
}

/// Makes sure that a call reverts with just this data.
pub async fn expect_revert(account: &Account, action: impl Action, expected: &[u8]) -> Result<()> {
    let Err(refusal) = account.simulate(action).await else {
        bail!("{} was expected, but the call succeeds", explain(expected));
    };
    let data = refusal.revert_data().with_context(|| format!("it fails without revert data: {refusal}"))?;
    ensure!(*data == *expected, "{} was expected, but it is {}", explain(expected), explain(&data));
    Ok(())
}

/// Sends what must fail with this gas limit, and makes sure that it changes nothing.
pub async fn unchanged_by_failure(
    scene: &Scene,
    account: &Account,
    request: TransactionRequest,
    gas: u64,
) -> Result<()> {
    let before = Everything::of(scene).await?;
    let receipt = account.send_with_gas(request, gas).await?;
    ensure!(!receipt.status(), "the transaction went through with {gas} gas");
    ensure!(receipt.logs().is_empty(), "a failed transaction left logs");
    before.expect(&Everything::of(scene).await?)
}

/// All that can be seen of a scene, whatever time it is: the vault's storage and ether, and everybody's tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Everything(Vec<(String, U256)>);

impl Everything {
    /// All that can be seen now.
    pub async fn of(scene: &Scene) -> Result<Self> {
        let vault = scene.vault.address();
        let provider = scene.chain.provider();
        let mut seen = vec![("ether of the vault".to_owned(), provider.get_balance(vault).await?)];
        let tokens = [&scene.asset, &scene.reward, &scene.yield_token];
        for (name, slot) in slots(&scene.people(), &tokens.map(|token| *token.address())) {
            seen.push((name, provider.get_storage_at(vault, slot).await?));
        }
        for token in tokens {
            let address = token.address();
            seen.push((format!("supply of {address}"), token.totalSupply().call().await?));
            for holder in scene.people().into_iter().chain([vault]) {
                seen.push((format!("{address} of {holder}"), token.balance(holder).await?));
            }
        }
        Ok(Self(seen))
    }

    /// Names the first thing that is not as it was.
    pub fn expect(&self, now: &Self) -> Result<()> {
        ensure!(self.0.len() == now.0.len(), "somebody came in between");
        for ((name, before), (_, after)) in self.0.iter().zip(&now.0) {
            ensure!(before == after, "{name} changed from {before} to {after}");
        }
        Ok(())
    }
}

/// The vault's slots as `docs/storage.md` lays them out, with those of these people and tokens.
fn slots(people: &[Address], tokens: &[Address]) -> Vec<(String, U256)> {
    const FIXED: u64 = 11;
    let fixed = (0..FIXED).map(|slot| (format!("slot {slot}"), U256::from(slot)));
    let positions = people.iter().map(|who| (format!("position of {who}"), position_slot(*who)));
    let nonces = people.iter().map(|who| (format!("nonce of {who}"), account_slot(NONCES, *who)));
    let pairs = tokens.iter().map(|token| (format!("pair of {token}"), account_slot(PAIRS, *token)));
    let between = people.iter().flat_map(|owner| people.iter().map(move |spender| (owner, spender)));
    let allowances = between
        .map(|(owner, spender)| (format!("allowance {owner} {spender}"), allowance_slot(*owner, *spender)));
    fixed.chain(positions).chain(nonces).chain(pairs).chain(allowances).collect()
}

/// Tags of the maps from accounts.
const POSITIONS: u64 = 1;
const NONCES: u64 = 3;
const PAIRS: u64 = 4;

/// Where a map from accounts keeps an account's word: at tag · 2^160 + account.
fn account_slot(tag: u64, account: Address) -> U256 {
    (U256::from(tag) << 160) + U256::from_be_bytes(account.into_word().0)
}

/// Where the vault keeps shares and debt of an account: at 2^160 + account.
pub fn position_slot(account: Address) -> U256 {
    account_slot(POSITIONS, account)
}

/// Where the vault keeps an allowance: at keccak256(2 u32 ‖ owner ‖ spender).
fn allowance_slot(owner: Address, spender: Address) -> U256 {
    const TAG: u32 = 2;
    let key: B256 = keccak256([TAG.to_be_bytes().as_slice(), owner.as_slice(), spender.as_slice()].concat());
    key.into()
}
