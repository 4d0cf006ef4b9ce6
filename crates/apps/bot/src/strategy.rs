//! Decides what to do at a pair: bid now, wait for the bid time, or skip it.
//! The decision is a pure function of the state that the caller has read.

use std::{cmp::Reverse, collections::HashMap, fmt};

use alloy::primitives::{Address, U256};
use weir_units::{Rational, exact};

use crate::{
    market::{Offer, Pair, Venue, Wallet},
    money::{Margin, Quote, highest_bid},
    price::NoPrice,
};

/// Assumed gas of an approval: a storage slot written from zero, with some reserve.
const APPROVAL_GAS: u64 = 60_000;

/// How much vaults and the router are approved to pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Approval {
    /// The limit of each bid, unless an earlier approval covers it.
    Exact,
    /// An unlimited amount, once.
    Max,
    /// Nothing. Bids stay within the approvals that the account already has.
    None,
}

/// The user's limits for bids.
#[derive(Clone, Debug)]
pub struct Rules {
    pub margin: Margin,
    /// Maximum payment for a lot, by payment token, in base units.
    pub max_bids: HashMap<Address, U256>,
    pub approval: Approval,
}

/// The state of one pair and of the account.
#[derive(Clone, Debug)]
pub struct View<'a> {
    pub pair: &'a Pair,
    pub offer: &'a Offer,
    pub wallet: &'a Wallet,
    /// Exchange rates into the payment token.
    pub quote: Result<&'a Quote, &'a NoPrice>,
    /// Gas of a bid.
    pub gas: u64,
    /// Maximum price of gas.
    pub wei_per_gas: u128,
    /// Chain time (Unix seconds).
    pub now: u64,
}

/// The decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Buy the lot now.
    Bid(Bid),
    /// Do nothing before the bid time.
    Wait(Wait),
    /// Do nothing until something changes.
    Skip(SkipReason),
}

/// A bid for a lot. Amounts are in base units of the payment token, except `amount_out` and `profit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    /// The lot, in base units of the token bought.
    pub amount_out: U256,
    /// Maximum payment. The transaction reverts above it.
    pub limit: U256,
    /// Price in the current second.
    pub price: U256,
    pub worth: U256,
    /// Maximum cost of its gas.
    pub gas_cost: U256,
    /// Worth minus price and gas, in the price unit. Later bids earn more, because the price falls.
    pub profit: Rational,
    /// Whether an approval must be sent first.
    pub needs_approval: bool,
}

/// A bid that becomes profitable later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The bid time: the first second (Unix time) in which the price is at most the limit.
    pub until: u64,
    /// In base units of the payment token, like `worth`.
    pub limit: U256,
    pub worth: U256,
    pub limited_by: LimitedBy,
}

/// The lowest of the values that bound a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedBy {
    /// The lot's worth minus gas and margin.
    Worth,
    /// `--max-bid`.
    MaxBid,
    /// The account's balance or allowance.
    Wallet,
}

/// The reason to make no bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    NothingForSale,
    NoPrice(NoPrice),
    /// The lot is worth less than gas and margin. `worth` is in base units of the payment token.
    Unprofitable {
        worth: U256,
    },
    /// The limit is below the lowest price of any auction.
    LimitTooLow {
        limit: U256,
        limited_by: LimitedBy,
    },
    NoRouter,
    /// The account cannot pay for the gas. `needed` is in wei.
    TooLittleEther {
        needed: U256,
    },
    /// The auction's price never falls to the limit.
    LimitNeverReached,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingForSale => f.write_str("nothing is for sale"),
            Self::NoPrice(error) => error.fmt(f),
            Self::Unprofitable { .. } => f.write_str("the lot is worth less than gas and margin"),
            Self::LimitTooLow { limited_by: LimitedBy::Wallet, .. } => {
                f.write_str("the balance or allowance is below 100 base units, the lowest price")
            }
            Self::LimitTooLow { .. } => f.write_str("the limit is below 100 base units, the lowest price"),
            Self::NoRouter => f.write_str("the pair needs a router: give --router"),
            Self::TooLittleEther { needed } => {
                write!(f, "too little ether: a bid needs up to {} for gas", exact(*needed, 18))
            }
            Self::LimitNeverReached => f.write_str("the price never falls to the limit"),
        }
    }
}

