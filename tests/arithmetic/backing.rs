//! Tests of what shares are worth when the asset took some of their backing, against exact rationals.
//! Without a loss a share is worth one asset.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use weir::math::{U256, backing::Backing};

use crate::exact::{big, integer, ratio};
use crate::random::{amount, config, word};

const STAKE_BITS: usize = 112;

fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// What a share is worth in assets: assets held divided by shares, but at most 1.
fn exact_worth(shares: u128, held: U256) -> BigRational {
    match shares {
        0 => integer(1),
        _ => ratio(big(held), shares).min(integer(1)),
    }
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn shares_are_worth_their_exact_part_rounded_down(all in amount(STAKE_BITS), held in word(256), shares in word(112)) {
        let assets = Backing::new(all, held).assets_for(shares).map(big);
        let exact = integer(big(shares)) * exact_worth(all, held);
        prop_assert_eq!(assets, Some(exact.floor().to_integer()));
    }

    #[test]
    fn assets_cost_their_exact_part_rounded_up(all in amount(STAKE_BITS), held in word(114), assets in word(112)) {
        let backing = Backing::new(all, held);
        let worth = exact_worth(all, held);
        if worth == integer(0) {
            prop_assert_eq!((backing.shares_for(assets), backing.shares_worth(assets)), (None, None));
            return Ok(());
        }
        let exact = integer(big(assets)) / worth;
        prop_assert_eq!(backing.shares_for(assets).map(big), Some(exact.ceil().to_integer()));
        prop_assert_eq!(backing.shares_worth(assets).map(big), Some(exact.floor().to_integer()));
    }

    #[test]
    fn a_withdrawable_amount_never_costs_more_than_the_shares_held(
        (all, shares) in amount(STAKE_BITS).prop_flat_map(|all| (Just(all), 0..=all)),
        held in word(112),
        part in any::<u64>(),
    ) {
        let backing = Backing::new(all, held);
        let max = backing.assets_for(u(shares)).expect("shares that exist");
        let assets = max * U256::from(part) / U256::from(u64::MAX);
        if !assets.is_zero() {
            let cost = backing.shares_for(assets).expect("something is held");
            prop_assert!(cost <= u(shares), "{assets} cost {cost}");
        }
    }

    /// In any order, withdrawals and redemptions never lower what the other shares are worth.
    #[test]
    fn a_withdrawal_never_lowers_the_worth_of_other_shares(
        stakes in prop::collection::vec(amount(100), 1..6),
        missing in any::<u64>(),
        by_assets in prop::collection::vec(any::<bool>(), 6),
        parts in prop::collection::vec(any::<u32>(), 6),
    ) {
        let mut all: u128 = stakes.iter().sum();
        let mut held = u(all) * U256::from(u64::MAX - missing) / U256::from(u64::MAX);
        for ((stake, by_assets), part) in stakes.into_iter().zip(by_assets).zip(parts) {
            let backing = Backing::new(all, held);
            let worth_before = exact_worth(all, held);
            let some = u(stake) * U256::from(part) / U256::from(u32::MAX);
            let (shares, assets) = if by_assets {
                let assets = backing.assets_for(some).expect("shares that exist");
                (backing.shares_for(assets).unwrap_or_default(), assets)
            } else {
                (some, backing.assets_for(some).expect("shares that exist"))
            };
            prop_assert!(shares <= u(stake));
            all -= shares.to::<u128>();
            held -= assets;
            prop_assert!(exact_worth(all, held) >= worth_before);
        }
    }
}

#[test]
fn without_a_loss_or_without_shares_conversion_is_one_to_one() {
    for (all, held) in [(0, 0), (0, 5), (7, 7), (7, 8)] {
        let backing = Backing::new(all, u(held));
        assert!(backing.is_whole());
        assert_eq!(big(backing.assets()), BigInt::from(all));
        for number in [U256::ZERO, U256::from(1), U256::MAX] {
            assert_eq!(backing.assets_for(number), Some(number));
            assert_eq!(backing.shares_for(number), Some(number));
            assert_eq!(backing.shares_worth(number), Some(number));
        }
    }
}

#[test]
fn impossible_numbers_return_none_without_overflow() {
    let backing = Backing::new(10, u(9));
    assert_eq!(backing.assets_for(U256::MAX), None);
    assert_eq!(backing.shares_for(U256::MAX), None);
    assert_eq!(backing.shares_worth(U256::MAX), None);
    let largest = U256::from(u128::MAX);
    assert_eq!(backing.shares_for(largest + U256::from(1)), None);
    assert_eq!(backing.shares_for(largest), Some((largest * u(10) + u(8)) / u(9)));
    assert_eq!(backing.assets_for(largest), Some(largest * u(9) / u(10)));
}
