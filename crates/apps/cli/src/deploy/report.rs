//! Output of `weir deploy`: the plan with costs and prices, the deployed contracts, and both as JSON.
//! Nothing here sends a transaction.

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use serde_json::{Map, Value, json};
use weir_bindings::fixed::{CREATE2_DEPLOYER, CREATE2_DEPLOYER_WEI};
use weir_client::Node;
use weir_report::table::{Align, Table};
use weir_units::{Seconds, exact, short};

use super::{
    RunResult,
    config::ConfigFile,
    cost::{Cost, Estimate},
    look::Found,
    plan::{AuctionTerms, Item, Plan},
    run::PermissionStatus,
};
use crate::{
    deployments::{Entry, Record, RecordFile, State},
    exit::Failure,
};

/// Decimals of ether and of gwei in wei.
const ETHER: u8 = 18;
const GWEI: u8 = 9;
/// Significant digits of an amount of ether.
const DIGITS: usize = 5;
/// Prices are shown after this many target periods.
const PERIODS: [u64; 3] = [1, 2, 7];

/// The account that pays and its balance, if there is a key.
pub struct Payer(Option<(Address, U256)>);

impl Payer {
    /// Reads the balance of the signer's account.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn of(signer: Option<&PrivateKeySigner>, node: &Node) -> Result<Self> {
        let Some(signer) = signer else { return Ok(Self(None)) };
        let balance = node.provider.get_balance(signer.address()).await?;
        Ok(Self(Some((signer.address(), balance))))
    }

    /// Its address.
    pub fn address(&self) -> Option<Address> {
        self.0.map(|(address, _)| address)
    }

    /// Whether the payer is this account.
    pub fn is(&self, account: Address) -> bool {
        self.address() == Some(account)
    }

    /// Checks that the payer can pay.
    ///
    /// # Errors
    /// If it holds less than the estimate.
    pub fn check(&self, estimate: &Estimate, chain_id: u64) -> Result<()> {
        let Some((address, balance)) = self.0 else { return Ok(()) };
        let needed = estimate.needed();
        if balance >= needed {
            return Ok(());
        }
        Err(Failure::check(format!(
            "{address} holds {} ether on chain {chain_id} and needs {} for this deployment: send it the difference, \
             or pay with another key",
            exact(balance, ETHER),
            short(needed, ETHER, DIGITS)
        ))
        .into())
    }
}

/// The content of the command's output.
pub struct Summary {
    chain_id: u64,
    url: String,
    path: String,
    payer: Option<(Address, U256)>,
    found: Found,
    estimate: Estimate,
    compared: usize,
    deployed: Vec<String>,
    activated: Vec<String>,
    permissions: Vec<(String, PermissionStatus)>,
    /// Wei; `None` if nothing was sent.
    spent: Option<U256>,
    pub warnings: Vec<String>,
}

impl Summary {
    /// A summary of the plan, before anything is sent.
    pub fn new(
        node: &Node,
        record_file: &RecordFile,
        found: &Found,
        estimate: &Estimate,
        payer: &Payer,
        compared: usize,
    ) -> Self {
        Self {
            chain_id: node.chain_id,
            url: node.endpoint.to_string(),
            path: record_file.path().display().to_string(),
            payer: payer.0,
            found: found.clone(),
            estimate: estimate.clone(),
            compared,
            deployed: Vec::new(),
            activated: Vec::new(),
            permissions: Vec::new(),
            spent: None,
            warnings: Vec::new(),
        }
    }

    /// Adds the result of a run.
    pub fn add(&mut self, result: &RunResult) {
        self.deployed.clone_from(&result.deployed);
        self.activated.clone_from(&result.activated);
        self.permissions.clone_from(&result.permissions);
        self.spent = Some(result.spent);
        self.compared += result.compared;
    }

