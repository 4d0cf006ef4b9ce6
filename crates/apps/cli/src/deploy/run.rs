//! Carries out the plan: one order after the other, each recorded before and after it is sent, so that a run that was
//! interrupted anywhere goes on where it stopped.

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
};
use weir_client::{Account, Action, Node, SendError};

use super::{
    order::{Making, Order, Places},
    plan::{Item, Permission},
    verify,
};
use crate::{
    deployments::{Book, Entry, State},
    exit::Failure,
};

/// Carries out orders and records them.
pub struct Runner<'a> {
    pub node: &'a Node,
    pub payer: Account,
    pub way: Way,
    pub book: &'a mut Book,
    /// How many values were read back and match.
    pub compared: usize,
}

impl Runner<'_> {
    /// Deploys `item`, or finishes what an earlier run began.
    ///
    /// # Errors
    /// If the chain refuses a transaction, or the contract is not as ordered afterwards. The record says how far it came.
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

    /// Whether an earlier run has finished it.
    pub fn is_complete(&self, key: &str) -> bool {
        let entry = self.book.record().contracts.get(key);
        entry.is_some_and(|entry| entry.state == State::Complete)
    }

    /// Signs, records and sends the transaction that creates it.
    async fn create(&mut self, item: &Item) -> Result<Entry> {
        let making = item.order.making(self.book.record())?;
        let data_fee = match &making {
            Making::Program(program, _) if self.way == Way::StylusDeployer => {
                self.data_fee(&deploy::code_of(*program)?).await?
            }
            _ => U256::ZERO,
        };
        let request = making.first(self.way, data_fee)?;
        let gas =
            self.payer.gas_for(request.clone()).await.map_err(|error| not_deployed(&item.key, error))?;
        let signed = self.payer.sign(request, gas).await?;
        let entry = Entry {
            kind: item.order.kind(),
            state: State::Sent,
            address: None,
            transaction: *signed.tx_hash(),
            construction: None,
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
                // A transaction that the node rejected and does not know will never be mined. A node that did not answer may
                // have accepted it.
                let is_rejected = matches!(&error, SendError::Rejected(error) if error.is_answer());
                if is_rejected && !self.is_known(entry.transaction).await? {
                    self.book.forget(&item.key)?;
                }
                return Err(not_deployed(&item.key, error));
            }
        };
        self.created(item, entry, &receipt).await
    }

    /// What became of a creating transaction that was signed in an earlier run. `None` if it came to nothing.
    async fn find_again(&mut self, item: &Item, entry: Entry) -> Result<Option<Entry>> {
        match self.earlier_receipt(entry.transaction).await? {
            Some(receipt) if receipt.status() => Ok(Some(self.created(item, entry, &receipt).await?)),
            _ => {
                self.book.forget(&item.key)?;
                Ok(None)
            }
        }
    }

    /// The receipt of a transaction that was signed in an earlier run; waits for it if the transaction is pending. `None` if
    /// the node does not know the transaction: its successor takes the same nonce, so the two can never both be mined.
    async fn earlier_receipt(&mut self, hash: TxHash) -> Result<Option<TransactionReceipt>> {
        let receipt = match self.node.provider.get_transaction_receipt(hash).await? {
            Some(receipt) => receipt,
            None if self.is_known(hash).await? => self.payer.receipt(hash).await?,
            None => return Ok(None),
        };
        self.payer = self.payer.again().await?;
        Ok(Some(receipt))
    }

    async fn is_known(&self, hash: TxHash) -> Result<bool> {
        Ok(self.node.provider.get_transaction_by_hash(hash).await?.is_some())
    }

    /// Records what the creating transaction created.
    async fn created(&mut self, item: &Item, entry: Entry, receipt: &TransactionReceipt) -> Result<Entry> {
        if !receipt.status() {
            self.book.forget(&item.key)?;
            return Err(Failure::rejected(format!(
                "transaction {} reverted, so {} was not deployed: run again",
                receipt.transaction_hash, item.key
            ))
            .into());
        }
        let address = item.order.making(self.book.record())?.created(self.way, receipt)?;
        let code = self.node.provider.get_code_at(address).await?;
        let is_constructed = receipt.to == Some(deploy::STYLUS_DEPLOYER);
        let entry = Entry {
            state: State::Created,
            address: Some(address),
            construction: is_constructed.then_some(entry.transaction),
            block: receipt.block_number,
            gas_used: receipt.gas_used,
            code_hash: Some(keccak256(&code)),
            ..entry
        };
        self.book.write(&item.key, entry.clone())?;
        Ok(entry)
    }

    /// Does what is missing: activation, constructor, first tokens. The chain is asked before each, so that nothing is done
    /// twice.
    async fn finish(&mut self, item: &Item, mut entry: Entry) -> Result<Entry> {
        let address = entry.address.context("the record has no address")?;
        if let Making::Program(program, constructor) = item.order.making(self.book.record())? {
            let fee = self.data_fee(&deploy::code_of(program)?).await?;
            if !fee.is_zero() {
                entry.gas_used += self.send(&item.key, deploy::activation(address, fee)).await?;
            }
            // What the Stylus deployer created is constructed: no constructor call may follow.
            if !constructor.is_empty() && entry.construction != Some(entry.transaction) {
                let call = deploy::construction(address, &constructor);
                entry = self.construct(&item.key, entry, call).await?;
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

    /// Runs the constructor of a contract that was created without it.
    ///
    /// Until then anyone may run it with other arguments. So a contract that is initialized already is taken only if the
    /// record has our own transaction, which is written down before it is sent, and that one has not failed. What is read
    /// back afterwards decides.
    ///
    /// # Errors
    /// If somebody else ran it first, or the chain refuses it.
    async fn construct(&mut self, key: &str, entry: Entry, call: TransactionRequest) -> Result<Entry> {
        let earlier = match entry.construction {
            Some(hash) => self.earlier_receipt(hash).await?,
            None => None,
        };
        if let Some(receipt) = earlier.as_ref().filter(|receipt| receipt.status()) {
            return Ok(Entry { gas_used: entry.gas_used + receipt.gas_used, ..entry });
        }
        let gas = match self.payer.gas_for(call.clone()).await {
            Ok(gas) => gas,
            Err(error) if !error.is(&AlreadyInitialized {}) => return Err(not_deployed(key, error)),
            // The node has no receipt (any more) of a transaction that may have been sent.
            Err(_) if entry.construction.is_some() && earlier.is_none() => return Ok(entry),
            Err(_) => return Err(self.taken(key, &entry).into()),
        };
        let signed = self.payer.sign(call, gas).await?;
        let entry = Entry { construction: Some(*signed.tx_hash()), ..entry };
        self.book.write(key, entry.clone())?;
        let receipt = self.payer.broadcast(&signed).await.map_err(|error| not_deployed(key, error))?;
        if receipt.status() {
            return Ok(Entry { gas_used: entry.gas_used + receipt.gas_used, ..entry });
        }
        Err(Failure::rejected(format!(
            "transaction {} reverted, so the constructor of {key} has not run: run again",
            receipt.transaction_hash
        ))
        .into())
    }

    /// The error for a contract whose constructor somebody else ran.
    fn taken(&self, key: &str, entry: &Entry) -> Failure {
        let address = entry.address.unwrap_or_default();
        Failure::check(format!(
            "somebody else ran the constructor of {key} at {address} first: do not use this contract; to deploy another one, \
             take \"{key}\" out of {} and run again",
            self.book.path().display()
        ))
    }

    /// Lets a pair sell a vault's token, if the payer owns the vault. If not, returns what the owner has to do.
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

    async fn supply(&self, token: Address) -> Result<U256> {
        Ok(self.node.reader(token).ask(IERC20::totalSupplyCall {}).await?)
    }

    async fn data_fee(&self, code: &[u8]) -> Result<U256> {
        Ok(deploy::with_margin(deploy::data_fee(&self.node.provider, code).await?))
    }

    /// Sends a transaction and returns the gas that it used.
    async fn send(&mut self, key: &str, action: impl Action) -> Result<u64> {
        let receipt = self.payer.send(action).await.map_err(|error| not_deployed(key, error))?;
        Ok(receipt.gas_used)
    }
}

/// What became of a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permitted {
    /// The vault permitted the pair before.
    Before,
    /// This run permitted it.
    Now,
    /// The vault's owner has to permit it.
    ByOwner { owner: Address, vault: Address, token: Address, pair: Address },
}

fn not_deployed(key: &str, error: SendError) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{key} was not deployed"))
}
