//! Finds contracts and accounts by address, or by name in the deployment record.
//! Without arguments, `weir status` shows all vaults, pairs, factories and routers of the record.

use alloy::primitives::Address;
use anyhow::Result;
use weir_bindings::Program;
use weir_units::parse_address;

use crate::{
    deployments::{self, ContractKind, FolderArguments, Record, State},
    exit::Failure,
};

/// One contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub address: Address,
    /// Its key in the record: `vault.savings`.
    pub key: Option<String>,
}

impl Target {
    /// Its key, or its address if it has none.
    pub fn words(&self) -> String {
        self.key.clone().unwrap_or_else(|| self.address.to_string())
    }

    /// The program that its key names: `token.usd`, `factory`, `template.vault`. Vaults and pairs run those of their
    /// factory.
    pub fn program(&self) -> Option<Program> {
        let key = self.key.as_deref()?;
        let (kind, name) = key.split_once('.').unwrap_or((key, ""));
        let name = if kind == "template" { name } else { kind };
        let is_clone = kind == "vault" || kind == "pair";
        Program::ALL.into_iter().find(|program| program.name() == name && !is_clone)
    }
}

/// The contracts that these words name. Without words, all of the record except tokens and templates.
///
/// # Errors
/// If there is no record, or a name is unknown or ambiguous.
pub fn find(words: &[String], folder: &FolderArguments, chain_id: u64) -> Result<Vec<Target>> {
    let path = deployments::path(&folder.deployments, chain_id);
    let record = Record::read(&path)?;
    let known = known(record.as_ref());
    if words.is_empty() {
        // Tokens (`token.usd`) and templates (`template.vault`) have no state to show.
        let shown = |target: &Target| !matches!(target.key.as_deref(), Some(key) if key.starts_with("t"));
        let all: Vec<Target> = known.into_iter().filter(shown).collect();
        if all.is_empty() {
            return Err(Failure::usage(format!(
                "{} names no vault, pair, factory or router: deploy one (weir deploy), give an address, or name the \
                 folder of the record with --deployments",
                path.display()
            ))
            .into());
        }
        return Ok(all);
    }
    words.iter().map(|word| pick(word, &known, &path.display().to_string())).collect()
}

/// All contracts of the record, tokens and templates included.
///
/// # Errors
/// If there is none.
pub fn all(folder: &FolderArguments, chain_id: u64) -> Result<Vec<Target>> {
    let path = deployments::path(&folder.deployments, chain_id);
    let known = known(Record::read(&path)?.as_ref());
    if known.is_empty() {
        return Err(Failure::usage(format!(
            "{} names no contract: give an address, or name the folder of the record with --deployments",
            path.display()
        ))
        .into());
    }
    Ok(known)
}

/// The contract that `word` names.
///
/// # Errors
/// As [`find`].
pub fn one(word: &str, folder: &FolderArguments, chain_id: u64) -> Result<Target> {
    let path = deployments::path(&folder.deployments, chain_id);
    pick(word, &known(Record::read(&path)?.as_ref()), &path.display().to_string())
}

/// Whether `word` is meant as an address.
fn is_address(word: &str) -> bool {
    word.starts_with("0x")
}

/// The account that `word` names: an address, or a name among the record's accounts.
///
/// # Errors
/// If there is no such account.
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
    let known = if names.is_empty() { "it has none".into() } else { format!("it has {names}") };
    Err(Failure::usage(format!(
        "{} has no account {word:?} ({known}): give an address, or one of its names",
        path.display()
    ))
    .into())
}

/// The complete contracts of the record, vaults first.
fn known(record: Option<&Record>) -> Vec<Target> {
    let entries = record.into_iter().flat_map(|record| &record.contracts);
    let mut known: Vec<(ContractKind, Target)> = entries
        .filter(|(_, entry)| entry.state == State::Complete)
        .filter_map(|(key, entry)| {
            Some((entry.kind, Target { address: entry.address?, key: Some(key.clone()) }))
        })
        .collect();
    let rank = |kind| match kind {
        ContractKind::Vault => 0,
        ContractKind::Pair => 1,
        ContractKind::Factory => 2,
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
            Err(Failure::usage(format!("{path} names no contract: give an address in place of {word:?}"))
                .into())
        }
        [] => {
            let known: Vec<&Target> = known.iter().collect();
            Err(Failure::usage(format!("{path} does not name {word:?}: use one of {}", keys(&known))).into())
        }
        several => {
            Err(Failure::usage(format!("{word:?} names several contracts: use one of {}", keys(several)))
                .into())
        }
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
    fn a_contract_is_found_by_name_key_or_address() {
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
    fn a_key_names_the_program_of_what_is_one() {
        let named = |key: &str| Target { address: Address::ZERO, key: Some(key.into()) }.program();
        for (key, program) in [
            ("token.usd", Some(Program::Token)),
            ("template.vault", Some(Program::Vault)),
            ("template.extension", Some(Program::Extension)),
            ("template.lifeboat", None),
            ("factory", Some(Program::Factory)),
            ("router", Some(Program::Router)),
            ("vault.token", None),
            ("pair.drops", None),
        ] {
            assert_eq!(named(key), program, "{key}");
        }
    }

    #[test]
    fn an_ambiguous_or_unknown_name_is_an_error_that_lists_the_known_ones() {
        let error = pick("a", &known(), "file").unwrap_err().to_string();
        assert!(error.contains("vault.a, pair.a"), "{error}");
        let error = pick("c", &known(), "file").unwrap_err().to_string();
        assert!(error.contains("vault.b") && error.contains("\"c\""), "{error}");
        assert!(pick("c", &[], "file").unwrap_err().to_string().contains("names no contract"));
    }
}
