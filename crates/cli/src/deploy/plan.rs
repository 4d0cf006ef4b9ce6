//! The plan: the orders that a config comes to, in the order in which they can be made. Whatever a constructor would
//! refuse is refused here, with its line.

use std::ops::Range;

use alloy::primitives::{Address, U256, aliases::U192};
use anyhow::Result;
use toml::Spanned;
use weir::math::auction::{MAX_PRICE, MAX_RECORDED_PRICE, WAD, price};
use weir_bindings::Program;

use super::{
    config::{self, Auction, Config, Source},
    order::{Maker, Order, PairOrder, Place, TokenOrder, VaultOrder, key},
    tokens::{TEST_DECIMALS, Token, Tokens},
};
use crate::{amount::WAD_DECIMALS, deployments::Kind, duration::Seconds, exit::Failure};

/// One contract to be made, under the name of its entry.
#[derive(Clone, Debug)]
pub struct Item {
    pub key: String,
    pub order: Order,
    /// How it sells, if it does.
    pub sale: Option<Sale>,
}

/// How something is sold, for people.
#[derive(Clone, Debug)]
pub struct Sale {
    /// Seconds.
    pub target_period: u64,
    /// Base units of what is paid in.
    pub target_price: U256,
    /// A wad.
    pub smoothing: u64,
    pub sold: String,
    pub paid_in: String,
    /// Decimals of what is paid in.
    pub decimals: u8,
}

/// A vault that has to let a pair sell one of its tokens.
#[derive(Clone, Debug)]
pub struct Permission {
    pub vault: Place,
    /// Who owns the vault from the start.
    pub owner: Address,
    pub token: Place,
    pub pair: Place,
    /// Key of the pair's entry.
    pub key: String,
}

/// All that a config wants.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub items: Vec<Item>,
    pub permissions: Vec<Permission>,
}

impl Plan {
    /// What this config comes to.
    ///
    /// # Errors
    /// If a contract would refuse what it is to be made with, or something that is named is not there: with the line.
    pub fn of(config: &Config, source: &Source, tokens: &Tokens) -> Result<Self> {
        let mut plan = Self::default();
        for (name, section) in &config.token {
            plan.token(name, section, source)?;
        }
        plan.factory(config);
        let factory = Factory { place: place_of_factory(config), source };
        for (name, section) in &config.vault {
            plan.vault(name, section, &factory, tokens)?;
        }
        if let Some(router) = &config.router {
            let order = Order::Router { factory: factory.place(router.span(), "the router")? };
            plan.add(key(Kind::Router, ""), order, None);
        }
        for (name, section) in &config.pair {
            plan.pair(name, section, &factory, tokens)?;
        }
        if plan.items.is_empty() {
            return Err(source.wrong(0..0, "it describes nothing: add a [vault.NAME], see examples/").into());
        }
        Ok(plan)
    }

    fn add(&mut self, key: String, order: Order, sale: Option<Sale>) {
        self.items.push(Item { key, order, sale });
    }

    fn token(&mut self, name: &str, section: &Spanned<config::Token>, source: &Source) -> Result<()> {
        let token = section.get_ref();
        if !token.test {
            return Ok(());
        }
        let decimals = token.decimals.unwrap_or(TEST_DECIMALS);
        let mint = match &token.mint {
            Some(amount) => amount
                .get_ref()
                .base_units(decimals)
                .map_err(|what| source.wrong(amount.span(), &format!("the amount to mint: {what}")))?,
            None => U256::ZERO,
        };
        let order = TokenOrder {
            name: token.name.clone().unwrap_or_default(),
            symbol: token.symbol.clone().unwrap_or_default(),
            decimals,
            mint,
        };
        self.add(key(Kind::Token, name), Order::Token(order), None);
        Ok(())
    }

    /// A program without a constructor that others are made of or call: deployed once, before them.
    fn template(&mut self, program: Program) -> Place {
        let key = key(Kind::Template, program.name());
        if self.items.iter().all(|item| item.key != key) {
            self.add(key.clone(), Order::Template(program), None);
        }
        Place::Made(key)
    }

    fn factory(&mut self, config: &Config) {
        let is_there = config.factory.as_ref().is_none_or(|section| section.get_ref().address.is_some());
        if is_there {
            return;
        }
        let pair_template = self.template(Program::Pair);
        let vault_template = self.template(Program::Vault);
        let vault_extension = self.template(Program::Extension);
        let order = Order::Factory { pair_template, vault_template, vault_extension };
        self.add(key(Kind::Factory, ""), order, None);
    }

    fn vault(
        &mut self,
        name: &str,
        section: &Spanned<config::Vault>,
        factory: &Factory,
        tokens: &Tokens,
    ) -> Result<()> {
        let (vault, source) = (section.get_ref(), factory.source);
        let token = |reference| tokens.get(reference);
        let (asset, reward, sold) = (token(&vault.asset)?, token(&vault.reward)?, token(&vault.yield_token)?);
        if sold.place == reward.place {
            let what = "the yield token is sold for the reward token: they cannot be the same";
            return Err(source.wrong(vault.yield_token.span(), what).into());
        }
        let sale = sale(&vault.auction, sold, reward, MAX_RECORDED_PRICE, source)?;
        let order = VaultOrder {
            asset: asset.place.clone(),
            reward: reward.place.clone(),
            yield_token: sold.place.clone(),
            epoch_length: short(&vault.epoch_length, "an epoch", source)?,
            target_period: short(&vault.auction.target_period, "a target period", source)?,
            target_price: sale.target_price,
            smoothing: sale.smoothing,
            name: vault.name.clone(),
            symbol: vault.symbol.clone(),
            owner: vault.owner.unwrap_or(Address::ZERO),
            maker: match vault.factory {
                true => Maker::Factory(factory.place(section.span(), "a vault with factory = true")?),
                false => Maker::Itself { extension: self.template(Program::Extension) },
            },
        };
        self.add(key(Kind::Vault, name), Order::Vault(order), Some(sale));
        Ok(())
    }

