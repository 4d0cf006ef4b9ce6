//! Checks that an action reverts with exactly this error and these arguments, and changes nothing.
//! A failed action must leave the vault, all balances and the logs as they were.

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolError,
};
use anyhow::{Context, Result, bail, ensure};
use weir_bindings::revert::explain;
use weir_client::{Account, Action};

use crate::scene::Scene;

/// Gas limit of transactions that are expected to fail: more than any call needs.
pub const GAS_LIMIT: u64 = 5_000_000;

/// Checks that `action` of `account` reverts with `error` and changes nothing.
pub async fn reverts(
    scene: &Scene,
    account: &Account,
    action: impl Action,
    error: impl SolError,
) -> Result<()> {
    reverts_with_data(scene, account, action, error.abi_encode().into()).await
}

/// As [`reverts`], `seconds` after the vault's deployment.
pub async fn reverts_at(
    scene: &Scene,
    seconds: u64,
    account: &Account,
    action: impl Action,
    error: impl SolError,
) -> Result<()> {
    scene.advance_to(seconds).await?;
    scene.chain.set_time(scene.start + seconds).await?;
    reverts(scene, account, action, error).await.with_context(|| format!("{seconds} s after the deployment"))
}

/// As [`reverts`], with the encoded error.
pub async fn reverts_with_data(
    scene: &Scene,
    account: &Account,
    action: impl Action,
    expected: Bytes,
) -> Result<()> {
    let request = action.into_request();
    call_reverts(account, request.clone(), &expected).await?;
    fails_without_changes(scene, account, request, GAS_LIMIT).await
}

/// Checks that a call reverts with exactly this data. Sends no transaction.
pub async fn call_reverts(account: &Account, action: impl Action, expected: &[u8]) -> Result<()> {
    let Err(error) = account.simulate(action).await else {
        bail!("expected {}, but the call succeeds", explain(expected));
    };
    let data = error.revert_data().with_context(|| format!("the call fails without revert data: {error}"))?;
    ensure!(*data == *expected, "expected {}, but got {}", explain(expected), explain(&data));
    Ok(())
}

/// Sends a transaction that must fail with this gas limit, and checks that it changes nothing.
pub async fn fails_without_changes(
    scene: &Scene,
    account: &Account,
    request: TransactionRequest,
    gas: u64,
) -> Result<()> {
    let before = Snapshot::take(scene).await?;
    let receipt = account.send_with_gas(request, gas).await?;
    ensure!(!receipt.status(), "the transaction succeeded with {gas} gas");
    ensure!(receipt.logs().is_empty(), "a failed transaction left logs");
    before.expect_same(&Snapshot::take(scene).await?)
}

/// Everything in a scene that does not depend on the time: the vault's storage and ether, and all token balances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(Vec<(String, U256)>);

impl Snapshot {
    /// Reads the current state.
    pub async fn take(scene: &Scene) -> Result<Self> {
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

    /// Fails with the first value that changed.
    pub fn expect_same(&self, now: &Self) -> Result<()> {
        ensure!(self.0.len() == now.0.len(), "the list of accounts changed");
        for ((name, before), (_, after)) in self.0.iter().zip(&now.0) {
            ensure!(before == after, "{name} changed from {before} to {after}");
        }
        Ok(())
    }
}

/// The vault's slots (`docs/storage.md`), including the map entries of these accounts and tokens.
pub fn slots(people: &[Address], tokens: &[Address]) -> Vec<(String, U256)> {
    const FIXED: u64 = 6;
    let fixed = (0..FIXED).map(|slot| (format!("slot {slot}"), U256::from(slot)));
    let positions = people.iter().map(|who| (format!("position of {who}"), position_slot(*who)));
    let nonces = people.iter().map(|who| (format!("nonce of {who}"), account_slot(NONCES, *who)));
    let pairs = tokens.iter().map(|token| (format!("pair of {token}"), account_slot(PAIRS, *token)));
    let between = people.iter().flat_map(|owner| people.iter().map(move |spender| (owner, spender)));
    let allowances = between
        .map(|(owner, spender)| (format!("allowance {owner} {spender}"), allowance_slot(*owner, *spender)));
    let between = people.iter().flat_map(|account| people.iter().map(move |claimer| (account, claimer)));
    let claimers = between
        .map(|(account, claimer)| (format!("claimer {account} {claimer}"), claimer_slot(*account, *claimer)));
    fixed.chain(positions).chain(nonces).chain(pairs).chain(allowances).chain(claimers).collect()
}

/// The slot INDEX, the reward index (`docs/storage.md`).
pub const INDEX: U256 = U256::from_limbs([2, 0, 0, 0]);

/// Tags of the maps from accounts.
const POSITIONS: u64 = 1;
const NONCES: u64 = 3;
const PAIRS: u64 = 4;

/// Slot of an account in a map: `tag · 2^160 + account`.
fn account_slot(tag: u64, account: Address) -> U256 {
    (U256::from(tag) << 160) + U256::from_be_bytes(account.into_word().0)
}

/// Slot of an account's shares and debt (POSITIONS): `2^160 + account`.
pub fn position_slot(account: Address) -> U256 {
    account_slot(POSITIONS, account)
}

/// Slot of an allowance: `keccak256(2 u32 ‖ owner ‖ spender)`.
fn allowance_slot(owner: Address, spender: Address) -> U256 {
    pair_slot(2, owner, spender)
}

/// Slot of a permission to claim (CLAIMERS): `keccak256(5 u32 ‖ account ‖ claimer)`.
fn claimer_slot(account: Address, claimer: Address) -> U256 {
    pair_slot(5, account, claimer)
}

fn pair_slot(tag: u32, first: Address, second: Address) -> U256 {
    keccak256([tag.to_be_bytes().as_slice(), first.as_slice(), second.as_slice()].concat()).into()
}
