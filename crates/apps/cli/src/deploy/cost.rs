//! Estimates what the plan will cost: each transaction's gas by the node, and the data fees of activations.

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
    deploy::{self, Way},
};
use weir_client::{GAS_MARGIN_PERCENT, MAX_FEE_FACTOR, Node, NodeError};

use super::order::{Making, Order, Places};
use crate::deployments::{Record, State};

/// Gas that a transaction costs in any case.
const BASE_GAS: u64 = 21_000;
/// Gas of a transaction in which a factory creates a pair. Measured on the devnode and compared by a test of this crate, as
/// all figures here: the node cannot estimate it before the factory is there.
const PAIR_BY_FACTORY_GAS: u64 = 180_177;
/// The same for a vault without name, symbol and owner.
const VAULT_BY_FACTORY_GAS: u64 = 268_705;
/// What an owner adds: a slot and an event.
const OWNER_GAS: u64 = 23_858;
/// What each byte of a vault's name and symbol adds: 200 for the code, the rest for calldata and event.
const BYTE_OF_TEXT_GAS: u64 = 225;
/// Gas of the transaction that mints the first test tokens.
const MINT_GAS: u64 = 78_547;
/// Gas of the transaction with which a vault lets a pair sell one of its tokens.
const PERMISSION_GAS: u64 = 88_695;

/// Percent that the payer has to hold above the estimate: prices may rise until the transactions run.
const MARGIN_PERCENT: u64 = 5;

/// Placeholder sender for estimates without a key.
const NOBODY: Address = address!("7272727272727272727272727272727272727272");
/// Placeholder code, in estimates, for contracts that do not exist yet: returns 18 to every call, as a token's `decimals`.
const STAND_IN: [u8; 10] = [0x60, 18, 0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3];

/// What one order costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub gas: u64,
    /// Wei.
    pub data_fee: U256,
    /// Whether some of the gas is a figure measured on the devnode, because the node cannot estimate it yet.
    pub measured: bool,
}

/// What all orders cost.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    /// By key.
    pub costs: BTreeMap<String, Cost>,
    order: Vec<String>,
    /// Wei.
    pub gas_price: u128,
}

impl Cost {
    fn wei(&self, gas_price: u128) -> U256 {
        U256::from(self.gas) * U256::from(gas_price) + self.data_fee
    }

    /// What the payer has to hold for the node to accept the transaction: more than it will cost.
    fn held(&self, gas_price: u128) -> U256 {
        let gas = U256::from(self.gas) * U256::from(GAS_MARGIN_PERCENT) / U256::from(100);
        gas * U256::from(gas_price) * U256::from(MAX_FEE_FACTOR) + deploy::with_margin(self.data_fee)
    }
}

impl Bill {
    /// Gas in all.
    pub fn gas(&self) -> u64 {
        self.costs.values().map(|cost| cost.gas).sum()
    }

    /// Data fees in all, in wei.
    pub fn data_fees(&self) -> U256 {
        self.costs.values().map(|cost| cost.data_fee).sum()
    }

    /// What it will cost, in wei.
    pub fn wei(&self) -> U256 {
        self.costs.values().map(|cost| cost.wei(self.gas_price)).sum()
    }

    /// What the payer has to hold, in wei: at each transaction, the cost of those before it and what it is sent with.
    pub fn needed(&self) -> U256 {
        let mut spent = U256::ZERO;
        let mut needed = U256::ZERO;
        for cost in self.order.iter().filter_map(|key| self.costs.get(key)) {
            needed = needed.max(spent + cost.held(self.gas_price));
            spent += cost.wei(self.gas_price);
        }
        needed + needed * U256::from(MARGIN_PERCENT) / U256::from(100)
    }
}

/// Estimates orders one by one, each as if those before it had been carried out.
pub struct Estimator<'a> {
    node: &'a Node,
    record: &'a Record,
    way: Way,
    payer: Address,
    /// Programs that orders before this one activate.
    activated: BTreeSet<&'static str>,
    bill: Bill,
}

