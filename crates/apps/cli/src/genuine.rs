//! Whether contracts are genuine: programs and lifeboat by the hash of their code, clones by code and address together.
//!
//! A clone's code says which programs it delegates to and what it was created with, and its address is that of CREATE2 with
//! init code that follows from this very code (`weir::clones`). The hash of the code alone would prove nothing: somebody else's
//! init code can plant shares or approvals and then return the genuine code. Nor would the address alone: anyone can create a
//! clone by CREATE2, with values that no factory accepts, so these are checked as the factory checks them. And a program may
//! have been another one before: a contract that destroys itself in the transaction that creates it (EIP-6780) can be created
//! again with genuine code. So the programs must have had their code before the clone existed. Genuine code cannot destroy
//! itself, so from then on nothing else can have run on the clone's storage or in its name, whoever created it.

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

/// Whether a vault is genuine, for people who only look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Code, address and programs are this build's.
    Genuine,
    /// They are not, and why.
    Forged(String),
    /// It could not be checked, and why, in a few words.
    Unchecked(&'static str),
}

impl Verdict {
    /// In a few words.
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

/// Decimals of shares whose asset did not answer when the vault was created.
const DEFAULT_DECIMALS: u8 = 18;

/// What runs in a clone's name, or creates clones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A Stylus program.
    Program(Program),
    /// The EVM contract that vaults run while their program cannot run.
    Lifeboat,
}

impl Part {
    /// This build's code of it.
    ///
    /// # Errors
    /// If it is a program and has not been built.
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

/// What a clone runs, with the addresses.
type Parts = Vec<(Part, Address)>;

/// The node cannot look at the state of this block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoHistory {
    block: u64,
}

impl fmt::Display for NoHistory {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let Self { block } = self;
        write!(
            formatter,
            "the node has no state of block {block}, which is needed to check a contract: ask an archive node"
        )
    }
}

impl Error for NoHistory {}

/// Checks that the factory at `address` is this build's, and that its clones run this build's programs. Its lists prove
/// nothing: whoever created it may have planted entries.
///
/// # Errors
/// If it is not, if the programs have not been built, or if the node does not answer.
pub async fn check_factory(node: &Node, address: Address) -> Result<()> {
    if !node.has_code(address).await? {
        let why = "there is no contract at this address; is it the address of another chain?";
        return Err(not_genuine(node, address, "factory", why));
    }
    check_part(node, address, "factory", (Part::Program(Program::Factory), address)).await?;
    for part in parts_of(node, address).await? {
        check_part(node, address, "factory", part).await?;
    }
    Ok(())
}

/// What a factory's clones run: pair, vault, extension, lifeboat.
///
/// # Errors
/// If the contract at `factory` does not answer as one, or the node does not answer.
pub async fn parts_of(node: &Node, factory: Address) -> Result<[(Part, Address); 4]> {
    let factory = node.reader(factory);
    let (pair, vault, extension, lifeboat) = try_join!(
        factory.ask(IFactory::pairTemplateCall {}),
        factory.ask(IFactory::vaultTemplateCall {}),
        factory.ask(IFactory::vaultExtensionCall {}),
        factory.ask(IFactory::vaultLifeboatCall {})
    )?;
    let program = |program, address| (Part::Program(program), address);
    Ok([
        program(Program::Pair, pair),
        program(Program::Vault, vault),
        program(Program::Extension, extension),
        (Part::Lifeboat, lifeboat),
    ])
}

/// Checks the clone at `address`: its code, its address, what it was created with, the programs that it runs, and that they
/// had their code before it existed. Returns which kind it is; `None` if its code is that of neither a vault nor a pair.
///
/// # Errors
/// If it pretends to be a clone, if the programs have not been built, or if the node does not answer, or not for the time of
/// the creation ([`NoHistory`]).
pub async fn check_clone(node: &Node, address: Address) -> Result<Option<Kind>> {
    let Some((kind, parts)) = check_now(node, address).await? else { return Ok(None) };
    check_birth(node, address, kind, &parts).await?;
    Ok(Some(kind))
}

/// As [`check_clone`], for a clone that a genuine factory has just created: its programs were there before.
///
/// # Errors
/// As [`check_clone`], but for `NoHistory`.
pub async fn check_new_clone(node: &Node, address: Address) -> Result<Option<Kind>> {
    Ok(check_now(node, address).await?.map(|(kind, _)| kind))
}

