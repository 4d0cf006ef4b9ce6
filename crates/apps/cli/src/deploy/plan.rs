//! The plan: the contracts that a config describes, in the order in which they can be deployed. What the factory would reject
//! is an error here, with its line.

use alloy::primitives::{Address, U256, aliases::U192};
use anyhow::Result;
use toml::Spanned;
use weir::{
    clones::bounds::{EPOCH_LENGTHS, MAX_SMOOTHING, MAX_TEXT, TARGET_PERIODS},
    math::auction::{MAX_PRICE, MAX_RECORDED_PRICE, MIN_PRICE, WAD, price},
};
use weir_bindings::Program;
use weir_units::{Seconds, WAD_DECIMALS, exact, parse_address};

use super::{
    config::{self, Auction, Config, Source},
    order::{Order, PairOrder, Place, TokenOrder, VaultOrder, key},
    tokens::{TEST_DECIMALS, Token, Tokens},
};
use crate::{deployments::Kind, exit::Failure};

/// One contract to deploy, with the key of its entry in the record.
#[derive(Clone, Debug)]
pub struct Item {
    pub key: String,
    pub order: Order,
    /// Its auction, if it has one.
    pub sale: Option<Sale>,
}

/// An auction, for people.
#[derive(Clone, Debug)]
pub struct Sale {
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

/// A vault that has to permit a pair to sell one of its tokens.
#[derive(Clone, Debug)]
pub struct Permission {
    pub vault: Place,
    /// The vault's first owner.
    pub owner: Address,
    pub token: Place,
    pub pair: Place,
    /// Key of the pair's entry.
    pub key: String,
}

/// All that a config describes.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    pub items: Vec<Item>,
    pub permissions: Vec<Permission>,
}

