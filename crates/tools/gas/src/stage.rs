//! Where operations are measured: a devnode, accounts, and tokens of OpenZeppelin's code.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use weir_bindings::IERC20;
use weir_devnode::Devnode;
use weir_harness::{Account, Action, Chain};

use crate::{
    floor,
    profile::{self, Profile},
};

sol! {
    #[sol(rpc)]
    interface IPlainToken {
        function mint(address to, uint256 value) external;
    }
}

/// One token, in base units.
pub const TOKEN: u128 = 1_000_000_000_000_000_000;

/// When everything begins, in Unix seconds: always at the same time, for addresses of pairs depend on it, and zero bytes in
/// calldata are cheaper than others.
const BEGIN: u64 = 2_000_000_000;

/// What each account begins with, far more than it spends.
const WEALTH: u128 = 1_000_000 * TOKEN;

/// An operation that was measured: the sums over its transactions.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub operation: &'static str,
    /// `gasUsed` of the receipt.
    pub gas: u64,
    pub floor: u64,
}

/// The chain, and what has been measured on it.
pub struct Stage {
    pub chain: Chain,
    pub measured: Vec<Measured>,
    /// The operation that is to be profiled.
    watched: Option<String>,
    pub profile: Option<Profile>,
}

pub fn tokens(amount: u128) -> U256 {
    U256::from(amount * TOKEN)
}

/// `call` of the contract at `to`.
pub fn call(to: Address, call: impl SolCall) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(call.abi_encode())
}

impl Stage {
    pub async fn new(treat_all_as_cached: bool) -> Result<Self> {
        let node = Devnode::builder().genesis_timestamp(BEGIN).treat_all_as_cached(treat_all_as_cached);
        let chain = Chain::at_a_standstill(node).await?;
        Ok(Self { chain, measured: Vec::new(), watched: None, profile: None })
    }

    /// Has `operation` profiled when it is measured.
    pub fn watching(self, operation: &str) -> Self {
        Self { watched: Some(operation.to_owned()), ..self }
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

    /// Lets `account` do `action` at `time` (Unix seconds), and takes down what it cost; `program` is the contract whose work
    /// is looked at.
    pub async fn measure(
        &mut self,
        operation: &'static str,
        time: u64,
        account: &Account,
        program: Address,
        action: impl Action,
    ) -> Result<()> {
        self.measure_all(operation, time, account, &[program], [action.into_request()]).await
    }

    /// As [`measure`](Self::measure) for an operation that takes these actions, one after the other, and several programs.
    pub async fn measure_all(
        &mut self,
        operation: &'static str,
        time: u64,
        account: &Account,
        programs: &[Address],
        actions: impl IntoIterator<Item = TransactionRequest>,
    ) -> Result<()> {
        let mut sum = Measured { operation, gas: 0, floor: 0 };
        for action in actions {
            let receipt = self.chain.act(time, account, action).await.context(operation)?;
            let floor = floor::of(&self.provider(), &receipt, programs).await.context(operation)?;
            ensure!(
                floor <= receipt.gas_used,
                "{operation} costs {}, below its floor {floor}",
                receipt.gas_used
            );
            sum.gas += receipt.gas_used;
            sum.floor += floor;
            if self.watched.as_deref() == Some(operation) {
                self.profile = Some(profile::of(&self.provider(), &receipt).await?);
            }
        }
        self.measured.push(sum);
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
