//! The contracts to deploy: the arguments of each, and the transaction that creates it.
//! A spec may refer to contracts that do not exist yet, by their key in the record.

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
    deploy::{self, Templates, VaultSettings, code_of},
    fixed::Fixed,
};

use crate::{deployments::ContractKind, exit::Failure};

/// The key of an entry in the record: `vault.savings`.
pub fn key(kind: ContractKind, name: &str) -> String {
    let kind = match kind {
        ContractKind::Token => "token",
        ContractKind::Template => "template",
        ContractKind::Factory => "factory",
        ContractKind::Router => "router",
        ContractKind::Vault => "vault",
        ContractKind::Pair => "pair",
    };
    if name.is_empty() { kind.to_owned() } else { format!("{kind}.{name}") }
}

/// A contract that a spec refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractRef {
    /// A contract at this address.
    Existing(Address),
    /// The contract of the plan with this key.
    Planned(String),
}

/// Finds the addresses of planned contracts.
pub trait Addresses {
    /// The address of the contract with this key, if it is known.
    fn address_of(&self, key: &str) -> Option<Address>;

    /// The address of `contract`.
    ///
    /// # Errors
    /// If it has not been deployed.
    fn resolve(&self, contract: &ContractRef) -> Result<Address> {
        match contract {
            ContractRef::Existing(address) => Ok(*address),
            ContractRef::Planned(key) => self.address_of(key).ok_or_else(|| {
                Failure::check(format!("{key} has not been deployed yet: run weir deploy again")).into()
            }),
        }
    }
}

/// A vault to create.
#[derive(Clone, Debug)]
pub struct VaultSpec {
    pub asset: ContractRef,
    pub reward: ContractRef,
    pub yield_token: ContractRef,
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
    pub factory: ContractRef,
}

/// A standalone pair to create.
#[derive(Clone, Debug)]
pub struct PairSpec {
    pub factory: ContractRef,
    pub source: ContractRef,
    pub token_in: ContractRef,
    pub token_out: ContractRef,
    /// Seconds.
    pub target_period: u64,
    /// Base units of `token_in`.
    pub target_price: U192,
    /// A wad, at most 0.99e18.
    pub smoothing: u64,
}

/// A test token to create.
#[derive(Clone, Debug)]
pub struct TokenSpec {
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
    /// Base units to mint for the payer after the deployment.
    pub mint: U256,
}

/// One contract to deploy.
#[derive(Clone, Debug)]
pub enum ContractSpec {
    Token(TokenSpec),
    /// A contract that clones run. Its address follows from its code, so it may be on the chain already.
    Template(Fixed),
    Factory {
        pair_template: ContractRef,
        vault_template: ContractRef,
        vault_extension: ContractRef,
        vault_lifeboat: ContractRef,
    },
    Router {
        factory: ContractRef,
    },
    Vault(VaultSpec),
    Pair(PairSpec),
}

/// How a contract is created.
pub enum Creation {
    /// As a program with this calldata of its constructor.
    Program(Program, Bytes),
    /// At its fixed address.
    Fixed(Fixed),
    /// By a call of this factory with this calldata.
    ByFactory(Address, Bytes),
}

impl ContractSpec {
    /// The kind of its entry.
    pub fn kind(&self) -> ContractKind {
        match self {
            Self::Token(_) => ContractKind::Token,
            Self::Template(_) => ContractKind::Template,
            Self::Factory { .. } => ContractKind::Factory,
            Self::Router { .. } => ContractKind::Router,
            Self::Vault(_) => ContractKind::Vault,
            Self::Pair(_) => ContractKind::Pair,
        }
    }

    /// The program that it is; `None` for clones, which a factory creates, and for the lifeboat, an EVM contract.
    pub fn program(&self) -> Option<Program> {
        match self {
            Self::Token(_) => Some(Program::Token),
            Self::Template(Fixed::Program(program)) => Some(*program),
            Self::Factory { .. } => Some(Program::Factory),
            Self::Router { .. } => Some(Program::Router),
            Self::Template(Fixed::Lifeboat) | Self::Vault(_) | Self::Pair(_) => None,
        }
    }

    /// Its code in this build; `None` for clones, whose code contains their configuration.
    ///
    /// # Errors
    /// If its program has not been built.
    pub fn code(&self) -> Result<Option<Vec<u8>>> {
        match (self, self.program()) {
            (Self::Template(fixed), _) => fixed.code().map(Some),
            (_, Some(program)) => code_of(program).map(Some),
            (_, None) => Ok(None),
        }
    }

