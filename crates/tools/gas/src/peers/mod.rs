//! Peers in Solidity that npm carries as source, compiled by `scripts/solidity` and run on the same devnode, with the same
//! token, on the same timeline as the vault.

mod chef;
mod erc4626;
mod synthetix;

use alloy::{primitives::Address, rpc::types::TransactionRequest, sol_types::SolValue};
use anyhow::{Context, Result};
use weir_artifacts::solidity::peer_code;
use weir_bindings::IERC20;
use weir_harness::Account;

use crate::{
    stage::{Measured, Stage, call, tokens},
    staking::{self, Cast, REWARDS, Staking},
};

/// What a peer costs.
#[derive(Clone, Debug)]
pub struct Peer {
    /// As in `gas/peers.json`.
    pub name: &'static str,
    pub measured: Vec<Measured>,
}

/// Measures them all, each on a devnode of its own.
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
    let cast = Cast::of(&stage, &[both.asset, both.reward], contract.address()).await?;
    let half = cast.set_out(&stage, &contract, start).await.context(name)?;
    staking::measure(&mut stage, &contract, &cast, half).await.context(name)?;
    Ok(Peer { name, measured: stage.measured })
}

/// Puts a peer's contract on the chain.
async fn create(stage: &Stage, contract: &str, arguments: impl SolValue) -> Result<Address> {
    let code = [peer_code(contract)?.as_ref(), &arguments.abi_encode()].concat();
    stage.chain.create(code).await
}

/// A transfer of [`REWARDS`] to `to`.
fn gift(token: Address, to: Address) -> TransactionRequest {
    call(token, IERC20::transferCall { to, value: tokens(REWARDS) })
}

/// Lets `account` do these, one after the other, at `time` (Unix seconds).
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
