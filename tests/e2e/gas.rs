//! What each call costs, as a table: with the programs in no cache, and in the cache manager's.
//!
//! `cargo test -p weir --test e2e gas` prints it (with nextest: `--success-output final`).

use alloy::{primitives::U256, rpc::types::TransactionReceipt};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_devnode::Devnode;
use weir_harness::{Chain, Vault};

use crate::{
    evm::{Puppet, Script},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, settings, u},
    trial::with_time_control,
};

/// No call costs less than any transaction, nor more than this.
const BOUNDS: std::ops::Range<u64> = 21_000..400_000;

pub fn trials() -> Vec<Trial> {
    vec![with_time_control(every_call_s_gas_is_within_sane_bounds)]
}

async fn every_call_s_gas_is_within_sane_bounds() -> Result<()> {
    let uncached = measure(false, Tokens::Different).await?;
    let cached = measure(true, Tokens::Different).await?;
    let one_token = measure(false, Tokens::AssetIsReward).await?;
    let mut table = format!(
        "{:<44} {:>10} {:>10} {:>22}\n",
        "gas of a transaction", "uncached", "cached", "asset is reward"
    );
    for (((call, gas), (_, if_cached)), (_, of_one_token)) in uncached.iter().zip(&cached).zip(&one_token) {
        table += &format!("{call:<44} {gas:>10} {if_cached:>10} {of_one_token:>22}\n");
    }
    println!("{table}");
    for ((call, gas), (_, if_cached)) in uncached.iter().chain(&one_token).zip(cached.iter().cycle()) {
        if call.contains("deployment") {
            continue;
        }
        assert!(BOUNDS.contains(gas), "{call}: {gas}");
        assert!(BOUNDS.contains(if_cached) && if_cached < gas, "{call}: {gas}, cached {if_cached}");
    }
    Ok(())
}

/// The gas of each call, in an order in which they can follow each other.
struct Bill(Vec<(&'static str, u64)>);

impl Bill {
    fn note(&mut self, call: &'static str, receipt: &TransactionReceipt) {
        self.0.push((call, receipt.gas_used));
    }
}

async fn measure(treat_all_as_cached: bool, tokens: Tokens) -> Result<Vec<(&'static str, u64)>> {
    let builder = Devnode::builder().treat_all_as_cached(treat_all_as_cached);
    let scene = Scene::on(Chain::devnode(builder).await?, tokens, |_| ()).await?;
    let vault = &scene.vault;
    let first = scene.staker("first", 100 * TOKEN).await?;
    let second = scene.staker("second", 100 * TOKEN).await?;
    let third = scene.staker("third", 100 * TOKEN).await?;
    let funder = scene.holder("funder", 100 * TOKEN).await?;
    let puppet = Puppet::create(&scene.chain).await?.address;
    scene.reward.mint(&scene.chain, puppet, u(100 * TOKEN)).await?;
    scene.accrue(1_000).await?;
    let (one, two, three) = (first.address(), second.address(), third.address());
    let mut bill = Bill(Vec::new());

    bill.note("deployment of the first vault", &vault.receipt);
    let settings = settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address());
    bill.note("deployment of another vault", &Vault::deploy(&scene.chain, &settings).await?.receipt);

    let early = 100;
    bill.note("deposit, the vault's first", &scene.act(early, &first, vault.deposit(u(TOKEN), one)).await?);
    bill.note("deposit, a new staker's", &scene.act(early, &second, vault.deposit(u(TOKEN), two)).await?);
    bill.note("deposit, a top-up", &scene.act(early, &first, vault.deposit(u(TOKEN), one)).await?);
    bill.note("fund, the first in an epoch", &scene.act(early, &funder, vault.fund(u(TOKEN))).await?);
    bill.note("fund, once more", &scene.act(early, &funder, vault.fund(u(TOKEN))).await?);

    let wallet = |amount| vault.swapExactAmountOut(three, u(amount), U256::MAX, Default::default());
    scene.act(PERIOD, &funder, wallet(100)).await?;
    bill.note("sale to a wallet", &scene.act(2 * PERIOD, &funder, wallet(100)).await?);
    let pay = Script::new().call(scene.reward.transfer(vault.address(), u(FIRST_PRICE))).bytes();
    let flash = |amount| vault.swapExactAmountOut(puppet, u(amount), U256::MAX, pay.clone());
    scene.act(3 * PERIOD, &funder, flash(100)).await?;
    bill.note("sale by flash swap", &scene.act(4 * PERIOD, &funder, flash(100)).await?);

    let now = EPOCH + 100;
    let later = now + 100;
    bill.note(
        "deposit, first in a later epoch",
        &scene.act(now, &second, vault.deposit(u(TOKEN), two)).await?,
    );
    bill.note("claim, the first", &scene.act(now, &first, vault.claim(one)).await?);
    bill.note("claim, another", &scene.act(later, &first, vault.claim(one)).await?);
    bill.note("claimFor", &scene.act(later, &third, vault.claimFor(two)).await?);
    bill.note("claim of nothing", &scene.act(later, &third, vault.claim(three)).await?);
    bill.note("transfer to a new holder", &scene.act(later, &first, vault.transfer(three, u(10))).await?);
    bill.note("transfer to a holder", &scene.act(later, &first, vault.transfer(two, u(10))).await?);
    bill.note("approve", &scene.act(later, &first, vault.approve(two, u(TOKEN))).await?);
    let by_allowance = vault.transferFrom(one, three, u(10));
    bill.note("transferFrom", &scene.act(later, &second, by_allowance).await?);
    bill.note("withdraw a part", &scene.act(later, &second, vault.withdraw(u(TOKEN), two, two)).await?);
    bill.note("withdraw all", &scene.act(later, &third, vault.redeem(u(20), three, three)).await?);
    bill.note("sync of nothing", &scene.act(later, &funder, vault.sync()).await?);
    bill.note("fund, first in a later epoch", &scene.act(2 * EPOCH, &funder, vault.fund(u(TOKEN))).await?);
    bill.note("exit", &scene.act(2 * EPOCH, &second, vault.exit(two)).await?);
    Ok(bill.0)
}
