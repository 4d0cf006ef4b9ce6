//! Tests of tokens that keep balances as parts of a pool and round transfers, as stETH, Comet and Aave's tokens do.
//! A deposit may bring up to two base units less than its amount if surplus covers it.

use alloy::{primitives::U256, providers::DynProvider, sol};
use anyhow::{Context, Result};
use fastrand::Rng;
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_client::Account;
use weir_harness::Token;

use crate::{
    reverts::reverts,
    scene::{Scene, u},
    seed::{amount, random},
    trial::on_any_chain,
};

sol!(
    #[sol(rpc)]
    interface IRoundingToken {
        function setRate(uint256 wad) external;
    }
);

/// The contracts, each with the token that it models.
const MODELS: [(&str, &str); 3] =
    [("PooledToken", "stETH"), ("IndexedToken", "Comet"), ("ScaledToken", "an aToken")];
const DEPOSITS: usize = 40;
/// How much less than its amount a deposit may bring.
const ROUNDING: u128 = 2;
const SURPLUS: u128 = 1_000;
const WEALTH: u128 = 1 << 80;
const WAD: u64 = 1_000_000_000_000_000_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(every_deposit_is_accepted_while_surplus_covers_the_rounding),
        on_any_chain(without_surplus_a_deposit_that_brings_less_reverts),
        on_any_chain(a_deposit_takes_at_most_two_units_of_surplus),
    ]
}

/// A vault of a token that rounds, which it also sells.
struct Setup {
    scene: Scene,
    token: IRoundingToken::IRoundingTokenInstance<DynProvider>,
    staker: Account,
}

impl Setup {
    async fn new(model: &str) -> Result<Self> {
        let chain = weir_harness::Chain::from_environment().await?;
        let address = chain.create_solidity(model, &[]).await?;
        let asset = Token::at(&chain, address);
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let token = IRoundingToken::new(address, chain.provider().clone());
        let scene = Scene::of([asset.clone(), reward, asset], chain, |_| ()).await?;
        let staker = scene.staker("staker", WEALTH).await?;
        Ok(Self { scene, token, staker })
    }

    /// Sets a random rate from 1 to below 2 base units a part.
    async fn set_rate(&self, random: &mut Rng) -> Result<()> {
        self.scene.send_as_payer(self.token.setRate(U256::from(random.u64(WAD..2 * WAD)))).await
    }

    async fn held(&self) -> Result<U256> {
        self.scene.asset.balance(self.scene.vault.address()).await
    }
}

async fn every_deposit_is_accepted_while_surplus_covers_the_rounding() -> Result<()> {
    let mut random = random("every_deposit_is_accepted_while_surplus_covers_the_rounding")?;
    for (model, like) in MODELS {
        let setup = Setup::new(model).await?;
        let (scene, staker) = (&setup.scene, &setup.staker);
        setup.set_rate(&mut random).await?;
        scene.asset.mint(&scene.chain, scene.vault.address(), u(SURPLUS)).await?;
        let mut most = U256::ZERO;
        for number in 0..DEPOSITS {
            let amount = u(amount(&mut random, 60));
            let before = setup.held().await?;
            let deposit = scene.vault.deposit(amount, staker.address());
            staker.send(deposit).await.with_context(|| format!("{like}: deposit {number} of {amount}"))?;
            let (held, owed) = (setup.held().await?, scene.vault.totalSupply().call().await?);
            assert!(held >= owed, "{like}: {held} held and {owed} owed");
            let missing = (before + amount).saturating_sub(held);
            assert!(missing <= u(ROUNDING), "{like}: {missing} of {amount} missing");
            most = most.max(missing);
        }
        assert!(most > U256::ZERO, "{like} rounds nothing: the test checks nothing");
        println!("{like}: {DEPOSITS} of {DEPOSITS} accepted, at most {most} missing");
    }
    Ok(())
}

async fn without_surplus_a_deposit_that_brings_less_reverts() -> Result<()> {
    let setup = Setup::new("PooledToken").await?;
    let (scene, staker) = (&setup.scene, &setup.staker);
    // At 1.5 units a part, 66 parts of 100 units arrive, which are worth 99.
    scene.send_as_payer(setup.token.setRate(U256::from(WAD / 2 * 3))).await?;
    let short = IVault::PrincipalShortfall { token: *scene.asset.address(), owed: u(100), held: u(99) };
    reverts(scene, staker, scene.vault.deposit(u(100), staker.address()), short).await?;
    staker.send(scene.vault.deposit(u(99), staker.address())).await?;
    Ok(())
}

/// An attacker can make deposits of which nothing arrives, paid by surplus that was for sale. The gas of each costs more
/// than the units are worth.
async fn a_deposit_takes_at_most_two_units_of_surplus() -> Result<()> {
    let setup = Setup::new("PooledToken").await?;
    let (scene, staker) = (&setup.scene, &setup.staker);
    scene.send_as_payer(setup.token.setRate(U256::from(2 * WAD - 1))).await?;
    scene.asset.mint(&scene.chain, scene.vault.address(), u(4)).await?;
    let surplus = setup.held().await?.to::<u128>();
    for deposit in 1..=surplus {
        // A deposit of one unit moves no part.
        staker.send(scene.vault.deposit(u(1), staker.address())).await?;
        assert_eq!(scene.vault.totalSupply().call().await?, u(deposit));
        assert_eq!(setup.held().await?, u(surplus));
    }
    let owed = surplus + 1;
    let short = IVault::PrincipalShortfall { token: *scene.asset.address(), owed: u(owed), held: u(surplus) };
    reverts(scene, staker, scene.vault.deposit(u(1), staker.address()), short).await
}
