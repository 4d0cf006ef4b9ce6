//! The plan: the contracts that a config describes, in the order of their deployment.
//! A value that the factory would reject is an error here, with the line of the config.

use alloy::primitives::{Address, U256, aliases::U192};
use anyhow::Result;
use toml::Spanned;
use weir::{
    clones::bounds::{EPOCH_LENGTHS, MAX_SMOOTHING, MAX_TEXT, TARGET_PERIODS},
    math::auction::{MAX_PRICE, MAX_RECORDED_PRICE, MIN_PRICE, WAD, price},
};
use weir_bindings::{Program, fixed::Fixed};
use weir_units::{Seconds, WAD_DECIMALS, exact, parse_address};

use super::{
    config::{self, Auction, Config, ConfigFile},
    spec::{ContractRef, ContractSpec, PairSpec, TokenSpec, VaultSpec, key},
    tokens::{TEST_DECIMALS, Token, Tokens},
};
use crate::{deployments::ContractKind, exit::Failure};

/// One contract to deploy.
#[derive(Clone, Debug)]
pub struct Item {
    /// Key of its entry in the record.
    pub key: String,
    pub spec: ContractSpec,
    /// Its auction, if it has one.
    pub auction: Option<AuctionTerms>,
}

/// The terms of an auction, for people.
#[derive(Clone, Debug)]
pub struct AuctionTerms {
    /// Seconds.
    pub target_period: u64,
    /// Base units of the token paid in.
    pub target_price: U256,
    /// A wad.
    pub smoothing: u64,
    pub sold: String,
    pub paid_in: String,
    /// Decimals of the token paid in.
    pub decimals: u8,
}

/// A permission that a pair needs to sell one of a vault's tokens.
#[derive(Clone, Debug)]
pub struct Permission {
    pub vault: ContractRef,
    /// The vault's owner in the config.
    pub owner: Address,
    pub token: ContractRef,
    pub pair: ContractRef,
    /// Key of the pair's entry.
    pub key: String,
}

/// All contracts and permissions that a config describes.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub items: Vec<Item>,
    pub permissions: Vec<Permission>,
}

impl Plan {
    /// The plan of this config.
    ///
    /// # Errors
    /// If the factory would reject a value, or the config refers to a section that it does not have.
    pub fn of(config: &Config, file: &ConfigFile, tokens: &Tokens) -> Result<Self> {
        let mut plan = Self::default();
        for (name, section) in &config.token {
            plan.token(name, section, file)?;
        }
        let factory = plan.factory(config);
        for (name, section) in &config.vault {
            plan.vault(name, section, &factory, tokens, file)?;
        }
        if config.router.is_some() {
            plan.add(key(ContractKind::Router, ""), ContractSpec::Router { factory: factory.clone() }, None);
        }
        for (name, section) in &config.pair {
            plan.pair(name, section, &factory, tokens, file)?;
        }
        if plan.items.is_empty() {
            return Err(file
                .usage_error(0..0, "the config is empty: add a [vault.NAME], as in examples/")
                .into());
        }
        Ok(plan)
    }

    fn add(&mut self, key: String, spec: ContractSpec, auction: Option<AuctionTerms>) {
        self.items.push(Item { key, spec, auction });
    }

    fn token(&mut self, name: &str, section: &Spanned<config::Token>, file: &ConfigFile) -> Result<()> {
        let token = section.get_ref();
        if !token.test {
            return Ok(());
        }
        let decimals = token.decimals.unwrap_or(TEST_DECIMALS);
        let mint = match &token.mint {
            Some(amount) => amount.get_ref().base_units(decimals).map_err(|what| {
                file.usage_error(amount.span(), &format!("the amount to mint is invalid: {what}"))
            })?,
            None => U256::ZERO,
        };
        let spec = TokenSpec {
            name: token.name.clone().unwrap_or_default(),
            symbol: token.symbol.clone().unwrap_or_default(),
            decimals,
            mint,
        };
        self.add(key(ContractKind::Token, name), ContractSpec::Token(spec), None);
        Ok(())
    }

    /// Adds a contract that clones run.
    fn template(&mut self, fixed: Fixed) -> ContractRef {
        let key = key(ContractKind::Template, fixed.name());
        self.add(key.clone(), ContractSpec::Template(fixed), None);
        ContractRef::Planned(key)
    }

