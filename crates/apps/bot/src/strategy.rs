//! What to do at a pair now: bid, wait until a certain second, or rest. A pure function of what is seen.

use std::{cmp::Reverse, collections::HashMap, fmt};

use alloy::primitives::{Address, U256};
use weir_units::{Rational, exact};

use crate::{
    market::{Pair, Sale, Wallet, Way},
    money::{Margin, Quote, highest_bid},
    price::NoPrice,
};

/// Gas of an approval, in case one is needed: a token's slot from zero, and some.
const APPROVAL_GAS: u64 = 60_000;

/// How the price may be pulled from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Approval {
    /// Before a bid as much as its limit, if less is approved.
    Exact,
    /// Once, without a limit.
    Max,
    /// Never: what the account has approved otherwise is all that is bid.
    None,
}

/// What the user wants.
#[derive(Clone, Debug)]
pub struct Rules {
    pub margin: Margin,
    /// The most that is ever paid for a lot, by the token paid with, in its base units.
    pub max_bids: HashMap<Address, U256>,
    pub approval: Approval,
}

/// What is seen of one pair.
#[derive(Clone, Debug)]
pub struct View<'a> {
    pub pair: &'a Pair,
    pub sale: &'a Sale,
    pub wallet: &'a Wallet,
    /// Rates into the token paid with.
    pub quote: Result<&'a Quote, &'a NoPrice>,
    /// Gas of a bid there.
    pub gas: u64,
    /// What a unit of gas costs at most, in wei.
    pub wei_per_gas: u128,
    /// The chain's time (Unix seconds).
    pub now: u64,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Buy the lot now.
    Bid(Bid),
    /// Nothing before a certain second.
    Wait(Wait),
    /// Nothing until something changes.
    Rest(Rest),
}

/// A bid for a lot. Amounts of the token paid with are in its base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// The lot, in base units of the token bought.
    pub amount_out: U256,
    /// What is paid at most: the chain refuses more.
    pub limit: U256,
    /// What would be paid in this second.
    pub price: U256,
    pub worth: U256,
    /// What its gas costs at most.
    pub gas_cost: U256,
    /// What is left after price and gas, at least, in the unit that prices are in.
    pub profit: Rational,
    /// More has to be approved first.
    pub needs_approval: bool,
}

/// Why nothing is done before a certain second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The first second (Unix time) in which the price is at most the limit.
    pub until: u64,
    /// In base units of the token paid with.
    pub limit: U256,
    pub worth: U256,
    /// What keeps the limit down.
    pub bound: Bound,
}

/// What a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The lot's worth, less margin and gas.
    Worth,
    /// The most that the user wants to pay.
    MaxBid,
    /// What the account has, or has approved.
    Wallet,
}

/// Why nothing is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    NothingForSale,
    NoPrice(NoPrice),
    /// The lot is worth less than margin and gas: in base units of the token paid with.
    NotWorthIt {
        worth: U256,
    },
    /// The limit is below the lowest price that an auction knows.
    LimitTooLow {
        limit: U256,
        bound: Bound,
    },
    NoRouter,
    /// Not enough ether for the gas: what it takes, in wei.
    NoEther {
        needed: U256,
    },
    /// It will not happen in this universe's time.
    Never,
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingForSale => f.write_str("nothing is for sale"),
            Self::NoPrice(error) => error.fmt(f),
            Self::NotWorthIt { .. } => f.write_str("the lot is not worth its gas and the margin yet"),
            Self::LimitTooLow { bound: Bound::Wallet, .. } => {
                f.write_str("the account has, or has approved, less than any price")
            }
            Self::LimitTooLow { .. } => {
                f.write_str("the limit is below 100 base units, the lowest price there is")
            }
            Self::NoRouter => f.write_str("it takes a router: name one with --router"),
            Self::NoEther { needed } => {
                write!(
                    f,
                    "the account has too little ether: a bid takes up to {} for gas",
                    exact(*needed, 18)
                )
            }
            Self::Never => f.write_str("the price will not come down to the limit"),
        }
    }
}

/// Decides.
pub fn decide(view: &View, rules: &Rules) -> Plan {
    match plan(view, rules) {
        Ok(plan) => plan,
        Err(rest) => Plan::Rest(rest),
    }
}

fn plan(view: &View, rules: &Rules) -> Result<Plan, Rest> {
    let View { pair, sale, wallet, now, .. } = view;
    if pair.way == Way::None {
        return Err(Rest::NoRouter);
    }
    if sale.lot.is_zero() {
        return Err(Rest::NothingForSale);
    }
    let quote = view.quote.map_err(|error| Rest::NoPrice(error.clone()))?;
    let (limit, bound, gas_wei) = limit(view, quote, rules)?;
    // Nodes ask for all that the gas limit allows, which is a quarter more than is estimated.
    let needed = gas_wei + gas_wei / U256::from(4);
    if wallet.ether < needed {
        return Err(Rest::NoEther { needed });
    }
    let too_low = limit < weir::math::auction::MIN_PRICE;
    if too_low {
        return Err(Rest::LimitTooLow { limit, bound });
    }
    let until = sale.auction.first_second_at(limit).ok_or(Rest::Never)?;
    let worth = quote.worth(sale.lot);
    if until > *now {
        return Ok(Plan::Wait(Wait { until, limit, worth, bound }));
    }
    let (price, gas_cost) = (sale.auction.price_at(*now), quote.gas_cost(gas_wei));
    Ok(Plan::Bid(Bid {
        amount_out: sale.lot,
        limit,
        price,
        worth,
        gas_cost,
        profit: quote.in_units(worth.saturating_sub(price).saturating_sub(gas_cost)),
        needs_approval: wallet.allowance < limit,
    }))
}

