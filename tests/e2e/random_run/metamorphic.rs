//! Tests with two vaults that get the same calls except for one difference, which must not matter.
//! They find errors that do not depend on a model.

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
    RewardPaid, claimCall, claimForCall, depositCall, fundCall, mintCall, redeemCall, setClaimerCall,
    withdrawCall,
};
use weir_client::Account;
use weir_harness::{Chain, Token, Vault};

use super::setup::EPOCH;
use crate::{
    programs::node,
    reverts::{GAS_LIMIT, position_slot},
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
/// The slots that all stakers share: QUEUE, EPOCH, INDEX and UNPAID (`docs/storage.md`).
const GLOBAL: std::ops::Range<u64> = 0..4;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(two_deposits_equal_one_of_the_sum),
        with_time_control(two_withdrawals_equal_one_of_the_sum),
        with_time_control(the_order_of_claims_is_irrelevant),
        with_time_control(claims_of_others_change_no_reward),
    ]
}

/// Two vaults that were created in the same second.
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
        let vaults = [
            Vault::create_beyond_bounds(&chain, &settings).await?,
            Vault::create_beyond_bounds(&chain, &settings).await?,
        ];
        let start = vaults[0].lastAuctionAt().call().await?;
        ensure!(
            start == vaults[1].lastAuctionAt().call().await?,
            "the vaults were not created in the same second"
        );
        let people = people(&chain, &tokens, &vaults).await?;
        Ok(Self { chain, vaults, people, start, now: 0, random })
    }

    /// Every account stakes, time passes, and reward arrives.
    async fn begin(&mut self) -> Result<()> {
        for person in 0..PEOPLE {
            self.deposit(person).await?;
        }
        self.run_round().await
    }

    /// Sends a deposit and some reward to both vaults; time passes before, between and after.
    async fn run_round(&mut self) -> Result<()> {
        let person = self.random.usize(..PEOPLE);
        self.wait();
        self.deposit(person).await?;
        self.wait();
        let amount = u(amount(&mut self.random, AMOUNT_BITS));
        self.send_to_both(person, &fundCall { amount }).await?;
        self.wait();
        Ok(())
    }

    async fn deposit(&mut self, person: usize) -> Result<()> {
        let assets = u(amount(&mut self.random, AMOUNT_BITS));
        self.send_to_both(person, &depositCall { assets, receiver: self.who(person) }).await
    }

    fn wait(&mut self) {
        self.now += self.random.u64(..2 * u64::from(EPOCH));
    }

    fn who(&self, person: usize) -> Address {
        self.people[person].address()
    }

    async fn send_to_both(&self, person: usize, call: &impl SolCall) -> Result<()> {
        for twin in 0..2 {
            self.send(twin, person, call).await?;
        }
        Ok(())
    }

    async fn send(&self, twin: usize, person: usize, call: &impl SolCall) -> Result<TransactionReceipt> {
        node(&self.chain)?.set_next_block_timestamp(self.start + self.now)?;
        let request = transaction(self.vaults[twin].address(), call.abi_encode());
        let receipt = self.people[person].send_with_gas(request, GAS_LIMIT).await?;
        ensure!(receipt.status(), "a call of person {person} to vault {twin} reverted");
        Ok(receipt)
    }

    fn slot(&self, twin: usize, slot: U256) -> Result<U256> {
        Ok(node(&self.chain)?.storage(self.vaults[twin].address(), slot, BlockId::latest())?)
    }

    /// The slots of a vault that all stakers share.
    fn global(&self, twin: usize) -> Result<Vec<U256>> {
        GLOBAL.map(|slot| self.slot(twin, U256::from(slot))).collect()
    }

    /// Shares of an account, and its debt in 2^-32 base units.
    fn position(&self, twin: usize, person: usize) -> Result<(U256, U256)> {
        let word = self.slot(twin, position_slot(self.people[person].address()))?;
        Ok((word & (U256::MAX >> (256 - SHARE_BITS)), word >> SHARE_BITS))
    }

    /// Checks that both vaults have the same state, except that in the first one each debt may be so many units larger.
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