    /// The factory of the vaults and pairs: the one that the config names by address, or a new one with its programs.
    fn factory(&mut self, config: &Config) -> ContractRef {
        if let Some(address) = config.factory.as_ref().and_then(|section| section.get_ref().address) {
            return ContractRef::Existing(address);
        }
        let contract = ContractRef::Planned(key(ContractKind::Factory, ""));
        let is_needed = config.factory.is_some()
            || config.router.is_some()
            || !config.vault.is_empty()
            || !config.pair.is_empty();
        if is_needed {
            let pair_template = self.template(Fixed::Program(Program::Pair));
            let vault_template = self.template(Fixed::Program(Program::Vault));
            let vault_extension = self.template(Fixed::Program(Program::Extension));
            let vault_lifeboat = self.template(Fixed::Lifeboat);
            let spec =
                ContractSpec::Factory { pair_template, vault_template, vault_extension, vault_lifeboat };
            self.add(key(ContractKind::Factory, ""), spec, None);
        }
        contract
    }

    fn vault(
        &mut self,
        name: &str,
        section: &Spanned<config::Vault>,
        factory: &ContractRef,
        tokens: &Tokens,
        file: &ConfigFile,
    ) -> Result<()> {
        let vault = section.get_ref();
        for (what, text) in [("name", &vault.name), ("symbol", &vault.symbol)] {
            if text.len() > MAX_TEXT {
                let what =
                    format!("a vault's {what} has at most {MAX_TEXT} bytes, not {}: shorten it", text.len());
                return Err(file.usage_error(section.span(), &what).into());
            }
        }
        let token = |reference| tokens.get(reference);
        let (asset, reward, sold) = (token(&vault.asset)?, token(&vault.reward)?, token(&vault.yield_token)?);
        if sold.contract == reward.contract {
            let what = "a vault sells its yield token for its reward token: name two different tokens";
            return Err(file.usage_error(vault.yield_token.span(), what).into());
        }
        let terms = auction_terms(&vault.auction, sold, reward, MAX_RECORDED_PRICE, file)?;
        let spec = VaultSpec {
            asset: asset.contract.clone(),
            reward: reward.contract.clone(),
            yield_token: sold.contract.clone(),
            epoch_length: bounded(&vault.epoch_length, EPOCH_LENGTHS.map(u64::from), "an epoch", file)?
                as u32,
            target_period: terms.target_period as u32,
            target_price: terms.target_price,
            smoothing: terms.smoothing,
            name: vault.name.clone(),
            symbol: vault.symbol.clone(),
            owner: vault.owner.unwrap_or(Address::ZERO),
            factory: factory.clone(),
        };
        self.add(key(ContractKind::Vault, name), ContractSpec::Vault(spec), Some(terms));
        Ok(())
    }

    fn pair(
        &mut self,
        name: &str,
        section: &Spanned<config::Pair>,
        factory: &ContractRef,
        tokens: &Tokens,
        file: &ConfigFile,
    ) -> Result<()> {
        let pair = section.get_ref();
        let (paid, sold) = (tokens.get(&pair.token_in)?, tokens.get(&pair.token_out)?);
        if paid.contract == sold.contract {
            let what = "a pair sells token_out for token_in: name two different tokens";
            return Err(file.usage_error(pair.token_out.span(), what).into());
        }
        let key = key(ContractKind::Pair, name);
        let from = self.source_of(pair, paid, sold, &key, file)?;
        let terms = auction_terms(&pair.auction, sold, paid, MAX_PRICE, file)?;
        let spec = PairSpec {
            factory: factory.clone(),
            source: from,
            token_in: paid.contract.clone(),
            token_out: sold.contract.clone(),
            target_period: terms.target_period,
            target_price: U192::saturating_from(terms.target_price),
            smoothing: terms.smoothing,
        };
        self.add(key, ContractSpec::Pair(spec), Some(terms));
        Ok(())
    }

