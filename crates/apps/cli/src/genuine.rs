//! Checks that contracts are genuine. `docs/security.md` has the same steps for auditors.
//!
//! - **Code.** A clone's code contains the addresses of what it runs, and its configuration.
//! - **What it runs** is at fixed addresses ([`weir_bindings::fixed`]), where no other code can ever have been. At any
//!   other address, code that is genuine now is no proof: a contract that destroys itself in the transaction that creates it
//!   (EIP-6780) can be created again with other code.
//! - **Address.** It must be that of CREATE2 with init code derived from this code (`weir::clones`). Other init code
//!   could plant shares or approvals and then return the genuine code.
//! - **Values.** Anyone can create a clone by CREATE2 with values that no factory accepts, so they are checked as the
//!   factory checks them.

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
};
use anyhow::{Context, Result};
use tokio::try_join;
use weir::{
    clones::{
        Kind, Origin, PairCode, SALE_PRICE_AT, VaultCode, VaultConfig,
        bounds::{EPOCH_LENGTHS, MAX_SMOOTHING, TARGET_PERIODS},
        first_queue,
    },
    math::auction::{MAX_PRICE, MIN_PRICE},
};
use weir_bindings::{IERC20, Program, deploy::code_of, fixed::Fixed};
use weir_client::{Node, answers};

use crate::exit::{self, Failure, sentence};

/// Whether a vault is genuine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Code, address and programs match this build.
    Genuine,
    /// They do not match, for this reason.
    Forged(String),
    /// They could not be checked, for this reason.
    Unchecked(&'static str),
}

impl Verdict {
    /// A few words for people.
    pub fn words(&self) -> String {
        match self {
            Self::Genuine => "genuine".into(),
            Self::Forged(_) => "NOT GENUINE: do not use it".into(),
            Self::Unchecked(why) => format!("not checked: {why}"),
        }
    }

    /// Why the vault at `address` should not be called; `None` if it is genuine.
    pub fn objection(&self, address: Address) -> Option<String> {
        match self {
            Self::Genuine => None,
            Self::Forged(why) => Some(why.clone()),
            Self::Unchecked(why) => Some(format!("the vault {address} cannot be checked: {why}")),
        }
    }

    /// `None` if it was not checked.
    pub const fn is_genuine(&self) -> Option<bool> {
        match self {
            Self::Genuine => Some(true),
            Self::Forged(_) => Some(false),
            Self::Unchecked(_) => None,
        }
    }
}

/// Bit of the time in a pair's first sale.
const PAIR_TIME_AT: usize = 192;

/// Checks that the code of the factory at `address` is that of this build, and that its clones run what this build runs.
/// Does not use the factory's lists: its deployer could have planted entries.
///
/// # Errors
/// If they do not match, the programs have not been built, or the node does not answer.
pub async fn check_factory(node: &Node, address: Address) -> Result<()> {
    let found = node.provider.get_code_at(address).await?;
    if found.is_empty() {
        let why = "there is no contract at this address; check the address and the chain";
        return Err(not_genuine(node, address, "factory", why));
    }
    let (found, expected) = (keccak256(found), keccak256(code_of(Program::Factory)?));
    if found != expected {
        let why = format!(
            "its code has the hash {found}, and the program factory of this build has {expected}: build the release \
             that it was deployed from, or do not use it"
        );
        return Err(not_genuine(node, address, "factory", &why));
    }
    check_fixed(node, address, "factory", &run_by_clones_of(node, address).await?).await
}