async fn two_deposits_equal_one_of_the_sum() -> Result<()> {
    let mut twins = Twins::new("two_deposits_equal_one_of_the_sum").await?;
    twins.begin().await?;
    let mut splits = [0; PEOPLE];
    for round in 0..ROUNDS {
        twins.run_round().await?;
        let person = twins.random.usize(..PEOPLE);
        let [x, y] = [(); 2].map(|()| u(amount(&mut twins.random, AMOUNT_BITS)));
        let receiver = twins.who(person);
        twins.send(0, person, &depositCall { assets: x, receiver }).await?;
        twins.send(0, person, &mintCall { shares: y, receiver }).await?;
        twins.send(1, person, &depositCall { assets: x + y, receiver }).await?;
        splits[person] += 1;
        twins.expect_same(&splits).with_context(|| format!("round {round}, {x} and {y}"))?;
    }
    Ok(())
}

async fn two_withdrawals_equal_one_of_the_sum() -> Result<()> {
    let mut twins = Twins::new("two_withdrawals_equal_one_of_the_sum").await?;
    twins.begin().await?;
    let mut splits = [0; PEOPLE];
    for round in 0..ROUNDS {
        twins.run_round().await?;
        let person = twins.random.usize(..PEOPLE);
        let stake: u128 = twins.position(1, person)?.0.to();
        if stake < 2 {
            continue;
        }
        let all = amount(&mut twins.random, AMOUNT_BITS).clamp(2, stake);
        let x = amount(&mut twins.random, AMOUNT_BITS).min(all - 1);
        let who = twins.who(person);
        let withdrawal = |amount| withdrawCall { assets: u(amount), receiver: who, owner: who };
        twins.send(0, person, &withdrawal(x)).await?;
        twins.send(0, person, &redeemCall { shares: u(all - x), receiver: who, owner: who }).await?;
        twins.send(1, person, &withdrawal(all)).await?;
        splits[person] += 1;
        twins.expect_same(&splits).with_context(|| format!("round {round}, {x} of {all}"))?;
    }
    Ok(())
}

async fn the_order_of_claims_is_irrelevant() -> Result<()> {
    let mut twins = Twins::new("the_order_of_claims_is_irrelevant").await?;
    twins.begin().await?;
    for person in 0..PEOPLE {
        twins.send_to_both(person, &setClaimerCall { claimer: Address::ZERO, allowed: true }).await?;
    }
    for round in 0..ROUNDS {
        twins.run_round().await?;
        let (first, second) = (claim_all(&mut twins, 0).await?, claim_all(&mut twins, 1).await?);
        ensure!(first == second, "round {round}: {first:?} and {second:?} were paid");
        twins.expect_same(&[0; PEOPLE]).with_context(|| format!("round {round}"))?;
    }
    Ok(())
}

/// Claims for every account in random order, by itself or by another. Returns the amounts paid.
async fn claim_all(twins: &mut Twins, twin: usize) -> Result<[U256; PEOPLE]> {
    let mut order: Vec<usize> = (0..PEOPLE).collect();
    twins.random.shuffle(&mut order);
    let mut paid = [U256::ZERO; PEOPLE];
    for person in order {
        let sender = if twins.random.bool() { person } else { twins.random.usize(..PEOPLE) };
        let receipt = twins.send(twin, sender, &claimForCall { account: twins.who(person) }).await?;
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

/// The last account never claims; the others claim in the first vault only.
async fn claims_of_others_change_no_reward() -> Result<()> {
    let mut twins = Twins::new("claims_of_others_change_no_reward").await?;
    twins.begin().await?;
    let watched = twins.who(PEOPLE - 1);
    for round in 0..ROUNDS {
        twins.run_round().await?;
        for _ in 0..3 {
            twins.now += twins.random.u64(..3);
            let person = twins.random.usize(..PEOPLE - 1);
            twins.send(0, person, &claimCall { receiver: twins.who(person) }).await?;
        }
        node(&twins.chain)?.mine_block(Some(twins.start + twins.now))?;
        let earned = twins.vaults[0].earned(watched).call().await?;
        let expected = twins.vaults[1].earned(watched).call().await?;
        ensure!(
            earned == expected,
            "round {round}: {earned} earned, but {expected} in the vault without claims"
        );
        ensure!(
            twins.position(0, PEOPLE - 1)? == twins.position(1, PEOPLE - 1)?,
            "round {round}: the positions differ"
        );
    }
    Ok(())
}
