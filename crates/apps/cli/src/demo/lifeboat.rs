//! The lifeboat: a vault's programs expire after a year without keep-alive, and its stakers leave all the same.
//! Then the programs are activated again, and the vault takes deposits.

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result, ensure};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde_json::json;
use weir_bindings::{IVault, deploy};
use weir_client::{Account, Action};
use weir_harness::{Chain, Token, Vault, VaultSettings};
use weir_report::{
    csv::Csv,
    progress::Progress,
    table::{Align, Table},
};

use super::{accounts::funded_account, results::Results, seconds};
use crate::demo::rational::{DECIMALS, decimal, ratio, tokens, units, units_of};
use crate::transaction::send;

/// Length of an epoch in seconds: a week.
const EPOCH: u32 = 7 * 86_400;
/// 366 days in seconds. An activation lasts 365 days.
const YEAR: u64 = 366 * 86_400;
/// Stake of each staker in whole tokens.
const STAKES: [u64; 3] = [6, 8, 4];
/// Reward of the first epoch with stakers, in whole tokens.
const REWARD: u64 = 7;
/// Ether sent to an activation, in wei. It is more than the fee, and the rest is refunded.
const DATA_FEE: u64 = 10_000_000_000_000_000;

/// Vault, tokens and stakers.
struct Setup<'a> {
    chain: &'a Chain,
    asset: Token,
    reward: Token,
    vault: Vault,
    stakers: Vec<Account>,
}

/// The result of one staker's exit.
struct StakerExit {
    /// The functions that the staker called.
    way: &'static str,
    gas: u64,
    assets: U256,
    rewards: U256,
    /// The exact reward in whole tokens.
    due: BigRational,
}

impl StakerExit {
    fn cells(&self, number: usize) -> [String; 6] {
        let Self { way, gas, assets, rewards, due } = self;
        let staker = number.to_string();
        [staker, (*way).into(), decimal(*assets), decimal(*rewards), due.to_string(), gas.to_string()]
    }
}

/// Lets the programs expire and the stakers leave, and reports the exits.
///
/// # Errors
/// If a transaction fails, or an amount differs from the exact one.
pub async fn run(chain: &Chain, results: &mut Results) -> Result<()> {
    let mut progress = Progress::begin("lifeboat: a vault and three stakers", STAKES.len() as u64 + 2);
    let setup = Setup::deploy(chain).await?;
    progress.step();
    chain.mine_at(chain.now().await? + YEAR).await?;
    // The test tokens are programs and expire, too.
    setup.activate(&[*setup.asset.address()]).await?;
    let deposit_error = setup.deposit_error().await?;
    let mut exits = Vec::new();
    for staker in 0..STAKES.len() {
        exits.push(setup.leave(staker).await?);
        progress.step();
    }
    setup.reactivate().await?;
    progress.step();
    let taken = progress.end();

    results.say(&text(&exits, &deposit_error))?;
    results.say(&format!("The lifeboat took {}.\n", seconds(taken)))?;
    let mut csv =
        Csv::new(&["staker", "way", "principal_tokens", "reward_tokens", "exact_reward_tokens", "gas"]);
    for (number, exit) in exits.iter().enumerate() {
        csv.row(&exit.cells(number));
    }
    results.save("lifeboat", &csv)?;
    let document = exits.iter().map(|exit| {
        json!({
            "way": exit.way, "gas": exit.gas, "assets": decimal(exit.assets), "rewards": decimal(exit.rewards),
        })
    });
    results.figure("lifeboat", document.collect::<Vec<_>>().into());
    Ok(())
}

impl<'a> Setup<'a> {
    async fn deploy(chain: &'a Chain) -> Result<Self> {
        let asset = Token::deploy(chain, "Stake", "STK", DECIMALS).await?;
        let reward = Token::deploy(chain, "Reward", "RWD", DECIMALS).await?;
        let sold = Token::deploy(chain, "Yield", "YLD", DECIMALS).await?;
        let settings = settings([&asset, &reward, &sold].map(|token| *token.address()));
        let vault = Vault::create(chain, &settings).await?;
        let mut stakers = Vec::new();
        for (number, stake) in STAKES.into_iter().enumerate() {
            let staker =
                funded_account(chain, &asset, &vault, &format!("leaving staker {number}"), stake).await?;
            let deposit = vault.deposit(tokens(stake), staker.address()).into_transaction_request();
            send(&staker, deposit, format!("the deposit of staker {number}")).await?;
            stakers.push(staker);
        }
        let funder = funded_account(chain, &reward, &vault, "funder of the lifeboat", REWARD).await?;
        send(&funder, vault.fund(tokens(REWARD)).into_transaction_request(), "the reward").await?;
        Ok(Self { chain, asset, reward, vault, stakers })
    }