/// Decides what to do at a pair.
pub fn decide(view: &View, rules: &Rules) -> Plan {
    match plan(view, rules) {
        Ok(plan) => plan,
        Err(reason) => Plan::Skip(reason),
    }
}

fn plan(view: &View, rules: &Rules) -> Result<Plan, SkipReason> {
    let View { pair, offer, wallet, now, .. } = view;
    if pair.venue == Venue::None {
        return Err(SkipReason::NoRouter);
    }
    if offer.lot.is_zero() {
        return Err(SkipReason::NothingForSale);
    }
    let quote = view.quote.map_err(|error| SkipReason::NoPrice(error.clone()))?;
    let (limit, limited_by, gas_wei) = limit(view, quote, rules)?;
    // The node requires ether for the gas limit, which is a quarter above the estimate.
    let needed = gas_wei + gas_wei / U256::from(4);
    if wallet.ether < needed {
        return Err(SkipReason::TooLittleEther { needed });
    }
    let too_low = limit < weir::math::auction::MIN_PRICE;
    if too_low {
        return Err(SkipReason::LimitTooLow { limit, limited_by });
    }
    let until = offer.auction.first_second_at(limit).ok_or(SkipReason::LimitNeverReached)?;
    let worth = quote.worth(offer.lot);
    if until > *now {
        return Ok(Plan::Wait(Wait { until, limit, worth, limited_by }));
    }
    let (price, gas_cost) = (offer.auction.price_at(*now), quote.gas_cost(gas_wei));
    Ok(Plan::Bid(Bid {
        amount_out: offer.lot,
        limit,
        price,
        worth,
        gas_cost,
        profit: quote.value_of(worth.saturating_sub(price).saturating_sub(gas_cost)),
        needs_approval: wallet.allowance < limit,
    }))
}

/// Returns the limit, what it is limited by, and the cost of the gas in wei.
fn limit(view: &View, quote: &Quote, rules: &Rules) -> Result<(U256, LimitedBy, U256), SkipReason> {
    let View { pair, offer, wallet, .. } = view;
    let bid = |gas: u64, payable: U256| {
        let gas_wei = U256::from(gas) * U256::from(view.wei_per_gas);
        let worth = highest_bid(quote, offer.lot, gas_wei, &rules.margin);
        let worth = worth.ok_or_else(|| SkipReason::Unprofitable { worth: quote.worth(offer.lot) })?;
        let wanted = rules.max_bids.get(&pair.token_in.address).copied().unwrap_or(U256::MAX);
        let others = [(wanted, LimitedBy::MaxBid), (payable, LimitedBy::Wallet)];
        let least =
            |least: (U256, LimitedBy), next: (U256, LimitedBy)| if next.0 < least.0 { next } else { least };
        let (limit, limited_by) = others.into_iter().fold((worth, LimitedBy::Worth), least);
        Ok((limit, limited_by, gas_wei))
    };
    let approved = wallet.balance.min(wallet.allowance);
    let unbounded = bid(view.gas, wallet.balance)?;
    // The price only falls, so an allowance that covers the current price is enough.
    let is_covered = wallet.allowance >= unbounded.0 || wallet.allowance >= offer.auction.price_at(view.now);
    if rules.approval == Approval::None || is_covered {
        return bid(view.gas, approved);
    }
    bid(view.gas.saturating_add(APPROVAL_GAS), wallet.balance)
}

