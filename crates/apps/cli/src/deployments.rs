//! What has been deployed on a chain: `deployments/CHAIN-ID.json`, written whenever anything is there that was not before.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use alloy::primitives::{Address, B256};
use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::exit::Failure;

/// Where the records are.
#[derive(Clone, Debug, Args)]
pub struct FolderArguments {
    /// Folder with a record of what is deployed, one file for each chain: DIR/CHAIN-ID.json.
    #[arg(long, value_name = "DIR", env = "WEIR_DEPLOYMENTS", default_value = "deployments")]
    pub deployments: PathBuf,
}

/// What kind of contract an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Token,
    Template,
    Factory,
    Router,
    Vault,
    Pair,
}

/// How far the deployment of an entry has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The transaction that creates it has been signed, and may have been sent.
    Sent,
    /// It is on the chain; activation, constructor or verification may be missing.
    Created,
    /// All is done and has been read back.
    Complete,
}

/// One contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    pub state: State,
    /// Known once it is created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// The transaction that created it.
    pub transaction: B256,
    /// The transaction that runs its constructor, written down before it is sent: `transaction` itself where the Stylus
    /// deployer does both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub construction: Option<B256>,
    /// The block of the creating transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// Gas of all transactions of its deployment.
    #[serde(default)]
    pub gas_used: u64,
    /// Keccak-256 of its code on chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_hash: Option<B256>,
    /// Who paid.
    pub payer: Address,
    /// What it was made with: its constructor's arguments, base units and seconds.
    pub arguments: Map<String, Value>,
}

/// The file's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub chain_id: u64,
    /// Hash of the chain's first block: tells two local chains with one id apart.
    pub genesis: B256,
    /// By kind and name: `vault.savings`.
    pub contracts: BTreeMap<String, Entry>,
    /// Accounts with names, such as the stakers of `weir devnode --demo`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Address>,
}

impl Record {
    /// The record of a chain, if there is one.
    ///
    /// # Errors
    /// If the file cannot be read, or is none.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the record {}", path.display()));
            }
        };
        let record = serde_json::from_str(&text).map_err(|error| {
            Failure::usage(format!(
                "{} is no deployment record ({error}): restore it from version control, or move it away",
                path.display()
            ))
        })?;
        Ok(Some(record))
    }

    /// Where an entry's contract is, if it is on the chain.
    pub fn address(&self, key: &str) -> Option<Address> {
        self.contracts.get(key)?.address
    }
}

/// The record's file.
pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
    folder.join(chain_id.to_string()).with_extension("json")
}

/// A record that is being written. While it is open nobody else writes into its folder.
#[derive(Debug)]
pub struct Book {
    path: PathBuf,
    record: Record,
    /// Whether there is no file yet, as far as this run knows.
    is_new: bool,
    /// Held open for its lock.
    lock: Option<File>,
    /// An old record is still in its place.
    replaces: bool,
}

impl Book {
    /// Opens the record of this chain, or an empty one; nothing is written yet.
    ///
    /// # Errors
    /// If it cannot be read, belongs to another chain, or another `weir deploy` writes it just now.
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
                "{} is of another chain with the id {chain_id} (its first block is another; a local chain that was \
                 started anew?): run again with --reset to begin a new record; the old one is kept beside it",
                path.display()
            ))
            .into());
        }
        Ok(Self { path, record, is_new, lock, replaces: false })
    }

    /// A new record, in place of the one that may be there. That one stays until [`set_aside`](Self::set_aside).
    ///
    /// # Errors
    /// If another `weir deploy` writes the old one.
    pub fn begin(folder: &Path, chain_id: u64, genesis: B256) -> Result<Self> {
        let lock = lock(folder)?;
        let (contracts, accounts) = Default::default();
        let record = Record { chain_id, genesis, contracts, accounts };
        Ok(Self { path: path(folder, chain_id), record, is_new: true, lock, replaces: true })
    }

    /// Moves the record that this one replaces out of the way; returns where to, if there was one.
    ///
    /// # Errors
    /// If it cannot be moved.
    pub fn set_aside(&mut self) -> Result<Option<PathBuf>> {
        if !std::mem::take(&mut self.replaces) || !self.path.exists() {
            return Ok(None);
        }
        let asides = (1_u32..).map(|number| self.path.with_extension(format!("old-{number}.json")));
        let Some(aside) = asides.into_iter().find(|aside| !aside.exists()) else { return Ok(None) };
        fs::rename(&self.path, &aside)
            .with_context(|| format!("cannot move the record {}", self.path.display()))?;
        Ok(Some(aside))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Sets an entry and writes the file: after this, nothing forgets it.
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

    /// Takes an entry out again that came to nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn forget(&mut self, key: &str) -> Result<()> {
        self.record.contracts.remove(key);
        self.save()
    }

    /// Writes a new file and puts it in the old one's place, so that there is a whole one at any time.
    fn save(&mut self) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
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

