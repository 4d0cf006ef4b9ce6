//! Where operations are measured: a devnode, accounts, and tokens of OpenZeppelin's code.

use alloy::{
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
    sol,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use weir_bindings::IERC20;
use weir_devnode::Devnode;
use weir_harness::{Account, Action, Chain};

use crate::floor;

sol! {
    #[sol(rpc)]
    interface IPlainToken {
        function mint(address to, uint256 value) external;
    }
}

/// One token, in base units.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;

/// What each account begins with, far more than it spends.
const WEALTH: u128 = 1_000_000 * TOKEN;

/// A transaction that was measured.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub operation: &'static str,
    /// `gasUsed` of its receipt.
    pub gas: u64,
    pub floor: u64,
}

/// The chain, and what has been measured on it.
pub struct Stage {
    pub chain: Chain,
    pub measured: Vec<Measured>,
}

pub fn tokens(amount: u128) -> U256 {
    U256::from(amount * TOKEN)
}

impl Stage {
    pub async fn new(treat_all_as_cached: bool) -> Result<Self> {
        let chain =
            Chain::at_a_standstill(Devnode::builder().treat_all_as_cached(treat_all_as_cached)).await?;
        Ok(Self { chain, measured: Vec::new() })
    }

    pub fn provider(&self) -> DynProvider {
        self.chain.provider().clone()
    }

    /// Deploys a token.
    pub async fn token(&self) -> Result<Address> {
        self.chain.create_solidity("PlainToken", &[]).await
    }

    /// Gives `to` plenty of `token`.
    pub async fn give(&self, token: Address, to: Address) -> Result<()> {
        let faucet = IPlainToken::new(token, self.provider());
        self.chain.payer().send(faucet.mint(to, U256::from(WEALTH))).await?;
        Ok(())
    }

    /// An account with plenty of each token, all of it approved for `spender`.
    pub async fn account(&self, name: &str, tokens: &[Address], spender: Address) -> Result<Account> {
        let account = self.chain.account(name).await?;
        for token in tokens {
            self.give(*token, account.address()).await?;
            account.send(IERC20::new(*token, self.provider()).approve(spender, U256::MAX)).await?;
        }
        Ok(account)
    }

    /// Lets `account` do `action` at `time` (Unix seconds), and takes down what it cost; `program` is the contract whose work is looked at.
    pub async fn measure(
        &mut self,
        operation: &'static str,
        time: u64,
        account: &Account,
        program: Address,
        action: impl Action,
    ) -> Result<()> {
        let receipt = self.chain.act(time, account, action).await.context(operation)?;
        let floor = floor::of(&self.provider(), &receipt, program).await.context(operation)?;
        ensure!(floor <= receipt.gas_used, "{operation} costs {}, below its floor {floor}", receipt.gas_used);
        self.measured.push(Measured { operation, gas: receipt.gas_used, floor });
        Ok(())
    }

    pub async fn snapshot(&self) -> Result<Value> {
        Ok(self.provider().raw_request("evm_snapshot".into(), [(); 0]).await?)
    }

    /// Back to a snapshot; gives `account` as it was then.
    pub async fn back(&self, snapshot: &Value, account: &Account) -> Result<Account> {
        let done: bool = self.provider().raw_request("evm_revert".into(), [snapshot]).await?;
        ensure!(done, "the devnode did not go back");
        Ok(account.again().await?)
    }
}
