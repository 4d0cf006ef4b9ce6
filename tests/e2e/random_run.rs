//! A random run of everything stakers and funders do, against the exact model, checked after each operation.

use std::num::NonZeroU32;

use alloy::{
    primitives::{Address, U256},
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};
use anyhow::{Context, Result};
use fastrand::Rng;
use libtest_mimic::Trial;
use num_bigint::BigInt;
use num_rational::BigRational;
use weir::math::stream::Stream;
use weir_bindings::IVault;
use weir_harness::{Account, Action};

use crate::{
    model::{
        Ledger, SecondBySecond,
        exact::{big, integer, power_of_two, ratio},
    },
    scene::{Scene, Tokens, u},
    seed::{amount, from_environment, random},
    trial::with_time_control,
};

/// Operations of each run; `WEIR_OPERATIONS` overrides it.
const OPERATIONS: usize = 150;
const STAKERS: usize = 5;
/// Short epochs, so that many of them go by. The model walks through them second by second.
const EPOCH: u32 = 50;
/// Amounts are below 2^90: a billion tokens of 18 decimals.
const AMOUNT_BITS: usize = 90;
/// What each has to begin with, more than it can ever stake.
const WEALTH: u128 = 1 << 105;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_random_run_pays_everyone_the_exact_share),
        with_time_control(a_random_run_with_one_token_pays_everyone_the_exact_share),
    ]
}

async fn a_random_run_pays_everyone_the_exact_share() -> Result<()> {
    let random = random("a_random_run_pays_everyone_the_exact_share")?;
    Run::new(Tokens::Different, random).await?.all().await
}

async fn a_random_run_with_one_token_pays_everyone_the_exact_share() -> Result<()> {
    let random = random("a_random_run_with_one_token_pays_everyone_the_exact_share")?;
    Run::new(Tokens::AssetIsReward, random).await?.all().await
}

/// What an operation of a run is.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Deposit { staker: usize, receiver: usize, amount: u128 },
    Withdraw { staker: usize, amount: u128 },
    Transfer { from: usize, to: usize, amount: u128 },
    Claim { staker: usize },
    ClaimFor { staker: usize, caller: usize },
    Exit { staker: usize },
    Fund { amount: u128 },
    Stray { amount: u128 },
    Sync,
    Buy,
}

/// The vault and, beside it, what it should do.
struct Run {
    scene: Scene,
    stakers: Vec<Account>,
    funder: Account,
    random: Rng,
    /// Seconds since the deployment.
    now: u32,
    ledger: Ledger,
    stream: SecondBySecond,
    /// Rewards credited and paid out, in base units.
    credited: BigInt,
    claimed: Vec<BigInt>,
    /// Reward tokens in the vault that are not credited yet.
    stray: u128,
    /// Changes of each one's stake, and global updates: what bounds the rounding.
    changes: Vec<u32>,
    updates: u32,
}

impl Run {
    async fn new(tokens: Tokens, random: Rng) -> Result<Self> {
        let scene = Scene::with(tokens, |settings| {
            settings.epochLength = EPOCH;
            settings.targetAuctionPeriod = EPOCH;
            settings.targetAuctionPrice = u(1 << 40);
        })
        .await?;
        let mut stakers = Vec::new();
        for number in 0..STAKERS {
            stakers.push(scene.staker(&format!("staker {number}"), WEALTH).await?);
        }
        let funder = scene.holder("funder", WEALTH).await?;
        let length = NonZeroU32::new(EPOCH).context("an epoch has a second")?;
        let now = u32::try_from(scene.chain.now().await? - scene.start)?;
        Ok(Self {
            scene,
            stakers,
            funder,
            random,
            now,
            ledger: Ledger::new(STAKERS),
            stream: SecondBySecond::new(length, Stream::default()),
            credited: BigInt::ZERO,
            claimed: vec![BigInt::ZERO; STAKERS],
            stray: 0,
            changes: vec![0; STAKERS],
            updates: 0,
        })
    }

    async fn all(mut self) -> Result<()> {
        let operations = from_environment("WEIR_OPERATIONS")?.unwrap_or(OPERATIONS);
        for number in 0..operations {
            self.pass_time();
            let operation = self.choose();
            let told = || format!("operation {number}, {operation:?}, {} s after the deployment", self.now);
            let told = told();
            self.act(operation).await.context(told.clone())?;
            self.check().await.context(told)?;
        }
        self.everyone_leaves().await
    }

