//! Estimates the cost of a plan: the gas of each transaction, and the data fees of activations.
//! The node estimates the gas; where it cannot yet, a figure measured on the devnode is used.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, address, keccak256, map::HashMap},
    providers::Provider,
    rpc::types::{
        TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
};
use anyhow::{Context, Result};
use weir_bindings::{
    Program,
    deploy::{self, Method},
    fixed::{CREATE2_DEPLOYER, CREATE2_DEPLOYER_CODE, CREATE2_DEPLOYER_WEI, Fixed},
};
use weir_client::{GAS_MARGIN_PERCENT, MAX_FEE_FACTOR, Node, NodeError};

use super::{
    look::Found,
    spec::{Addresses, ContractSpec, Creation},
};
use crate::deployments::{Record, State};

/// Least gas of a transaction.
const BASE_GAS: u64 = 21_000;
/// Gas of a transaction in which a factory creates a pair. The node cannot estimate it before the factory exists. Like
/// all figures here it was measured on the devnode, and tests of this crate compare it.
const PAIR_BY_FACTORY_GAS: u64 = 180_177;
/// Gas of a transaction in which a factory creates a vault without name, symbol and owner.
const VAULT_BY_FACTORY_GAS: u64 = 268_705;
/// Additional gas for an owner: a slot and an event.
const OWNER_GAS: u64 = 23_858;
/// Additional gas for each byte of a vault's name and symbol: 200 for the code, the rest for calldata and event.
const BYTE_OF_TEXT_GAS: u64 = 225;
/// Gas of the transaction that mints the first test tokens.
const MINT_GAS: u64 = 78_547;
/// Gas of the transaction that lets a pair sell one of a vault's tokens.
const PERMISSION_GAS: u64 = 88_695;

/// Percent that the payer must hold above the estimate, because prices may rise until the transactions run.
const MARGIN_PERCENT: u64 = 5;

/// Placeholder sender for estimates without a key.
const PLACEHOLDER_SENDER: Address = address!("7272727272727272727272727272727272727272");
/// Placeholder code for contracts that do not exist yet. It returns 18 to every call, such as a token's `decimals`.
const PLACEHOLDER_CODE: [u8; 10] = [0x60, 18, 0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3];

/// The cost of one contract.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub gas: u64,
    /// Wei.
    pub data_fee: U256,
    /// Wei that other accounts need: the sender of the CREATE2 deployer, on a chain without it.
    pub funds: U256,
    /// Whether the contract is on the chain already.
    pub exists: bool,
    /// Whether the gas includes a figure measured on the devnode, because the node cannot estimate it yet.
    pub measured: bool,
}

/// The cost of all contracts.
#[derive(Clone, Debug, Default)]
pub struct Estimate {
    /// The cost of each contract by its key.
    pub costs: BTreeMap<String, Cost>,
    /// Keys in the order of deployment.
    sequence: Vec<String>,
    /// Wei.
    pub gas_price: u128,
}

impl Cost {
    fn wei(&self, gas_price: u128) -> U256 {
        U256::from(self.gas) * U256::from(gas_price) + self.data_fee + self.funds
    }

    /// The balance that the node requires to accept the transaction. It is above the cost.
    fn held(&self, gas_price: u128) -> U256 {
        let gas = U256::from(self.gas) * U256::from(GAS_MARGIN_PERCENT) / U256::from(100);
        let gas = gas * U256::from(gas_price) * U256::from(MAX_FEE_FACTOR);
        gas + deploy::with_margin(self.data_fee) + self.funds
    }
}

impl Estimate {
    /// Total gas.
    pub fn gas(&self) -> u64 {
        self.costs.values().map(|cost| cost.gas).sum()
    }

    /// Total data fees in wei.
    pub fn data_fees(&self) -> U256 {
        self.costs.values().map(|cost| cost.data_fee).sum()
    }

    /// Total cost in wei.
    pub fn wei(&self) -> U256 {
        self.costs.values().map(|cost| cost.wei(self.gas_price)).sum()
    }

    /// The balance that the payer needs, in wei: at each transaction, the cost of those before it and the balance that
    /// the node requires for it.
    pub fn needed(&self) -> U256 {
        let mut spent = U256::ZERO;
        let mut needed = U256::ZERO;
        for cost in self.sequence.iter().filter_map(|key| self.costs.get(key)) {
            needed = needed.max(spent + cost.held(self.gas_price));
            spent += cost.wei(self.gas_price);
        }
        needed + needed * U256::from(MARGIN_PERCENT) / U256::from(100)
    }
}

