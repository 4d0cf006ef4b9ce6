//! What is to be shown: addresses, names of the deployment record, or all that it names.

use alloy::primitives::Address;
use anyhow::Result;
use weir_units::parse_address;

use crate::{
    deployments::{self, FolderArguments, Kind, Record, State},
    exit::Failure,
};

/// One contract to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub address: Address,
    /// Its key in the record: `vault.savings`.
    pub key: Option<String>,
}

impl Target {
    /// What to call it: its key, or its address.
    pub fn words(&self) -> String {
        self.key.clone().unwrap_or_else(|| self.address.to_string())
    }
}

/// The targets that these words name; without words all of the record that do anything.
///
/// # Errors
/// If the record does not know a name, knows several, or is not there.
pub fn find(words: &[String], folder: &FolderArguments, chain_id: u64) -> Result<Vec<Target>> {
    let path = deployments::path(&folder.deployments, chain_id);
    let record = Record::read(&path)?;
    let known = known(record.as_ref());
    if words.is_empty() {
        let shown = |target: &Target| !matches!(target.key.as_deref(), Some(key) if key.starts_with("t"));
        let all: Vec<Target> = known.into_iter().filter(shown).collect();
        if all.is_empty() {
            return Err(Failure::usage(format!(
                "{} names no vault, pair, factory or router: deploy one (weir deploy), name an address, or the folder \
                 with --deployments",
                path.display()
            ))
            .into());
        }
        return Ok(all);
    }
    words.iter().map(|word| pick(word, &known, &path.display().to_string())).collect()
}

/// The one target that `word` names.
///
/// # Errors
/// As [`find`].
pub fn one(word: &str, folder: &FolderArguments, chain_id: u64) -> Result<Target> {
    let path = deployments::path(&folder.deployments, chain_id);
    pick(word, &known(Record::read(&path)?.as_ref()), &path.display().to_string())
}

/// Whether it is meant as an address: no name begins so.
fn is_address(word: &str) -> bool {
    word.starts_with("0x")
}

/// The account that `word` names: an address, or a name among the record's accounts.
///
/// # Errors
/// If it is neither.
pub fn account(word: &str, folder: &FolderArguments, chain_id: u64) -> Result<Address> {
    if is_address(word) {
        return Ok(parse_address(word).map_err(Failure::usage)?);
    }
    let path = deployments::path(&folder.deployments, chain_id);
    let accounts = Record::read(&path)?.map(|record| record.accounts).unwrap_or_default();
    if let Some(address) = accounts.get(word) {
        return Ok(*address);
    }
    let names = accounts.keys().cloned().collect::<Vec<_>>().join(", ");
    let known = if names.is_empty() { "it names none".into() } else { format!("it names {names}") };
    Err(Failure::usage(format!("{} names no account {word:?}: {known}; give an address", path.display()))
        .into())
}

/// What the record has on the chain, vaults first.
fn known(record: Option<&Record>) -> Vec<Target> {
    let entries = record.into_iter().flat_map(|record| &record.contracts);
    let mut known: Vec<(Kind, Target)> = entries
        .filter(|(_, entry)| entry.state == State::Complete)
        .filter_map(|(key, entry)| {
            Some((entry.kind, Target { address: entry.address?, key: Some(key.clone()) }))
        })
        .collect();
    let rank = |kind| match kind {
        Kind::Vault => 0,
        Kind::Pair => 1,
        Kind::Factory => 2,
        _ => 3,
    };
    known.sort_by_key(|(kind, _)| rank(*kind));
    known.into_iter().map(|(_, target)| target).collect()
}

fn pick(word: &str, known: &[Target], path: &str) -> Result<Target> {
    if is_address(word) {
        let address = parse_address(word).map_err(Failure::usage)?;
        let named = known.iter().find(|target| target.address == address);
        return Ok(named.cloned().unwrap_or(Target { address, key: None }));
    }
    let is_meant = |target: &&Target| {
        let key = target.key.as_deref().unwrap_or_default();
        key == word || key.split_once('.').is_some_and(|(_, name)| name == word)
    };
    let meant: Vec<&Target> = known.iter().filter(is_meant).collect();
    let keys = |targets: &[&Target]| {
        let keys: Vec<String> = targets.iter().map(|target| target.words()).collect();
        keys.join(", ")
    };
    match meant.as_slice() {
        [one] => Ok((*one).clone()),
        [] if known.is_empty() => {
            Err(Failure::usage(format!("{path} names nothing: give an address in place of {word:?}")).into())
        }
        [] => {
            let known: Vec<&Target> = known.iter().collect();
            Err(Failure::usage(format!("{path} does not name {word:?}: it names {}", keys(&known))).into())
        }
        several => Err(Failure::usage(format!("{word:?} is several: say which of {}", keys(several))).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<Target> {
        ["vault.a", "pair.a", "vault.b", "factory"]
            .iter()
            .zip(1..)
            .map(|(key, byte)| Target { address: Address::repeat_byte(byte), key: Some((*key).to_owned()) })
            .collect()
    }

    #[test]
    fn a_contract_is_found_by_its_name_its_key_or_its_address() {
        for (word, key) in [
            ("b", "vault.b"),
            ("vault.a", "vault.a"),
            ("factory", "factory"),
            ("0x0202020202020202020202020202020202020202", "pair.a"),
        ] {
            assert_eq!(pick(word, &known(), "file").unwrap().key.as_deref(), Some(key), "{word}");
        }
        let stranger = Address::repeat_byte(9);
        assert_eq!(
            pick(&stranger.to_string(), &known(), "file").unwrap(),
            Target { address: stranger, key: None }
        );
    }

    #[test]
    fn a_name_of_several_or_of_none_is_refused_with_those_there_are() {
        let told = pick("a", &known(), "file").unwrap_err().to_string();
        assert!(told.contains("vault.a, pair.a"), "{told}");
        let told = pick("c", &known(), "file").unwrap_err().to_string();
        assert!(told.contains("vault.b") && told.contains("\"c\""), "{told}");
        assert!(pick("c", &[], "file").unwrap_err().to_string().contains("names nothing"));
    }
}