    /// The contract whose balance a pair sells. If it is a vault of this plan, adds the permission that the pair needs.
    fn source_of(
        &mut self,
        pair: &config::Pair,
        paid: &Token,
        sold: &Token,
        key_of_pair: &str,
        file: &ConfigFile,
    ) -> Result<ContractRef> {
        let wrong = |span, what: &str| file.usage_error(span, what);
        if pair.source.get_ref().starts_with("0x") {
            let address = parse_address(pair.source.get_ref());
            return Ok(ContractRef::Existing(address.map_err(|what| wrong(pair.source.span(), &what))?));
        }
        let key = key(ContractKind::Vault, pair.source.get_ref());
        let found = self.items.iter().find_map(|item| match &item.spec {
            ContractSpec::Vault(vault) if item.key == key => Some(vault),
            _ => None,
        });
        let Some(vault) = found else {
            let what = format!("there is no [{key}]: name one of this file's vaults or an address");
            return Err(wrong(pair.source.span(), &what).into());
        };
        if paid.contract != vault.reward {
            let what = "a vault accepts only its reward token: name that token as token_in";
            return Err(wrong(pair.token_in.span(), what).into());
        }
        if sold.contract == vault.yield_token {
            let what = "the vault sells its yield token itself: name another token_out";
            return Err(wrong(pair.token_out.span(), what).into());
        }
        let owner = vault.owner;
        if owner.is_zero() {
            let what = format!(
                "this pair could never sell: only the owner of a vault can let a pair sell its tokens, and [{key}] \
                 has no owner; give it one (owner = \"0x…\"), or leave the pair out"
            );
            return Err(wrong(pair.source.span(), &what).into());
        }
        let vault = ContractRef::Planned(key);
        self.permissions.push(Permission {
            vault: vault.clone(),
            owner,
            token: sold.contract.clone(),
            pair: ContractRef::Planned(key_of_pair.to_owned()),
            key: key_of_pair.to_owned(),
        });
        Ok(vault)
    }
}

/// Checks that a duration is within the factory's bounds.
fn bounded(
    duration: &Spanned<Seconds>,
    [min, max]: [u64; 2],
    what: &str,
    file: &ConfigFile,
) -> Result<u64, Failure> {
    let seconds = duration.get_ref().0;
    if (min..=max).contains(&seconds) {
        return Ok(seconds);
    }
    let [min, max, seconds] = [min, max, seconds].map(Seconds);
    Err(file.usage_error(duration.span(), &format!("{what} lasts from {min} to {max}, not {seconds}")))
}

/// Smoothing if the config does not set it. With less, a long gap without yield lowers the price for good
/// (docs/auction.md).
pub const DEFAULT_SMOOTHING: u64 = WAD / 10 * 9;

/// The auction that a config describes. `highest` is the highest first price that the factory accepts.
fn auction_terms(
    auction: &Auction,
    sold: &Token,
    paid: &Token,
    highest: U256,
    file: &ConfigFile,
) -> Result<AuctionTerms, Failure> {
    let symbol = &paid.symbol;
    let target_period = bounded(&auction.target_period, TARGET_PERIODS, "a target period", file)?;
    let wrong_price = |what: String| file.usage_error(auction.target_price.span(), &what);
    let target_price = auction
        .target_price
        .get_ref()
        .base_units(paid.decimals)
        .map_err(|what| wrong_price(format!("the price in {symbol} is invalid: {what}")))?;
    if target_price < MIN_PRICE || target_price > highest {
        let [least, most, price] =
            [MIN_PRICE, highest, target_price].map(|amount| exact(amount, paid.decimals));
        return Err(wrong_price(format!("a price is from {least} {symbol} to {most} {symbol}, not {price}")));
    }
    let smoothing = match &auction.smoothing {
        None => DEFAULT_SMOOTHING,
        Some(part) => {
            let wad = part.get_ref().base_units(WAD_DECIMALS).ok().and_then(|wad| u64::try_from(wad).ok());
            wad.filter(|wad| *wad <= MAX_SMOOTHING).ok_or_else(|| {
                file.usage_error(part.span(), "smoothing is from 0 to 0.99, with at most 18 digits")
            })?
        }
    };
    Ok(AuctionTerms {
        target_period,
        target_price,
        smoothing,
        sold: sold.symbol.clone(),
        paid_in: symbol.clone(),
        decimals: paid.decimals,
    })
}

impl AuctionTerms {
    /// The price of the first lot this many target periods after the deployment, if there is no sale before.
    pub fn price_after(&self, periods: u64) -> U256 {
        price(self.target_period, self.target_price, self.target_period.saturating_mul(periods))
    }
}