    /// A description for people.
    pub fn words(&self) -> String {
        match self {
            Self::Token(token) => {
                format!("test token {} ({}), {} decimals", token.name, token.symbol, token.decimals)
            }
            Self::Template(Fixed::Program(Program::Pair)) => "program that pairs run".into(),
            Self::Template(Fixed::Program(Program::Vault)) => "program that vaults run".into(),
            Self::Template(Fixed::Program(program)) => format!("program {} that vaults run", program.name()),
            Self::Template(Fixed::Lifeboat) => "lifeboat that vaults run if their program cannot run".into(),
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

    /// Its arguments as the record stores them.
    ///
    /// # Errors
    /// If a contract that it refers to has not been deployed.
    pub fn arguments(&self, addresses: &impl Addresses) -> Result<Map<String, Value>> {
        let at = |contract| addresses.resolve(contract);
        let arguments = match self {
            Self::Token(token) => json!({
                "name": token.name, "symbol": token.symbol, "decimals": token.decimals,
                "mint": token.mint.to_string(),
            }),
            Self::Template(Fixed::Program(program)) => json!({ "program": program.name() }),
            Self::Template(Fixed::Lifeboat) => json!({}),
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
    /// If a contract that it refers to has not been deployed.
    pub fn creation(&self, addresses: &impl Addresses) -> Result<Creation> {
        let at = |contract| addresses.resolve(contract);
        Ok(match self {
            Self::Token(token) => Creation::Program(
                Program::Token,
                deploy::token_constructor(&token.name, &token.symbol, token.decimals),
            ),
            Self::Template(fixed) => Creation::Fixed(*fixed),
            Self::Factory { pair_template, vault_template, vault_extension, vault_lifeboat } => {
                let clones = Templates {
                    pair: at(pair_template)?,
                    vault: at(vault_template)?,
                    extension: at(vault_extension)?,
                    lifeboat: at(vault_lifeboat)?,
                };
                Creation::Program(Program::Factory, deploy::factory_constructor(clones))
            }
            Self::Router { factory } => {
                Creation::Program(Program::Router, deploy::router_constructor(at(factory)?))
            }
            Self::Vault(vault) => {
                Creation::ByFactory(at(&vault.factory)?, vault.settings(addresses)?.abi_encode().into())
            }
            Self::Pair(pair) => {
                Creation::ByFactory(at(&pair.factory)?, pair.call(addresses)?.abi_encode().into())
            }
        })
    }
}

impl VaultSpec {
    fn settings(&self, addresses: &impl Addresses) -> Result<VaultSettings> {
        Ok(VaultSettings {
            asset: addresses.resolve(&self.asset)?,
            reward: addresses.resolve(&self.reward)?,
            yieldToken: addresses.resolve(&self.yield_token)?,
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

impl PairSpec {
    fn call(&self, addresses: &impl Addresses) -> Result<createPairCall> {
        Ok(createPairCall {
            source: addresses.resolve(&self.source)?,
            tokenIn: addresses.resolve(&self.token_in)?,
            tokenOut: addresses.resolve(&self.token_out)?,
            targetAuctionPeriod: self.target_period,
            targetAuctionPrice: self.target_price,
            smoothingFactor: U256::from(self.smoothing),
        })
    }
}

impl Creation {
    /// The first transaction: the whole deployment, or only the creation of a program on a chain without a Stylus
    /// deployer.
    ///
    /// # Errors
    /// If the program has not been built.
    pub fn first_transaction(&self, method: deploy::Method, data_fee: U256) -> Result<TransactionRequest> {
        Ok(match self {
            Self::Program(program, constructor) => {
                method.first(&code_of(*program)?, constructor.clone(), data_fee)
            }
            Self::Fixed(fixed) => fixed.creation()?,
            Self::ByFactory(factory, input) => {
                TransactionRequest::default().with_to(*factory).with_input(input.clone())
            }
        })
    }

    /// The address of the contract that the first transaction created.
    ///
    /// # Errors
    /// If it created none.
    pub fn created_address(&self, method: deploy::Method, receipt: &TransactionReceipt) -> Result<Address> {
        let factory = match self {
            Self::Program(..) => return method.created(receipt),
            Self::Fixed(fixed) => return fixed.address(),
            Self::ByFactory(factory, _) => factory,
        };
        let mut logs = receipt.logs().iter().filter(|log| log.address() == *factory);
        logs.find_map(|log| {
            let vault = VaultCreated::decode_log(&log.inner).map(|made| made.data.vault);
            vault.or_else(|_| PairCreated::decode_log(&log.inner).map(|made| made.data.pair)).ok()
        })
        .with_context(|| {
            format!("transaction {} created neither a vault nor a pair", receipt.transaction_hash)
        })
    }
}
