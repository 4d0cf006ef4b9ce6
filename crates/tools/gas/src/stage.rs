//! The devnode on which operations are measured, with accounts and OpenZeppelin's ERC-20 as tokens.

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
use weir_client::{Account, Action};
use weir_devnode::Devnode;
use weir_harness::Chain;

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

/// Genesis time in Unix seconds. Fixed, because the addresses of pairs depend on it, and gas depends on the zero bytes
/// of addresses in calldata.
const GENESIS: u64 = 2_000_000_000;

/// Initial balance of each account, in base units: far more than it spends.
const BALANCE: u128 = 1_000_000 * TOKEN;

/// A measured operation: sums over its transactions.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub operation: &'static str,
    /// `gasUsed` of the receipt.
    pub gas: u64,
    pub floor: u64,
}

/// A devnode, and the operations measured on it.
pub struct Stage {
    pub chain: Chain,
    pub measured: Vec<Measured>,
    /// The operation to profile.
    profiled: Option<String>,
    pub profile: Option<Profile>,
}

pub fn tokens(amount: u128) -> U256 {
    U256::from(amount * TOKEN)
}

/// A transaction that makes `call` at `to`.
pub fn call(to: Address, call: impl SolCall) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(call.abi_encode())
}

impl Stage {
    pub async fn new(treat_all_as_cached: bool) -> Result<Self> {
        let node = Devnode::builder().genesis_timestamp(GENESIS).treat_all_as_cached(treat_all_as_cached);
        let chain = Chain::at_a_standstill(node).await?;
        Ok(Self { chain, measured: Vec::new(), profiled: None, profile: None })
    }

    /// Profiles `operation` when it is measured.
    pub fn profiling(self, operation: &str) -> Self {
        Self { profiled: Some(operation.to_owned()), ..self }
    }

    pub fn provider(&self) -> DynProvider {
        self.chain.provider().clone()
    }

    /// Deploys a token.
    pub async fn token(&self) -> Result<Address> {
        self.chain.create_solidity("PlainToken", &[]).await
    }

    /// Mints [`BALANCE`] of `token` to `to`.
    pub async fn give(&self, token: Address, to: Address) -> Result<()> {
        let faucet = IPlainToken::new(token, self.provider());
        self.chain.payer().send(faucet.mint(to, U256::from(BALANCE))).await?;
        Ok(())
    }

    /// An account with [`BALANCE`] of each token, approved for `spender`.
    pub async fn account(&self, name: &str, tokens: &[Address], spender: Address) -> Result<Account> {
        let account = self.chain.account(name).await?;
        for token in tokens {
            self.give(*token, account.address()).await?;
            account.send(IERC20::new(*token, self.provider()).approve(spender, U256::MAX)).await?;
        }
        Ok(account)
    }

    /// Sends `action` from `account` at `time` (Unix seconds) and records its gas. The floor leaves out the computation
    /// of `program`.
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

    /// As [`measure`](Self::measure), for an operation of several transactions and several programs.
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
            if self.profiled.as_deref() == Some(operation) {
                self.profile = Some(profile::of(&self.provider(), &receipt).await?);
            }
        }
        self.measured.push(sum);
        Ok(())
    }

    pub async fn snapshot(&self) -> Result<Value> {
        Ok(self.provider().raw_request("evm_snapshot".into(), [(); 0]).await?)
    }

    /// Reverts to a snapshot, and returns `account` as it was then.
    pub async fn revert_to(&self, snapshot: &Value, account: &Account) -> Result<Account> {
        let done: bool = self.provider().raw_request("evm_revert".into(), [snapshot]).await?;
        ensure!(done, "the devnode did not revert to the snapshot");
        Ok(account.again().await?)
    }
}