/// The most that can be bid, what keeps it down, and what the gas costs then, in wei.
fn limit(view: &View, quote: &Quote, rules: &Rules) -> Result<(U256, Bound, U256), Rest> {
    let View { pair, sale, wallet, .. } = view;
    let bid = |gas: u64, payable: U256| {
        let gas_wei = U256::from(gas) * U256::from(view.wei_per_gas);
        let worth = highest_bid(quote, sale.lot, gas_wei, &rules.margin);
        let worth = worth.ok_or_else(|| Rest::NotWorthIt { worth: quote.worth(sale.lot) })?;
        let wanted = rules.max_bids.get(&pair.token_in.address).copied().unwrap_or(U256::MAX);
        let others = [(wanted, Bound::MaxBid), (payable, Bound::Wallet)];
        let least = |least: (U256, Bound), next: (U256, Bound)| if next.0 < least.0 { next } else { least };
        let (limit, bound) = others.into_iter().fold((worth, Bound::Worth), least);
        Ok((limit, bound, gas_wei))
    };
    let approved = wallet.balance.min(wallet.allowance);
    let unbounded = bid(view.gas, wallet.balance)?;
    // The price only falls: what is approved already will do if it covers the price now.
    let is_covered = wallet.allowance >= unbounded.0 || wallet.allowance >= sale.auction.price_at(view.now);
    if rules.approval == Approval::None || is_covered {
        return bid(view.gas, approved);
    }
    bid(view.gas.saturating_add(APPROVAL_GAS), wallet.balance)
}