/// Returns the most profitable bid.
pub fn best<T>(bids: impl IntoIterator<Item = (T, Bid)>) -> Option<(T, Bid)> {
    // Of equal bids, the first in the list.
    bids.into_iter()
        .enumerate()
        .max_by_key(|(index, (_, bid))| (bid.profit.clone(), Reverse(*index)))
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
            venue: Venue::Vault,
        }
    }

    fn offer(lot: u128) -> Offer {
        Offer {
            auction: Auction { target_period: 3_600, last_price: u(TOKEN), last_at: 10_000 },
            lot: u(lot),
        }
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
        offer: Offer,
        wallet: Wallet,
        rules: Rules,
    }

    impl Scene {
        fn new(lot: u128) -> Self {
            Self { pair: pair(), offer: offer(lot), wallet: rich(), rules: rules() }
        }

        fn at(&self, now: u64) -> Plan {
            let quote = quote();
            let view = View {
                pair: &self.pair,
                offer: &self.offer,
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
    fn bids_in_the_first_profitable_second() {
        let scene = Scene::new(2 * TOKEN);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!("{:?}", scene.at(10_001)) };
        // Two tokens minus one percent and 10^13 wei of gas.
        assert_eq!(wait.limit, u(198 * TOKEN / 100 - 10_000_000_000_000));
        assert_eq!(wait.limited_by, LimitedBy::Worth);
        assert!(matches!(scene.at(wait.until - 1), Plan::Wait(_)));
        let Plan::Bid(bid) = scene.at(wait.until) else { panic!("{:?}", scene.at(wait.until)) };
        assert!(bid.price <= bid.limit && bid.limit == wait.limit);
        assert!(!bid.needs_approval);
    }

    #[test]
    fn larger_lots_are_bid_for_earlier() {
        let until = |lot| match Scene::new(lot).at(10_001) {
            Plan::Wait(wait) => wait.until,
            plan => panic!("{plan:?}"),
        };
        assert!(until(3 * TOKEN) < until(2 * TOKEN));
    }

    #[test]
    fn skips_without_lot_price_router_ether_or_worth() {
        let skips = |change: fn(&mut Scene)| {
            let mut scene = Scene::new(TOKEN);
            change(&mut scene);
            match scene.at(20_000) {
                Plan::Skip(reason) => reason,
                plan => panic!("{plan:?}"),
            }
        };
        assert_eq!(skips(|scene| scene.offer.lot = U256::ZERO), SkipReason::NothingForSale);
        assert_eq!(skips(|scene| scene.pair.venue = Venue::None), SkipReason::NoRouter);
        assert!(matches!(skips(|scene| scene.wallet.ether = u(1)), SkipReason::TooLittleEther { .. }));
        assert!(matches!(skips(|scene| scene.offer.lot = u(1_000)), SkipReason::Unprofitable { .. }));
        assert!(matches!(
            skips(|scene| scene.wallet.balance = u(99)),
            SkipReason::LimitTooLow { limited_by: LimitedBy::Wallet, .. }
        ));
        let scene = Scene::new(TOKEN);
        let no_price = NoPrice { token: Address::ZERO, reason: "none".into(), is_pending: false };
        let view = View {
            pair: &scene.pair,
            offer: &scene.offer,
            wallet: &scene.wallet,
            quote: Err(&no_price),
            gas: 1,
            wei_per_gas: 1,
            now: 20_000,
        };
        assert_eq!(decide(&view, &scene.rules), Plan::Skip(SkipReason::NoPrice(no_price.clone())));
    }

    #[test]
    fn limits_respect_max_bid_balance_and_allowance() {
        let mut scene = Scene::new(2 * TOKEN);
        scene.rules.max_bids.insert(scene.pair.token_in.address, u(TOKEN));
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.limited_by), (u(TOKEN), LimitedBy::MaxBid));
        scene.wallet.balance = u(TOKEN / 2);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.limited_by), (u(TOKEN / 2), LimitedBy::Wallet));
        scene.wallet.allowance = u(TOKEN / 4);
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!(wait.limit, u(TOKEN / 2), "an approval can raise the allowance");
        scene.rules.approval = Approval::None;
        let Plan::Wait(wait) = scene.at(10_001) else { panic!() };
        assert_eq!((wait.limit, wait.limited_by), (u(TOKEN / 4), LimitedBy::Wallet));
    }

    #[test]
    fn gas_includes_a_needed_approval() {
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
    fn most_profitable_bid_is_first() {
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
        /// For any state: the limit leaves gas and margin and respects balance, `--max-bid` and allowance.
        #[test]
        fn bids_never_lose(
            lot: u128, last_price: u128, elapsed in 0u64..10_000_000, balance: u128, max_bid: u128, allowance: u128,
        ) {
            let mut scene = Scene::new(lot);
            scene.offer.auction.last_price = u(last_price);
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
