//! The vault that `weir devnode --demo` starts with: stakers, an epoch that streams, a lot for sale.
//! It is deployed by `weir deploy` from examples/local.toml, and everything in it is done by ordinary transactions.

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

use crate::{deploy, deployments::Book, output::Output};

/// How long the vault has lived when the node is ready, in seconds: one epoch and a day.
pub const AGE: u64 = 8 * DAY;

/// Base units of tUSD in one token.
const USD: u64 = 1_000_000;
/// Stakers by name, and their stakes in whole tUSD. They are the accounts of the test mnemonic, in this order.
const STAKERS: [(&str, u64); 3] = [("alice", 20_000), ("bob", 12_000), ("carol", 4_500)];
/// Rewards in whole tUSD that stream in the running epoch, and that wait for the next one.
const REWARD: u64 = 70;
const NEXT_REWARD: u64 = 35;
/// Yield in base units of tYLD that has reached the vault.
const YIELD: u128 = 7_000_000_000_000_000_000;

const NO_PARAMETERS: [u8; 0] = [];

/// The contracts of the demo.
struct Stage {
    node: Node,
    payer: Account,
    usd: ITokenInstance<DynProvider>,
    yielded: ITokenInstance<DynProvider>,
    vault: IVaultInstance<DynProvider>,
}

/// Makes the vault and its past, and records it. A chain that has blocks already is left as it is.
///
/// # Errors
/// If something cannot be deployed or recorded.
pub async fn prepare(devnode: &Devnode, folder: &Path, output: Output) -> Result<()> {
    if devnode.chain().block_number() > 0 {
        output.note("The chain has blocks already: the demo vault is not made again.");
        return Ok(());
    }
    let endpoint: Endpoint = devnode.rpc_url().parse()?;
    let node = Node::connect(&endpoint, Patience::default()).await?;
    // However long it takes on this machine, it happens at the same time on the chain.
    let _: Value = node.provider.raw_request("anvil_setBlockTimestampInterval".into(), [0]).await?;
    let [payer, stakers @ ..] = devnode.accounts() else { return Ok(()) };
    let signer = |account: &DevAccount| PrivateKeySigner::from_bytes(&account.key());
    let mut book = deploy::local(&node, signer(payer)?, folder, output).await?;
    let stage = Stage::new(&book, &node, signer(payer)?).await?;
    for ((name, stake), account) in STAKERS.into_iter().zip(stakers) {
        stage.stake(signer(account)?, stake * USD).await?;
        book.name_account(name, account.address())?;
    }
    stage.live().await?;
    let _: Value =
        node.provider.raw_request("anvil_removeBlockTimestampInterval".into(), NO_PARAMETERS).await?;
    Ok(())
}

impl Stage {
    async fn new(book: &Book, node: &Node, signer: PrivateKeySigner) -> Result<Self> {
        let at = |key: &str| -> Result<Address> {
            let entry = book.record().contracts.get(key);
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
        // Twice the stake: so that there is something to stake by hand.
        self.pay(self.usd.mint(staker.address(), amount * U256::from(2))).await?;
        staker.send(self.usd.approve(vault, amount)).await?;
        staker.send(self.vault.deposit(amount, staker.address())).await?;
        Ok(())
    }

    /// A reward arrives in the first epoch; in the second, which streams it, yield and another reward.
    async fn live(&self) -> Result<()> {
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

/// What to try, for the end of the banner.
pub const WORDS: &str = "\
A vault lives on this chain: 36 500 tUSD staked by alice, bob and carol (the first three accounts of the mnemonic), an epoch
that streams 70 tUSD to them, and a lot of yield for sale. In another terminal, in this folder:

  weir status savings --account alice
  weir buy savings --dry-run
  weir bot --once --dry-run --account 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 \\
      --pair savings --price usd=fixed:1 --price yield=fixed:1 --price ether=fixed:2500
";