/// What is checked of a clone's present; with what it runs.
async fn check_now(node: &Node, address: Address) -> Result<Option<(Kind, Parts)>> {
    let code = node.provider.get_code_at(address).await?;
    let (kind, origin, rejected, parts) = if let Some(vault) = VaultCode::decode(&code) {
        let parts = vec![
            (Part::Program(Program::Vault), vault.program),
            (Part::Program(Program::Extension), vault.config.extension),
            (Part::Lifeboat, vault.lifeboat),
        ];
        let rejected = match rejected_vault(&vault, now(node).await?) {
            Some(why) => Some(why),
            None => rejected_tokens(node, &vault.config).await?,
        };
        (Kind::Vault, vault.origin, rejected, parts)
    } else if let Some(pair) = PairCode::decode(&code) {
        (Kind::Pair, pair.origin, rejected_pair(&pair), vec![(Part::Program(Program::Pair), pair.program)])
    } else {
        return Ok(None);
    };
    let what = words(kind);
    if created_by(kind, origin, &code) != address {
        let why = "its address does not follow from its code, so it was not created by a factory: whoever created it may \
                   have planted shares or approvals";
        return Err(not_genuine(node, address, what, why));
    }
    if let Some(rejected) = rejected {
        let why = format!("{rejected}, which no factory accepts");
        return Err(not_genuine(node, address, what, &why));
    }
    for part in &parts {
        check_part(node, address, what, *part).await?;
    }
    Ok(Some((kind, parts)))
}

/// Checks that what a clone runs, which is genuine now, was so in the block before its own.
async fn check_birth(node: &Node, clone: Address, kind: Kind, parts: &Parts) -> Result<()> {
    let before = block_before(node, clone).await?;
    for (part, address) in parts {
        if code_in(node, *address, before).await?[..] != part.code()?[..] {
            let why = format!(
                "its {} at {address} did not have its code when it was created: whoever created it may have run other \
                 code in its name, and planted shares or approvals",
                part.words()
            );
            return Err(not_genuine(node, clone, words(kind), &why));
        }
    }
    Ok(())
}

/// Number of the last block in which there was no contract at `address`.
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
/// As [`check_clone`], and if it is no vault.
pub async fn check_vault(node: &Node, address: Address) -> Result<()> {
    match check_clone(node, address).await? {
        Some(Kind::Vault) => Ok(()),
        _ => Err(not_genuine(node, address, "vault", "its code is not that of a vault")),
    }
}

/// As [`check_vault`], for looking at it.
///
/// # Errors
/// If the node does not answer.
pub async fn judge_vault(node: &Node, address: Address) -> Result<Verdict> {
    match check_vault(node, address).await {
        Ok(()) => Ok(Verdict::Genuine),
        Err(error) if exit::Kind::of(&error) == exit::Kind::Check => Ok(Verdict::Forged(sentence(&error))),
        Err(_) if code_of(Program::Vault).is_err() || code_of(Program::Extension).is_err() => {
            Ok(Verdict::Unchecked("the programs have not been built (scripts/build)"))
        }
        Err(error) if error.is::<NoHistory>() => {
            Ok(Verdict::Unchecked("the node has forgotten the time of its creation; ask an archive node"))
        }
        Err(error) => Err(error),
    }
}

/// Where the factory's CREATE2 with salt 0 puts this code (EIP-1014).
fn created_by(kind: Kind, origin: Origin, code: &[u8]) -> Address {
    origin.factory.create2(B256::ZERO, keccak256(kind.init_code(code)))
}

/// The first value of a vault that no factory accepts, in words.
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
        return Some("it says that it was created in the future");
    }
    // The word has the queue, too: rewards that nobody has paid could be in it.
    if vault.first_sale != first_queue(price, config.deployed_at) {
        return Some("its storage began with more than the first sale, such as rewards that nobody has paid");
    }
    rejected_auction(config.target_period.into(), price, config.smoothing)
}

/// What is wrong with a vault's tokens, in words: a factory looks at them when it creates the vault. It writes the asset's decimals,
/// or 18 where the asset does not answer.
async fn rejected_tokens(node: &Node, config: &VaultConfig) -> Result<Option<&'static str>> {
    for token in [config.asset, config.reward, config.yield_token] {
        if !node.has_code(token).await? {
            return Ok(Some("one of its tokens has no code"));
        }
    }
    let told = node.reader(config.asset).ask(IERC20::decimalsCall {}).await;
    let differ =
        told.as_ref().is_ok_and(|decimals| ![*decimals, DEFAULT_DECIMALS].contains(&config.decimals));
    answers(told)?;
    Ok(differ.then_some("its shares have other decimals than its asset"))
}

/// The first value of a pair that no factory accepts, in words.
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

/// Checks that the code at `part_address`, which `contract` is or runs, is this build's of `part`.
async fn check_part(
    node: &Node,
    contract: Address,
    what: &str,
    (part, part_address): (Part, Address),
) -> Result<()> {
    let found = keccak256(node.provider.get_code_at(part_address).await?);
    let expected = keccak256(part.code()?);
    if found == expected {
        return Ok(());
    }
    let part = part.words();
    let whose = if contract == part_address { "its code".into() } else { format!("the code of its {part}") };
    let why = format!(
        "{whose} at {part_address} has the hash {found}, and the {part} of this build has {expected}: build the \
         release that it was deployed from, or do not use it"
    );
    Err(not_genuine(node, contract, what, &why))
}

/// Time of the latest block, in Unix seconds.
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
            let told = rejected(changed, first_sale).unwrap();
            assert!(told.contains(word), "{word}: {told}");
        }
        // One base unit in the queue.
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
