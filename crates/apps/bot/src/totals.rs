//! Counts and sums of a run, for the metrics and the final summary.
//! A reorganisation subtracts what it undoes.

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

/// Counts and sums of this run.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Bids sent, including replacements.
    pub sent: u64,
    /// Bids that bought the lot.
    pub won: u64,
    /// Bids that were mined and reverted.
    pub lost: u64,
    /// Bids and approvals not sent because the simulation, the gas estimate or the node rejected them.
    pub rejected: u64,
    /// Lots that other accounts bought at these pairs.
    pub sold_to_others: u64,
    /// Transactions undone by a reorganisation.
    pub undone: u64,
    /// Mined approvals.
    pub approvals: u64,
    /// Programs renewed.
    pub renewals: u64,
    /// Paid for renewals in wei, gas and data fees. Not a part of the profit.
    pub renewals_wei: U256,
    paid: BTreeMap<Address, (TokenInfo, U256)>,
    bought: BTreeMap<Address, (TokenInfo, U256)>,
    gas_wei: U256,
    /// Worth of the lots bought, in the price unit at the time of the bid.
    gains: Rational,
    /// Payments and gas, in the price unit at the time of the bid.
    costs: Rational,
}

/// A purchase of a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    pub bid: BidIntent,
    /// In base units of the payment token.
    pub paid: U256,
    /// In base units of the token bought.
    pub received: U256,
    pub gas_wei: U256,
}

impl Totals {
    /// Adds a purchase.
    pub fn win(&mut self, purchase: &Purchase) {
        let BidIntent { pair, .. } = &purchase.bid;
        self.won += 1;
        add(&mut self.paid, &pair.token_in, purchase.paid);
        add(&mut self.bought, &pair.token_out, purchase.received);
        self.gains += purchase.gain();
        self.costs += purchase.cost();
        self.spend(purchase.gas_wei, &purchase.bid.wei_value);
    }

    /// Subtracts a purchase after a reorganisation.
    pub fn undo_win(&mut self, purchase: &Purchase) {
        let BidIntent { pair, .. } = &purchase.bid;
        self.won = self.won.saturating_sub(1);
        subtract(&mut self.paid, &pair.token_in, purchase.paid);
        subtract(&mut self.bought, &pair.token_out, purchase.received);
        self.gains = difference(&self.gains, &purchase.gain());
        self.costs = difference(&self.costs, &purchase.cost());
        self.unspend(purchase.gas_wei, &purchase.bid.wei_value);
    }

    /// Adds a payment for gas; `wei_value` is the value of one wei in the price unit.
    pub fn spend(&mut self, wei: U256, wei_value: &Rational) {
        self.gas_wei = self.gas_wei.saturating_add(wei);
        self.costs += rational(wei) * wei_value;
    }

    /// Subtracts a payment for gas after a reorganisation.
    pub fn unspend(&mut self, wei: U256, wei_value: &Rational) {
        self.gas_wei = self.gas_wei.saturating_sub(wei);
        self.costs = difference(&self.costs, &(rational(wei) * wei_value));
    }

    /// Returns the payments by token, in base units.
    pub fn paid(&self) -> impl Iterator<Item = (&TokenInfo, U256)> {
        self.paid.values().map(|(token, amount)| (token, *amount))
    }

    /// Returns the payments for gas, in wei.
    pub fn gas_wei(&self) -> U256 {
        self.gas_wei
    }

    /// Returns worth minus payments and gas, in the price unit at the time of the bids. A float, for gauges.
    pub fn profit_estimate(&self) -> f64 {
        approximate(&self.gains) - approximate(&self.costs)
    }

    /// Returns the summary of the run.
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
            rejected: self.rejected,
            sold_to_others: self.sold_to_others,
            undone: self.undone,
            approvals: self.approvals,
            renewals: self.renewals,
            renewals_wei: self.renewals_wei,
            paid: amounts(&self.paid),
            bought: amounts(&self.bought),
            gas_wei: self.gas_wei,
            profit_estimate: format!("{sign}{}", show(&profit)),
            pending: None,
        }
    }
}

impl Purchase {
    /// Returns the worth of the received amount, in the price unit.
    fn gain(&self) -> Rational {
        let BidIntent { worth, amount_out, base_unit_value, .. } = &self.bid;
        rational(*worth) * base_unit_value * rational(self.received)
            / rational((*amount_out).max(U256::from(1)))
    }

    /// Returns the payment without gas, in the price unit.
    fn cost(&self) -> Rational {
        rational(self.paid) * &self.bid.base_unit_value
    }

    /// Returns worth minus payment and gas, in the price unit, and 0 for a loss.
    pub fn profit(&self) -> Rational {
        difference(&self.gain(), &(self.cost() + rational(self.gas_wei) * &self.bid.wei_value))
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

/// The summary of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Bids sent, including replacements.
    pub bids: u64,
    pub won: u64,
    pub lost: u64,
    pub rejected: u64,
    pub sold_to_others: u64,
    pub undone: u64,
    pub approvals: u64,
    /// Programs renewed.
    pub renewals: u64,
    /// Paid for renewals, gas and data fees. Not a part of the profit.
    #[serde(serialize_with = "as_decimal")]
    pub renewals_wei: U256,
    pub paid: Vec<TokenAmount>,
    pub bought: Vec<TokenAmount>,
    #[serde(serialize_with = "as_decimal")]
    pub gas_wei: U256,
    /// In the price unit, at the prices of the bids.
    pub profit_estimate: String,
    /// The transaction that is still pending.
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
            "bids {}: won {}, lost {}, rejected {}, undone {}; lots sold to others {}",
            self.bids, self.won, self.lost, self.rejected, self.undone, self.sold_to_others
        )?;
        writeln!(f, "paid {} for {}", list(&self.paid), list(&self.bought))?;
        write!(
            f,
            "gas {} ether; profit at the prices of the bids {}",
            exact(self.gas_wei, 18),
            self.profit_estimate
        )?;
        if self.renewals > 0 {
            write!(f, "\nrenewed {} programs for {} ether", self.renewals, exact(self.renewals_wei, 18))?;
        }
        match &self.pending {
            Some(pending) => write!(f, "\npending: {pending}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Pair, Venue};

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
            venue: Venue::Vault,
        };
        let number = |text: &str| text.parse::<weir_units::Decimal>().expect("a number").rational();
        let bid = BidIntent {
            pair,
            amount_out: U256::from(10u64.pow(18)),
            limit: U256::from(2_000_000),
            base_unit_value: number("0.000001"),
            wei_value: number("1e-15"),
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
    fn profit_is_worth_minus_payment_and_gas() {
        let mut totals = Totals::default();
        totals.win(&purchase(1_500_000));
        let summary = totals.summary();
        assert_eq!(summary.profit_estimate, "1.4");
        assert_eq!(summary.paid[0].amount.tokens, "1.5");
        assert_eq!(summary.bought[0].amount.tokens, "1");
        totals.spend(U256::from(2 * 10u64.pow(15)), &purchase(0).bid.wei_value);
        assert_eq!(totals.summary().profit_estimate, "-0.6");
    }

    #[test]
    fn undone_purchases_are_subtracted() {
        let mut totals = Totals::default();
        totals.win(&purchase(1_500_000));
        let once = totals.summary();
        totals.win(&purchase(1_700_000));
        totals.undo_win(&purchase(1_700_000));
        assert_eq!(totals.summary(), once);
    }
}
