//! What became of the bids, counted: for the summary at the end and the metrics.

use std::{collections::BTreeMap, fmt};

use alloy::primitives::{Address, U256};
use num_bigint::BigUint;
use num_rational::Ratio;
use serde::Serialize;
use weir_units::{Amount, Rational, as_decimal, exact};

use crate::{
    market::TokenInfo,
    money::{approximate, rational, show},
    sender::BidIntent,
};

/// What has happened in this run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Transactions that bid, replacements included.
    pub sent: u64,
    /// Bids that got the lot.
    pub won: u64,
    /// Bids that were mined and reverted: somebody else was first.
    pub lost: u64,
    /// Bids that would have been refused, as their simulation showed.
    pub refused: u64,
    /// Lots that others bought at these pairs.
    pub sold_to_others: u64,
    /// Transactions that were mined in blocks that are gone.
    pub undone: u64,
    /// Approvals that were mined.
    pub approvals: u64,
    paid: BTreeMap<Address, (TokenInfo, U256)>,
    bought: BTreeMap<Address, (TokenInfo, U256)>,
    gas_wei: U256,
    /// Worth of what was bought, and what was paid for it and for gas, in the unit that prices are in.
    gains: Rational,
    costs: Rational,
}

/// A lot that was bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    pub bid: BidIntent,
    /// In base units of the token paid with.
    pub paid: U256,
    /// In base units of the token bought.
    pub received: U256,
    pub gas_wei: U256,
}

impl Ledger {
    /// A bid got the lot.
    pub fn win(&mut self, purchase: &Purchase) {
        let BidIntent { pair, .. } = &purchase.bid;
        self.won += 1;
        add(&mut self.paid, &pair.token_in, purchase.paid);
        add(&mut self.bought, &pair.token_out, purchase.received);
        self.gains += purchase.gain();
        self.costs += purchase.cost();
        self.spend(purchase.gas_wei, &purchase.bid.unit_of_wei);
    }

    /// The block in which a bid got the lot is gone.
    pub fn undo_win(&mut self, purchase: &Purchase) {
        let BidIntent { pair, .. } = &purchase.bid;
        self.won = self.won.saturating_sub(1);
        subtract(&mut self.paid, &pair.token_in, purchase.paid);
        subtract(&mut self.bought, &pair.token_out, purchase.received);
        self.gains = difference(&self.gains, &purchase.gain());
        self.costs = difference(&self.costs, &purchase.cost());
        self.unspend(purchase.gas_wei, &purchase.bid.unit_of_wei);
    }

    /// Gas was paid for; `unit_of_wei` is what a wei is worth in the unit that prices are in.
    pub fn spend(&mut self, wei: U256, unit_of_wei: &Rational) {
        self.gas_wei = self.gas_wei.saturating_add(wei);
        self.costs += rational(wei) * unit_of_wei;
    }

    /// The block in which gas was paid for is gone.
    pub fn unspend(&mut self, wei: U256, unit_of_wei: &Rational) {
        self.gas_wei = self.gas_wei.saturating_sub(wei);
        self.costs = difference(&self.costs, &(rational(wei) * unit_of_wei));
    }

    /// What was paid with each token, in its base units.
    pub fn paid(&self) -> impl Iterator<Item = (&TokenInfo, U256)> {
        self.paid.values().map(|(token, amount)| (token, *amount))
    }

    /// Gas paid for, in wei.
    pub fn gas_wei(&self) -> U256 {
        self.gas_wei
    }

    /// Worth of what was bought, by the prices when it was bid for, less what was paid and the gas; in the unit that prices
    /// are in. For gauges.
    pub fn profit_estimate(&self) -> f64 {
        approximate(&self.gains) - approximate(&self.costs)
    }

    /// For people and programs.
    pub fn summary(&self) -> Summary {
        let amounts = |amounts: &BTreeMap<Address, (TokenInfo, U256)>| {
            let amount = |(address, (token, amount)): (&Address, &(TokenInfo, U256))| TokenAmount {
                token: *address,
                symbol: token.symbol.clone(),
                amount: Amount::new(*amount, token.decimals),
            };
            amounts.iter().map(amount).collect()
        };
        let (profit, sign) = match self.gains >= self.costs {
            true => (&self.gains - &self.costs, ""),
            false => (&self.costs - &self.gains, "-"),
        };
        Summary {
            bids: self.sent,
            won: self.won,
            lost: self.lost,
            refused: self.refused,
            sold_to_others: self.sold_to_others,
            undone: self.undone,
            approvals: self.approvals,
            paid: amounts(&self.paid),
            bought: amounts(&self.bought),
            gas_wei: self.gas_wei,
            profit_estimate: format!("{sign}{}", show(&profit)),
            pending: None,
        }
    }
}

