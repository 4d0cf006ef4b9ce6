//! Orders: each contract that is to be made, with what it is made with, and the transaction that makes it.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, aliases::U192},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolCall, SolEvent},
};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use weir_bindings::{
    IFactory::{PairCreated, VaultCreated, createPairCall},
    Program,
    deploy::{self, VaultSettings},
};

use crate::{deployments::Kind, exit::Failure};

/// The name of an entry in the record: `vault.savings`.
pub fn key(kind: Kind, name: &str) -> String {
    let kind = match kind {
        Kind::Token => "token",
        Kind::Template => "template",
        Kind::Factory => "factory",
        Kind::Router => "router",
        Kind::Vault => "vault",
        Kind::Pair => "pair",
    };
    if name.is_empty() { kind.to_owned() } else { format!("{kind}.{name}") }
}

/// An account that an order refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is on the chain.
    Known(Address),
    /// It is made by another order, of this key.
    Made(String),
}

/// Where what other orders make is, or will be.
pub trait Places {
    /// The address of the contract with this key, if it is known.
    fn made(&self, key: &str) -> Option<Address>;

    /// Where `place` is.
    ///
    /// # Errors
    /// If it has not been made.
    fn find(&self, place: &Place) -> Result<Address> {
        match place {
            Place::Known(address) => Ok(*address),
            Place::Made(key) => self.made(key).ok_or_else(|| {
                Failure::check(format!("{key} is needed and has not been deployed yet")).into()
            }),
        }
    }
}

/// What a vault is made with.
#[derive(Clone, Debug)]
pub struct VaultOrder {
    pub asset: Place,
    pub reward: Place,
    pub yield_token: Place,
    /// Seconds.
    pub epoch_length: u32,
    /// Seconds.
    pub target_period: u32,
    /// Base units of the reward token.
    pub target_price: U256,
    /// A wad below 1e18.
    pub smoothing: u64,
    pub name: String,
    pub symbol: String,
    pub owner: Address,
    pub maker: Maker,
}

/// Who puts a vault on the chain.
#[derive(Clone, Debug)]
pub enum Maker {
    /// A factory, which has the vault's second program.
    Factory(Place),
    /// It is deployed as a program of its own, with this second one.
    Itself { extension: Place },
}

impl Maker {
    /// The factory, if there is one.
    pub fn factory(&self) -> Option<&Place> {
        match self {
            Self::Factory(factory) => Some(factory),
            Self::Itself { .. } => None,
        }
    }

    /// The second program, if the order names it.
    pub fn extension(&self) -> Option<&Place> {
        match self {
            Self::Factory(_) => None,
            Self::Itself { extension } => Some(extension),
        }
    }
}

/// What a pair is made with.
#[derive(Clone, Debug)]
pub struct PairOrder {
    pub factory: Place,
    pub source: Place,
    pub token_in: Place,
    pub token_out: Place,
    /// Seconds.
    pub target_period: u64,
    /// Base units of `token_in`.
    pub target_price: U192,
    /// A wad below 1e18.
    pub smoothing: u64,
}

/// What a test token is made with.
#[derive(Clone, Debug)]
pub struct TokenOrder {
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
    /// Base units for whoever pays, once it is there.
    pub mint: U256,
}

/// One contract to make.
#[derive(Clone, Debug)]
pub enum Order {
    Token(TokenOrder),
    /// A program without a constructor, which others are made of or call.
    Template(Program),
    Factory {
        pair_template: Place,
        vault_template: Place,
        vault_extension: Place,
    },
    Router {
        factory: Place,
    },
    Vault(VaultOrder),
    Pair(PairOrder),
}

/// How a contract comes to be.
pub enum Making {
    /// As a program of its own, with the calldata of its constructor.
    Program(Program, Bytes),
    /// By a factory, which is asked with this calldata.
    ByFactory(Address, Bytes),
}