/// Estimates contracts one by one, each as if those before it were deployed.
pub struct Estimator<'a> {
    node: &'a Node,
    record: &'a Record,
    method: Method,
    payer: Address,
    found: &'a Found,
    /// Programs that earlier contracts activate.
    activated: BTreeSet<&'static str>,
    /// Whether an earlier contract creates the CREATE2 deployer.
    creates_deployer: bool,
    estimate: Estimate,
}

impl<'a> Estimator<'a> {
    /// An estimator for contracts that the record does not have. Without a payer, a placeholder with enough ether pays.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn new(
        node: &'a Node,
        record: &'a Record,
        method: Method,
        found: &'a Found,
        payer: Option<Address>,
    ) -> Result<Self> {
        let estimate = Estimate { gas_price: node.provider.get_gas_price().await?, ..Default::default() };
        let payer = payer.unwrap_or(PLACEHOLDER_SENDER);
        let creates_deployer = false;
        Ok(Self {
            node,
            record,
            method,
            payer,
            found,
            activated: BTreeSet::new(),
            creates_deployer,
            estimate,
        })
    }

    /// Adds the cost of a contract.
    ///
    /// # Errors
    /// If the chain would reject it, a program has not been built, or the node does not answer.
    pub async fn add(&mut self, key: &str, spec: &ContractSpec) -> Result<()> {
        let cost = match spec.creation(self)? {
            Creation::Program(program, constructor) => self.program(program, constructor).await,
            Creation::Fixed(fixed) => self.fixed(fixed).await,
            Creation::ByFactory(factory, input) => self.by_factory(spec, factory, input).await,
        };
        let mut cost = cost.with_context(|| format!("{key} cannot be deployed"))?;
        if matches!(spec, ContractSpec::Token(token) if !token.mint.is_zero()) {
            cost.gas += MINT_GAS;
            cost.measured = true;
        }
        self.estimate.costs.insert(key.to_owned(), cost);
        self.estimate.sequence.push(key.to_owned());
        Ok(())
    }

    /// Adds the cost of activating the program of a contract that an earlier run deployed.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub async fn add_activation(&mut self, key: &str, program: Program) -> Result<()> {
        let cost = self.activation(program).await.with_context(|| format!("{key} cannot be activated"))?;
        if cost.gas > 0 {
            self.estimate.costs.insert(key.to_owned(), cost);
            self.estimate.sequence.push(key.to_owned());
        }
        Ok(())
    }

    /// Adds the cost of letting this pair sell a vault's token.
    pub fn add_permission(&mut self, key: &str) {
        if let Some(cost) = self.estimate.costs.get_mut(key) {
            cost.gas += PERMISSION_GAS;
            cost.measured = true;
        }
    }

    /// The estimate of all contracts added.
    pub fn finish(self) -> Estimate {
        self.estimate
    }

    async fn program(&mut self, program: Program, constructor: Bytes) -> Result<Cost> {
        let code = deploy::code_of(program)?;
        let data_fee = self.data_fee(&code).await?;
        let request = self.method.first(&code, constructor.clone(), deploy::with_margin(data_fee));
        let mut cost = Cost { gas: self.estimate(request).await?, data_fee, ..Default::default() };
        let activation = match data_fee.is_zero() {
            true => 0,
            false => self.activation_gas(&code, data_fee).await?,
        };
        let is_new = self.activated.insert(program.name());
        match self.method {
            // The node's estimate includes the activation, but the program has been activated by then.
            Method::StylusDeployer if !is_new => {
                cost.gas = cost.gas.saturating_sub(activation - BASE_GAS.min(activation))
            }
            Method::StylusDeployer => {}
            Method::ThreeSteps => {
                cost.gas += if is_new { activation } else { 0 };
                cost.gas += constructor_gas(program);
                cost.measured = true;
            }
        }
        if !is_new {
            cost.data_fee = U256::ZERO;
        }
        Ok(cost)
    }

    /// The creation of a contract that clones run, unless it exists, and the activation of its program.
    async fn fixed(&mut self, fixed: Fixed) -> Result<Cost> {
        let mut cost = match fixed {
            Fixed::Program(program) => self.activation(program).await?,
            Fixed::Lifeboat => Cost::default(),
        };
        if self.node.has_code(fixed.address()?).await? {
            return Ok(Cost { exists: true, ..cost });
        }
        cost.gas += self.estimate(fixed.creation()?).await?;
        if !self.found.has_create2_deployer && !self.creates_deployer {
            self.creates_deployer = true;
            cost.gas += BASE_GAS;
            cost.funds = U256::from(CREATE2_DEPLOYER_WEI);
        }
        Ok(cost)
    }

    /// The activation of a program, unless it is active or an earlier contract activates it.
    async fn activation(&mut self, program: Program) -> Result<Cost> {
        if !self.found.is_inactive(Some(program)) || !self.activated.insert(program.name()) {
            return Ok(Cost::default());
        }
        let code = deploy::code_of(program)?;
        let data_fee = self.data_fee(&code).await?;
        Ok(Cost { gas: self.activation_gas(&code, data_fee).await?, data_fee, ..Default::default() })
    }

    async fn by_factory(&self, spec: &ContractSpec, factory: Address, input: Bytes) -> Result<Cost> {
        // An interrupted run may have left the factory or a token without activation or constructor.
        let mut entries = self.record.contracts.values();
        let is_complete = entries.all(|entry| entry.state == State::Complete);
        let can_run = self.found.inactive.is_empty();
        if is_complete && can_run && self.node.has_code(factory).await? {
            let request = TransactionRequest::default().with_to(factory).with_input(input);
            return Ok(Cost { gas: self.estimate(request).await?, ..Default::default() });
        }
        let gas = match spec {
            ContractSpec::Vault(vault) => {
                let texts = BYTE_OF_TEXT_GAS * (vault.name.len() + vault.symbol.len()) as u64;
                let owner = if vault.owner.is_zero() { 0 } else { OWNER_GAS };
                VAULT_BY_FACTORY_GAS + texts + owner
            }
            _ => PAIR_BY_FACTORY_GAS,
        };
        Ok(Cost { gas, measured: true, ..Default::default() })
    }

    async fn data_fee(&self, code: &[u8]) -> Result<U256> {
        deploy::data_fee(&self.node.provider, code).await
    }

    /// Gas of a transaction that activates this code.
    async fn activation_gas(&self, code: &[u8], data_fee: U256) -> Result<u64> {
        let program = placeholder_address("program");
        let request = deploy::activation(program, deploy::with_margin(data_fee));
        let mut overrides = self.overrides();
        overrides.insert(program, AccountOverride { code: Some(code.to_vec().into()), ..Default::default() });
        self.estimate_with(request, overrides).await
    }

    async fn estimate(&self, request: TransactionRequest) -> Result<u64> {
        self.estimate_with(request, self.overrides()).await
    }

    async fn estimate_with(&self, request: TransactionRequest, overrides: StateOverride) -> Result<u64> {
        let request = request.with_from(self.payer);
        let estimate = self.node.provider.estimate_gas(request).overrides(overrides).await;
        Ok(estimate.map_err(NodeError::from)?)
    }

    /// A payer with enough ether, and placeholder code for all contracts that do not exist yet.
    fn overrides(&self) -> StateOverride {
        let mut overrides: StateOverride = HashMap::default();
        let funded = AccountOverride { balance: Some(U256::MAX >> 1), ..Default::default() };
        overrides.insert(self.payer, funded);
        if !self.found.has_create2_deployer {
            let deployer = AccountOverride { code: Some(CREATE2_DEPLOYER_CODE), ..Default::default() };
            overrides.insert(CREATE2_DEPLOYER, deployer);
        }
        let sent = self.record.contracts.iter().filter(|(_, entry)| entry.address.is_none());
        for key in self.estimate.sequence.iter().chain(sent.map(|(key, _)| key)) {
            let code = Some(Bytes::from_static(&PLACEHOLDER_CODE));
            overrides.insert(placeholder_address(key), AccountOverride { code, ..Default::default() });
        }
        overrides
    }
}

impl Addresses for Estimator<'_> {
    fn address_of(&self, key: &str) -> Option<Address> {
        Some(self.record.address(key).unwrap_or_else(|| placeholder_address(key)))
    }
}

/// Gas of the transaction that runs a constructor on a chain without a Stylus deployer. The node cannot estimate it
/// before the program exists.
fn constructor_gas(program: Program) -> u64 {
    match program {
        Program::Factory => 133_557,
        Program::Router => 126_090,
        Program::Token => 99_429,
        // The other programs have no constructor.
        _ => 0,
    }
}

/// Placeholder address of a contract that does not exist yet.
fn placeholder_address(key: &str) -> Address {
    Address::from_word(keccak256(format!("weir: placeholder for {key}")))
}

impl Addresses for Record {
    fn address_of(&self, key: &str) -> Option<Address> {
        self.address(key)
    }
}