    fn pair(
        &mut self,
        name: &str,
        section: &Spanned<config::Pair>,
        factory: &Factory,
        tokens: &Tokens,
    ) -> Result<()> {
        let (pair, source) = (section.get_ref(), factory.source);
        let (paid, sold) = (tokens.get(&pair.token_in)?, tokens.get(&pair.token_out)?);
        if paid.place == sold.place {
            let what = "a pair sells one token for another: token_in and token_out are the same";
            return Err(source.wrong(pair.token_out.span(), what).into());
        }
        let key = key(Kind::Pair, name);
        let from = self.source_of(pair, paid, sold, &key, source)?;
        let sale = sale(&pair.auction, sold, paid, MAX_PRICE, source)?;
        let order = PairOrder {
            factory: factory.place(section.span(), "a pair")?,
            source: from,
            token_in: paid.place.clone(),
            token_out: sold.place.clone(),
            target_period: sale.target_period,
            target_price: U192::saturating_from(sale.target_price),
            smoothing: sale.smoothing,
        };
        self.add(key, Order::Pair(order), Some(sale));
        Ok(())
    }

    /// Whose balance a pair sells. A vault of this plan has to let it.
    fn source_of(
        &mut self,
        pair: &config::Pair,
        paid: &Token,
        sold: &Token,
        key_of_pair: &str,
        source: &Source,
    ) -> Result<Place> {
        if let Ok(address) = pair.source.get_ref().parse() {
            return Ok(Place::Known(address));
        }
        let wrong = |span, what: &str| source.wrong(span, what);
        let key = key(Kind::Vault, pair.source.get_ref());
        let found = self.items.iter().find_map(|item| match &item.order {
            Order::Vault(vault) if item.key == key => Some(vault),
            _ => None,
        });
        let Some(vault) = found else {
            let what = format!("there is no [{key}]: name one of this file's vaults or an address");
            return Err(wrong(pair.source.span(), &what).into());
        };
        if paid.place != vault.reward {
            let what = "a vault takes nothing in but its reward token: token_in has to be that";
            return Err(wrong(pair.token_in.span(), what).into());
        }
        if sold.place == vault.yield_token {
            let what = "the vault sells its yield token itself: take another token_out";
            return Err(wrong(pair.token_out.span(), what).into());
        }
        let owner = vault.owner;
        let vault = Place::Made(key);
        self.permissions.push(Permission {
            vault: vault.clone(),
            owner,
            token: sold.place.clone(),
            pair: Place::Made(key_of_pair.to_owned()),
            key: key_of_pair.to_owned(),
        });
        Ok(vault)
    }
}

/// The factory that a config has, if it has one.
struct Factory<'a> {
    place: Option<Place>,
    source: &'a Source,
}

impl Factory<'_> {
    fn place(&self, span: Range<usize>, what: &str) -> Result<Place, Failure> {
        let missing = || {
            self.source.wrong(
                span,
                &format!("{what} needs a [factory]: add one, to be deployed or with its address"),
            )
        };
        self.place.clone().ok_or_else(missing)
    }
}

fn place_of_factory(config: &Config) -> Option<Place> {
    let address = config.factory.as_ref()?.get_ref().address;
    Some(address.map_or_else(|| Place::Made(key(Kind::Factory, "")), Place::Known))
}

/// A duration that the vault keeps in 32 bits; never 0.
fn short(duration: &Spanned<Seconds>, what: &str, source: &Source) -> Result<u32, Failure> {
    let seconds = duration.get_ref().0;
    u32::try_from(seconds).ok().filter(|seconds| *seconds > 0).ok_or_else(|| {
        let limit = Seconds(u32::MAX.into());
        source.wrong(duration.span(), &format!("{what} lasts from 1 second to {limit}, not {seconds} s"))
    })
}

/// `highest` is the highest first price that is taken.
fn sale(
    auction: &Auction,
    sold: &Token,
    paid: &Token,
    highest: U256,
    source: &Source,
) -> Result<Sale, Failure> {
    let symbol = &paid.symbol;
    let period = auction.target_period.get_ref().0;
    if period == 0 {
        return Err(source.wrong(auction.target_period.span(), "a target period is not 0"));
    }
    let wrong_price = |what: String| source.wrong(auction.target_price.span(), &what);
    let target_price = auction
        .target_price
        .get_ref()
        .base_units(paid.decimals)
        .map_err(|what| wrong_price(format!("the price in {symbol} does not fit: {what}")))?;
    if target_price.is_zero() || target_price > highest {
        return Err(wrong_price(format!(
            "a price in {symbol} is above 0 and fits {} bits in base units",
            highest.bit_len()
        )));
    }
    let smoothing = match &auction.smoothing {
        None => 0,
        Some(part) => {
            let wad = part.get_ref().base_units(WAD_DECIMALS).ok().and_then(|wad| u64::try_from(wad).ok());
            wad.filter(|wad| *wad < WAD).ok_or_else(|| {
                source.wrong(part.span(), "smoothing is from 0 to below 1, with 18 digits at most")
            })?
        }
    };
    Ok(Sale {
        target_period: period,
        target_price,
        smoothing,
        sold: sold.symbol.clone(),
        paid_in: symbol.clone(),
        decimals: paid.decimals,
    })
}

impl Sale {
    /// The price of the first lot so many target periods after the deployment, if nobody buys before.
    pub fn price_after(&self, periods: u64) -> U256 {
        price(self.target_period, self.target_price, self.target_period.saturating_mul(periods))
    }
}
