//! Checks that contracts are genuine: programs and lifeboat by the hash of their code, clones by code and address.
//! `docs/security.md` has the same steps for auditors.
//!
//! - **Code.** A clone's code contains the programs that it delegates to and its configuration.
//! - **Address.** It must be that of CREATE2 with init code derived from this code (`weir::clones`). Other init code
//!   could plant shares or approvals and then return the genuine code.
//! - **Values.** Anyone can create a clone by CREATE2 with values that no factory accepts, so they are checked as the
//!   factory checks them.
//! - **Age.** The programs must have had their code before the clone existed. A contract that destroys itself in the
//!   transaction that creates it (EIP-6780) can be created again with genuine code. Genuine code cannot destroy itself,
//!   so from then on no other code has run on the clone's storage or in its name.

use std::{error::Error, fmt};

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
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
use weir_bindings::{
    IERC20, IFactory, Program,
    deploy::{code_of, lifeboat_code},
};
use weir_client::{Node, NodeError, answers};

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

    /// `None` if it was not checked.
    pub const fn is_genuine(&self) -> Option<bool> {
        match self {
            Self::Genuine => Some(true),
            Self::Forged(_) => Some(false),
            Self::Unchecked(_) => None,
        }
    }
}

/// Decimals of the shares if the asset did not answer when the vault was created.
const DEFAULT_DECIMALS: u8 = 18;

/// A contract that clones run, or that creates clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// A Stylus program.
    Program(Program),
    /// The EVM contract that vaults run while their program cannot run.
    Lifeboat,
}

impl Component {
    /// Its code in this build.
    ///
    /// # Errors
    /// If it is a program that has not been built.
    pub fn code(self) -> Result<Vec<u8>> {
        match self {
            Self::Program(program) => code_of(program),
            Self::Lifeboat => Ok(lifeboat_code().to_vec()),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Program(program) => format!("program {}", program.name()),
            Self::Lifeboat => "lifeboat".into(),
        }
    }
}

/// The contracts that a clone runs, with their addresses.
type Components = Vec<(Component, Address)>;

/// The node has no state of this block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHistory {
    block: u64,
}

impl fmt::Display for NoHistory {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { block } = self;
        write!(
            formatter,
            "the node has no state of block {block}, which the check of a contract needs: use an archive node"
        )
    }
}

impl Error for NoHistory {}

/// Checks that the factory at `address` and the programs of its clones match this build. Does not use the factory's
/// lists: its deployer could have planted entries.
///
/// # Errors
/// If they do not match, the programs have not been built, or the node does not answer.
pub async fn check_factory(node: &Node, address: Address) -> Result<()> {
    if !node.has_code(address).await? {
        let why = "there is no contract at this address; check the address and the chain";
        return Err(not_genuine(node, address, "factory", why));
    }
    check_component(node, address, "factory", (Component::Program(Program::Factory), address)).await?;
    for component in components_of(node, address).await? {
        check_component(node, address, "factory", component).await?;
    }
    Ok(())
}

/// The contracts that a factory's clones run: pair, vault, extension, lifeboat.
///
/// # Errors
/// If the contract at `factory` does not answer as a factory, or the node does not answer.
pub async fn components_of(node: &Node, factory: Address) -> Result<[(Component, Address); 4]> {
    let factory = node.reader(factory);
    let (pair, vault, extension, lifeboat) = try_join!(
        factory.ask(IFactory::pairTemplateCall {}),
        factory.ask(IFactory::vaultTemplateCall {}),
        factory.ask(IFactory::vaultExtensionCall {}),
        factory.ask(IFactory::vaultLifeboatCall {})
    )?;
    let program = |program, address| (Component::Program(program), address);
    Ok([
        program(Program::Pair, pair),
        program(Program::Vault, vault),
        program(Program::Extension, extension),
        (Component::Lifeboat, lifeboat),
    ])
}

/// Checks the clone at `address`: its code, address and configuration, the programs that it runs, and that they are
/// older than it. Returns its kind; `None` if its code is neither that of a vault nor that of a pair.
///
/// # Errors
/// If it is forged, the programs have not been built, the node does not answer, or it has no state of the creation
/// ([`NoHistory`]).
pub async fn check_clone(node: &Node, address: Address) -> Result<Option<Kind>> {
    let Some((kind, components)) = check_present(node, address).await? else { return Ok(None) };
    check_age(node, address, kind, &components).await?;
    Ok(Some(kind))
}

/// As [`check_clone`], for a clone that a genuine factory has just created, so its programs are older.
///
/// # Errors
/// As [`check_clone`], except `NoHistory`.
pub async fn check_new_clone(node: &Node, address: Address) -> Result<Option<Kind>> {
    Ok(check_present(node, address).await?.map(|(kind, _)| kind))
}