    /// Tries a deposit, which must revert with `ProgramInactive`. Returns the error as text.
    async fn deposit_error(&self) -> Result<String> {
        let [staker, ..] = &self.stakers[..] else { unreachable!("there are stakers") };
        let deposit = self.vault.deposit(U256::ONE, staker.address());
        let error = staker.simulate(deposit).await.err().context("the program still runs after a year")?;
        let program = self.chain.market().await?.vault_program;
        ensure!(
            error.is(&IVault::ProgramInactive { program }),
            "a deposit should revert with ProgramInactive, but: {error}"
        );
        Ok(error.to_string())
    }

    /// Lets a staker leave, each by other functions, and checks the payment: the exact amount, less than a base unit
    /// short.
    async fn leave(&self, number: usize) -> Result<StakerExit> {
        let (staker, stake) = (&self.stakers[number], tokens(STAKES[number]));
        let (vault, who) = (&self.vault, staker.address());
        let (way, calls) = match number {
            0 => (
                "withdraw, claim",
                vec![vault.withdraw(stake, who, who).into_request(), vault.claim(who).into_request()],
            ),
            1 => (
                "redeem, claim",
                vec![vault.redeem(stake, who, who).into_request(), vault.claim(who).into_request()],
            ),
            _ => ("exit", vec![vault.exit(who).into_request()]),
        };
        let mut gas = 0;
        for call in calls {
            gas += send(staker, call, format!("the exit of staker {number}")).await?.gas_used;
        }
        let assets = self.asset.balance(who).await?;
        let rewards = self.reward.balance(who).await?;
        let due = ratio(REWARD * STAKES[number], STAKES.iter().sum());
        ensure!(assets == stake, "staker {number} should withdraw {stake} base units, but received {assets}");
        let loss = units_of(&due) - units(rewards);
        ensure!(
            loss >= BigRational::default() && loss < BigRational::from_integer(BigInt::from(1)),
            "staker {number} should be paid {due} tokens of reward, but received {rewards} base units"
        );
        Ok(StakerExit { way, gas, assets, rewards, due })
    }

    /// Activates the programs again, which anyone can do, and checks that the vault takes deposits.
    async fn reactivate(&self) -> Result<()> {
        let market = self.chain.market().await?;
        self.activate(&[market.vault_program, market.extension]).await?;
        let [staker, ..] = &self.stakers[..] else { unreachable!("there are stakers") };
        let deposit = self.vault.deposit(tokens(1), staker.address()).into_request();
        send(staker, deposit, "a deposit after the programs were activated again").await?;
        let shares = self.vault.balanceOf(staker.address()).call().await?;
        ensure!(
            shares == tokens(1),
            "a deposit of 1 token should mint 1 share, but minted {shares} base units"
        );
        Ok(())
    }

    async fn activate(&self, programs: &[Address]) -> Result<()> {
        for program in programs {
            let request = deploy::activation(*program, U256::from(DATA_FEE));
            send(self.chain.payer(), request, format!("the activation of {program}")).await?;
        }
        Ok(())
    }
}

fn settings([asset, reward, yield_token]: [Address; 3]) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: EPOCH,
        targetAuctionPeriod: 86_400,
        targetAuctionPrice: tokens(1),
        smoothingFactor: 900_000_000_000_000_000,
        name: "Weir Stake".into(),
        symbol: "wSTK".into(),
        owner: Address::ZERO,
    }
}

fn text(exits: &[StakerExit], deposit_error: &str) -> String {
    let mut table = Table::new([
        ("staker", Align::Right),
        ("leaves by", Align::Left),
        ("principal", Align::Right),
        ("reward", Align::Right),
        ("exact reward", Align::Right),
        ("gas", Align::Right),
    ]);
    for (number, exit) in exits.iter().enumerate() {
        table.row(exit.cells(number).into());
    }
    format!(
        "Lifeboat: three stakers, and 366 days without keep-alive of the vault's programs.\n\
         A deposit fails: {deposit_error}.\nThe stakers leave all the same:\n\n{}\n\
         Then the programs are activated again, which anyone can do, and the vault takes deposits.",
        table.text()
    )
}