    /// Often no time, mostly less than an epoch, now and then several.
    fn pass_time(&mut self) {
        self.now += match self.random.u32(..10) {
            0..3 => 0,
            3..9 => self.random.u32(..EPOCH / 2),
            _ => self.random.u32(..5 * EPOCH),
        };
        let handed_out = self.stream.run_to(self.now, self.ledger.total() > 0);
        self.ledger.hand_out(&handed_out);
    }

    fn choose(&mut self) -> Operation {
        let random = &mut self.random;
        let (staker, other) = (random.usize(..STAKERS), random.usize(..STAKERS));
        let stake = self.ledger.stake(staker);
        let part = match random.u32(..4) {
            0 => stake,
            _ => amount(random, AMOUNT_BITS).min(stake),
        };
        match random.u32(..20) {
            0..5 => Operation::Deposit { staker, receiver: other, amount: amount(random, AMOUNT_BITS) },
            5..8 if part > 0 => Operation::Withdraw { staker, amount: part },
            8..11 => Operation::Transfer { from: staker, to: other, amount: part },
            11..13 => Operation::Claim { staker },
            13 => Operation::ClaimFor { staker, caller: other },
            14 => Operation::Exit { staker },
            15 => Operation::Stray { amount: amount(random, AMOUNT_BITS) },
            16 => Operation::Sync,
            17 => Operation::Buy,
            _ => Operation::Fund { amount: amount(random, AMOUNT_BITS) },
        }
    }

    async fn act(&mut self, operation: Operation) -> Result<()> {
        match operation {
            Operation::Deposit { staker, receiver, amount } => {
                let call = self.scene.vault.deposit(u(amount), self.address(receiver));
                self.send(staker, call).await?;
                self.ledger.deposit(receiver, amount);
                self.changes[receiver] += 1;
            }
            Operation::Withdraw { staker, amount } => {
                let who = self.address(staker);
                let call = self.scene.vault.withdraw(u(amount), who, who);
                self.send(staker, call).await?;
                self.leave(staker, amount);
            }
            Operation::Transfer { from, to, amount } => {
                let call = self.scene.vault.transfer(self.address(to), u(amount));
                self.send(from, call).await?;
                self.leave(from, amount);
                self.ledger.deposit(to, amount);
                self.changes[to] += 1;
            }
            Operation::Claim { staker } => {
                let call = self.scene.vault.claim(self.address(staker));
                let receipt = self.send(staker, call).await?;
                self.paid(staker, &receipt)?;
            }
            Operation::ClaimFor { staker, caller } => {
                let call = self.scene.vault.claimFor(self.address(staker));
                let receipt = self.send(caller, call).await?;
                self.paid(staker, &receipt)?;
            }
            Operation::Exit { staker } => self.exit(staker).await?,
            Operation::Fund { amount } => {
                let call = self.scene.vault.fund(u(amount));
                self.scene.act(self.now.into(), &self.funder, call).await?;
                self.credit(amount);
            }
            Operation::Stray { amount } => {
                self.scene.chain.set_time(self.scene.start + u64::from(self.now)).await?;
                self.scene.reward.mint(&self.scene.chain, self.scene.vault.address(), u(amount)).await?;
                self.stray += amount;
            }
            Operation::Sync => {
                let call = self.scene.vault.sync();
                self.scene.act(self.now.into(), &self.funder, call).await?;
                self.credit(0);
            }
            Operation::Buy => self.buy().await?,
        }
        self.updates += 1;
        Ok(())
    }

    fn address(&self, staker: usize) -> Address {
        self.stakers[staker].address()
    }

    async fn send(&self, staker: usize, action: impl Action) -> Result<TransactionReceipt> {
        self.scene.act(self.now.into(), &self.stakers[staker], action).await
    }

    fn leave(&mut self, staker: usize, amount: u128) {
        self.ledger.withdraw(staker, amount);
        self.changes[staker] += 1;
    }

    async fn exit(&mut self, staker: usize) -> Result<()> {
        let call = self.scene.vault.exit(self.address(staker));
        let receipt = self.send(staker, call).await?;
        self.leave(staker, self.ledger.stake(staker));
        self.paid(staker, &receipt)
    }

    /// Takes down what a transaction paid a staker.
    fn paid(&mut self, staker: usize, receipt: &TransactionReceipt) -> Result<()> {
        for log in
            receipt.logs().iter().filter(|log| log.topic0() == Some(&IVault::RewardPaid::SIGNATURE_HASH))
        {
            let paid = IVault::RewardPaid::decode_log(&log.inner)?;
            assert_eq!(paid.account, self.address(staker));
            self.claimed[staker] += big(paid.amount);
        }
        Ok(())
    }