impl Order {
    /// The kind of its entry.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Token(_) => Kind::Token,
            Self::Template(_) => Kind::Template,
            Self::Factory { .. } => Kind::Factory,
            Self::Router { .. } => Kind::Router,
            Self::Vault(_) => Kind::Vault,
            Self::Pair(_) => Kind::Pair,
        }
    }

    /// The program that it puts on the chain itself; `None` if a factory does.
    pub fn program(&self) -> Option<Program> {
        match self {
            Self::Token(_) => Some(Program::Token),
            Self::Template(program) => Some(*program),
            Self::Factory { .. } => Some(Program::Factory),
            Self::Router { .. } => Some(Program::Router),
            Self::Vault(vault) => vault.maker.factory().is_none().then_some(Program::Vault),
            Self::Pair(_) => None,
        }
    }

    /// What it is, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Token(token) => {
                format!("test token {} ({}), {} decimals", token.name, token.symbol, token.decimals)
            }
            Self::Template(program) => format!("program {}, without a constructor", program.name()),
            Self::Factory { .. } => "factory of pairs and vaults".into(),
            Self::Router { .. } => "router for the factory's pairs".into(),
            Self::Vault(vault) => {
                let by = if vault.maker.factory().is_some() { ", by the factory" } else { "" };
                format!("vault {} ({}){by}", vault.name, vault.symbol)
            }
            Self::Pair(_) => "pair, by the factory".into(),
        }
    }

    /// What it is made with, as the record keeps it.
    ///
    /// # Errors
    /// If something that it refers to has not been made.
    pub fn arguments(&self, places: &impl Places) -> Result<Map<String, Value>> {
        let at = |place| places.find(place);
        let arguments = match self {
            Self::Token(token) => json!({
                "name": token.name, "symbol": token.symbol, "decimals": token.decimals,
                "mint": token.mint.to_string(),
            }),
            Self::Template(program) => json!({ "program": program.name() }),
            Self::Factory { pair_template, vault_template, vault_extension } => json!({
                "pair_template": at(pair_template)?,
                "vault_template": at(vault_template)?,
                "vault_extension": at(vault_extension)?,
            }),
            Self::Router { factory } => json!({ "factory": at(factory)? }),
            Self::Vault(vault) => json!({
                "asset": at(&vault.asset)?,
                "reward": at(&vault.reward)?,
                "yield_token": at(&vault.yield_token)?,
                "epoch_length": vault.epoch_length,
                "target_period": vault.target_period,
                "target_price": vault.target_price.to_string(),
                "smoothing": vault.smoothing,
                "name": vault.name,
                "symbol": vault.symbol,
                "owner": vault.owner,
                "factory": vault.maker.factory().map(at).transpose()?,
                "extension": vault.maker.extension().map(at).transpose()?,
            }),
            Self::Pair(pair) => json!({
                "factory": at(&pair.factory)?,
                "source": at(&pair.source)?,
                "token_in": at(&pair.token_in)?,
                "token_out": at(&pair.token_out)?,
                "target_period": pair.target_period,
                "target_price": pair.target_price.to_string(),
                "smoothing": pair.smoothing,
            }),
        };
        match arguments {
            Value::Object(arguments) => Ok(arguments),
            _ => Ok(Map::new()),
        }
    }

    /// How it is made.
    ///
    /// # Errors
    /// If something that it refers to has not been made.
    pub fn making(&self, places: &impl Places) -> Result<Making> {
        let at = |place| places.find(place);
        Ok(match self {
            Self::Token(token) => Making::Program(
                Program::Token,
                deploy::token_constructor(&token.name, &token.symbol, token.decimals),
            ),
            Self::Template(program) => Making::Program(*program, Bytes::new()),
            Self::Factory { pair_template, vault_template, vault_extension } => Making::Program(
                Program::Factory,
                deploy::factory_constructor(at(pair_template)?, at(vault_template)?, at(vault_extension)?),
            ),
            Self::Router { factory } => {
                Making::Program(Program::Router, deploy::router_constructor(at(factory)?))
            }
            Self::Vault(vault) => vault.making(places)?,
            Self::Pair(pair) => Making::ByFactory(at(&pair.factory)?, pair.call(places)?.abi_encode().into()),
        })
    }
}

impl VaultOrder {
    fn making(&self, places: &impl Places) -> Result<Making> {
        let settings = self.settings(places)?;
        Ok(match &self.maker {
            Maker::Factory(factory) => Making::ByFactory(places.find(factory)?, settings.abi_encode().into()),
            Maker::Itself { extension } => {
                let constructor = deploy::vault_constructor(places.find(extension)?, &settings);
                Making::Program(Program::Vault, constructor)
            }
        })
    }

    fn settings(&self, places: &impl Places) -> Result<VaultSettings> {
        Ok(VaultSettings {
            asset: places.find(&self.asset)?,
            reward: places.find(&self.reward)?,
            yieldToken: places.find(&self.yield_token)?,
            epochLength: self.epoch_length,
            targetAuctionPeriod: self.target_period,
            targetAuctionPrice: self.target_price,
            smoothingFactor: self.smoothing,
            name: self.name.clone(),
            symbol: self.symbol.clone(),
            owner: self.owner,
        })
    }
}

impl PairOrder {
    fn call(&self, places: &impl Places) -> Result<createPairCall> {
        Ok(createPairCall {
            source: places.find(&self.source)?,
            tokenIn: places.find(&self.token_in)?,
            tokenOut: places.find(&self.token_out)?,
            targetAuctionPeriod: self.target_period,
            targetAuctionPrice: self.target_price,
            smoothingFactor: U256::from(self.smoothing),
        })
    }
}

impl Making {
    /// Its first transaction: all of it, or (a program on a chain without a Stylus deployer) the creation alone.
    ///
    /// # Errors
    /// If the program has not been built.
    pub fn first(&self, way: deploy::Way, data_fee: U256) -> Result<TransactionRequest> {
        Ok(match self {
            Self::Program(program, constructor) => {
                way.first(&deploy::code_of(*program)?, constructor.clone(), data_fee)
            }
            Self::ByFactory(factory, input) => {
                TransactionRequest::default().with_to(*factory).with_input(input.clone())
            }
        })
    }

    /// What that transaction created.
    ///
    /// # Errors
    /// If it created nothing.
    pub fn created(&self, way: deploy::Way, receipt: &TransactionReceipt) -> Result<Address> {
        let factory = match self {
            Self::Program(..) => return way.created(receipt),
            Self::ByFactory(factory, _) => factory,
        };
        let mut logs = receipt.logs().iter().filter(|log| log.address() == *factory);
        logs.find_map(|log| {
            let vault = VaultCreated::decode_log(&log.inner).map(|made| made.data.vault);
            vault.or_else(|_| PairCreated::decode_log(&log.inner).map(|made| made.data.pair)).ok()
        })
        .with_context(|| format!("transaction {} made neither vault nor pair", receipt.transaction_hash))
    }
}