/// The bid to make first: that which leaves most.
pub fn best<T>(bids: impl IntoIterator<Item = (T, Bid)>) -> Option<(T, Bid)> {
    // Of equals the one that was found first, as the order of the list is.
    bids.into_iter()
        .enumerate()
        .max_by_key(|(place, (_, bid))| (bid.profit.clone(), Reverse(*place)))
        .map(|(_, best)| best)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        market::TokenInfo,
        money::{Auction, UnitPrices, rational},
    };

    const TOKEN: u128 = 1_000_000_000_000_000_000;

    fn u(amount: u128) -> U256 {
        U256::from(amount)
    }

    fn pair() -> Pair {
        let token = |byte, symbol: &str| TokenInfo {
            address: Address::repeat_byte(byte),
            symbol: symbol.into(),
            decimals: 18,
        };
        Pair {
            address: Address::repeat_byte(1),
            source: Address::repeat_byte(1),
            token_in: token(2, "IN"),
            token_out: token(3, "OUT"),
            target_period: 3_600,
            way: Way::Vault,
        }
    }

    fn sale(lot: u128) -> Sale {
        Sale { auction: Auction { target_period: 3_600, last_price: u(TOKEN), last_at: 10_000 }, lot: u(lot) }
    }

    fn quote() -> Quote {
        let one = rational(U256::from(1));
        let prices = UnitPrices { token_in: (&one, 18), token_out: (&one, 18), ether: &one };
        Quote::new(&prices).expect("a quote")
    }

    fn rules() -> Rules {
        let margin = Margin { basis_points: 100, absolute: rational(U256::ZERO) };
        Rules { margin, max_bids: HashMap::new(), approval: Approval::Max }
    }

    fn rich() -> Wallet {
        Wallet { balance: U256::MAX, allowance: U256::MAX, ether: u(TOKEN) }
    }

    struct Scene {
        pair: Pair,
        sale: Sale,
        wallet: Wallet,
        rules: Rules,
    }

    impl Scene {
        fn new(lot: u128) -> Self {
            Self { pair: pair(), sale: sale(lot), wallet: rich(), rules: rules() }
        }

        fn at(&self, now: u64) -> Plan {
            let quote = quote();
            let view = View {
                pair: &self.pair,
                sale: &self.sale,
                wallet: &self.wallet,
                quote: Ok(&quote),
                gas: 100_000,
                wei_per_gas: 100_000_000,
                now,
            };
            decide(&view, &self.rules)
        }
    }

    #[test]
    fn it_waits_for_the_first_second_that_pays_and_bids_in_it() {
        let scene = Scene::new(2 * TOKEN);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!("{:?}", scene.at(10_001)) };
        // Two tokens less one percent and 10^13 wei of gas: half the last price's time, and some.
        assert_eq!(wait.limit, u(198 * TOKEN / 100 - 10_000_000_000_000));
        assert_eq!(wait.bound, Bound::Worth);
        assert!(matches!(scene.at(wait.until - 1), Plan::Wait(_)));
        let Plan::Bid(bid) = scene.at(wait.until) else { panic!("{:?}", scene.at(wait.until)) };
        assert!(bid.price <= bid.limit && bid.limit == wait.limit);
        assert!(!bid.needs_approval);
    }

    #[test]
    fn a_lot_that_grows_is_bid_for_earlier() {
        let until = |lot| match Scene::new(lot).at(10_001) {
            Plan::Wait(wait) => wait.until,
            plan => panic!("{plan:?}"),
        };
        assert!(until(3 * TOKEN) < until(2 * TOKEN));
    }

    #[test]
    fn without_lot_price_router_ether_or_worth_it_rests() {
        let rests = |change: fn(&mut Scene)| {
            let mut scene = Scene::new(TOKEN);
            change(&mut scene);
            match scene.at(20_000) {
                Plan::Rest(rest) => rest,
                plan => panic!("{plan:?}"),
            }
        };
        assert_eq!(rests(|scene| scene.sale.lot = U256::ZERO), Rest::NothingForSale);
        assert_eq!(rests(|scene| scene.pair.way = Way::None), Rest::NoRouter);
        assert!(matches!(rests(|scene| scene.wallet.ether = u(1)), Rest::NoEther { .. }));
        assert!(matches!(rests(|scene| scene.sale.lot = u(1_000)), Rest::NotWorthIt { .. }));
        assert!(matches!(
            rests(|scene| scene.wallet.balance = u(99)),
            Rest::LimitTooLow { bound: Bound::Wallet, .. }
        ));
        let scene = Scene::new(TOKEN);
        let no_price = NoPrice { token: Address::ZERO, why: "none".into(), is_coming: false };
        let view = View {
            pair: &scene.pair,
            sale: &scene.sale,
            wallet: &scene.wallet,
            quote: Err(&no_price),
            gas: 1,
            wei_per_gas: 1,
            now: 20_000,
        };
        assert_eq!(decide(&view, &scene.rules), Plan::Rest(Rest::NoPrice(no_price.clone())));
    }

    #[test]
    fn it_never_bids_more_than_the_user_wants_or_the_account_has() {
        let mut scene = Scene::new(2 * TOKEN);
        scene.rules.max_bids.insert(scene.pair.token_in.address, u(TOKEN));
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.bound), (u(TOKEN), Bound::MaxBid));
        scene.wallet.balance = u(TOKEN / 2);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.bound), (u(TOKEN / 2), Bound::Wallet));
        scene.wallet.allowance = u(TOKEN / 4);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!(wait.limit, u(TOKEN / 2), "more can be approved");
        scene.rules.approval = Approval::None;
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.bound), (u(TOKEN / 4), Bound::Wallet));
    }

    #[test]
    fn an_approval_s_gas_is_counted_when_one_is_needed() {
        let mut scene = Scene::new(2 * TOKEN);
        scene.wallet.allowance = U256::ZERO;
        let Plan::Bid(bid) = scene.at(100_000) else { panic!() };
        assert!(bid.needs_approval);
        assert_eq!(bid.gas_cost, u(160_000 * 100_000_000));
        scene.wallet.allowance = U256::MAX;
        let Plan::Bid(bid) = scene.at(100_000) else { panic!() };
        assert_eq!(bid.gas_cost, u(100_000 * 100_000_000));
    }

    #[test]
    fn the_bid_that_leaves_most_goes_first() {
        let bid = |lot: u128| match Scene::new(lot).at(1_000_000) {
            Plan::Bid(bid) => bid,
            plan => panic!("{plan:?}"),
        };
        let (small, large) = (bid(TOKEN), bid(3 * TOKEN));
        let order = [("a", small.clone()), ("b", large.clone()), ("c", large)];
        assert_eq!(best(order).map(|(name, _)| name), Some("b"));
        assert_eq!(best::<()>([]), None);
    }

    proptest! {
        /// Whatever is seen: what a bid may pay leaves margin and gas, and is within every bound.
        #[test]
        fn a_bid_never_loses(
            lot: u128, last_price: u128, elapsed in 0u64..10_000_000, balance: u128, max_bid: u128, allowance: u128,
        ) {
            let mut scene = Scene::new(lot);
            scene.sale.auction.last_price = u(last_price);
            scene.wallet = Wallet { balance: u(balance), allowance: u(allowance), ether: u(TOKEN) };
            scene.rules.max_bids.insert(scene.pair.token_in.address, u(max_bid));
            if let Plan::Bid(bid) = scene.at(10_000 + elapsed) {
                prop_assert!(bid.limit <= u(balance) && bid.limit <= u(max_bid));
                prop_assert!(bid.price <= bid.limit);
                prop_assert!((bid.limit + bid.gas_cost) * u(100) <= bid.worth * u(100) - bid.worth);
            }
        }
    }
}