impl Plan {
    /// The plan of this config.
    ///
    /// # Errors
    /// If the factory would reject a value, or the config names something that it does not define: with the line.
    pub fn of(config: &Config, source: &Source, tokens: &Tokens) -> Result<Self> {
        let mut plan = Self::default();
        for (name, section) in &config.token {
            plan.token(name, section, source)?;
        }
        let factory = plan.factory(config);
        for (name, section) in &config.vault {
            plan.vault(name, section, &factory, tokens, source)?;
        }
        if config.router.is_some() {
            plan.add(key(Kind::Router, ""), Order::Router { factory: factory.clone() }, None);
        }
        for (name, section) in &config.pair {
            plan.pair(name, section, &factory, tokens, source)?;
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

    /// Adds a program without a constructor, which clones run.
    fn template(&mut self, program: Program) -> Place {
        let key = key(Kind::Template, program.name());
        self.add(key.clone(), Order::Template(program), None);
        Place::Made(key)
    }

    /// The factory that creates the vaults and pairs: the one that the config names by address, or a new one with its programs.
    fn factory(&mut self, config: &Config) -> Place {
        if let Some(address) = config.factory.as_ref().and_then(|section| section.get_ref().address) {
            return Place::Known(address);
        }
        let place = Place::Made(key(Kind::Factory, ""));
        let is_needed = config.factory.is_some()
            || config.router.is_some()
            || !config.vault.is_empty()
            || !config.pair.is_empty();
        if is_needed {
            let pair_template = self.template(Program::Pair);
            let vault_template = self.template(Program::Vault);
            let vault_extension = self.template(Program::Extension);
            let vault_lifeboat = Place::Made(key(Kind::Template, "lifeboat"));
            self.add(key(Kind::Template, "lifeboat"), Order::Lifeboat, None);
            let order = Order::Factory { pair_template, vault_template, vault_extension, vault_lifeboat };
            self.add(key(Kind::Factory, ""), order, None);
        }
        place
    }

    fn vault(
        &mut self,
        name: &str,
        section: &Spanned<config::Vault>,
        factory: &Place,
        tokens: &Tokens,
        source: &Source,
    ) -> Result<()> {
        let vault = section.get_ref();
        for (what, text) in [("name", &vault.name), ("symbol", &vault.symbol)] {
            if text.len() > MAX_TEXT {
                let what = format!("a vault's {what} has at most {MAX_TEXT} bytes, not {}", text.len());
                return Err(source.wrong(section.span(), &what).into());
            }
        }
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
            epoch_length: bounded(&vault.epoch_length, EPOCH_LENGTHS.map(u64::from), "an epoch", source)?
                as u32,
            target_period: sale.target_period as u32,
            target_price: sale.target_price,
            smoothing: sale.smoothing,
            name: vault.name.clone(),
            symbol: vault.symbol.clone(),
            owner: vault.owner.unwrap_or(Address::ZERO),
            factory: factory.clone(),
        };
        self.add(key(Kind::Vault, name), Order::Vault(order), Some(sale));
        Ok(())
    }

    fn pair(
        &mut self,
        name: &str,
        section: &Spanned<config::Pair>,
        factory: &Place,
        tokens: &Tokens,
        source: &Source,
    ) -> Result<()> {
        let pair = section.get_ref();
        let (paid, sold) = (tokens.get(&pair.token_in)?, tokens.get(&pair.token_out)?);
        if paid.place == sold.place {
            let what = "a pair sells one token for another: token_in and token_out are the same";
            return Err(source.wrong(pair.token_out.span(), what).into());
        }
        let key = key(Kind::Pair, name);
        let from = self.source_of(pair, paid, sold, &key, source)?;
        let sale = sale(&pair.auction, sold, paid, MAX_PRICE, source)?;
        let order = PairOrder {
            factory: factory.clone(),
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

    /// Whose balance a pair sells. If it is a vault of this plan, adds the permission that the pair needs.
    fn source_of(
        &mut self,
        pair: &config::Pair,
        paid: &Token,
        sold: &Token,
        key_of_pair: &str,
        source: &Source,
    ) -> Result<Place> {
        let wrong = |span, what: &str| source.wrong(span, what);
        if pair.source.get_ref().starts_with("0x") {
            let address = parse_address(pair.source.get_ref());
            return Ok(Place::Known(address.map_err(|what| wrong(pair.source.span(), &what))?));
        }
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
            let what = "a vault accepts only its reward token: token_in has to be that token";
            return Err(wrong(pair.token_in.span(), what).into());
        }
        if sold.place == vault.yield_token {
            let what = "the vault sells its yield token itself: name another token_out";
            return Err(wrong(pair.token_out.span(), what).into());
        }
        let owner = vault.owner;
        if owner.is_zero() {
            let what = format!(
                "this pair could never sell: only the owner of a vault lets a pair sell its tokens, and [{key}] has no owner; \
                 give it one (owner = \"0x…\"), or leave the pair out"
            );
            return Err(wrong(pair.source.span(), &what).into());
        }
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

/// A duration within the factory's bounds.
fn bounded(
    duration: &Spanned<Seconds>,
    [min, max]: [u64; 2],
    what: &str,
    source: &Source,
) -> Result<u64, Failure> {
    let seconds = duration.get_ref().0;
    if (min..=max).contains(&seconds) {
        return Ok(seconds);
    }
    let [min, max, seconds] = [min, max, seconds].map(Seconds);
    Err(source.wrong(duration.span(), &format!("{what} lasts from {min} to {max}, not {seconds}")))
}

/// Smoothing where the config does not set it: with less, every gap without yield lowers the price for good
/// (docs/auction.md).
pub const DEFAULT_SMOOTHING: u64 = WAD / 10 * 9;

/// The auction that a config describes; `highest` is the highest first price that the factory accepts.
fn sale(
    auction: &Auction,
    sold: &Token,
    paid: &Token,
    highest: U256,
    source: &Source,
) -> Result<Sale, Failure> {
    let symbol = &paid.symbol;
    let target_period = bounded(&auction.target_period, TARGET_PERIODS, "a target period", source)?;
    let wrong_price = |what: String| source.wrong(auction.target_price.span(), &what);
    let target_price = auction
        .target_price
        .get_ref()
        .base_units(paid.decimals)
        .map_err(|what| wrong_price(format!("the price in {symbol} is wrong: {what}")))?;
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
                source.wrong(part.span(), "smoothing is from 0 to 0.99, with at most 18 digits")
            })?
        }
    };
    Ok(Sale {
        target_period,
        target_price,
        smoothing,
        sold: sold.symbol.clone(),
        paid_in: symbol.clone(),
        decimals: paid.decimals,
    })
}

impl Sale {
    /// The price of the first lot this many target periods after the deployment, if nobody buys before.
    pub fn price_after(&self, periods: u64) -> U256 {
        price(self.target_period, self.target_price, self.target_period.saturating_mul(periods))
    }
}
