//! A vault whose programs expire after a year without keep-alive, and its stakers, who leave by the lifeboat.

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

use super::{output::Output, person::person, seconds, send::send};
use crate::demo::rational::{DECIMALS, decimal, ratio, tokens, units, units_of};

/// An epoch lasts a week, in seconds.
const EPOCH: u32 = 7 * 86_400;
/// 366 days in seconds: an activation lasts 365.
const YEAR: u64 = 366 * 86_400;
/// What each staker has, and the reward of the first week with stakers; whole tokens.
const STAKES: [u64; 3] = [6, 8, 4];
const REWARD: u64 = 7;
/// Sent to an activation, in wei: more than it costs, and the rest comes back.
const DATA_FEE: u64 = 10_000_000_000_000_000;

/// Vault, tokens and stakers.
struct Stage<'a> {
    chain: &'a Chain,
    asset: Token,
    reward: Token,
    vault: Vault,
    stakers: Vec<Account>,
}

/// What one staker got out.
struct Left {
    way: &'static str,
    gas: u64,
    assets: U256,
    rewards: U256,
    /// The exact reward in whole tokens.
    due: BigRational,
}

impl Left {
    fn cells(&self, number: usize) -> [String; 6] {
        let Self { way, gas, assets, rewards, due } = self;
        let staker = number.to_string();
        [staker, (*way).into(), decimal(*assets), decimal(*rewards), due.to_string(), gas.to_string()]
    }
}

/// Lets the programs expire and the stakers leave, and reports it.
///
/// # Errors
/// If a transaction fails, or any amount is not the exact one.
pub async fn run(chain: &Chain, output: &mut Output) -> Result<()> {
    let mut progress = Progress::begin("lifeboat: a vault and three stakers", STAKES.len() as u64 + 2);
    let stage = Stage::set(chain).await?;
    progress.step();
    chain.mine_at(chain.now().await? + YEAR).await?;
    // The tokens of this demo are programs as well. Those of a public chain are not.
    stage.activate(&[*stage.asset.address()]).await?;
    let refusal = stage.refusal().await?;
    let mut left = Vec::new();
    for staker in 0..STAKES.len() {
        left.push(stage.leave(staker).await?);
        progress.step();
    }
    stage.goes_on().await?;
    progress.step();
    let taken = progress.end();

    output.say(&text(&left, &refusal))?;
    output.say(&format!("The lifeboat took {}.\n", seconds(taken)))?;
    let mut csv =
        Csv::new(&["staker", "way", "principal_tokens", "reward_tokens", "exact_reward_tokens", "gas"]);
    for (number, left) in left.iter().enumerate() {
        csv.row(&left.cells(number));
    }
    output.save("lifeboat", &csv)?;
    let document = left.iter().map(|left| {
        json!({
            "way": left.way, "gas": left.gas, "assets": decimal(left.assets), "rewards": decimal(left.rewards),
        })
    });
    output.figure("lifeboat", document.collect::<Vec<_>>().into());
    Ok(())
}

impl<'a> Stage<'a> {
    async fn set(chain: &'a Chain) -> Result<Self> {
        let asset = Token::deploy(chain, "Stake", "STK", DECIMALS).await?;
        let reward = Token::deploy(chain, "Reward", "RWD", DECIMALS).await?;
        let sold = Token::deploy(chain, "Yield", "YLD", DECIMALS).await?;
        let settings = settings([&asset, &reward, &sold].map(|token| *token.address()));
        let vault = Vault::create(chain, &settings).await?;
        let mut stakers = Vec::new();
        for (number, stake) in STAKES.into_iter().enumerate() {
            let staker = person(chain, &asset, &vault, &format!("leaving staker {number}"), stake).await?;
            let deposit = vault.deposit(tokens(stake), staker.address()).into_transaction_request();
            send(&staker, deposit, format!("the deposit of staker {number}")).await?;
            stakers.push(staker);
        }
        let funder = person(chain, &reward, &vault, "funder of the lifeboat", REWARD).await?;
        send(&funder, vault.fund(tokens(REWARD)).into_transaction_request(), "the reward").await?;
        Ok(Self { chain, asset, reward, vault, stakers })
    }

    /// The error of a deposit: the program cannot run.
    async fn refusal(&self) -> Result<String> {
        let [staker, ..] = &self.stakers[..] else { unreachable!("there are stakers") };
        let deposit = self.vault.deposit(U256::ONE, staker.address());
        let error = staker.simulate(deposit).await.err().context("the program still runs after a year")?;
        let program = self.chain.market().await?.vault_program;
        ensure!(error.is(&IVault::ProgramInactive { program }), "a deposit is refused by {error}");
        Ok(error.to_string())
    }

    /// Each staker leaves in another way. What it is paid must be the exact amount, to less than a base unit.
    async fn leave(&self, number: usize) -> Result<Left> {
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
            gas += send(staker, call, format!("the way out of staker {number}")).await?.gas_used;
        }
        let assets = self.asset.balance(who).await?;
        let rewards = self.reward.balance(who).await?;
        let due = ratio(REWARD * STAKES[number], STAKES.iter().sum());
        ensure!(assets == stake, "staker {number} got {assets} of {stake} base units back");
        let rest = units_of(&due) - units(rewards);
        ensure!(
            rest >= BigRational::default() && rest < BigRational::from_integer(BigInt::from(1)),
            "staker {number} was paid {rewards} base units of reward, and {due} tokens are due"
        );
        Ok(Left { way, gas, assets, rewards, due })
    }

    /// Anyone activates the programs again, and the vault takes deposits.
    async fn goes_on(&self) -> Result<()> {
        let market = self.chain.market().await?;
        self.activate(&[market.vault_program, market.extension]).await?;
        let [staker, ..] = &self.stakers[..] else { unreachable!("there are stakers") };
        let deposit = self.vault.deposit(tokens(1), staker.address()).into_request();
        send(staker, deposit, "a deposit after the programs were activated again").await?;
        let shares = self.vault.balanceOf(staker.address()).call().await?;
        ensure!(shares == tokens(1), "a deposit of 1 token gave {shares} base units of shares");
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

fn text(left: &[Left], refusal: &str) -> String {
    let mut table = Table::new([
        ("staker", Align::Right),
        ("leaves by", Align::Left),
        ("principal", Align::Right),
        ("reward", Align::Right),
        ("exact reward", Align::Right),
        ("gas", Align::Right),
    ]);
    for (number, left) in left.iter().enumerate() {
        table.row(left.cells(number).into());
    }
    format!(
        "Lifeboat: three stakers, and 366 days in which nobody keeps the vault's programs alive.\nA deposit is refused: {refusal}.\n\
         The stakers leave all the same:\n\n{}\nThen anyone activates the programs again, and the vault takes deposits.",
        table.text()
    )
}
