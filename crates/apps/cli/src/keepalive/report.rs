//! Output of `weir keepalive`: the plan with its cost, what was renewed, and both as JSON.
//! Nothing here sends a transaction.

use alloy::primitives::U256;
use serde_json::{Value, json};
use weir_report::table::{Align, Table};
use weir_units::{Moment, Seconds, WAD_DECIMALS, exact, short};

use super::{
    outcome::{Outcome, Renewed},
    plan::{Cost, Item, Plan, Step},
};

/// Decimals of gwei in wei.
const GWEI: u8 = 9;
/// Significant digits of an amount of ether.
const DIGITS: usize = 5;
/// Users of a program that are named.
const SHOWN_USERS: usize = 3;

/// The plan with its cost, as text.
pub fn plan(plan: &Plan) -> String {
    let payer = match plan.payer {
        Some((address, balance)) => {
            format!("{address} pays; it holds {} ether.", exact(balance, WAD_DECIMALS))
        }
        None => "No key is given, so nothing can be sent.".into(),
    };
    let mut text = format!(
        "Chain {} at {}, {}, gas price {} gwei.\n{payer}\nPrograms expire after {} and may be renewed after {}.\n\n{}",
        plan.chain_id,
        plan.url,
        Moment(plan.now),
        exact(U256::from(plan.gas_price), GWEI),
        Seconds(plan.rules.expiry),
        Seconds(plan.rules.keepalive),
        table(plan)
    );
    for problem in plan.problems() {
        text += &format!("\nLeft to do: {problem}.");
    }
    if plan.renews() {
        text += &format!("\nIt will cost about {} ether.", short(plan.wei(), WAD_DECIMALS, DIGITS));
    } else {
        text += &format!("\n{}", nothing(plan));
    }
    text
}

/// The line of a plan without renewals.
pub fn nothing(plan: &Plan) -> String {
    let next = plan.items.iter().filter_map(|item| match item.step {
        Step::Wait(at) => Some((at, item.program.name)),
        _ => None,
    });
    match next.min() {
        Some((at, name)) => {
            format!("There is nothing to renew before {}, when the program {name} is due.", Moment(at))
        }
        None => "There is nothing to renew.".into(),
    }
}

