//! Output of `weir deploy`: the plan with costs and prices, what was deployed, and both as JSON.

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
    signers::local::PrivateKeySigner,
};
use anyhow::Result;
use serde_json::{Map, Value, json};
use weir_client::Node;
use weir_report::table::{Align, Table};
use weir_units::{Seconds, exact, short};

use super::{
    Done,
    config::Source,
    cost::{Bill, Cost},
    plan::{Item, Plan, Sale},
    run::Permitted,
};
use crate::{
    deployments::{Book, Entry, Record, State},
    exit::Failure,
};

/// Decimals of ether and of gwei, in wei.
const ETHER: u8 = 18;
const GWEI: u8 = 9;
/// Significant digits of an amount of ether, for people.
const DIGITS: usize = 5;
/// Prices are shown after this many target periods.
const PERIODS: [u64; 3] = [1, 2, 7];

/// The account that pays, if there is a key.
pub struct Payer(Option<(Address, U256)>);

impl Payer {
    /// The signer's account and what it holds.
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

    /// Whether it is this account.
    pub fn is(&self, account: Address) -> bool {
        self.address() == Some(account)
    }

    /// # Errors
    /// If it cannot pay the bill.
    pub fn check(&self, bill: &Bill, chain_id: u64) -> Result<()> {
        let Some((address, balance)) = self.0 else { return Ok(()) };
        let needed = bill.needed();
        if balance >= needed {
            return Ok(());
        }
        Err(Failure::check(format!(
            "{address} holds {} ether on chain {chain_id} and has to hold {} for this: send it the difference, or pay with \
             another key",
            exact(balance, ETHER),
            short(needed, ETHER, DIGITS)
        ))
        .into())
    }
}

/// All that the command prints at the end.
pub struct Summary {
    chain_id: u64,
    url: String,
    path: String,
    payer: Option<(Address, U256)>,
    bill: Bill,
    compared: usize,
    deployed: Vec<String>,
    permitted: Vec<(String, Permitted)>,
    /// Wei; `None` if nothing was sent.
    spent: Option<U256>,
    pub warnings: Vec<String>,
}

impl Summary {
    /// A summary of the plan, before anything is sent.
    pub fn new(node: &Node, book: &Book, bill: &Bill, payer: &Payer, compared: usize) -> Self {
        Self {
            chain_id: node.chain_id,
            url: node.endpoint.to_string(),
            path: book.path().display().to_string(),
            payer: payer.0,
            bill: bill.clone(),
            compared,
            deployed: Vec::new(),
            permitted: Vec::new(),
            spent: None,
            warnings: Vec::new(),
        }
    }

    /// Adds what was done.
    pub fn done(&mut self, done: &Done) {
        self.deployed.clone_from(&done.deployed);
        self.permitted.clone_from(&done.permitted);
        self.spent = Some(done.spent);
        self.compared += done.compared;
    }

