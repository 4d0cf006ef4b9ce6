//! Carries out the plan: deploys one contract after the other.
//! Each transaction is recorded before it is sent, so an interrupted run can continue where it stopped.

use alloy::{
    primitives::{Address, TxHash, U256, keccak256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result};
use weir_bindings::{
    IERC20,
    IEntry::AlreadyInitialized,
    IToken, IVault, Program,
    deploy::{self, Method},
    fixed,
};
use weir_client::{Account, Action, Node, SendError};

use super::{
    plan::{Item, Permission},
    spec::{Addresses, ContractSpec, Creation},
    verify,
};
use crate::{
    deployments::{Entry, RecordFile, State},
    exit::Failure,
};

/// Deploys contracts and records them.
pub struct Runner<'a> {
    pub node: &'a Node,
    pub payer: Account,
    pub method: Method,
    pub record_file: &'a mut RecordFile,
    /// Number of values that were read back and match.
    pub compared: usize,
}

impl Runner<'_> {
    /// Deploys `item`, or finishes its deployment by an earlier run.
    ///
    /// # Errors
    /// If the chain rejects a transaction, or the deployed contract differs from the spec. The record has the progress.
    pub async fn run(&mut self, item: &Item) -> Result<()> {
        let entry = self.record_file.record().contracts.get(&item.key).cloned();
        let entry = match entry {
            Some(entry) if entry.state == State::Sent => self.resume(item, entry).await?,
            entry => entry,
        };
        let entry = match entry {
            Some(entry) => entry,
            None => self.find_or_create(item).await?,
        };
        let entry = self.finish(item, entry).await?;
        self.compared += verify::new_contract(self.node, item, &entry, self.record_file.record()).await?;
        self.record_file.write(&item.key, Entry { state: State::Complete, ..entry })
    }

    /// Whether the contract is already deployed and verified.
    pub fn is_complete(&self, key: &str) -> bool {
        let entry = self.record_file.record().contracts.get(key);
        entry.is_some_and(|entry| entry.state == State::Complete)
    }

    /// Activates the program of a contract that an earlier run deployed.
    ///
    /// # Errors
    /// If the chain rejects the transaction.
    pub async fn activate_again(&mut self, item: &Item) -> Result<()> {
        let (Some(program), Some(address)) =
            (item.spec.program(), self.record_file.record().address(&item.key))
        else {
            return Ok(());
        };
        self.activate(&item.key, program, address).await.map(drop)
    }

    /// What clones run may be on the chain already, deployed by anyone.
    async fn find_or_create(&mut self, item: &Item) -> Result<Entry> {
        let Creation::Fixed(fixed) = item.spec.creation(self.record_file.record())? else {
            return self.create(item).await;
        };
        let address = fixed.address()?;
        if !self.node.has_code(address).await? {
            let Self { node, payer, .. } = &*self;
            fixed::create_deployer(&node.provider, async |request| Ok(payer.send(request).await?)).await?;
            return self.create(item).await;
        }
        let code = self.node.provider.get_code_at(address).await?;
        let entry = Entry {
            state: State::Created,
            address: Some(address),
            code_hash: Some(keccak256(&code)),
            ..self.begin(item, None)?
        };
        self.record_file.write(&item.key, entry.clone())?;
        Ok(entry)
    }

    fn begin(&self, item: &Item, transaction: Option<TxHash>) -> Result<Entry> {
        Ok(Entry {
            kind: item.spec.kind(),
            state: State::Sent,
            address: None,
            transaction,
            construction: None,
            block: None,
            gas_used: 0,
            code_hash: None,
            payer: self.payer.address(),
            arguments: item.spec.arguments(self.record_file.record())?,
        })
    }

    /// Signs, records and sends the creating transaction.
    async fn create(&mut self, item: &Item) -> Result<Entry> {
        let creation = item.spec.creation(self.record_file.record())?;
        let data_fee = match &creation {
            Creation::Program(program, _) if self.method == Method::StylusDeployer => {
                self.data_fee(&deploy::code_of(*program)?).await?
            }
            _ => U256::ZERO,
        };
        let request = creation.first_transaction(self.method, data_fee)?;
        let gas =
            self.payer.gas_for(request.clone()).await.map_err(|error| not_deployed(&item.key, error))?;
        let signed = self.payer.sign(request, gas).await?;
        let entry = self.begin(item, Some(*signed.tx_hash()))?;
        self.record_file.write(&item.key, entry.clone())?;
        let sent = self.payer.broadcast(&signed).await;
        let receipt = match sent {
            Ok(receipt) => receipt,
            Err(error) => {
                // A transaction that the node rejected and does not know will never be mined. If the node did not
                // answer, it may have accepted the transaction.
                let is_rejected = matches!(&error, SendError::Rejected(error) if error.is_answer());
                if is_rejected && !self.is_known(*signed.tx_hash()).await? {
                    self.record_file.remove(&item.key)?;
                }
                return Err(not_deployed(&item.key, error));
            }
        };
        self.record_created(item, entry, &receipt).await
    }

    /// Looks for the creating transaction of an earlier run. `None` if it was never mined, or reverted.
    async fn resume(&mut self, item: &Item, entry: Entry) -> Result<Option<Entry>> {
        let receipt = match entry.transaction {
            Some(hash) => self.earlier_receipt(hash).await?,
            None => None,
        };
        // A fixed address may be on the chain by anyone's transaction, and not by ours if another build signed it.
        if matches!(item.spec, ContractSpec::Template(_)) {
            self.record_file.remove(&item.key)?;
            return Ok(None);
        }
        match receipt {
            Some(receipt) if receipt.status() => Ok(Some(self.record_created(item, entry, &receipt).await?)),
            _ => {
                self.record_file.remove(&item.key)?;
                Ok(None)
            }
        }
    }

    /// The receipt of a transaction of an earlier run. Waits if the transaction is pending. `None` if the node does not
    /// know it; then a new transaction is safe, because it has the same nonce and only one of the two can be mined.
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

    /// Records the contract that the creating transaction created.
    async fn record_created(
        &mut self,
        item: &Item,
        entry: Entry,
        receipt: &TransactionReceipt,
    ) -> Result<Entry> {
        if !receipt.status() {
            self.record_file.remove(&item.key)?;
            return Err(Failure::rejected(format!(
                "transaction {} reverted, so {} was not deployed: run weir deploy again",
                receipt.transaction_hash, item.key
            ))
            .into());
        }
        let address = item.spec.creation(self.record_file.record())?.created_address(self.method, receipt)?;
        let code = self.node.provider.get_code_at(address).await?;
        if code.is_empty() {
            self.record_file.remove(&item.key)?;
            let (key, hash) = (&item.key, receipt.transaction_hash);
            let message =
                format!("transaction {hash} did not create {key} at {address}: run weir deploy again");
            return Err(Failure::rejected(message).into());
        }
        let is_constructed = receipt.to == Some(deploy::STYLUS_DEPLOYER);
        let entry = Entry {
            state: State::Created,
            address: Some(address),
            construction: entry.transaction.filter(|_| is_constructed),
            block: receipt.block_number,
            gas_used: receipt.gas_used,
            code_hash: Some(keccak256(&code)),
            ..entry
        };
        self.record_file.write(&item.key, entry.clone())?;
        Ok(entry)
    }

    /// Sends the missing transactions: activation, constructor, mint. Checks the chain before each, so that none is
    /// sent twice.
    async fn finish(&mut self, item: &Item, mut entry: Entry) -> Result<Entry> {
        let address = entry.address.context("the record has no address of the contract")?;
        if let Some(program) = item.spec.program() {
            entry.gas_used += self.activate(&item.key, program, address).await?;
        }
        if let Creation::Program(_, constructor) = item.spec.creation(self.record_file.record())? {
            // The Stylus deployer also runs the constructor.
            let is_constructed = entry.construction.is_some() && entry.construction == entry.transaction;
            if !is_constructed {
                let call = deploy::construction(address, &constructor);
                entry = self.construct(&item.key, entry, call).await?;
            }
        }
        if let ContractSpec::Token(token) = &item.spec {
            let faucet = IToken::new(address, &self.node.provider);
            if !token.mint.is_zero() && self.supply(address).await?.is_zero() {
                let mint = faucet.mint(self.payer.address(), token.mint);
                entry.gas_used += self.send(&item.key, mint).await?;
            }
        }
        Ok(entry)
    }

    /// Activates a program unless it is active. Returns the gas used.
    async fn activate(&mut self, key: &str, program: Program, address: Address) -> Result<u64> {
        let fee = self.data_fee(&deploy::code_of(program)?).await?;
        if fee.is_zero() {
            return Ok(0);
        }
        self.send(key, deploy::activation(address, fee)).await
    }

    /// Runs the constructor of a contract that was created without it.
    ///
    /// Until then, another account can run it with other arguments. So a contract that is already initialized is
    /// accepted only if the record has our own constructor transaction and that has not reverted. The verification
    /// afterwards detects wrong arguments.
    ///
    /// # Errors
    /// If another account ran it first, or the chain rejects it.
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
            // Our transaction may have been mined, but the node has no receipt of it (any more).
            Err(_) if entry.construction.is_some() && earlier.is_none() => return Ok(entry),
            Err(_) => return Err(self.foreign_constructor(key, &entry).into()),
        };
        let signed = self.payer.sign(call, gas).await?;
        let entry = Entry { construction: Some(*signed.tx_hash()), ..entry };
        self.record_file.write(key, entry.clone())?;
        let receipt = self.payer.broadcast(&signed).await.map_err(|error| not_deployed(key, error))?;
        if receipt.status() {
            return Ok(Entry { gas_used: entry.gas_used + receipt.gas_used, ..entry });
        }
        Err(Failure::rejected(format!(
            "transaction {} reverted, so the constructor of {key} has not run: run weir deploy again",
            receipt.transaction_hash
        ))
        .into())
    }

    /// The error for a contract whose constructor another account ran.
    fn foreign_constructor(&self, key: &str, entry: &Entry) -> Failure {
        let address = entry.address.unwrap_or_default();
        Failure::check(format!(
            "another account ran the constructor of {key} at {address} first: do not use this contract; to deploy \
             another one, remove \"{key}\" from {} and run weir deploy again",
            self.record_file.path().display()
        ))
    }

    /// Lets a pair sell a vault's token if the payer owns the vault. Otherwise returns the call that the owner has to
    /// make.
    ///
    /// # Errors
    /// If the chain rejects the transaction.
    pub async fn permit(&mut self, permission: &Permission) -> Result<PermissionStatus> {
        let record = self.record_file.record();
        let vault = record.resolve(&permission.vault)?;
        let (token, pair) = (record.resolve(&permission.token)?, record.resolve(&permission.pair)?);
        let vault = IVault::new(vault, self.node.provider.clone());
        if vault.isLiquidationPair(token, pair).call().await? {
            return Ok(PermissionStatus::AlreadyGiven);
        }
        let owner = vault.owner().call().await?;
        if owner != self.payer.address() {
            return Ok(PermissionStatus::LeftToOwner { owner, vault: *vault.address(), token, pair });
        }
        self.send(&permission.key, vault.setLiquidationPair(token, pair)).await?;
        Ok(PermissionStatus::GivenNow)
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

/// The status of a permission to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionStatus {
    /// The vault already let the pair sell.
    AlreadyGiven,
    /// This run gave the permission.
    GivenNow,
    /// The vault's owner has to give it.
    LeftToOwner { owner: Address, vault: Address, token: Address, pair: Address },
}

fn not_deployed(key: &str, error: SendError) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("{key} was not deployed"))
}