    /// The JSON document for scripts.
    pub fn document(&self, plan: &Plan, record: &Record) -> Value {
        let contracts: Map<String, Value> =
            plan.items.iter().map(|item| (item.key.clone(), self.contract(item, record))).collect();
        let gave_permission =
            self.permissions.iter().any(|(_, status)| *status == PermissionStatus::GivenNow);
        json!({
            "chain_id": self.chain_id,
            "rpc_url": self.url,
            "record": self.path,
            "payer": self.payer.map(|(address, _)| address),
            "dry_run": self.spent.is_none(),
            "changed": !self.deployed.is_empty() || !self.activated.is_empty() || gave_permission,
            "stylus": self.found.document(),
            "activated_again": self.activated,
            "contracts": contracts,
            "estimate": {
                "gas": self.estimate.gas(),
                "gas_price_wei": self.estimate.gas_price,
                "data_fee_wei": self.estimate.data_fees().to_string(),
                "wei": self.estimate.wei().to_string(),
                "needed_wei": self.estimate.needed().to_string(),
            },
            "spent_wei": self.spent.map(|spent| spent.to_string()),
            "values_read_back": self.compared,
            "left_to_do": self.left_to_do(),
            "warnings": self.warnings,
        })
    }

    fn contract(&self, item: &Item, record: &Record) -> Value {
        let entry = record.contracts.get(&item.key);
        let state = match entry {
            None => "missing",
            Some(_) if self.deployed.contains(&item.key) => "deployed",
            Some(entry) if entry.state == State::Complete => "unchanged",
            Some(_) => "begun",
        };
        let cost = self.estimate.costs.get(&item.key);
        json!({
            "state": state,
            "entry": entry,
            "estimated_gas": cost.map(|cost| cost.gas),
            "estimated_data_fee_wei": cost.map(|cost| cost.data_fee.to_string()),
            "first_price": item.auction.as_ref().map(prices_document),
        })
    }

    /// The calls that owners of vaults still have to make. Until then the pairs sell nothing.
    fn left_to_do(&self) -> Vec<String> {
        let left = self.permissions.iter().filter_map(|(key, status)| match status {
            PermissionStatus::LeftToOwner { owner, vault, token, pair } => Some(format!(
                "{key} sells nothing until {owner}, the owner of the vault {vault}, calls \
                 setLiquidationPair({token}, {pair}) on the vault"
            )),
            _ => None,
        });
        left.collect()
    }
}

/// The plan with its costs, as text.
pub fn plan(summary: &Summary, plan: &Plan, record: &Record) -> String {
    let payer = match summary.payer {
        Some((address, balance)) => format!("{address} pays; it holds {} ether.", exact(balance, ETHER)),
        None => "No key is given, so nothing can be sent.".into(),
    };
    let gas_price = exact(U256::from(summary.estimate.gas_price), GWEI);
    let mut text = format!(
        "Chain {} at {}, gas price {gas_price} gwei.\n{}\n{payer}\n\n{}",
        summary.chain_id,
        summary.url,
        summary.found.words(),
        items(summary, plan, record).text(),
    );
    if summary.estimate.costs.values().any(|cost| cost.measured) {
        text += "\n  ~ measured on the devnode, because the node cannot estimate it before the contracts above exist\n";
    }
    if summary.estimate.costs.values().any(|cost| !cost.funds.is_zero()) {
        text += &format!(
            "\n  The chain has no CREATE2 deployer at {CREATE2_DEPLOYER}; the transaction that creates it needs {} ether.\n",
            exact(U256::from(CREATE2_DEPLOYER_WEI), ETHER)
        );
    }
    if let Some(prices) = prices(plan) {
        text += &format!(
            "\nPrice of the first lot, by the number of target periods without a sale:\n\n{}",
            prices.text()
        );
    }
    if !summary.estimate.costs.is_empty() {
        text += &format!("\nIt will cost about {} ether.", short(summary.estimate.wei(), ETHER, DIGITS));
    }
    text.trim_end().to_owned()
}

fn items(summary: &Summary, plan: &Plan, record: &Record) -> Table {
    let mut table = Table::new([
        ("contract", Align::Left),
        ("description", Align::Left),
        ("to do", Align::Left),
        ("gas", Align::Right),
        ("data fee (ether)", Align::Right),
    ]);
    for item in &plan.items {
        let cost = summary.estimate.costs.get(&item.key);
        let to_do = match record.contracts.get(&item.key) {
            None if cost.is_some_and(|cost| cost.exists && cost.gas == 0) => "nothing, it exists",
            None if cost.is_some_and(|cost| cost.exists) => "activate",
            None => "deploy",
            Some(Entry { state: State::Complete, .. }) if cost.is_some() => "activate again",
            Some(Entry { state: State::Complete, .. }) => "nothing, it exists",
            Some(_) => "finish",
        };
        table.row(vec![
            item.key.clone(),
            item.spec.words(),
            to_do.into(),
            cost.map(gas).unwrap_or_default(),
            cost.map(|cost| short(cost.data_fee, ETHER, DIGITS)).unwrap_or_default(),
        ]);
    }
    if !summary.estimate.costs.is_empty() {
        let total = summary.estimate.gas().to_string();
        let fees = short(summary.estimate.data_fees(), ETHER, DIGITS);
        table.row(vec!["total".into(), String::new(), String::new(), total, fees]);
    }
    table
}

