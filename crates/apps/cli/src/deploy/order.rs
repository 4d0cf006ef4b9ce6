//! Orders: each contract to deploy, its arguments, and the transaction that creates it.

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
    deploy::{self, Templates, VaultSettings},
};

use crate::{deployments::Kind, exit::Failure, genuine::Part};

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
    /// It is at this address.
    Known(Address),
    /// Another order creates it, the one with this key.
    Made(String),
}

/// Addresses of the contracts that orders create.
pub trait Places {
    /// The address of the contract with this key, if it is known.
    fn made(&self, key: &str) -> Option<Address>;

    /// The address of `place`.
    ///
    /// # Errors
    /// If it has not been deployed.
    fn find(&self, place: &Place) -> Result<Address> {
        match place {
            Place::Known(address) => Ok(*address),
            Place::Made(key) => self.made(key).ok_or_else(|| {
                Failure::check(format!("{key} is needed and has not been deployed yet")).into()
            }),
        }
    }
}

/// What a vault is created with.
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
    /// A wad, at most 0.99e18.
    pub smoothing: u64,
    pub name: String,
    pub symbol: String,
    pub owner: Address,
    pub factory: Place,
}

/// What a pair is created with.
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
    /// A wad, at most 0.99e18.
    pub smoothing: u64,
}

/// What a test token is created with.
#[derive(Clone, Debug)]
pub struct TokenOrder {
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
    /// Base units to mint to the payer after the deployment.
    pub mint: U256,
}

/// One contract to deploy.
#[derive(Clone, Debug)]
pub enum Order {
    Token(TokenOrder),
    /// A program without a constructor, which clones run.
    Template(Program),
    /// What vaults run while their program cannot run.
    Lifeboat,
    Factory {
        pair_template: Place,
        vault_template: Place,
        vault_extension: Place,
        vault_lifeboat: Place,
    },
    Router {
        factory: Place,
    },
    Vault(VaultOrder),
    Pair(PairOrder),
}

/// How a contract is created.
pub enum Making {
    /// As a program, with the calldata of its constructor; empty if it has none.
    Program(Program, Bytes),
    /// As an EVM contract without a constructor: the lifeboat.
    Lifeboat,
    /// By this factory, called with this calldata.
    ByFactory(Address, Bytes),
}

impl Order {
    /// The kind of its entry.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Token(_) => Kind::Token,
            Self::Template(_) | Self::Lifeboat => Kind::Template,
            Self::Factory { .. } => Kind::Factory,
            Self::Router { .. } => Kind::Router,
            Self::Vault(_) => Kind::Vault,
            Self::Pair(_) => Kind::Pair,
        }
    }

    /// What it puts on the chain; `None` if a factory creates a clone.
    pub fn part(&self) -> Option<Part> {
        match self {
            Self::Token(_) => Some(Part::Program(Program::Token)),
            Self::Template(program) => Some(Part::Program(*program)),
            Self::Lifeboat => Some(Part::Lifeboat),
            Self::Factory { .. } => Some(Part::Program(Program::Factory)),
            Self::Router { .. } => Some(Part::Program(Program::Router)),
            Self::Vault(_) | Self::Pair(_) => None,
        }
    }

    /// What it is, for people.
    pub fn words(&self) -> String {
        match self {
            Self::Token(token) => {
                format!("test token {} ({}), {} decimals", token.name, token.symbol, token.decimals)
            }
            Self::Template(Program::Pair) => "program that pairs run".into(),
            Self::Template(Program::Vault) => "program that vaults run".into(),
            Self::Template(program) => format!("program {}, a part of vaults", program.name()),
            Self::Lifeboat => "lifeboat, which vaults run while their program cannot run".into(),
            Self::Factory { .. } => "factory of vaults and pairs".into(),
            Self::Router { .. } => "router for vaults and pairs".into(),
            Self::Vault(vault) => {
                let owner = match vault.owner.is_zero() {
                    true => "without owner".into(),
                    false => format!("owner {}", vault.owner),
                };
                format!("vault {} ({}), {owner}", vault.name, vault.symbol)
            }
            Self::Pair(_) => "standalone pair".into(),
        }
    }

    /// Its arguments, as the record keeps them.
    ///
    /// # Errors
    /// If something that it refers to has not been deployed.
    pub fn arguments(&self, places: &impl Places) -> Result<Map<String, Value>> {
        let at = |place| places.find(place);
        let arguments = match self {
            Self::Token(token) => json!({
                "name": token.name, "symbol": token.symbol, "decimals": token.decimals,
                "mint": token.mint.to_string(),
            }),
            Self::Template(program) => json!({ "program": program.name() }),
            Self::Lifeboat => json!({}),
            Self::Factory { pair_template, vault_template, vault_extension, vault_lifeboat } => json!({
                "pair_template": at(pair_template)?,
                "vault_template": at(vault_template)?,
                "vault_extension": at(vault_extension)?,
                "vault_lifeboat": at(vault_lifeboat)?,
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
                "factory": at(&vault.factory)?,
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

    /// How it is created.
    ///
    /// # Errors
    /// If something that it refers to has not been deployed.
    pub fn making(&self, places: &impl Places) -> Result<Making> {
        let at = |place| places.find(place);
        Ok(match self {
            Self::Token(token) => Making::Program(
                Program::Token,
                deploy::token_constructor(&token.name, &token.symbol, token.decimals),
            ),
            Self::Template(program) => Making::Program(*program, Bytes::new()),
            Self::Lifeboat => Making::Lifeboat,
            Self::Factory { pair_template, vault_template, vault_extension, vault_lifeboat } => {
                let clones = Templates {
                    pair: at(pair_template)?,
                    vault: at(vault_template)?,
                    extension: at(vault_extension)?,
                    lifeboat: at(vault_lifeboat)?,
                };
                Making::Program(Program::Factory, deploy::factory_constructor(clones))
            }
            Self::Router { factory } => {
                Making::Program(Program::Router, deploy::router_constructor(at(factory)?))
            }
            Self::Vault(vault) => {
                Making::ByFactory(at(&vault.factory)?, vault.settings(places)?.abi_encode().into())
            }
            Self::Pair(pair) => Making::ByFactory(at(&pair.factory)?, pair.call(places)?.abi_encode().into()),
        })
    }
}

impl VaultOrder {
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
    /// Its first transaction: all of it, or the creation alone for a program on a chain without a Stylus deployer.
    ///
    /// # Errors
    /// If the program has not been built.
    pub fn first(&self, way: deploy::Way, data_fee: U256) -> Result<TransactionRequest> {
        Ok(match self {
            Self::Program(program, constructor) => {
                way.first(&deploy::code_of(*program)?, constructor.clone(), data_fee)
            }
            Self::Lifeboat => deploy::lifeboat_creation(),
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
            Self::Lifeboat => return receipt.contract_address.context("no lifeboat was created"),
            Self::ByFactory(factory, _) => factory,
        };
        let mut logs = receipt.logs().iter().filter(|log| log.address() == *factory);
        logs.find_map(|log| {
            let vault = VaultCreated::decode_log(&log.inner).map(|made| made.data.vault);
            vault.or_else(|_| PairCreated::decode_log(&log.inner).map(|made| made.data.pair)).ok()
        })
        .with_context(|| format!("transaction {} created neither vault nor pair", receipt.transaction_hash))
    }
}
