//! The vault of `weir devnode --demo`: stakers, a running epoch, a lot for sale.
//! `weir deploy` deploys it from examples/local.toml, and ordinary transactions fill it.

use std::path::Path;

use alloy::{
    primitives::{Address, U256},
    providers::{DynProvider, Provider},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result};
use serde_json::Value;
use weir_bindings::{
    IToken::{self, ITokenInstance},
    IVault::{self, IVaultInstance},
};
use weir_client::{Account, Action, Endpoint, Node, Patience};
use weir_devnode::{Devnode, accounts::DevAccount};
use weir_units::DAY;

use crate::{deploy, deployments::RecordFile, output::Output};

/// Age of the vault when the node is ready, in seconds: one epoch and a day.
pub const AGE: u64 = 8 * DAY;

/// Base units of tUSD in one token.
const USD: u64 = 1_000_000;
/// The stakers' names and stakes in whole tUSD. They are the first accounts of the test mnemonic.
const STAKERS: [(&str, u64); 3] = [("alice", 20_000), ("bob", 12_000), ("carol", 4_500)];
/// Rewards in whole tUSD of the running epoch and of the next one.
const REWARD: u64 = 70;
const NEXT_REWARD: u64 = 35;
/// Yield in base units of tYLD that has arrived in the vault.
const YIELD: u128 = 7_000_000_000_000_000_000;

const NO_PARAMETERS: [u8; 0] = [];

/// Contracts and accounts of the demo.
struct Setup {
    node: Node,
    payer: Account,
    usd: ITokenInstance<DynProvider>,
    yielded: ITokenInstance<DynProvider>,
    vault: IVaultInstance<DynProvider>,
}

/// Deploys the vault, plays its first epoch, and records it. Leaves a chain that already has blocks unchanged.
///
/// # Errors
/// If a transaction fails or the record cannot be written.
pub async fn prepare(devnode: &Devnode, folder: &Path, output: Output) -> Result<()> {
    if devnode.chain().block_number() > 0 {
        output.note("The chain already has blocks, so the demo vault is not deployed again.");
        return Ok(());
    }
    let endpoint: Endpoint = devnode.rpc_url().parse()?;
    let node = Node::connect(&endpoint, Patience::default()).await?;
    // A stopped clock makes the chain the same in every run.
    let _: Value = node.provider.raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
    let [payer, stakers @ ..] = devnode.accounts() else { return Ok(()) };
    let signer = |account: &DevAccount| PrivateKeySigner::from_bytes(&account.key());
    let mut record_file = deploy::local(&node, signer(payer)?, folder, output).await?;
    let setup = Setup::new(&record_file, &node, signer(payer)?).await?;
    for ((name, stake), account) in STAKERS.into_iter().zip(stakers) {
        setup.stake(signer(account)?, stake * USD).await?;
        record_file.name_account(name, account.address())?;
    }
    setup.play_first_epoch().await?;
    let _: Value =
        node.provider.raw_request("anvil_removeBlockTimestampInterval".into(), NO_PARAMETERS).await?;
    Ok(())
}

impl Setup {
    async fn new(record_file: &RecordFile, node: &Node, signer: PrivateKeySigner) -> Result<Self> {
        let at = |key: &str| -> Result<Address> {
            let entry = record_file.record().contracts.get(key);
            entry.and_then(|entry| entry.address).with_context(|| format!("{key} was not deployed"))
        };
        let provider = node.provider.clone();
        Ok(Self {
            payer: Account::new(provider.clone(), node.chain_id, signer).await?,
            usd: IToken::new(at("token.usd")?, provider.clone()),
            yielded: IToken::new(at("token.yield")?, provider.clone()),
            vault: IVault::new(at("vault.savings")?, provider),
            node: node.clone(),
        })
    }

    async fn stake(&self, signer: PrivateKeySigner, amount: u64) -> Result<()> {
        let staker = Account::new(self.node.provider.clone(), self.node.chain_id, signer).await?;
        let (vault, amount) = (*self.vault.address(), U256::from(amount));
        // Twice the stake, so that the user can stake more.
        self.pay(self.usd.mint(staker.address(), amount * U256::from(2))).await?;
        staker.send(self.usd.approve(vault, amount)).await?;
        staker.send(self.vault.deposit(amount, staker.address())).await?;
        Ok(())
    }

    /// Funds a reward in the first epoch. In the second, which streams it, adds yield and another reward.
    async fn play_first_epoch(&self) -> Result<()> {
        let vault = *self.vault.address();
        let rewards = U256::from((REWARD + NEXT_REWARD) * USD);
        self.pay(self.usd.approve(vault, rewards)).await?;
        self.pay(self.vault.fund(U256::from(REWARD * USD))).await?;
        let start: u64 = self.vault.epochStart().call().await?.to();
        let _: Value =
            self.node.provider.raw_request("evm_setNextBlockTimestamp".into(), [start + AGE]).await?;
        self.pay(self.yielded.mint(vault, U256::from(YIELD))).await?;
        self.pay(self.vault.fund(U256::from(NEXT_REWARD * USD))).await
    }

    async fn pay(&self, action: impl Action) -> Result<()> {
        self.payer.send(action).await?;
        Ok(())
    }
}

/// Commands to try, for the end of the banner.
pub const WORDS: &str = "\
This chain has a vault with 36 500 tUSD staked by alice, bob and carol (the first three accounts of the mnemonic), an
epoch that streams 70 tUSD to them, and a lot of yield for sale. Try in another terminal, in this folder:

  weir status savings --account alice
  weir buy savings --dry-run
  weir bot --once --dry-run --account 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 \\
      --pair savings --price usd=fixed:1 --price yield=fixed:1 --price ether=fixed:2500
";