/// Checks a clone by the present state. Returns its kind and the contracts that it runs.
async fn check_present(node: &Node, address: Address) -> Result<Option<(Kind, Components)>> {
    let code = node.provider.get_code_at(address).await?;
    let (kind, origin, rejected, components) = if let Some(vault) = VaultCode::decode(&code) {
        let components = vec![
            (Component::Program(Program::Vault), vault.program),
            (Component::Program(Program::Extension), vault.config.extension),
            (Component::Lifeboat, vault.lifeboat),
        ];
        let rejected = match rejected_vault(&vault, now(node).await?) {
            Some(why) => Some(why),
            None => rejected_tokens(node, &vault.config).await?,
        };
        (Kind::Vault, vault.origin, rejected, components)
    } else if let Some(pair) = PairCode::decode(&code) {
        (
            Kind::Pair,
            pair.origin,
            rejected_pair(&pair),
            vec![(Component::Program(Program::Pair), pair.program)],
        )
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
    for component in &components {
        check_component(node, address, what, *component).await?;
    }
    Ok(Some((kind, components)))
}

/// Checks that the contracts that a clone runs had their code in the block before the clone's creation.
async fn check_age(node: &Node, clone: Address, kind: Kind, components: &Components) -> Result<()> {
    let before = block_before(node, clone).await?;
    for (component, address) in components {
        if code_in(node, *address, before).await?[..] != component.code()?[..] {
            let why = format!(
                "its {} at {address} did not have its code when it was created: its creator could have run other code \
                 in its name, and planted shares or approvals",
                component.words()
            );
            return Err(not_genuine(node, clone, words(kind), &why));
        }
    }
    Ok(())
}

/// Number of the last block without a contract at `address`, by binary search.
async fn block_before(node: &Node, address: Address) -> Result<u64> {
    let (mut without, mut with) = (0, node.provider.get_block_number().await?);
    while with - without > 1 {
        let middle = without + (with - without) / 2;
        if code_in(node, address, middle).await?.is_empty() { without = middle } else { with = middle }
    }
    Ok(without)
}

async fn code_in(node: &Node, address: Address, block: u64) -> Result<Bytes> {
    let code = node.provider.get_code_at(address).number(block).await;
    let error = match code {
        Ok(code) => return Ok(code),
        Err(error) => NodeError::from(error),
    };
    if error.is_answer() { Err(NoHistory { block }.into()) } else { Err(error.into()) }
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
        Err(_) if code_of(Program::Vault).is_err() || code_of(Program::Extension).is_err() => {
            Ok(Verdict::Unchecked("the programs have not been built (scripts/build)"))
        }
        Err(error) if error.is::<NoHistory>() => {
            Ok(Verdict::Unchecked("the node has no state from before its creation; use an archive node"))
        }
        Err(error) => Err(error),
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

/// Describes what a factory would reject in a vault's tokens. A factory copies the asset's decimals, or 18 if the asset
/// does not answer.
async fn rejected_tokens(node: &Node, config: &VaultConfig) -> Result<Option<&'static str>> {
    for token in [config.asset, config.reward, config.yield_token] {
        if !node.has_code(token).await? {
            return Ok(Some("one of its tokens has no code"));
        }
    }
    let returned = node.reader(config.asset).ask(IERC20::decimalsCall {}).await;
    let differ =
        returned.as_ref().is_ok_and(|decimals| ![*decimals, DEFAULT_DECIMALS].contains(&config.decimals));
    answers(returned)?;
    Ok(differ.then_some("its shares have other decimals than its asset"))
}

/// Describes the first value of a pair that no factory accepts.
fn rejected_pair(pair: &PairCode) -> Option<&'static str> {
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

/// Checks that the code of a component of `contract` matches this build. `what` names the kind of `contract`.
async fn check_component(
    node: &Node,
    contract: Address,
    what: &str,
    (component, address): (Component, Address),
) -> Result<()> {
    let found = keccak256(node.provider.get_code_at(address).await?);
    let expected = keccak256(component.code()?);
    if found == expected {
        return Ok(());
    }
    let component = component.words();
    let whose = if contract == address { "its code".into() } else { format!("the code of its {component}") };
    let why = format!(
        "{whose} at {address} has the hash {found}, and the {component} of this build has {expected}: build the \
         release that it was deployed from, or do not use it"
    );
    Err(not_genuine(node, contract, what, &why))
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
        assert_eq!(rejected_pair(&pair), None);
        let slow = PairConfig { target_period: TARGET_PERIODS[1] + 1, ..config };
        assert!(rejected_pair(&PairCode { config: slow, ..pair }).unwrap().contains("period"));
        // The upper bits are the time of the sale.
        let free = U256::MAX << 192;
        assert!(rejected_pair(&PairCode { first_sale: free, ..pair }).unwrap().contains("price"));
    }
}
