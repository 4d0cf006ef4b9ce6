//! Tests of vaults whose programs cannot run: principal and rewards leave by the lifeboat (`lifeboat/`), and only then.
//! That it keeps the same books as the programs is also tested by random runs (`random_run`).

mod gas;
mod hostile;
mod same;
mod ways;

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IVault, revert::explain};
use weir_client::{Account, Action};
use weir_devnode::Chain as Node;

use crate::{
    answers::answer,
    programs::{MortalPrograms, node},
    scene::{EPOCH, Scene, Tokens, u},
};

/// Stake of each staker: a power of two, so that their parts of rewards are exact.
const STAKE: u128 = 1_024;
/// Reward of the first epoch with stakers: it streams out in the second one.
const REWARD: u128 = 600;
/// Seconds after the vault's deployment at which all of it has streamed out.
const LATER: u64 = 3 * EPOCH;

/// Gas that a vault's program gets at first.
const FIRST_GAS: u64 = weir::clones::FIRST_GAS as u64;

pub fn trials() -> Vec<Trial> {
    [ways::trials(), same::trials(), gas::trials(), hostile::trials()].into_iter().flatten().collect()
}

/// Selectors of all that works while the programs cannot run.
const SERVED: [[u8; 4]; 22] = [
    IVault::assetCall::SELECTOR,
    IVault::rewardCall::SELECTOR,
    IVault::nameCall::SELECTOR,
    IVault::symbolCall::SELECTOR,
    IVault::decimalsCall::SELECTOR,
    IVault::totalSupplyCall::SELECTOR,
    IVault::balanceOfCall::SELECTOR,
    IVault::allowanceCall::SELECTOR,
    IVault::approveCall::SELECTOR,
    IVault::transferCall::SELECTOR,
    IVault::transferFromCall::SELECTOR,
    IVault::totalAssetsCall::SELECTOR,
    IVault::maxWithdrawCall::SELECTOR,
    IVault::maxRedeemCall::SELECTOR,
    IVault::previewWithdrawCall::SELECTOR,
    IVault::previewRedeemCall::SELECTOR,
    IVault::withdrawCall::SELECTOR,
    IVault::redeemCall::SELECTOR,
    IVault::earnedCall::SELECTOR,
    IVault::reserveCall::SELECTOR,
    IVault::claimCall::SELECTOR,
    IVault::exitCall::SELECTOR,
];

/// A vault with two stakers who have earned rewards, and its programs.
struct Setup {
    scene: Scene,
    programs: MortalPrograms,
    alice: Account,
    bob: Account,
}

impl Setup {
    async fn new(tokens: Tokens) -> Result<Self> {
        Self::of(Scene::new(tokens).await?).await
    }

    async fn of(scene: Scene) -> Result<Self> {
        let [alice, bob] = [scene.staker("alice", STAKE).await?, scene.staker("bob", STAKE).await?];
        for staker in [&alice, &bob] {
            scene.send_at(60, staker, scene.vault.deposit(u(STAKE), staker.address())).await?;
        }
        scene.fund(60, REWARD).await?;
        scene.advance_to(LATER).await?;
        let programs = MortalPrograms::new(&scene.chain).await?;
        Ok(Self { scene, programs, alice, bob })
    }

    fn node(&self) -> Result<&Node> {
        node(&self.scene.chain)
    }

    /// What a call of `sender` returns now, or what it reverts with.
    fn answer(&self, sender: Address, request: &TransactionRequest) -> Result<Result<Bytes, Bytes>> {
        answer(self.node()?, sender, request, BlockId::pending())
    }

    /// As [`answer`](Self::answer), for a call that must succeed.
    fn returned(&self, sender: Address, action: impl Action) -> Result<Bytes> {
        let answer = self.answer(sender, &action.into_request())?;
        answer.map_err(|data| anyhow::anyhow!("it reverts with {}", explain(&data)))
    }

    /// As [`answer`](Self::answer), for a call that must revert.
    fn revert_data(&self, sender: Address, action: impl Action) -> Result<Bytes> {
        self.answer(sender, &action.into_request())?.err().context("it succeeds")
    }

    /// The error of what the lifeboat does not serve.
    async fn inactive(&self) -> Result<IVault::ProgramInactive> {
        Ok(IVault::ProgramInactive { program: self.scene.chain.market().await?.vault_program })
    }

    /// Everything that lets principal and rewards of Alice leave, each of them alone.
    fn ways_out(&self) -> Vec<TransactionRequest> {
        let (vault, alice, bob) = (&self.scene.vault, self.alice.address(), self.bob.address());
        vec![
            vault.withdraw(u(STAKE / 4), alice, alice).into_request(),
            vault.redeem(u(STAKE), bob, alice).into_request(),
            vault.claim(alice).into_request(),
            vault.exit(alice).into_request(),
            vault.transfer(bob, u(STAKE / 4)).into_request(),
            vault.approve(bob, u(STAKE)).into_request(),
        ]
    }
}

/// Sends a request that must succeed with the gas that the node estimates, and nothing on top. Returns the gas that it used.
async fn send_as_estimated(scene: &Scene, account: &Account, request: TransactionRequest) -> Result<u64> {
    let asked = request.clone().with_from(account.address());
    let gas = scene.chain.provider().estimate_gas(asked).await?;
    let receipt = account.send_with_gas(request, gas).await?;
    ensure!(receipt.status(), "it reverted with {gas} gas");
    Ok(receipt.gas_used)
}