/// Locks the folder; `None` if it is not there yet, or such a thing cannot be locked on this system.
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
        "another weir deploy is writing to {}: wait until it has ended, then run again",
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
            kind: Kind::Vault,
            state: State::Sent,
            address: None,
            transaction: B256::repeat_byte(2),
            construction: None,
            block: None,
            gas_used: 0,
            code_hash: None,
            payer: Address::ZERO,
            arguments: Map::new(),
        }
    }

    #[test]
    fn what_was_written_is_there_in_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("deployments");
        let mut book = Book::open(&inner, 7, GENESIS).unwrap();
        assert!(!inner.exists(), "nothing is written before there is anything to write");
        book.write("vault.a", entry()).unwrap();
        drop(book);
        let book = Book::open(&inner, 7, GENESIS).unwrap();
        assert_eq!(book.record().contracts["vault.a"], entry());
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1, "no other file is left");
    }

    #[test]
    fn one_run_writes_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Book::open(folder.path(), 7, GENESIS).unwrap();
        let told = Book::open(folder.path(), 7, GENESIS).unwrap_err();
        assert_eq!(exit::Kind::of(&told), exit::Kind::Check);
        drop(first);
        Book::open(folder.path(), 7, GENESIS).unwrap();

        // Both began before there was a folder: the second one to write finds out.
        let inner = folder.path().join("deployments");
        let [mut first, mut second] = [(); 2].map(|()| Book::open(&inner, 7, GENESIS).unwrap());
        first.write("vault.a", entry()).unwrap();
        assert!(second.write("vault.b", entry()).is_err());
        drop(first);
        assert!(second.write("vault.b", entry()).is_err());
        assert!(Record::read(&path(&inner, 7)).unwrap().unwrap().contracts.contains_key("vault.a"));
    }

    #[test]
    fn the_record_of_another_chain_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        Book::open(folder.path(), 7, GENESIS).unwrap().write("vault.a", entry()).unwrap();
        let told = Book::open(folder.path(), 7, B256::ZERO).unwrap_err().to_string();
        assert!(told.contains("--reset"), "{told}");
        let begin = || Book::begin(folder.path(), 7, B256::ZERO).unwrap();
        // Until it is set aside the old record stays.
        drop(begin());
        assert!(Book::open(folder.path(), 7, GENESIS).is_ok());
        let aside = || {
            let mut book = begin();
            let aside = book.set_aside().unwrap();
            book.write("vault.a", entry()).unwrap();
            aside
        };
        let (first, second) = (aside().unwrap(), aside().unwrap());
        assert!(first != second && first.exists() && second.exists());
        fs::remove_file(path(folder.path(), 7)).unwrap();
        assert_eq!(aside(), None);
    }

    #[test]
    fn a_broken_record_is_refused_in_a_sentence_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path(), 7);
        for text in ["", "{", "[]", "{\"chain_id\":7}"] {
            fs::write(&path, text).unwrap();
            let told = Book::open(folder.path(), 7, GENESIS).unwrap_err().to_string();
            assert!(told.contains("no deployment record") && !told.contains('\n'), "{told}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }
}
