//! The deployment record of a chain, `deployments/CHAIN-ID.json`: which contracts were deployed, where and by whom.
//! It is written before and after each transaction, so that an interrupted run can continue.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256};
use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::exit::Failure;

/// Names the folder of the deployment records.
#[derive(Clone, Debug, Args)]
pub struct FolderArguments {
    /// Folder of the deployment records, one file for each chain: DIR/CHAIN-ID.json.
    #[arg(long, value_name = "DIR", env = "WEIR_DEPLOYMENTS", default_value = "deployments")]
    pub deployments: PathBuf,
}

/// The kind of an entry's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContractKind {
    Token,
    Template,
    Factory,
    Router,
    Vault,
    Pair,
}

/// The progress of an entry's deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The creating transaction has been signed, and may have been sent.
    Sent,
    /// The contract exists. Activation, constructor or verification may be missing.
    Created,
    /// The contract is deployed and verified.
    Complete,
}

/// One contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: ContractKind,
    pub state: State,
    /// Known after its creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The transaction that created it. A contract that clones run may have been on the chain before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<B256>,
    /// The transaction that runs its constructor, recorded before it is sent. Equal to `transaction` if the Stylus
    /// deployer did both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub construction: Option<B256>,
    /// The block of the creating transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// Gas used by all transactions of its deployment.
    #[serde(default)]
    pub gas_used: u64,
    /// Keccak-256 of its code on chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<B256>,
    /// The account that paid.
    pub payer: Address,
    /// Its constructor's arguments, in base units and seconds.
    pub arguments: Map<String, Value>,
}

/// The content of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub chain_id: u64,
    /// Hash of the chain's first block. It distinguishes local chains with the same id.
    pub genesis: B256,
    /// By kind and name: `vault.savings`.
    pub contracts: BTreeMap<String, Entry>,
    /// Accounts with names, such as the stakers of `weir devnode --demo`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Address>,
}

impl Record {
    /// Reads the record; `None` if there is no file.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a record.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the record {}", path.display()));
            }
        };
        let record = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!(
                "{} is not a deployment record ({error}): restore it from version control, or move it away",
                path.display()
            ))
        })?;
        Ok(Some(record))
    }

    /// The address of an entry's contract, if it has been created.
    pub fn address(&self, key: &str) -> Option<Address> {
        self.contracts.get(key)?.address
    }
}

/// The path of a chain's record.
pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
    folder.join(chain_id.to_string()).with_extension("json")
}

/// A record open for writing. Its folder is locked against other runs.
#[derive(Debug)]
pub struct RecordFile {
    path: PathBuf,
    record: Record,
    /// Whether this run found no file, or replaces the one that it found.
    is_new: bool,
    /// The folder, held open for its lock.
    lock: Option<File>,
    /// Whether an old record must be moved away before the first write.
    replaces: bool,
}

impl RecordFile {
    /// Opens the record of this chain, or an empty one. Writes nothing yet.
    ///
    /// # Errors
    /// If it cannot be read, belongs to another chain, or another `weir deploy` is writing it.
    pub fn open(folder: &Path, chain_id: u64, genesis: B256) -> Result<Self> {
        let path = path(folder, chain_id);
        let lock = lock(folder)?;
        let found = Record::read(&path)?;
        let is_new = found.is_none();
        let record = found.unwrap_or(Record {
            chain_id,
            genesis,
            contracts: BTreeMap::new(),
            accounts: BTreeMap::new(),
        });
        if (record.chain_id, record.genesis) != (chain_id, genesis) {
            return Err(Failure::check(format!(
                "{} is the record of another chain with the id {chain_id} (the first blocks differ, as after a \
                 restart of a local chain): use --reset to begin a new record and keep the old one beside it",
                path.display()
            ))
            .into());
        }
        Ok(Self { path, record, is_new, lock, replaces: false })
    }

    /// Begins a new record. An old one stays in its place until [`archive_old`](Self::archive_old).
    ///
    /// # Errors
    /// If another `weir deploy` is writing the old one.
    pub fn create(folder: &Path, chain_id: u64, genesis: B256) -> Result<Self> {
        let lock = lock(folder)?;
        let (contracts, accounts) = Default::default();
        let record = Record { chain_id, genesis, contracts, accounts };
        Ok(Self { path: path(folder, chain_id), record, is_new: true, lock, replaces: true })
    }

    /// Moves the old record that this one replaces to another name. Returns its new path, if there was one.
    ///
    /// # Errors
    /// If it cannot be moved.
    pub fn archive_old(&mut self) -> Result<Option<PathBuf>> {
        if !std::mem::take(&mut self.replaces) || !self.path.exists() {
            return Ok(None);
        }
        let mut names = (1_u32..).map(|number| self.path.with_extension(format!("old-{number}.json")));
        let Some(unused) = names.find(|name| !name.exists()) else { return Ok(None) };
        fs::rename(&self.path, &unused)
            .with_context(|| format!("cannot move the record {}", self.path.display()))?;
        Ok(Some(unused))
    }