fn gas(cost: &Cost) -> String {
    format!("{}{}", if cost.measured { "~" } else { "" }, cost.gas)
}

fn prices(plan: &Plan) -> Option<Table> {
    let auctions: Vec<(&str, &AuctionTerms)> =
        plan.items.iter().filter_map(|item| Some((item.key.as_str(), item.auction.as_ref()?))).collect();
    if auctions.is_empty() {
        return None;
    }
    let mut headings = vec![("seller".to_owned(), Align::Left), ("sells".into(), Align::Left)];
    headings.push(("target period".into(), Align::Right));
    headings.extend(PERIODS.map(|periods| (format!("after {periods}"), Align::Right)));
    headings.push(("smoothing".into(), Align::Right));
    let mut table = Table::with_columns(headings);
    for (key, terms) in auctions {
        let mut row = vec![key.to_owned(), format!("{} for {}", terms.sold, terms.paid_in)];
        row.push(Seconds(terms.target_period).to_string());
        row.extend(PERIODS.map(|periods| short(terms.price_after(periods), terms.decimals, 8)));
        row.push(exact(U256::from(terms.smoothing), ETHER));
        table.row(row);
    }
    Some(table)
}

fn prices_document(terms: &AuctionTerms) -> Value {
    let prices: Map<String, Value> = PERIODS
        .iter()
        .map(|periods| (periods.to_string(), terms.price_after(*periods).to_string().into()))
        .collect();
    json!({ "after_target_periods": prices, "token": terms.paid_in, "decimals": terms.decimals })
}

/// The line of a deployed contract.
pub fn deployed(key: &str, record: &Record) -> String {
    let Some(entry) = record.contracts.get(key) else { return String::new() };
    let address = entry.address.map(|address| address.to_string()).unwrap_or_default();
    let block = entry.block.map(|block| format!("block {block}, ")).unwrap_or_default();
    format!("  {key:<18}  {address}  ({block}gas {})", entry.gas_used)
}

/// The addresses as shell variables: `export VAULT_SAVINGS=0x…`.
fn exports(record: &Record) -> String {
    let complete = record.contracts.iter().filter(|(_, entry)| entry.state == State::Complete);
    let lines = complete.filter_map(|(key, entry)| {
        let name = key.to_ascii_uppercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "_");
        Some(format!("  export {name}={}", entry.address?))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The result of the run, as text.
pub fn end(summary: &Summary, record_file: &RecordFile, file: &ConfigFile) -> String {
    let compared = summary.compared;
    let config = file.path().display();
    let mut text = if summary.deployed.is_empty() && !summary.activated.is_empty() {
        format!(
            "\nActivated again for {} ether: {}. All contracts match {config} ({compared} values read back).",
            short(summary.spent.unwrap_or_default(), ETHER, DIGITS),
            summary.activated.join(", ")
        )
    } else if summary.deployed.is_empty() {
        format!(
            "Nothing to do: all contracts of {config} are on chain {} and match it ({compared} values read back).",
            summary.chain_id
        )
    } else {
        format!(
            "\nDeployed for {} ether. All contracts match {config} ({compared} values read back).\nRecorded in {}.",
            short(summary.spent.unwrap_or_default(), ETHER, DIGITS),
            record_file.path().display()
        )
    };
    if !summary.deployed.is_empty() {
        text += &format!("\n\nFor your shell:\n{}", exports(record_file.record()));
    }
    for (key, status) in &summary.permissions {
        if *status == PermissionStatus::GivenNow {
            text += &format!("\nThe vault now lets {key} sell.");
        }
    }
    for left in summary.left_to_do() {
        text += &format!("\nLeft to do: {left}.");
    }
    text
}
