//! How gas grows with stakers and with epochs in which nothing happened: it should not.
//!
//! Measured with the programs cached: being in no cache adds the same to each call of a program, however large its state.

use alloy::{
    primitives::{Address, U256},
    sol,
    sol_types::SolValue,
};
use anyhow::{Result, ensure};
use weir_devnode::TX_GAS_LIMIT;
use weir_harness::Action;

use crate::{
    stage::{Measured, Stage, TOKEN, call, tokens},
    staking::{self, HOUR, PERIOD as EPOCH, REWARDS, Staking},
    vault::{AUCTION, Site},
};

sol! {
    interface ICrowd {
        function join(uint256 from, uint256 count, uint256 amount) external;
    }
}

/// With how many stakers, and after how many idle epochs, operations are measured.
pub const SIZES: [u64; 3] = [1, 100, 10_000];

/// What all stakers hold together, in base units, however many they are.
const STAKED: u128 = 300 * TOKEN;
/// Length of the epochs that pass in idleness, in seconds: ten thousand of them are less than the year after which a program
/// has to be activated anew. The factory allows an hour at least.
const SHORT_EPOCH: u64 = HOUR / 2;
/// Stakers that join in one transaction.
const AT_ONCE: u64 = 500;

/// What the operations cost in one state.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The state: `100 stakers`, or `100 epochs`, all of them idle.
    pub state: String,
    pub measured: Vec<Measured>,
}

/// Measures all operations in all states, in order of `SIZES`, stakers first.
pub async fn measure() -> Result<Vec<Growth>> {
    let mut all = Vec::new();
    for stakers in SIZES {
        let measured = with_stakers(stakers).await?;
        all.push(Growth { state: counted(stakers, "staker"), measured });
    }
    for epochs in SIZES {
        let measured = after_idle_epochs(epochs).await?;
        all.push(Growth { state: counted(epochs, "epoch"), measured });
    }
    Ok(all)
}

fn counted(number: u64, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        10_000 => format!("10 000 {what}s"),
        _ => format!("{number} {what}s"),
    }
}

/// On the timeline of `staking.rs`, with so many stakers besides the one who acts.
async fn with_stakers(stakers: u64) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let site = Site::new(&stage, EPOCH).await?;
    let (vault, funder) = (&site.vault, &site.cast.funder);
    join(&stage, &site, stakers).await?;
    let begin = vault.begin(&stage, funder, site.start).await?;
    let half = begin + EPOCH / 2;
    stage.chain.act(begin + EPOCH / 4, funder, Staking::deposit(vault, Address::repeat_byte(1), 1)).await?;
    let buyer = site.buyer(&stage).await?;
    stage.chain.act(half - AUCTION, &buyer, site.purchase(buyer.address(), &[])).await?;
    staking::measure(&mut stage, vault, &site.cast, half).await?;
    let sale = site.purchase(buyer.address(), &[]);
    stage.measure("sale to a wallet", half + 7 * HOUR, &buyer, *vault.address(), sale).await?;
    Ok(stage.measured)
}

/// Lets stakers without keys deposit equal parts of [`STAKED`].
async fn join(stage: &Stage, site: &Site, stakers: u64) -> Result<()> {
    let arguments = (site.asset, *site.vault.address()).abi_encode();
    let crowd = stage.chain.create_solidity("Crowd", &arguments).await?;
    stage.give(site.asset, crowd).await?;
    let amount = U256::from(STAKED / u128::from(stakers));
    stage.chain.set_time(site.start + HOUR).await?;
    for from in (0..stakers).step_by(AT_ONCE as usize) {
        let count = U256::from(AT_ONCE.min(stakers - from));
        let join = ICrowd::joinCall { from: U256::from(from), count, amount };
        // Estimating would do it all several times.
        let receipt = stage.chain.payer().send_with_gas(call(crowd, join), TX_GAS_LIMIT).await?;
        ensure!(receipt.status(), "the stakers {from} and after could not all join");
    }
    let staked = site.vault.totalSupply().call().await?;
    ensure!(staked == amount * U256::from(stakers), "{stakers} stakers hold {staked} together");
    Ok(())
}

/// Each operation as the first call after so many epochs without any, from the same state, rewards queued for the first.
async fn after_idle_epochs(epochs: u64) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let site = Site::beyond_bounds(&stage, SHORT_EPOCH).await?;
    let (vault, cast) = (&site.vault, &site.cast);
    let who = cast.staker.address();
    let first = site.start + SHORT_EPOCH / 2;
    for other in &cast.others {
        stage.chain.act(first, other, Staking::deposit(vault, other.address(), 100)).await?;
    }
    stage.chain.act(first, &cast.funder, vault.fund(tokens(REWARDS))).await?;
    let second = first + SHORT_EPOCH;
    stage.chain.act(second, &cast.funder, vault.fund(tokens(REWARDS))).await?;
    stage.chain.act(second, &cast.staker, Staking::deposit(vault, who, 125)).await?;
    let buyer = site.buyer(&stage).await?;
    stage.chain.act(second, &buyer, site.purchase(buyer.address(), &[])).await?;
    let operations = [
        ("top-up", &cast.staker, Staking::deposit(vault, who, 50)),
        ("partial withdrawal", &cast.staker, Staking::withdraw(vault, who, 25)),
        ("claim", &cast.staker, vault.claim(who).into_request()),
        ("fund", &cast.funder, vault.fund(tokens(REWARDS)).into_request()),
        ("full exit", &cast.staker, vault.leave(who, 125).await?),
        ("exit with claim", &cast.staker, vault.exit(who).into_request()),
        ("sale to a wallet", &buyer, site.purchase(buyer.address(), &[])),
    ];
    let time = second + (epochs + 1) * SHORT_EPOCH;
    for (operation, account, action) in operations {
        let before = stage.snapshot().await?;
        // As it was at the snapshot: each comes from there.
        let account = account.again().await?;
        stage.measure(operation, time, &account, *vault.address(), action).await?;
        stage.back(&before, &account).await?;
    }
    Ok(stage.measured)
}
