//! Measures whether gas grows with the number of stakers or of idle epochs. It must not.
//!
//! The programs are cached: an uncached program costs the same extra gas per call, whatever its state.

use alloy::{
    primitives::{Address, U256},
    sol,
    sol_types::SolValue,
};
use anyhow::{Result, ensure};
use weir_client::Action;
use weir_devnode::TX_GAS_LIMIT;

use crate::{
    stage::{Measured, Stage, TOKEN, call, tokens},
    staking::{self, HOUR, PERIOD as EPOCH, REWARDS, Staking},
    vault::{AUCTION, VaultSetup},
};

sol! {
    interface ICrowd {
        function join(uint256 from, uint256 count, uint256 amount) external;
    }
}

/// Numbers of stakers, and of idle epochs, for which operations are measured.
pub const SIZES: [u64; 3] = [1, 100, 10_000];

/// Total stake in base units, for any number of stakers.
const STAKED: u128 = 300 * TOKEN;
/// Length of an idle epoch, in seconds. Ten thousand of them are shorter than a year, after which a program must be
/// activated again. The factory requires at least an hour.
const SHORT_EPOCH: u64 = HOUR / 2;
/// Stakers that join in one transaction.
const BATCH: u64 = 500;

/// Gas of the operations in one state.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Such as `100 stakers`, or `100 epochs`, all of them idle.
    pub state: String,
    pub measured: Vec<Measured>,
}

/// Measures all operations in all states: numbers of stakers in the order of [`SIZES`], then of epochs.
pub async fn measure() -> Result<Vec<Growth>> {
    let mut all = Vec::new();
    for stakers in SIZES {
        let measured = with_stakers(stakers).await?;
        all.push(Growth { state: count(stakers, "staker"), measured });
    }
    for epochs in SIZES {
        let measured = after_idle_epochs(epochs).await?;
        all.push(Growth { state: count(epochs, "epoch"), measured });
    }
    Ok(all)
}

fn count(number: u64, name: &str) -> String {
    match number {
        1 => format!("1 {name}"),
        10_000 => format!("10 000 {name}s"),
        _ => format!("{number} {name}s"),
    }
}

/// Measures on the timeline of `staking.rs`, with this many stakers besides the acting one.
async fn with_stakers(stakers: u64) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let setup = VaultSetup::new(&stage, EPOCH).await?;
    let (vault, funder) = (&setup.vault, &setup.actors.funder);
    join(&stage, &setup, stakers).await?;
    let begin = vault.begin(&stage, funder, setup.start).await?;
    let half = begin + EPOCH / 2;
    stage.chain.act(begin + EPOCH / 4, funder, Staking::deposit(vault, Address::repeat_byte(1), 1)).await?;
    let buyer = setup.buyer(&stage).await?;
    stage.chain.act(half - AUCTION, &buyer, setup.purchase(buyer.address(), &[])).await?;
    staking::measure(&mut stage, vault, &setup.actors, half).await?;
    let sale = setup.purchase(buyer.address(), &[]);
    stage.measure("sale to a wallet", half + 7 * HOUR, &buyer, *vault.address(), sale).await?;
    Ok(stage.measured)
}

/// Lets stakers without keys deposit equal parts of [`STAKED`].
async fn join(stage: &Stage, setup: &VaultSetup, stakers: u64) -> Result<()> {
    let arguments = (setup.asset, *setup.vault.address()).abi_encode();
    let crowd = stage.chain.create_solidity("Crowd", &arguments).await?;
    stage.give(setup.asset, crowd).await?;
    let amount = U256::from(STAKED / u128::from(stakers));
    stage.chain.set_time(setup.start + HOUR).await?;
    for from in (0..stakers).step_by(BATCH as usize) {
        let count = U256::from(BATCH.min(stakers - from));
        let join = ICrowd::joinCall { from: U256::from(from), count, amount };
        // Skips the estimate, which would execute this expensive call several times.
        let receipt = stage.chain.payer().send_with_gas(call(crowd, join), TX_GAS_LIMIT).await?;
        ensure!(receipt.status(), "not all stakers from {from} on could join");
    }
    let staked = setup.vault.totalSupply().call().await?;
    ensure!(staked == amount * U256::from(stakers), "{stakers} stakers hold {staked} in total");
    Ok(())
}

/// Measures each operation as the first call after this many idle epochs. All start from the same state, in which
/// rewards are queued for the first idle epoch.
async fn after_idle_epochs(epochs: u64) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(true).await?;
    let setup = VaultSetup::beyond_bounds(&stage, SHORT_EPOCH).await?;
    let (vault, actors) = (&setup.vault, &setup.actors);
    let who = actors.staker.address();
    let first = setup.start + SHORT_EPOCH / 2;
    for other in &actors.others {
        stage.chain.act(first, other, Staking::deposit(vault, other.address(), 100)).await?;
    }
    stage.chain.act(first, &actors.funder, vault.fund(tokens(REWARDS))).await?;
    let second = first + SHORT_EPOCH;
    stage.chain.act(second, &actors.funder, vault.fund(tokens(REWARDS))).await?;
    stage.chain.act(second, &actors.staker, Staking::deposit(vault, who, 125)).await?;
    let buyer = setup.buyer(&stage).await?;
    stage.chain.act(second, &buyer, setup.purchase(buyer.address(), &[])).await?;
    let operations = [
        ("top-up", &actors.staker, Staking::deposit(vault, who, 50)),
        ("partial withdrawal", &actors.staker, Staking::withdraw(vault, who, 25)),
        ("claim", &actors.staker, vault.claim(who).into_request()),
        ("fund", &actors.funder, vault.fund(tokens(REWARDS)).into_request()),
        ("full exit", &actors.staker, vault.leave(who, 125).await?),
        ("exit with claim", &actors.staker, vault.exit(who).into_request()),
        ("sale to a wallet", &buyer, setup.purchase(buyer.address(), &[])),
    ];
    let time = second + (epochs + 1) * SHORT_EPOCH;
    for (operation, account, action) in operations {
        let before = stage.snapshot().await?;
        // The account as of the snapshot, since each operation starts from it.
        let account = account.again().await?;
        stage.measure(operation, time, &account, *vault.address(), action).await?;
        stage.revert_to(&before, &account).await?;
    }
    Ok(stage.measured)
}
