//! Does the plan: one order after the other, each written into the record before and after it is sent, so that a run that
//! was interrupted anywhere goes on where it stopped.

use alloy::{
    primitives::{Address, TxHash, U256, keccak256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result};
use weir_bindings::{
    IERC20,
    IEntry::AlreadyInitialized,
    IToken, IVault,
    deploy::{self, Way},
    refusal::explain,
};
use weir_harness::{Account, Action, SendError};

use super::{
    order::{Making, Order, Places},
    plan::{Item, Permission},
    verify,
};
use crate::{
    deployments::{Book, Entry, State},
    exit::Failure,
    node::Node,
};

/// Who does it, and where it is written down.
pub struct Runner<'a> {
    pub node: &'a Node,
    pub payer: Account,
    pub way: Way,
    pub book: &'a mut Book,
    /// Values that were read back and are as ordered.
    pub compared: usize,
}

impl Runner<'_> {
    /// Makes what `item` orders, from wherever it stands.
    ///
    /// # Errors
    /// If the chain refuses it, or it is not as ordered afterwards. The record says how far it came.
    pub async fn run(&mut self, item: &Item) -> Result<()> {
        let entry = self.book.record().contracts.get(&item.key).cloned();
        let entry = match entry {
            Some(entry) if entry.state == State::Sent => self.find_again(item, entry).await?,
            entry => entry,
        };
        let entry = match entry {
            Some(entry) => entry,
            None => self.create(item).await?,
        };
        let entry = self.finish(item, entry).await?;
        self.compared += verify::fresh(self.node, item, &entry, self.book.record()).await?;
        self.book.write(&item.key, Entry { state: State::Complete, ..entry })
    }

    /// Whether nothing of it is left to do.
    pub fn is_complete(&self, key: &str) -> bool {
        let entry = self.book.record().contracts.get(key);
        entry.is_some_and(|entry| entry.state == State::Complete)
    }

    /// Sends the transaction that creates it.
    async fn create(&mut self, item: &Item) -> Result<Entry> {
        let making = item.order.making(self.book.record())?;
        let data_fee = match &making {
            Making::Program(program, _) if self.way == Way::StylusDeployer => {
                self.data_fee(&deploy::code_of(*program)?).await?
            }
            _ => U256::ZERO,
        };
        let request = making.first(self.way, data_fee)?;
        let gas = self.payer.gas_for(request.clone()).await.map_err(|error| refusal(&item.key, error))?;
        let signed = self.payer.sign(request, gas).await?;
        let entry = Entry {
            kind: item.order.kind(),
            state: State::Sent,
            address: None,
            transaction: *signed.tx_hash(),
            block: None,
            gas_used: 0,
            code_hash: None,
            payer: self.payer.address(),
            arguments: item.order.arguments(self.book.record())?,
        };
        self.book.write(&item.key, entry.clone())?;
        let sent = self.payer.broadcast(&signed).await;
        let receipt = match sent {
            Ok(receipt) => receipt,
            Err(error) => {
                // What was refused and is not known will never be mined. A node that did not answer may have taken it.
                let is_refused = matches!(&error, SendError::Refused(refused) if refused.is_error_resp());
                if is_refused && !self.is_known(entry.transaction).await? {
                    self.book.forget(&item.key)?;
                }
                return Err(refusal(&item.key, error));
            }
        };
        self.created(item, entry, &receipt).await
    }

    /// What became of a transaction that was signed in an earlier run. `None` if it came to nothing.
    async fn find_again(&mut self, item: &Item, entry: Entry) -> Result<Option<Entry>> {
        let hash = entry.transaction;
        let receipt = match self.node.provider.get_transaction_receipt(hash).await? {
            Some(receipt) => receipt,
            None => {
                if !self.is_known(hash).await? {
                    // Nobody knows it. Its successor takes the same nonce, so the two can never both be mined.
                    self.book.forget(&item.key)?;
                    return Ok(None);
                }
                self.payer.receipt(hash).await?
            }
        };
        if !receipt.status() {
            self.book.forget(&item.key)?;
            return Ok(None);
        }
        self.payer = self.payer.again().await?;
        Ok(Some(self.created(item, entry, &receipt).await?))
    }

    async fn is_known(&self, hash: TxHash) -> Result<bool> {
        Ok(self.node.provider.get_transaction_by_hash(hash).await?.is_some())
    }

    /// Writes down what the creating transaction made.
    async fn created(&mut self, item: &Item, entry: Entry, receipt: &TransactionReceipt) -> Result<Entry> {
        if !receipt.status() {
            self.book.forget(&item.key)?;
            return Err(Failure::refused(format!(
                "transaction {} reverted, so {} was not deployed: run again",
                receipt.transaction_hash, item.key
            ))
            .into());
        }
        let address = item.order.making(self.book.record())?.created(self.way, receipt)?;
        let code = self.node.provider.get_code_at(address).await?;
        let entry = Entry {
            state: State::Created,
            address: Some(address),
            block: receipt.block_number,
            gas_used: receipt.gas_used,
            code_hash: Some(keccak256(&code)),
            ..entry
        };
        self.book.write(&item.key, entry.clone())?;
        Ok(entry)
    }

    /// Whatever is missing of it: activation, constructor, first tokens. Each is asked for first, so that nothing is done
    /// twice.
    async fn finish(&mut self, item: &Item, mut entry: Entry) -> Result<Entry> {
        let address = entry.address.context("the record has no address")?;
        if let Making::Program(program, constructor) = item.order.making(self.book.record())? {
            let fee = self.data_fee(&deploy::code_of(program)?).await?;
            if !fee.is_zero() {
                entry.gas_used += self.send(&item.key, deploy::activation(address, fee)).await?;
            }
            let construction = deploy::construction(address, &constructor);
            if !constructor.is_empty() && self.is_unconstructed(&item.key, &construction).await? {
                entry.gas_used += self.send(&item.key, construction).await?;
            }
        }
        if let Order::Token(token) = &item.order {
            let faucet = IToken::new(address, &self.node.provider);
            if !token.mint.is_zero() && self.supply(address).await?.is_zero() {
                let mint = faucet.mint(self.payer.address(), token.mint);
                entry.gas_used += self.send(&item.key, mint).await?;
            }
        }
        Ok(entry)
    }

    /// Lets a pair sell a vault's token, if the payer owns the vault. Says what is left to do if not.
    ///
    /// # Errors
    /// If the chain refuses.
    pub async fn permit(&mut self, permission: &Permission) -> Result<Permitted> {
        let record = self.book.record();
        let vault = record.find(&permission.vault)?;
        let (token, pair) = (record.find(&permission.token)?, record.find(&permission.pair)?);
        let vault = IVault::new(vault, self.node.provider.clone());
        if vault.isLiquidationPair(token, pair).call().await? {
            return Ok(Permitted::Before);
        }
        let owner = vault.owner().call().await?;
        if owner != self.payer.address() {
            return Ok(Permitted::ByOwner { owner, vault: *vault.address(), token, pair });
        }
        self.send(&permission.key, vault.setLiquidationPair(token, pair)).await?;
        Ok(Permitted::Now)
    }

    async fn is_unconstructed(&self, key: &str, construction: &TransactionRequest) -> Result<bool> {
        match self.payer.simulate(construction.clone()).await {
            Ok(_) => Ok(true),
            Err(error) if error.is(&AlreadyInitialized {}) => Ok(false),
            Err(error) => Err(refusal(key, error)),
        }
    }

    async fn supply(&self, token: Address) -> Result<U256> {
        Ok(self.node.reader(token).ask(IERC20::totalSupplyCall {}).await?)
    }

    async fn data_fee(&self, code: &[u8]) -> Result<U256> {
        Ok(deploy::with_margin(deploy::data_fee(&self.node.provider, code).await?))
    }

    /// Sends a transaction and gives the gas it took.
    async fn send(&mut self, key: &str, action: impl Action) -> Result<u64> {
        let receipt = self.payer.send(action).await.map_err(|error| refusal(key, error))?;
        Ok(receipt.gas_used)
    }
}

/// What came of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permitted {
    /// The vault let the pair before.
    Before,
    /// It does now.
    Now,
    /// Its owner has to say so.
    ByOwner { owner: Address, vault: Address, token: Address, pair: Address },
}

fn refusal(key: &str, error: SendError) -> anyhow::Error {
    match error.revert_data() {
        Some(data) => Failure::refused(format!("the chain refused {key}: {}", explain(&data))).into(),
        None => anyhow::Error::new(error).context(format!("{key} was not deployed")),
    }
}
