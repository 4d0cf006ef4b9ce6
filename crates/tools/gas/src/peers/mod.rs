//! Measures Solidity peers whose source is on npm, compiled by `scripts/solidity`.
//! They run on the same devnode, with the same token, on the same timeline as the vault.

mod chef;
mod erc4626;
mod synthetix;

use alloy::{primitives::Address, rpc::types::TransactionRequest, sol_types::SolValue};
use anyhow::{Context, Result};
use weir_artifacts::solidity::peer_code;
use weir_bindings::IERC20;
use weir_client::Account;

use crate::{
    stage::{Measured, Stage, call, tokens},
    staking::{self, Actors, REWARDS, Staking},
};

/// Gas of a peer.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Name as in `gas/peers.json`.
    pub name: &'static str,
    pub measured: Vec<Measured>,
}

/// Measures all peers, each on its own devnode.
pub async fn measure() -> Result<Vec<Peer>> {
    let mut peers = vec![
        peer("Synthetix StakingRewards", synthetix::StakingRewards::new).await?,
        peer("MasterChefV2", chef::master_chef).await?,
        peer("MiniChefV2", chef::mini_chef).await?,
    ];
    for (name, contract) in erc4626::VAULTS {
        let new = async |stage: &Stage, tokens| erc4626::Erc4626::new(stage, tokens, contract).await;
        peers.push(peer(name, new).await?);
    }
    Ok(peers)
}

/// The tokens of a peer.
#[derive(Clone, Copy, Debug)]
struct Tokens {
    asset: Address,
    reward: Address,
}

async fn peer<S: Staking>(
    name: &'static str,
    new: impl AsyncFn(&Stage, Tokens) -> Result<S>,
) -> Result<Peer> {
    let mut stage = Stage::new(true).await?;
    let both = Tokens { asset: stage.token().await?, reward: stage.token().await? };
    let contract = new(&stage, both).await.with_context(|| format!("cannot set up {name}"))?;
    let start = stage.chain.now().await?;
    let actors = Actors::of(&stage, &[both.asset, both.reward], contract.address()).await?;
    let half = actors.prepare(&stage, &contract, start).await.context(name)?;
    staking::measure(&mut stage, &contract, &actors, half).await.context(name)?;
    Ok(Peer { name, measured: stage.measured })
}

/// Deploys a peer's contract.
async fn create(stage: &Stage, contract: &str, arguments: impl SolValue) -> Result<Address> {
    let code = [peer_code(contract)?.as_ref(), &arguments.abi_encode()].concat();
    stage.chain.create(code).await
}

/// A transfer of [`REWARDS`] to `to`.
fn gift(token: Address, to: Address) -> TransactionRequest {
    call(token, IERC20::transferCall { to, value: tokens(REWARDS) })
}

/// Sends these transactions from `account`, one after another, at `time` (Unix seconds).
async fn act_all(
    stage: &Stage,
    time: u64,
    account: &Account,
    actions: Vec<TransactionRequest>,
) -> Result<()> {
    for action in actions {
        stage.chain.act(time, account, action).await?;
    }
    Ok(())
}