impl Purchase {
    /// What arrived was worth, in the unit that prices are in.
    fn gain(&self) -> Rational {
        let BidIntent { worth, amount_out, unit_of_in, .. } = &self.bid;
        rational(*worth) * unit_of_in * rational(self.received) / rational((*amount_out).max(U256::from(1)))
    }

    /// What was paid for it, in the unit that prices are in.
    fn cost(&self) -> Rational {
        rational(self.paid) * &self.bid.unit_of_in
    }

    /// What is left after price and gas, in the unit that prices are in; 0 if nothing is.
    pub fn profit(&self) -> Rational {
        difference(&self.gain(), &(self.cost() + rational(self.gas_wei) * &self.bid.unit_of_wei))
    }
}

fn add(amounts: &mut BTreeMap<Address, (TokenInfo, U256)>, token: &TokenInfo, amount: U256) {
    let entry = amounts.entry(token.address).or_insert_with(|| (token.clone(), U256::ZERO));
    entry.1 = entry.1.saturating_add(amount);
}

fn subtract(amounts: &mut BTreeMap<Address, (TokenInfo, U256)>, token: &TokenInfo, amount: U256) {
    if let Some((_, sum)) = amounts.get_mut(&token.address) {
        *sum = sum.saturating_sub(amount);
    }
}

fn difference(from: &Rational, less: &Rational) -> Rational {
    if from > less { from - less } else { Ratio::from_integer(BigUint::ZERO) }
}

/// An amount of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenAmount {
    pub token: Address,
    pub symbol: String,
    #[serde(flatten)]
    pub amount: Amount,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Transactions that bid, replacements included.
    pub bids: u64,
    pub won: u64,
    pub lost: u64,
    pub refused: u64,
    pub sold_to_others: u64,
    pub undone: u64,
    pub approvals: u64,
    pub paid: Vec<TokenAmount>,
    pub bought: Vec<TokenAmount>,
    #[serde(serialize_with = "as_decimal")]
    pub gas_wei: U256,
    /// In the unit that prices are in, by the prices when it was bid.
    pub profit_estimate: String,
    /// What is still under way.
    pub pending: Option<String>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |amounts: &[TokenAmount]| match amounts {
            [] => "nothing".to_owned(),
            amounts => {
                let texts: Vec<String> = amounts
                    .iter()
                    .map(|amount| format!("{} {}", amount.amount.tokens, amount.symbol))
                    .collect();
                texts.join(", ")
            }
        };
        writeln!(
            f,
            "bids {}: won {}, lost {}, refused by simulation {}, undone {}; lots sold to others {}",
            self.bids, self.won, self.lost, self.refused, self.undone, self.sold_to_others
        )?;
        writeln!(f, "paid {} for {}", list(&self.paid), list(&self.bought))?;
        write!(
            f,
            "gas {} ether; profit by the prices then {}",
            exact(self.gas_wei, 18),
            self.profit_estimate
        )?;
        match &self.pending {
            Some(pending) => write!(f, "\nstill under way: {pending}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Pair, Way};

    fn purchase(paid: u64) -> Purchase {
        let token = |byte, symbol: &str, decimals| TokenInfo {
            address: Address::repeat_byte(byte),
            symbol: symbol.into(),
            decimals,
        };
        let pair = Pair {
            address: Address::repeat_byte(1),
            source: Address::repeat_byte(1),
            token_in: token(2, "USD", 6),
            token_out: token(3, "OUT", 18),
            target_period: 1,
            way: Way::Vault,
        };
        let number = |text: &str| text.parse::<weir_units::Decimal>().expect("a number").rational();
        let bid = BidIntent {
            pair,
            amount_out: U256::from(10u64.pow(18)),
            limit: U256::from(2_000_000),
            unit_of_in: number("0.000001"),
            unit_of_wei: number("1e-15"),
            worth: U256::from(3_000_000),
        };
        Purchase {
            bid,
            paid: U256::from(paid),
            received: U256::from(10u64.pow(18)),
            gas_wei: U256::from(10u64.pow(14)),
        }
    }

    #[test]
    fn profit_is_worth_less_price_and_gas() {
        let mut ledger = Ledger::default();
        ledger.win(&purchase(1_500_000));
        let summary = ledger.summary();
        assert_eq!(summary.profit_estimate, "1.4");
        assert_eq!(summary.paid[0].amount.tokens, "1.5");
        assert_eq!(summary.bought[0].amount.tokens, "1");
        ledger.spend(U256::from(2 * 10u64.pow(15)), &purchase(0).bid.unit_of_wei);
        assert_eq!(ledger.summary().profit_estimate, "-0.6");
    }

    #[test]
    fn what_is_undone_leaves_no_trace_but_the_count() {
        let mut ledger = Ledger::default();
        ledger.win(&purchase(1_500_000));
        let once = ledger.summary();
        ledger.win(&purchase(1_700_000));
        ledger.undo_win(&purchase(1_700_000));
        assert_eq!(ledger.summary(), once);
    }
}