/// The contracts that a factory's clones run: pair, vault, extension, lifeboat. Read from its storage (slots 0 to 3,
/// docs/market.md), because its program may not be able to run. The factory's code must have been checked.
///
/// # Errors
/// If the node does not answer.
pub async fn run_by_clones_of(node: &Node, factory: Address) -> Result<[(Fixed, Address); 4]> {
    let slot = async |number: u64| -> Result<Address> {
        let word = node.provider.get_storage_at(factory, U256::from(number)).await?;
        Ok(Address::from_word(word.into()))
    };
    let (pair, vault, extension, lifeboat) = try_join!(slot(0), slot(1), slot(2), slot(3))?;
    let program = |program, address| (Fixed::Program(program), address);
    Ok([
        program(Program::Pair, pair),
        program(Program::Vault, vault),
        program(Program::Extension, extension),
        (Fixed::Lifeboat, lifeboat),
    ])
}

/// Checks the clone at `address`: its code, address and configuration, and what it runs. Returns its kind; `None` if its
/// code is neither that of a vault nor that of a pair.
///
/// # Errors
/// If it is forged, the programs have not been built, or the node does not answer.
pub async fn check_clone(node: &Node, address: Address) -> Result<Option<Kind>> {
    let code = node.provider.get_code_at(address).await?;
    let (kind, origin, rejected, runs) = if let Some(vault) = VaultCode::decode(&code) {
        let runs = vec![
            (Fixed::Program(Program::Vault), vault.program),
            (Fixed::Program(Program::Extension), vault.config.extension),
            (Fixed::Lifeboat, vault.lifeboat),
        ];
        let rejected = match rejected_vault(&vault, now(node).await?) {
            Some(why) => Some(why),
            None => rejected_tokens(node, &vault.config).await?,
        };
        (Kind::Vault, vault.origin, rejected, runs)
    } else if let Some(pair) = PairCode::decode(&code) {
        let rejected = rejected_pair(&pair, now(node).await?);
        (Kind::Pair, pair.origin, rejected, vec![(Fixed::Program(Program::Pair), pair.program)])
    } else {
        return Ok(None);
    };
    let what = words(kind);
    if address_by_create2(kind, origin, &code) != address {
        let why = "its address does not follow from its code, so it was not created by a factory: its creator could \
                   have planted shares or approvals";
        return Err(not_genuine(node, address, what, why));
    }
    if let Some(rejected) = rejected {
        let why = format!("{rejected}, which no factory accepts");
        return Err(not_genuine(node, address, what, &why));
    }
    check_fixed(node, address, what, &runs).await?;
    Ok(Some(kind))
}

/// Checks that what a factory's clones, or a clone, run is at its fixed addresses, and is there. `what` names the kind of
/// `contract`.
async fn check_fixed(node: &Node, contract: Address, what: &str, runs: &[(Fixed, Address)]) -> Result<()> {
    for (fixed, found) in runs {
        let (name, expected) = (fixed.words(), fixed.address()?);
        if *found != expected {
            let why = format!(
                "its {name} is at {found}, and the {name} of this build can only be at {expected}: build the release \
                 that it was deployed from, or do not use it"
            );
            return Err(not_genuine(node, contract, what, &why));
        }
        if !node.has_code(expected).await? {
            let why = format!("its {name} at {expected} has no code");
            return Err(not_genuine(node, contract, what, &why));
        }
    }
    Ok(())
}

/// Checks that there is a genuine vault at `address`.
///
/// # Errors
/// As [`check_clone`], and if it is not a vault.
pub async fn check_vault(node: &Node, address: Address) -> Result<()> {
    match check_clone(node, address).await? {
        Some(Kind::Vault) => Ok(()),
        _ => Err(not_genuine(node, address, "vault", "its code is not that of a vault")),
    }
}

/// As [`check_vault`], but a forged vault is a result, not an error.
///
/// # Errors
/// If the node does not answer.
pub async fn judge_vault(node: &Node, address: Address) -> Result<Verdict> {
    match check_vault(node, address).await {
        Ok(()) => Ok(Verdict::Genuine),
        Err(error) if exit::ErrorKind::of(&error) == exit::ErrorKind::Check => {
            Ok(Verdict::Forged(sentence(&error)))
        }
        Err(_) if Fixed::ALL.iter().any(|fixed| fixed.code().is_err()) => {
            Ok(Verdict::Unchecked("the programs have not been built (scripts/build)"))
        }
        Err(error) => Err(error),
    }
}