fn table(plan: &Plan) -> String {
    let mut table = Table::new([
        ("program", Align::Left),
        ("run by", Align::Left),
        ("expires", Align::Left),
        ("to do", Align::Left),
        ("gas", Align::Right),
        ("data fee (ether)", Align::Right),
    ]);
    for item in &plan.items {
        let mut row = vec![item.program.name.into(), users(&item.program.users), expires(item, plan.now)];
        row.push(to_do(&item.step, plan.now));
        if let Step::Renew(cost) = item.step {
            row.extend([cost.gas.to_string(), short(cost.data_fee, WAD_DECIMALS, DIGITS)]);
        }
        table.row(row);
    }
    if plan.renewals().count() > 1 {
        let gas: u64 = plan.renewals().map(|(_, cost)| cost.gas).sum();
        let fees = short(data_fees(plan), WAD_DECIMALS, DIGITS);
        table.row(vec!["total".into(), String::new(), String::new(), String::new(), gas.to_string(), fees]);
    }
    table.text().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn users(users: &[String]) -> String {
    let shown = users.iter().take(SHOWN_USERS).cloned().collect::<Vec<_>>().join(", ");
    match users.len().saturating_sub(SHOWN_USERS) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn expires(item: &Item, now: u64) -> String {
    match item.lifetime.expires() {
        Some(at) => Moment(at).relative_to(now),
        None => "cannot run".into(),
    }
}

fn to_do(step: &Step, now: u64) -> String {
    match step {
        Step::Renew(_) => "renew".into(),
        Step::Wait(at) => format!("nothing, renew {}", Moment(*at).relative_to(now)),
        Step::Activate(_) => "activate again".into(),
        Step::Failed(why) => format!("not possible: {why}"),
    }
}

fn data_fees(plan: &Plan) -> U256 {
    plan.renewals().map(|(_, cost)| cost.data_fee).sum()
}

/// The line of a renewed program.
pub fn renewed(renewed: &Renewed) -> String {
    let Renewed { program, expires, transaction, gas_used, wei, .. } = renewed;
    let (ether, until) = (short(*wei, WAD_DECIMALS, DIGITS), Moment(expires.unwrap_or_default()));
    format!(
        "  {:<9}  runs until {until}, for {ether} ether. Transaction {transaction}, {gas_used} gas.",
        program.name
    )
}

/// The last line of a run; `None` if nothing was renewed.
pub fn outcome(outcome: &Outcome) -> Option<String> {
    let count = outcome.renewed.len();
    let programs = if count == 1 { "program" } else { "programs" };
    let ether = short(outcome.wei(), WAD_DECIMALS, DIGITS);
    (count > 0).then(|| format!("\nRenewed {count} {programs} for {ether} ether."))
}

/// The JSON document for scripts.
pub fn document(plan: &Plan, outcome: Option<&Outcome>) -> Value {
    let programs: Vec<Value> = plan.items.iter().map(|item| program(item, plan.now, outcome)).collect();
    json!({
        "chain_id": plan.chain_id,
        "rpc_url": plan.url,
        "time": plan.now,
        "payer": plan.payer.map(|(address, _)| address),
        "expiry_seconds": plan.rules.expiry,
        "keepalive_seconds": plan.rules.keepalive,
        "activations_paused": plan.rules.activations_paused(),
        "programs": programs,
        "estimate": {
            "gas": plan.renewals().map(|(_, cost)| cost.gas).sum::<u64>(),
            "gas_price_wei": plan.gas_price,
            "data_fee_wei": data_fees(plan).to_string(),
            "wei": plan.wei().to_string(),
        },
        "spent_wei": outcome.map(|outcome| outcome.wei().to_string()),
        "left_to_do": plan.problems(),
    })
}

fn program(item: &Item, now: u64, outcome: Option<&Outcome>) -> Value {
    let code_hash = item.program.code_hash;
    let renewed = outcome
        .and_then(|outcome| outcome.renewed.iter().find(|renewed| renewed.program.code_hash == code_hash));
    let failed =
        outcome.and_then(|outcome| outcome.failed.iter().find(|(program, _)| program.code_hash == code_hash));
    let (state, renewable_at, why) = match &item.step {
        Step::Renew(_) if renewed.is_some() => ("renewed", None, None),
        Step::Renew(_) => match failed {
            Some((_, why)) => ("failed", Some(now), Some(why.clone())),
            None => ("due", Some(now), None),
        },
        Step::Wait(at) => ("waiting", Some(*at), None),
        Step::Activate(inactive) => (inactive.name(), None, Some(inactive.words())),
        Step::Failed(why) => ("failed", Some(now), Some(why.clone())),
    };
    let cost = match item.step {
        Step::Renew(Cost { gas, data_fee }) => Some((gas, data_fee.to_string())),
        _ => None,
    };
    let (expires, seconds_left) = match renewed {
        Some(renewed) => (renewed.expires, renewed.expires.map(|expires| expires.saturating_sub(now))),
        None => (item.lifetime.expires(), item.lifetime.seconds_left(now)),
    };
    json!({
        "program": item.program.name,
        "address": item.program.address,
        "code_hash": code_hash,
        "run_by": item.program.users,
        "state": state,
        "expires": expires,
        "seconds_left": seconds_left,
        "renew_at": renewable_at,
        "why": why,
        "estimated_gas": cost.as_ref().map(|(gas, _)| gas),
        "estimated_data_fee_wei": cost.as_ref().map(|(_, fee)| fee),
        "transaction": renewed.map(|renewed| renewed.transaction),
        "gas_used": renewed.map(|renewed| renewed.gas_used),
        "data_fee_wei": renewed.map(|renewed| renewed.data_fee.to_string()),
        "paid_wei": renewed.map(|renewed| renewed.wei.to_string()),
    })
}
