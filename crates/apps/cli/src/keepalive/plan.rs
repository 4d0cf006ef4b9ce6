//! What there is to do for each program, and what it costs.
//! The chain simulates the renewals in their order, because each raises the price for the next.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, address, map::HashMap},
    providers::Provider,
    rpc::types::state::{AccountOverride, StateOverride},
};
use anyhow::Result;
use weir_bindings::deploy::with_margin;
use weir_client::{GAS_MARGIN_PERCENT, MAX_FEE_FACTOR, Node, NodeError};
use weir_programs::{
    Due, FoundProgram, Inactive, Lifetime, Programs, Rules, data_fees, how_to_activate, renewal,
};
use weir_units::{WAD_DECIMALS, exact, short};

use super::Payer;
use crate::{activity::time_of, exit::Failure, now::Now};

/// Placeholder sender for estimates without a key.
const PLACEHOLDER_SENDER: Address = address!("7272727272727272727272727272727272727272");
/// Significant digits of an amount of ether.
const DIGITS: usize = 5;

/// What is renewed and paid.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Renew only programs with this much time left or less, in seconds.
    pub left: Option<u64>,
    /// Most to pay for one program, in wei.
    pub max_cost: U256,
}

/// What there is to do for one program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Renew(Cost),
    /// It is to be renewed from this time on.
    Wait(u64),
    /// It cannot run, and must be activated again.
    Activate(Inactive),
    /// It should be renewed and cannot, for this reason.
    Failed(String),
}

/// The cost of one renewal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub gas: u64,
    /// Wei.
    pub data_fee: U256,
}

/// A program, and what there is to do for it.
#[derive(Clone, Debug)]
pub struct Item {
    pub program: FoundProgram,
    pub lifetime: Lifetime,
    pub step: Step,
}

/// All programs, and what there is to do.
#[derive(Clone, Debug)]
pub struct Plan {
    pub chain_id: u64,
    pub url: String,
    pub rules: Rules,
    /// The time of the next block.
    pub now: u64,
    /// Wei.
    pub gas_price: u128,
    pub payer: Option<Payer>,
    pub items: Vec<Item>,
}

impl Cost {
    pub fn wei(&self, gas_price: u128) -> U256 {
        U256::from(self.gas) * U256::from(gas_price) + self.data_fee
    }

    /// The balance that the node requires to accept the transaction. It is above the cost.
    fn held(&self, gas_price: u128) -> U256 {
        let gas = U256::from(self.gas) * U256::from(GAS_MARGIN_PERCENT) / U256::from(100);
        gas * U256::from(gas_price) * U256::from(MAX_FEE_FACTOR) + with_margin(self.data_fee)
    }
}

impl Plan {
    /// Reads how long the programs can run, and what renewals cost.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn make(
        node: &Node,
        programs: &Programs,
        limits: Limits,
        payer: Option<Payer>,
    ) -> Result<Self> {
        let now = Now::of(&node.provider).await?.time;
        let rules = Rules::of(node).await?;
        let mut items = Vec::new();
        for program in programs.list() {
            let lifetime = time_of(node, program.address, now).await?;
            let step = match Due::of(&lifetime, &rules, limits.left, now) {
                Due::Now => Step::Renew(Cost::default()),
                Due::Later(at) => Step::Wait(at),
                Due::Never(inactive) => Step::Activate(inactive),
            };
            items.push(Item { program: program.clone(), lifetime, step });
        }
        let mut plan = Self {
            chain_id: node.chain_id,
            url: node.endpoint.to_string(),
            rules,
            now,
            gas_price: node.provider.get_gas_price().await?,
            payer,
            items,
        };
        plan.estimate(node, limits.max_cost).await?;
        Ok(plan)
    }

    /// Adds the cost of each renewal. One that costs more than `most` is not made.
    async fn estimate(&mut self, node: &Node, most: U256) -> Result<(), NodeError> {
        let hashes: Vec<B256> = self.renewals().map(|(item, _)| item.program.code_hash).collect();
        let fees = data_fees(node, &hashes).await?;
        let (payer, gas_price) = (self.payer.map(|(address, _)| address), self.gas_price);
        let due = self.items.iter_mut().filter(|item| matches!(item.step, Step::Renew(_)));
        for (item, fee) in due.zip(fees) {
            item.step = match fee {
                Some(fee) => step(node, item.program.code_hash, fee, payer, gas_price, most).await?,
                None => Step::Failed("the chain does not let it be renewed now".into()),
            };
        }
        Ok(())
    }

    /// The renewals and their costs, in order.
    pub fn renewals(&self) -> impl Iterator<Item = (&Item, Cost)> {
        self.items.iter().filter_map(|item| match item.step {
            Step::Renew(cost) => Some((item, cost)),
            _ => None,
        })
    }

    /// Whether there is anything to renew.
    pub fn renews(&self) -> bool {
        self.renewals().next().is_some()
    }

    /// Total cost in wei.
    pub fn wei(&self) -> U256 {
        self.renewals().map(|(_, cost)| cost.wei(self.gas_price)).sum()
    }

    /// The balance that the payer needs, in wei: at each transaction, the cost of those before it and the balance that
    /// the node requires for it.
    fn needed(&self) -> U256 {
        let mut spent = U256::ZERO;
        let mut needed = U256::ZERO;
        for (_, cost) in self.renewals() {
            needed = needed.max(spent + cost.held(self.gas_price));
            spent += cost.wei(self.gas_price);
        }
        needed
    }

    /// Checks that the payer can pay.
    ///
    /// # Errors
    /// If it holds less than it needs.
    pub fn check_balance(&self) -> Result<(), Failure> {
        let needed = self.needed();
        let Some((address, balance)) = self.payer.filter(|(_, balance)| *balance < needed) else {
            return Ok(());
        };
        Err(Failure::check(format!(
            "{address} holds {} ether on chain {} and needs {} to renew: send it the difference, or pay with another \
             key",
            exact(balance, WAD_DECIMALS),
            self.chain_id,
            short(needed, WAD_DECIMALS, DIGITS)
        )))
    }

    /// One clause for each program that cannot run: which, why, and what helps.
    pub fn problems(&self) -> Vec<String> {
        let problems = self.items.iter().filter_map(|item| {
            let Step::Activate(inactive) = &item.step else { return None };
            let FoundProgram { name, address, .. } = item.program;
            let how = how_to_activate(address, &self.rules);
            Some(format!("the program {name} cannot be renewed: {}; {how}", inactive.words()))
        });
        problems.collect()
    }
}