    /// The path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Sets an entry and writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, key: &str, entry: Entry) -> Result<()> {
        self.record.contracts.insert(key.to_owned(), entry);
        self.save()
    }

    /// Gives an account a name, and writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn name_account(&mut self, name: &str, address: Address) -> Result<()> {
        self.record.accounts.insert(name.to_owned(), address);
        self.save()
    }

    /// Removes an entry whose transaction will never be mined, and writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn remove(&mut self, key: &str) -> Result<()> {
        self.record.contracts.remove(key);
        self.save()
    }

    /// Writes a new file and renames it over the old one, so that the file is complete at any time.
    fn save(&mut self) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        if self.lock.is_none() {
            self.lock = lock(folder)?;
        }
        if self.is_new && self.path.exists() {
            return Err(busy(folder).into());
        }
        self.replace().with_context(|| format!("cannot write the record {}", self.path.display()))?;
        self.is_new = false;
        Ok(())
    }

    fn replace(&self) -> Result<()> {
        let new = self.path.with_extension("json.new");
        let mut file = File::create(&new)?;
        file.write_all(format!("{:#}\n", serde_json::to_value(&self.record)?).as_bytes())?;
        file.sync_all()?;
        Ok(fs::rename(&new, &self.path)?)
    }
}

/// Locks the folder; `None` if it does not exist yet, or the system cannot lock folders.
fn lock(folder: &Path) -> Result<Option<File>> {
    let Ok(file) = File::open(folder) else { return Ok(None) };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(busy(folder).into()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn busy(folder: &Path) -> Failure {
    Failure::check(format!(
        "another weir deploy is writing to {}: wait until it ends, then run again",
        folder.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit;

    const GENESIS: B256 = B256::repeat_byte(1);

    fn entry() -> Entry {
        Entry {
            kind: ContractKind::Vault,
            state: State::Sent,
            address: None,
            transaction: Some(B256::repeat_byte(2)),
            construction: None,
            block: None,
            gas_used: 0,
            code_hash: None,
            payer: Address::ZERO,
            arguments: Map::new(),
        }
    }

    #[test]
    fn the_next_run_reads_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("deployments");
        let mut record_file = RecordFile::open(&inner, 7, GENESIS).unwrap();
        assert!(!inner.exists(), "opening a record writes nothing");
        record_file.write("vault.a", entry()).unwrap();
        drop(record_file);
        let record_file = RecordFile::open(&inner, 7, GENESIS).unwrap();
        assert_eq!(record_file.record().contracts["vault.a"], entry());
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1, "no other file is left");
    }

    #[test]
    fn one_run_writes_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = RecordFile::open(folder.path(), 7, GENESIS).unwrap();
        let error = RecordFile::open(folder.path(), 7, GENESIS).unwrap_err();
        assert_eq!(exit::ErrorKind::of(&error), exit::ErrorKind::Check);
        drop(first);
        RecordFile::open(folder.path(), 7, GENESIS).unwrap();

        // Both began before the folder existed, so the second one to write fails.
        let inner = folder.path().join("deployments");
        let [mut first, mut second] = [(); 2].map(|()| RecordFile::open(&inner, 7, GENESIS).unwrap());
        first.write("vault.a", entry()).unwrap();
        assert!(second.write("vault.b", entry()).is_err());
        drop(first);
        assert!(second.write("vault.b", entry()).is_err());
        assert!(Record::read(&path(&inner, 7)).unwrap().unwrap().contracts.contains_key("vault.a"));
    }

    #[test]
    fn the_record_of_another_chain_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        RecordFile::open(folder.path(), 7, GENESIS).unwrap().write("vault.a", entry()).unwrap();
        let error = RecordFile::open(folder.path(), 7, B256::ZERO).unwrap_err().to_string();
        assert!(error.contains("--reset"), "{error}");
        let create = || RecordFile::create(folder.path(), 7, B256::ZERO).unwrap();
        // The old record stays until it is archived.
        drop(create());
        assert!(RecordFile::open(folder.path(), 7, GENESIS).is_ok());
        let replace = || {
            let mut record_file = create();
            let archived = record_file.archive_old().unwrap();
            record_file.write("vault.a", entry()).unwrap();
            archived
        };
        let (first, second) = (replace().unwrap(), replace().unwrap());
        assert!(first != second && first.exists() && second.exists());
        fs::remove_file(path(folder.path(), 7)).unwrap();
        assert_eq!(replace(), None);
    }

    #[test]
    fn a_broken_record_is_an_error_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path(), 7);
        for text in ["", "{", "[]", "{\"chain_id\":7}"] {
            fs::write(&path, text).unwrap();
            let error = RecordFile::open(folder.path(), 7, GENESIS).unwrap_err().to_string();
            assert!(error.contains("is not a deployment record") && !error.contains('\n'), "{error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