    /// `amount` arrived and was credited, with all that was lying there.
    fn credit(&mut self, amount: u128) {
        let credited = BigInt::from(amount + std::mem::take(&mut self.stray));
        self.stream.queued += &credited;
        self.credited += credited;
    }

    /// Buys yield, if the price has come down to something.
    async fn buy(&mut self) -> Result<()> {
        self.scene.look_at(self.now.into()).await?;
        let price = self.scene.vault.computeExactAmountIn(u(1)).call().await?;
        if price >= u(1 << AMOUNT_BITS) {
            return Ok(());
        }
        self.scene.accrue(10).await?;
        let price: u128 = price.to();
        let call =
            self.scene.vault.swapExactAmountOut(self.funder.address(), u(10), u(price), Default::default());
        self.scene.act(self.now.into(), &self.funder, call).await?;
        // What was lying there pays first.
        self.credit(price.saturating_sub(self.stray));
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        let vault = &self.scene.vault;
        let supply = vault.totalSupply().call().await?;
        let reserve = vault.reserve().call().await?;
        assert_eq!(supply, u(self.ledger.total()));
        assert_eq!(big(reserve), &self.credited - self.claimed.iter().sum::<BigInt>());
        assert_eq!(big(vault.epochReward().call().await?), self.stream.reward);
        assert_eq!(big(vault.queued().call().await?), self.stream.queued);
        self.check_holdings(supply, reserve).await?;

        let mut held = U256::ZERO;
        let mut due = BigInt::ZERO;
        for (number, staker) in self.stakers.iter().enumerate() {
            let shares = self.scene.shares(staker).await?;
            assert_eq!(shares, u(self.ledger.stake(number)), "shares of staker {number}");
            held += shares;
            let earned = big(self.scene.earned(staker).await?);
            self.check_reward(number, &self.claimed[number] + &earned);
            due += earned;
        }
        assert_eq!(held, supply, "the sum of all shares");
        let undistributed = &self.stream.reward - self.stream.streamed() + &self.stream.queued;
        assert!(due + undistributed <= big(reserve), "more is due than there is");
        Ok(())
    }

    /// The vault holds what it owes, and what is lying there, and nothing else.
    async fn check_holdings(&self, supply: U256, reserve: U256) -> Result<()> {
        let vault = self.scene.vault.address();
        let (assets, rewards) =
            (self.scene.asset.balance(vault).await?, self.scene.reward.balance(vault).await?);
        let rewards_due = reserve + u(self.stray);
        if self.scene.asset.address() == self.scene.reward.address() {
            assert_eq!(assets, supply + rewards_due);
        } else {
            assert_eq!((assets, rewards), (supply, rewards_due));
        }
        Ok(())
    }

    /// Claimed and earned are never above the exact share, and below it by no more than `docs/arithmetic.md` allows.
    fn check_reward(&self, staker: usize, got: BigInt) {
        let (exact, got) = (self.ledger.reward(staker), integer(got));
        assert!(got <= exact, "staker {staker} got {got}, more than {exact}");
        let lost = exact - &got;
        assert!(lost < self.allowed_loss(staker), "staker {staker} got {got}, {lost} too little");
    }

    /// One unit; 2^-32 for each change of the stake; and for each update and transfer one step of the index, which
    /// is 2^-128 a share, of which nobody ever has 2^105.
    fn allowed_loss(&self, staker: usize) -> BigRational {
        let steps = ratio(BigInt::from(2 * self.updates) * BigInt::from(WEALTH), power_of_two(128));
        integer(1) + ratio(self.changes[staker], power_of_two(32)) + steps
    }

    /// In the end nothing is left but what rounding left over.
    async fn everyone_leaves(mut self) -> Result<()> {
        self.now += 3 * EPOCH;
        let handed_out = self.stream.run_to(self.now, self.ledger.total() > 0);
        self.ledger.hand_out(&handed_out);
        for staker in 0..STAKERS {
            self.exit(staker).await?;
            self.updates += 1;
            self.check().await.with_context(|| format!("staker {staker} leaves"))?;
        }
        assert_eq!(self.scene.vault.totalSupply().call().await?, U256::ZERO);
        let undistributed = &self.stream.reward - self.stream.streamed() + &self.stream.queued;
        let left_over = big(self.scene.vault.reserve().call().await?) - undistributed;
        assert!(left_over <= BigInt::from(STAKERS), "{left_over} units are nobody's");
        Ok(())
    }
}
