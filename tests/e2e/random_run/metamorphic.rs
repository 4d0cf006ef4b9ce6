//! Two vaults with the same tokens live through the same, but for one thing that must make no difference.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256},
    rpc::types::TransactionReceipt,
    sol_types::{SolCall, SolEvent},
};
use anyhow::{Context, Result, ensure};
use fastrand::Rng;
use libtest_mimic::Trial;
use weir_bindings::IVault::{
    RewardPaid, claimCall, claimForCall, depositCall, fundCall, mintCall, redeemCall, withdrawCall,
};
use weir_harness::{Account, Chain, Token, Vault};

use super::stage::EPOCH;
use crate::{
    refusal::{REFUSAL_GAS, position_slot},
    scene::{settings, transaction, u},
    seed::{amount, random},
    trial::with_time_control,
};

const PEOPLE: usize = 5;
const ROUNDS: usize = 30;
const AMOUNT_BITS: usize = 90;
const WEALTH: u128 = 1 << 110;
/// Bits of the shares, below those of the debt.
const SHARE_BITS: usize = 112;
const DEBT_BITS: usize = 144;
/// Slots that are everybody's: A, B and C of `docs/storage.md`.
const GLOBAL: std::ops::Range<u64> = 0..3;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(two_deposits_are_one_of_both_amounts),
        with_time_control(two_withdrawals_are_one_of_both_amounts),
        with_time_control(the_order_of_claims_is_irrelevant),
        with_time_control(what_others_claim_changes_nobody_s_reward),
    ]
}

/// Two vaults of one age.
struct Twins {
    chain: Chain,
    vaults: [Vault; 2],
    people: Vec<Account>,
    /// Unix time of their deployment.
    start: u64,
    now: u64,
    random: Rng,
}

impl Twins {
    async fn new(test: &str) -> Result<Self> {
        let random = random(test)?;
        let chain = Chain::from_environment().await?;
        node(&chain)?.set_block_interval(Some(0));
        let mut tokens = Vec::new();
        for symbol in ["AST", "RWD", "YLD"] {
            tokens.push(Token::deploy(&chain, symbol, symbol, 18).await?);
        }
        let mut settings = settings(*tokens[0].address(), *tokens[1].address(), *tokens[2].address());
        settings.epochLength = EPOCH;
        let vaults = [Vault::deploy(&chain, &settings).await?, Vault::deploy(&chain, &settings).await?];
        let start = vaults[0].lastAuctionAt().call().await?;
        ensure!(start == vaults[1].lastAuctionAt().call().await?, "the vaults are not of one age");
        let people = people(&chain, &tokens, &vaults).await?;
        Ok(Self { chain, vaults, people, start, now: 0, random })
    }

    /// Everybody stakes something, some time goes by, and reward arrives.
    async fn begin(&mut self) -> Result<()> {
        for person in 0..PEOPLE {
            self.deposit(person).await?;
        }
        self.live().await
    }

    /// The same happens to both: a deposit, some reward, and time before, between and after.
    async fn live(&mut self) -> Result<()> {
        let person = self.random.usize(..PEOPLE);
        self.pass();
        self.deposit(person).await?;
        self.pass();
        let amount = u(amount(&mut self.random, AMOUNT_BITS));
        self.both(person, &fundCall { amount }).await?;
        self.pass();
        Ok(())
    }

    async fn deposit(&mut self, person: usize) -> Result<()> {
        let assets = u(amount(&mut self.random, AMOUNT_BITS));
        self.both(person, &depositCall { assets, receiver: self.who(person) }).await
    }

    fn pass(&mut self) {
        self.now += self.random.u64(..2 * u64::from(EPOCH));
    }

    fn who(&self, person: usize) -> Address {
        self.people[person].address()
    }

    async fn both(&self, person: usize, call: &impl SolCall) -> Result<()> {
        for twin in 0..2 {
            self.act(twin, person, call).await?;
        }
        Ok(())
    }

    async fn act(&self, twin: usize, person: usize, call: &impl SolCall) -> Result<TransactionReceipt> {
        node(&self.chain)?.set_next_block_timestamp(self.start + self.now)?;
        let request = transaction(self.vaults[twin].address(), call.abi_encode());
        let receipt = self.people[person].send_with_gas(request, REFUSAL_GAS).await?;
        ensure!(receipt.status(), "a call of person {person} to vault {twin} was refused");
        Ok(receipt)
    }

    fn slot(&self, twin: usize, slot: U256) -> Result<U256> {
        Ok(node(&self.chain)?.storage(self.vaults[twin].address(), slot, BlockId::latest())?)
    }

    /// What the twin's slots hold that are everybody's.
    fn global(&self, twin: usize) -> Result<Vec<U256>> {
        GLOBAL.map(|slot| self.slot(twin, U256::from(slot))).collect()
    }

    /// Shares and debt of somebody, in 2^-32 base units.
    fn position(&self, twin: usize, person: usize) -> Result<(U256, U256)> {
        let word = self.slot(twin, position_slot(self.people[person].address()))?;
        Ok((word & (U256::MAX >> (256 - SHARE_BITS)), word >> SHARE_BITS))
    }

    /// Both hold the same, but that in the first one each debt is up to so many units larger.
    fn expect_same(&self, larger: &[u64; PEOPLE]) -> Result<()> {
        let (first, second) = (self.global(0)?, self.global(1)?);
        ensure!(first == second, "the slots {GLOBAL:?} are {first:?} and {second:?}");
        for (person, larger) in larger.iter().enumerate() {
            let ((shares, debt), (expected, least)) = (self.position(0, person)?, self.position(1, person)?);
            ensure!(shares == expected, "person {person} has {shares} and {expected} shares");
            let more = debt.wrapping_sub(least) & (U256::MAX >> (256 - DEBT_BITS));
            ensure!(more <= U256::from(*larger), "the debt of person {person} is {debt} and {least}");
        }
        Ok(())
    }
}