/// As [`judge_vault`], but a vault that is not known to be genuine is an error, unless `anyway` (--anyway) allows it.
///
/// # Errors
/// If the vault may not be called, or the node does not answer.
pub async fn check_unless(anyway: bool, node: &Node, address: Address) -> Result<Verdict> {
    let verdict = judge_vault(node, address).await?;
    match verdict.objection(address) {
        Some(why) if !anyway => {
            Err(Failure::check(format!("{why}; --anyway calls it all the same, at your own risk")).into())
        }
        _ => Ok(verdict),
    }
}

/// The address of this code if the factory creates it by CREATE2 with salt 0 (EIP-1014).
fn address_by_create2(kind: Kind, origin: Origin, code: &[u8]) -> Address {
    origin.factory.create2(B256::ZERO, keccak256(kind.init_code(code)))
}

/// Describes the first value of a vault that no factory accepts.
fn rejected_vault(vault: &VaultCode, now: u64) -> Option<&'static str> {
    let config = &vault.config;
    let [shortest, longest] = EPOCH_LENGTHS;
    let price = vault.first_sale >> SALE_PRICE_AT;
    if config.yield_token == config.reward {
        return Some("it sells its reward token");
    }
    if !(shortest..=longest).contains(&config.epoch_length) {
        return Some("its epoch length is out of bounds");
    }
    if config.deployed_at > now {
        return Some("its time of creation is in the future");
    }
    // The word also holds the queue, which could contain rewards that were never paid in.
    if vault.first_sale != first_queue(price, config.deployed_at) {
        return Some(
            "its storage began with more than the first sale, such as rewards that were never paid in",
        );
    }
    rejected_auction(config.target_period.into(), price, config.smoothing)
}

/// Describes what a factory would reject in a vault's tokens. A factory copies the asset's decimals, or takes 18 if the asset
/// does not answer. If it has begun to answer otherwise, the shares' decimals mislead, and are rejected. While it does not
/// answer, as when its own program cannot run, they are not compared.
async fn rejected_tokens(node: &Node, config: &VaultConfig) -> Result<Option<&'static str>> {
    for token in [config.asset, config.reward, config.yield_token] {
        if !node.has_code(token).await? {
            return Ok(Some("one of its tokens has no code"));
        }
    }
    let returned = node.reader(config.asset).ask(IERC20::decimalsCall {}).await;
    let differ = returned.as_ref().is_ok_and(|decimals| *decimals != config.decimals);
    answers(returned)?;
    Ok(differ.then_some("its shares have other decimals than its asset"))
}

/// Describes the first value of a pair that no factory accepts.
fn rejected_pair(pair: &PairCode, now: u64) -> Option<&'static str> {
    // Above the price are 64 bits of time.
    if pair.first_sale >> PAIR_TIME_AT > U256::from(now) {
        return Some("its time of creation is in the future");
    }
    rejected_auction(pair.config.target_period, pair.first_sale & MAX_PRICE, pair.config.smoothing)
}

fn rejected_auction(target_period: u64, price: U256, smoothing: u64) -> Option<&'static str> {
    let [shortest, longest] = TARGET_PERIODS;
    if !(shortest..=longest).contains(&target_period) {
        return Some("its target period is out of bounds");
    }
    if price < MIN_PRICE {
        return Some("its first price is out of bounds");
    }
    (smoothing > MAX_SMOOTHING).then_some("its smoothing is out of bounds")
}

/// Time of the latest block in Unix seconds.
async fn now(node: &Node) -> Result<u64> {
    let block = node.provider.get_block_by_number(Default::default()).await?;
    Ok(block.context("the node has no latest block")?.header.timestamp)
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Pair => "pair",
        Kind::Vault => "vault",
    }
}