    /// For scripts.
    pub fn document(&self, plan: &Plan, record: &Record) -> Value {
        let contracts: Map<String, Value> =
            plan.items.iter().map(|item| (item.key.clone(), self.contract(item, record))).collect();
        json!({
            "chain_id": self.chain_id,
            "rpc_url": self.url,
            "record": self.path,
            "payer": self.payer.map(|(address, _)| address),
            "dry_run": self.spent.is_none(),
            "changed": !self.deployed.is_empty() || self.permitted.iter().any(|(_, done)| *done == Permitted::Now),
            "contracts": contracts,
            "estimate": {
                "gas": self.bill.gas(),
                "gas_price_wei": self.bill.gas_price,
                "data_fee_wei": self.bill.data_fees().to_string(),
                "wei": self.bill.wei().to_string(),
                "needed_wei": self.bill.needed().to_string(),
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
        let cost = self.bill.costs.get(&item.key);
        json!({
            "state": state,
            "entry": entry,
            "estimated_gas": cost.map(|cost| cost.gas),
            "estimated_data_fee_wei": cost.map(|cost| cost.data_fee.to_string()),
            "first_price": item.sale.as_ref().map(prices_document),
        })
    }

    /// What owners of vaults have to do, in words. A pair sells nothing until then.
    fn left_to_do(&self) -> Vec<String> {
        let left = self.permitted.iter().filter_map(|(key, permitted)| match permitted {
            Permitted::ByOwner { owner, vault, token, pair } => Some(format!(
                "{key} sells nothing until {owner}, the owner of the vault {vault}, calls setLiquidationPair({token}, {pair}) on \
                 the vault"
            )),
            _ => None,
        });
        left.collect()
    }
}

/// What will be done and what it will cost.
pub fn plan(summary: &Summary, plan: &Plan, record: &Record) -> String {
    let payer = match summary.payer {
        Some((address, balance)) => format!("{address} pays; it holds {} ether.", exact(balance, ETHER)),
        None => "No key was given: nothing can be sent.".into(),
    };
    let gas_price = exact(U256::from(summary.bill.gas_price), GWEI);
    let mut text = format!(
        "Chain {} at {}, {gas_price} gwei for a unit of gas.\n{payer}\n\n{}",
        summary.chain_id,
        summary.url,
        items(summary, plan, record).text(),
    );
    if summary.bill.costs.values().any(|cost| cost.measured) {
        text +=
            "\n  ~ measured on the devnode: the node cannot estimate it before the contracts above exist\n";
    }
    if let Some(prices) = prices(plan) {
        text += &format!(
            "\nPrice of the first lot after this many target periods, if nobody buys before:\n\n{}",
            prices.text()
        );
    }
    if !summary.bill.costs.is_empty() {
        text += &format!("\nIt will cost about {} ether.", short(summary.bill.wei(), ETHER, DIGITS));
    }
    text.trim_end().to_owned()
}

fn items(summary: &Summary, plan: &Plan, record: &Record) -> Table {
    let mut table = Table::new([
        ("contract", Align::Left),
        ("what it is", Align::Left),
        ("to do", Align::Left),
        ("gas", Align::Right),
        ("data fee (ether)", Align::Right),
    ]);
    for item in &plan.items {
        let cost = summary.bill.costs.get(&item.key);
        let to_do = match record.contracts.get(&item.key) {
            None => "deploy",
            Some(Entry { state: State::Complete, .. }) => "nothing: it exists",
            Some(_) => "finish",
        };
        table.row(vec![
            item.key.clone(),
            item.order.words(),
            to_do.into(),
            cost.map(gas).unwrap_or_default(),
            cost.map(|cost| short(cost.data_fee, ETHER, DIGITS)).unwrap_or_default(),
        ]);
    }
    if !summary.bill.costs.is_empty() {
        let total = summary.bill.gas().to_string();
        let fees = short(summary.bill.data_fees(), ETHER, DIGITS);
        table.row(vec!["in all".into(), String::new(), String::new(), total, fees]);
    }
    table
}

fn gas(cost: &Cost) -> String {
    format!("{}{}", if cost.measured { "~" } else { "" }, cost.gas)
}

fn prices(plan: &Plan) -> Option<Table> {
    let sales: Vec<(&str, &Sale)> =
        plan.items.iter().filter_map(|item| Some((item.key.as_str(), item.sale.as_ref()?))).collect();
    if sales.is_empty() {
        return None;
    }
    let mut headings = vec![("sold by".to_owned(), Align::Left), ("what for what".into(), Align::Left)];
    headings.push(("target period".into(), Align::Right));
    headings.extend(PERIODS.map(|periods| (format!("after {periods}"), Align::Right)));
    headings.push(("held back".into(), Align::Right));
    let mut table = Table::with_columns(headings);
    for (key, sale) in sales {
        let mut row = vec![key.to_owned(), format!("{} for {}", sale.sold, sale.paid_in)];
        row.push(Seconds(sale.target_period).to_string());
        row.extend(PERIODS.map(|periods| short(sale.price_after(periods), sale.decimals, 8)));
        row.push(exact(U256::from(sale.smoothing), ETHER));
        table.row(row);
    }
    Some(table)
}

fn prices_document(sale: &Sale) -> Value {
    let prices: Map<String, Value> = PERIODS
        .iter()
        .map(|periods| (periods.to_string(), sale.price_after(*periods).to_string().into()))
        .collect();
    json!({ "after_target_periods": prices, "token": sale.paid_in, "decimals": sale.decimals })
}

/// One contract that was deployed.
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

/// What was done.
pub fn end(summary: &Summary, book: &Book, source: &Source) -> String {
    let compared = summary.compared;
    let config = source.path().display();
    let mut text = if summary.deployed.is_empty() {
        format!(
            "Nothing to do: everything in {config} is on chain {} and matches ({compared} values read back).",
            summary.chain_id
        )
    } else {
        format!(
            "\nDeployed for {} ether; everything matches {config} ({compared} values read back).\nRecorded in {}.",
            short(summary.spent.unwrap_or_default(), ETHER, DIGITS),
            book.path().display()
        )
    };
    if !summary.deployed.is_empty() {
        text += &format!("\n\nFor your shell:\n{}", exports(book.record()));
    }
    for (key, permitted) in &summary.permitted {
        if *permitted == Permitted::Now {
            text += &format!("\nThe vault permits {key} to sell.");
        }
    }
    for left in summary.left_to_do() {
        text += &format!("\nLeft to do: {left}.");
    }
    text
}