async fn people(chain: &Chain, tokens: &[Token], vaults: &[Vault; 2]) -> Result<Vec<Account>> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let account = chain.account(&format!("person {number}")).await?;
        for token in &tokens[..2] {
            token.mint(chain, account.address(), u(WEALTH)).await?;
            for vault in vaults {
                token.approve_all(&account, vault.address()).await?;
            }
        }
        people.push(account);
    }
    Ok(people)
}

fn node(chain: &Chain) -> Result<&weir_devnode::Chain> {
    Ok(chain.node().context("it needs the devnode in process")?.chain())
}

async fn two_deposits_are_one_of_both_amounts() -> Result<()> {
    let mut twins = Twins::new("two_deposits_are_one_of_both_amounts").await?;
    twins.begin().await?;
    let mut splits = [0; PEOPLE];
    for round in 0..ROUNDS {
        twins.live().await?;
        let person = twins.random.usize(..PEOPLE);
        let [x, y] = [(); 2].map(|()| u(amount(&mut twins.random, AMOUNT_BITS)));
        let receiver = twins.who(person);
        twins.act(0, person, &depositCall { assets: x, receiver }).await?;
        twins.act(0, person, &mintCall { shares: y, receiver }).await?;
        twins.act(1, person, &depositCall { assets: x + y, receiver }).await?;
        splits[person] += 1;
        twins.expect_same(&splits).with_context(|| format!("round {round}, {x} and {y}"))?;
    }
    Ok(())
}

async fn two_withdrawals_are_one_of_both_amounts() -> Result<()> {
    let mut twins = Twins::new("two_withdrawals_are_one_of_both_amounts").await?;
    twins.begin().await?;
    let mut splits = [0; PEOPLE];
    for round in 0..ROUNDS {
        twins.live().await?;
        let person = twins.random.usize(..PEOPLE);
        let stake: u128 = twins.position(1, person)?.0.to();
        if stake < 2 {
            continue;
        }
        let all = amount(&mut twins.random, AMOUNT_BITS).clamp(2, stake);
        let x = amount(&mut twins.random, AMOUNT_BITS).min(all - 1);
        let who = twins.who(person);
        let withdrawal = |amount| withdrawCall { assets: u(amount), receiver: who, owner: who };
        twins.act(0, person, &withdrawal(x)).await?;
        twins.act(0, person, &redeemCall { shares: u(all - x), receiver: who, owner: who }).await?;
        twins.act(1, person, &withdrawal(all)).await?;
        splits[person] += 1;
        twins.expect_same(&splits).with_context(|| format!("round {round}, {x} of {all}"))?;
    }
    Ok(())
}

async fn the_order_of_claims_is_irrelevant() -> Result<()> {
    let mut twins = Twins::new("the_order_of_claims_is_irrelevant").await?;
    twins.begin().await?;
    for round in 0..ROUNDS {
        twins.live().await?;
        let (first, second) = (claim_all(&mut twins, 0).await?, claim_all(&mut twins, 1).await?);
        ensure!(first == second, "round {round}: {first:?} and {second:?} were paid");
        twins.expect_same(&[0; PEOPLE]).with_context(|| format!("round {round}"))?;
    }
    Ok(())
}

/// Everybody claims, or others do it for it, in any order. What each was paid, by person.
async fn claim_all(twins: &mut Twins, twin: usize) -> Result<[U256; PEOPLE]> {
    let mut order: Vec<usize> = (0..PEOPLE).collect();
    twins.random.shuffle(&mut order);
    let mut paid = [U256::ZERO; PEOPLE];
    for person in order {
        let sender = if twins.random.bool() { person } else { twins.random.usize(..PEOPLE) };
        let receipt = twins.act(twin, sender, &claimForCall { account: twins.who(person) }).await?;
        paid[person] = paid_by(&receipt)?;
    }
    Ok(paid)
}

fn paid_by(receipt: &TransactionReceipt) -> Result<U256> {
    let is_payment = |topic: Option<&B256>| topic == Some(&RewardPaid::SIGNATURE_HASH);
    let mut paid = U256::ZERO;
    for log in receipt.logs().iter().filter(|log| is_payment(log.topic0())) {
        paid += RewardPaid::decode_log(&log.inner)?.amount;
    }
    Ok(paid)
}

/// The last one never claims; the others do in one of the vaults only, again and again.
async fn what_others_claim_changes_nobody_s_reward() -> Result<()> {
    let mut twins = Twins::new("what_others_claim_changes_nobody_s_reward").await?;
    twins.begin().await?;
    let watched = twins.who(PEOPLE - 1);
    for round in 0..ROUNDS {
        twins.live().await?;
        for _ in 0..3 {
            twins.now += twins.random.u64(..3);
            let person = twins.random.usize(..PEOPLE - 1);
            twins.act(0, person, &claimCall { receiver: twins.who(person) }).await?;
        }
        node(&twins.chain)?.mine_block(Some(twins.start + twins.now))?;
        let earned = twins.vaults[0].earned(watched).call().await?;
        let expected = twins.vaults[1].earned(watched).call().await?;
        ensure!(
            earned == expected,
            "round {round}: {earned} was earned, and {expected} where nobody claimed"
        );
        ensure!(
            twins.position(0, PEOPLE - 1)? == twins.position(1, PEOPLE - 1)?,
            "round {round}: the position"
        );
    }
    Ok(())
}
