//! An intruder: a contract with stake, tokens and approvals that re-enters the vault during the vault's own calls.
//! Used by the tests of flash swaps and of tokens that call back.

use alloy::{
    primitives::{Address, B256, Bytes, U256, bytes},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::Result;
use weir_bindings::IVault::{self, IVaultCalls};
use weir_client::Action;

use crate::{
    evm::{Puppet, Script},
    scene::{Scene, transaction, u},
};

/// Stake of an armed intruder, and its balance of the asset.
pub const STAKE: u128 = 10;

/// Selector of `stylus_constructor()`.
const CONSTRUCTOR: Bytes = bytes!("5585258d");

/// Views of parameters that never change: the only functions marked `reentrant`.
const REENTRANT: [[u8; 4]; 14] = [
    IVault::extensionDelegateCall::SELECTOR,
    IVault::nameCall::SELECTOR,
    IVault::symbolCall::SELECTOR,
    IVault::decimalsCall::SELECTOR,
    IVault::assetCall::SELECTOR,
    IVault::rewardCall::SELECTOR,
    IVault::yieldTokenCall::SELECTOR,
    IVault::epochLengthCall::SELECTOR,
    IVault::sourceCall::SELECTOR,
    IVault::targetCall::SELECTOR,
    IVault::tokenInCall::SELECTOR,
    IVault::tokenOutCall::SELECTOR,
    IVault::targetAuctionPeriodCall::SELECTOR,
    IVault::smoothingFactorCall::SELECTOR,
];

/// Calls of all views that are marked `reentrant`.
pub fn reentrant_views() -> Vec<Bytes> {
    REENTRANT.iter().map(Bytes::from).collect()
}

/// The signature of every function, and a call of it with all arguments zero.
pub fn vault_calls() -> impl Iterator<Item = (&'static str, Bytes)> {
    let functions = IVaultCalls::SIGNATURES.iter().zip(IVaultCalls::SELECTORS);
    functions.map(|(signature, selector)| (*signature, zeros(signature, *selector)))
}

/// As [`vault_calls`], of the guarded functions only.
pub fn guarded_calls() -> Vec<(&'static str, Bytes)> {
    vault_calls()
        .filter(|(_, call)| !REENTRANT.iter().any(|selector| call.starts_with(selector)))
        .chain([("stylus_constructor()", CONSTRUCTOR)])
        .collect()
}

fn zeros(signature: &str, selector: [u8; 4]) -> Bytes {
    let words = if signature.ends_with("()") { 0 } else { 1 + signature.matches(',').count() };
    [selector.as_slice(), &vec![0; 32 * words]].concat().into()
}

/// Gives `puppet` a stake, assets and `rewards`, and all approvals it may need.
pub async fn arm(scene: &Scene, puppet: Puppet, rewards: u128) -> Result<()> {
    let (vault, who) = (scene.vault.address(), puppet.address);
    scene.asset.mint(&scene.chain, who, u(2 * STAKE)).await?;
    scene.reward.mint(&scene.chain, who, u(rewards)).await?;
    let script = Script::new()
        .call(scene.asset.approve(vault, U256::MAX))
        .call(scene.reward.approve(vault, U256::MAX))
        .call(scene.vault.approve(who, U256::MAX))
        .call(scene.vault.deposit(u(STAKE), who));
    scene.send_as_payer(puppet.run(script)).await
}

/// Everything that an armed intruder could do for itself or for a friend, and every guarded function.
pub fn attempts(scene: &Scene, puppet: Puppet, friend: Address) -> Script {
    let mut script = Script::new();
    for attempt in changes(scene, puppet.address, friend) {
        script = script.try_call(attempt);
    }
    for (_, call) in guarded_calls() {
        script = script.try_call(transaction(scene.vault.address(), call));
    }
    script
}

/// Calls that would change state.
fn changes(scene: &Scene, who: Address, friend: Address) -> Vec<TransactionRequest> {
    let (vault, one) = (&scene.vault, u(1));
    let (max, asset, reward) = (U256::MAX, *scene.asset.address(), *scene.reward.address());
    vec![
        vault.swapExactAmountOut(who, one, max, Bytes::new()).into_request(),
        vault.swapExactAmountOut(who, one, max, bytes!("01")).into_request(),
        vault.deposit(one, who).into_request(),
        vault.depositWithPermit(one, who, max, 27, B256::ZERO, B256::ZERO).into_request(),
        vault.mint(one, who).into_request(),
        vault.withdraw(one, who, who).into_request(),
        vault.redeem(one, who, who).into_request(),
        vault.claim(who).into_request(),
        vault.claimFor(who).into_request(),
        vault.setClaimer(friend, true).into_request(),
        vault.exit(who).into_request(),
        vault.fund(one).into_request(),
        vault.sync().into_request(),
        vault.transfer(friend, one).into_request(),
        vault.transferFrom(who, friend, one).into_request(),
        vault.approve(friend, one).into_request(),
        vault.setLiquidationPair(asset, who).into_request(),
        vault.transferTokensOut(who, friend, asset, one).into_request(),
        vault.verifyTokensIn(reward, U256::ZERO, Bytes::new()).into_request(),
        vault.transferOwnership(friend).into_request(),
        vault.acceptOwnership().into_request(),
        vault.renounceOwnership().into_request(),
    ]
}