/// The renewal of a program with this data fee, or why it cannot be made.
async fn step(
    node: &Node,
    code_hash: B256,
    data_fee: U256,
    payer: Option<Address>,
    gas_price: u128,
    most: U256,
) -> Result<Step, NodeError> {
    let gas = match gas(node, code_hash, data_fee, payer).await {
        Ok(gas) => gas,
        Err(error) if error.is_rejection() => return Ok(Step::Failed(error.to_string())),
        Err(error) => return Err(error),
    };
    let cost = Cost { gas, data_fee };
    if cost.wei(gas_price) > most {
        let (cost, most) = (short(cost.wei(gas_price), WAD_DECIMALS, DIGITS), exact(most, WAD_DECIMALS));
        return Ok(Step::Failed(format!("it costs {cost} ether, more than --max-cost {most}")));
    }
    Ok(Step::Renew(cost))
}

/// Gas of a renewal, for a payer with enough ether.
async fn gas(node: &Node, code_hash: B256, data_fee: U256, payer: Option<Address>) -> Result<u64, NodeError> {
    let payer = payer.unwrap_or(PLACEHOLDER_SENDER);
    let funded = AccountOverride { balance: Some(U256::MAX >> 1), ..Default::default() };
    let overrides: StateOverride = HashMap::from_iter([(payer, funded)]);
    let request = renewal(code_hash, with_margin(data_fee)).with_from(payer);
    Ok(node.provider.estimate_gas(request).overrides(overrides).await?)
}

#[cfg(test)]
mod tests {

    use super::*;

    fn plan(costs: &[Cost], balance: u64) -> Plan {
        let items = costs.iter().map(|cost| Item {
            program: FoundProgram {
                name: "vault",
                address: Address::ZERO,
                code_hash: B256::ZERO,
                users: Vec::new(),
            },
            lifetime: Lifetime::Active { expires: 0 },
            step: Step::Renew(*cost),
        });
        Plan {
            chain_id: 1,
            url: String::new(),
            rules: Rules::default(),
            now: 0,
            gas_price: 10,
            payer: Some((Address::ZERO, U256::from(balance))),
            items: items.collect(),
        }
    }

    #[test]
    fn the_payer_needs_what_the_node_requires_at_the_last_renewal() {
        let cost = Cost { gas: 100, data_fee: U256::from(1_000) };
        assert_eq!(cost.wei(10), U256::from(2_000));
        // 125 % of the gas at twice the price, 120 % of the data fee.
        let held = 2_500 + 1_200;
        let needed = 2_000 + held;
        assert_eq!(plan(&[cost, cost], 0).wei(), U256::from(4_000));
        assert_eq!(plan(&[cost, cost], 0).needed(), U256::from(needed));
        assert!(plan(&[cost, cost], needed).check_balance().is_ok());
        let error = plan(&[cost, cost], needed - 1).check_balance().unwrap_err().to_string();
        assert!(error.contains("send it the difference"), "{error}");
        assert!(plan(&[], 0).check_balance().is_ok());
    }
}