impl<'a> Estimator<'a> {
    /// An estimator for what the record does not have yet. Without a payer, a placeholder with enough ether pays.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn new(node: &'a Node, record: &'a Record, way: Way, payer: Option<Address>) -> Result<Self> {
        let bill = Bill { gas_price: node.provider.get_gas_price().await?, ..Default::default() };
        let payer = payer.unwrap_or(NOBODY);
        Ok(Self { node, record, way, payer, activated: BTreeSet::new(), bill })
    }

    /// Adds what this order will cost.
    ///
    /// # Errors
    /// If the chain would refuse it, a program has not been built, or the node does not answer.
    pub async fn add(&mut self, key: &str, order: &Order) -> Result<()> {
        let cost = match order.making(self)? {
            Making::Program(program, constructor) => self.program(program, constructor).await,
            Making::Lifeboat => self.lifeboat().await,
            Making::ByFactory(factory, input) => self.by_factory(order, factory, input).await,
        };
        let mut cost = cost.with_context(|| format!("{key} cannot be deployed"))?;
        if matches!(order, Order::Token(token) if !token.mint.is_zero()) {
            cost.gas += MINT_GAS;
            cost.measured = true;
        }
        self.bill.costs.insert(key.to_owned(), cost);
        self.bill.order.push(key.to_owned());
        Ok(())
    }

    /// Adds the cost of letting the pair with this key sell a vault's token.
    pub fn add_permission(&mut self, key: &str) {
        if let Some(cost) = self.bill.costs.get_mut(key) {
            cost.gas += PERMISSION_GAS;
            cost.measured = true;
        }
    }

    /// All costs.
    pub fn bill(self) -> Bill {
        self.bill
    }

    async fn program(&mut self, program: Program, constructor: Bytes) -> Result<Cost> {
        let code = deploy::code_of(program)?;
        let data_fee = self.data_fee(&code).await?;
        let request = self.way.first(&code, constructor.clone(), deploy::with_margin(data_fee));
        let mut cost = Cost { gas: self.estimate(request).await?, data_fee, measured: false };
        let activation = match data_fee.is_zero() {
            true => 0,
            false => self.activation_gas(&code, data_fee).await?,
        };
        let is_new = self.activated.insert(program.name());
        match self.way {
            // The estimate includes the activation, which is paid for once.
            Way::StylusDeployer if !is_new => {
                cost.gas = cost.gas.saturating_sub(activation - BASE_GAS.min(activation))
            }
            Way::StylusDeployer => {}
            Way::ThreeSteps => {
                cost.gas += if is_new { activation } else { 0 };
                if !constructor.is_empty() {
                    cost.gas += constructor_gas(program);
                    cost.measured = true;
                }
            }
        }
        if !is_new {
            cost.data_fee = U256::ZERO;
        }
        Ok(cost)
    }

    async fn lifeboat(&self) -> Result<Cost> {
        Ok(Cost { gas: self.estimate(deploy::lifeboat_creation()).await?, ..Default::default() })
    }

    async fn by_factory(&self, order: &Order, factory: Address, input: Bytes) -> Result<Cost> {
        // An earlier run may have been interrupted before it activated or constructed the factory or a token.
        let mut entries = self.record.contracts.values();
        let is_complete = entries.all(|entry| entry.state == State::Complete);
        if is_complete && self.node.has_code(factory).await? {
            let request = TransactionRequest::default().with_to(factory).with_input(input);
            return Ok(Cost { gas: self.estimate(request).await?, ..Default::default() });
        }
        let gas = match order {
            Order::Vault(vault) => {
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
        let program = stand_in("program");
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

    /// A payer with enough ether, and placeholders for all contracts that do not exist yet.
    fn overrides(&self) -> StateOverride {
        let mut overrides: StateOverride = HashMap::default();
        let rich = AccountOverride { balance: Some(U256::MAX >> 1), ..Default::default() };
        overrides.insert(self.payer, rich);
        let under_way = self.record.contracts.iter().filter(|(_, entry)| entry.address.is_none());
        for key in self.bill.order.iter().chain(under_way.map(|(key, _)| key)) {
            let code = Some(Bytes::from_static(&STAND_IN));
            overrides.insert(stand_in(key), AccountOverride { code, ..Default::default() });
        }
        overrides
    }
}

impl Places for Estimator<'_> {
    fn made(&self, key: &str) -> Option<Address> {
        Some(self.record.address(key).unwrap_or_else(|| stand_in(key)))
    }
}

/// Gas of the transaction that runs a constructor, on a chain without a Stylus deployer: the node cannot estimate it before
/// the program is there.
fn constructor_gas(program: Program) -> u64 {
    match program {
        Program::Factory => 133_557,
        Program::Router => 126_090,
        Program::Token => 99_429,
        // Programs without a constructor.
        _ => 0,
    }
}

/// Placeholder address, in estimates, of a contract that does not exist yet.
fn stand_in(key: &str) -> Address {
    Address::from_word(keccak256(format!("weir: placeholder for {key}")))
}

impl Places for Record {
    fn made(&self, key: &str) -> Option<Address> {
        self.address(key)
    }
}