fn not_genuine(node: &Node, address: Address, what: &str, why: &str) -> anyhow::Error {
    Failure::check(format!("{address} on chain {} is not a genuine {what}: {why}", node.chain_id)).into()
}

#[cfg(test)]
mod tests {
    use weir::clones::PairConfig;

    use super::*;

    const NOW: u64 = 1_735_689_600;

    fn config() -> VaultConfig {
        VaultConfig {
            extension: Address::repeat_byte(1),
            asset: Address::repeat_byte(2),
            reward: Address::repeat_byte(2),
            yield_token: Address::repeat_byte(3),
            deployed_at: NOW,
            epoch_length: 604_800,
            target_period: 21_600,
            smoothing: MAX_SMOOTHING,
            decimals: 18,
        }
    }

    fn rejected(config: VaultConfig, first_sale: U256) -> Option<&'static str> {
        let origin = Origin { factory: Address::ZERO, number: 0 };
        let (program, owner) = (Address::ZERO, Address::ZERO);
        let vault = VaultCode {
            program,
            lifeboat: Address::ZERO,
            config,
            origin,
            first_sale,
            owner,
            name: b"",
            symbol: b"",
        };
        rejected_vault(&vault, NOW)
    }

    #[test]
    fn a_vault_that_no_factory_creates_is_rejected() {
        let first_sale = first_queue(MIN_PRICE, NOW);
        assert_eq!(rejected(config(), first_sale), None);
        for (changed, word) in [
            (VaultConfig { yield_token: config().reward, ..config() }, "reward token"),
            (VaultConfig { epoch_length: EPOCH_LENGTHS[0] - 1, ..config() }, "epoch length"),
            (VaultConfig { epoch_length: EPOCH_LENGTHS[1] + 1, ..config() }, "epoch length"),
            (VaultConfig { deployed_at: NOW + 1, ..config() }, "future"),
            (VaultConfig { deployed_at: NOW - 1, ..config() }, "more than the first sale"),
            (VaultConfig { target_period: TARGET_PERIODS[0] as u32 - 1, ..config() }, "target period"),
            (VaultConfig { target_period: u32::MAX, ..config() }, "target period"),
            (VaultConfig { smoothing: MAX_SMOOTHING + 1, ..config() }, "smoothing"),
        ] {
            let reason = rejected(changed, first_sale).unwrap();
            assert!(reason.contains(word), "{word}: {reason}");
        }
        // The queue holds one base unit.
        assert!(rejected(config(), first_sale + U256::ONE).unwrap().contains("more than the first sale"));
        let cheap = first_queue(MIN_PRICE - U256::ONE, NOW);
        assert!(rejected(config(), cheap).unwrap().contains("price"));
    }

    #[test]
    fn a_pair_that_no_factory_creates_is_rejected() {
        let config = PairConfig {
            source: Address::ZERO,
            token_in: Address::ZERO,
            token_out: Address::ZERO,
            target_period: TARGET_PERIODS[1],
            smoothing: 0,
        };
        let origin = Origin { factory: Address::ZERO, number: 0 };
        let pair = PairCode { program: Address::ZERO, config, origin, first_sale: MAX_PRICE };
        assert_eq!(rejected_pair(&pair, NOW), None);
        let slow = PairConfig { target_period: TARGET_PERIODS[1] + 1, ..config };
        assert!(rejected_pair(&PairCode { config: slow, ..pair }, NOW).unwrap().contains("period"));
        let free = U256::from(NOW) << PAIR_TIME_AT;
        assert!(rejected_pair(&PairCode { first_sale: free, ..pair }, NOW).unwrap().contains("price"));
        let later = MAX_PRICE | U256::from(NOW + 1) << PAIR_TIME_AT;
        assert!(rejected_pair(&PairCode { first_sale: later, ..pair }, NOW).unwrap().contains("future"));
    }
}
