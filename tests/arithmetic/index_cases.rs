//! Tests of index and position in cases computed by hand: each one catches a wrong rounding, limb or sign.
//! Random histories are in `index.rs`.

use weir::math::index::{Debt, Position, advance};
use weir::math::{MAX_STAKE, MAX_UNPAID_REWARD, U256};

/// `2^exponent` as an index.
fn two_to(exponent: usize) -> U256 {
    U256::ONE << exponent
}

/// A position without shares whose pending reward is `pending`, in 2^-32 units.
fn owed(pending: Debt) -> Position {
    Position::new(0, Debt::ZERO.wrapping_sub(pending))
}

fn debt_of(shares: u128, index: U256) -> Debt {
    let mut position = Position::default();
    position.add_shares(shares, index);
    position.debt()
}

#[test]
fn one_unit_over_one_share_raises_the_index_by_two_to_the_128() {
    assert_eq!(advance(U256::ZERO, 1, 1), two_to(128));
    assert_eq!(advance(U256::from(5), 7, 2), two_to(128) * U256::from(3) + two_to(127) + U256::from(5));
    assert_eq!(advance(two_to(255), 3, 1), two_to(255) + two_to(129) + two_to(128));
}

#[test]
fn a_third_of_a_unit_is_rounded_down() {
    let thirds = u128::MAX / 3;
    assert_eq!(advance(U256::ZERO, 1, 3), U256::from(thirds));
    assert_eq!(advance(U256::ZERO, 2, 3), U256::from(2 * thirds));
    assert_eq!(advance(U256::ZERO, 3, 3), two_to(128));
}

#[test]
fn all_bits_of_amount_and_shares_count() {
    assert_eq!(advance(U256::ZERO, 1 << 64, 1), two_to(192));
    assert_eq!(advance(U256::ZERO, (1 << 64) + 1, 1), two_to(192) + two_to(128));
    assert_eq!(advance(U256::ZERO, u128::MAX, 1), U256::MAX - U256::from(u128::MAX));
    assert_eq!(advance(U256::ZERO, 1, 1 << 64), two_to(64));
    assert_eq!(advance(U256::ZERO, 1, 1 << 111), two_to(17));
    assert_eq!(advance(U256::ZERO, 1, MAX_STAKE), two_to(16));
    assert_eq!(advance(U256::ZERO, MAX_UNPAID_REWARD, 1), two_to(239) - two_to(128));
}

#[test]
fn the_index_wraps() {
    assert_eq!(advance(U256::MAX, 1, 1), two_to(128) - U256::ONE);
    assert_eq!(advance(U256::MAX - two_to(128) + U256::ONE, 1, 1), U256::ZERO);
}

#[test]
fn new_debt_is_rounded_up_for_a_fraction_in_any_bit() {
    let one = Debt::from(1_u8);
    assert_eq!(debt_of(1, U256::ZERO), Debt::ZERO);
    for bit in [0, 1, 31, 32, 63, 64, 65, 94, 95] {
        assert_eq!(debt_of(1, two_to(bit)), one, "bit {bit} is a fraction of a debt unit");
        assert_eq!(debt_of(1, two_to(96) + two_to(bit)), one + one, "bit {bit} beside a whole debt unit");
    }
    assert_eq!(debt_of(1, two_to(96)), one);
    assert_eq!(debt_of(1, two_to(97)), one + one);
    assert_eq!(debt_of(2, two_to(95)), one);
    assert_eq!(debt_of(3, two_to(95)), one + one);
    assert_eq!(debt_of(1 << 96, U256::ONE), one);
    assert_eq!(debt_of((1 << 96) + 1, U256::ONE), one + one);
}

#[test]
fn returned_debt_is_rounded_down() {
    let start = Position::new(10, Debt::from(10_u8));
    for (shares, index, left) in [
        (1, U256::ZERO, 10_u8),
        (1, two_to(96) - U256::ONE, 10),
        (1, two_to(96), 9),
        (3, two_to(95), 9),
        (4, two_to(95), 8),
        (10, two_to(96), 0),
    ] {
        let mut position = start;
        assert_eq!(position.remove_shares(shares, index), Some(()));
        assert_eq!(position, Position::new(10 - shares, Debt::from(left)), "{shares} at {index}");
    }
}

#[test]
fn debt_keeps_bits_96_to_239_of_the_product() {
    assert_eq!(debt_of(1, two_to(239)), Debt::from(1_u8) << 143);
    assert_eq!(debt_of(1, two_to(240)), Debt::ZERO);
    assert_eq!(debt_of(1 << 111, two_to(128)), Debt::from(1_u8) << 143);
    assert_eq!(debt_of(1 << 111, two_to(129)), Debt::ZERO);
    assert_eq!(debt_of(1, U256::MAX), Debt::ZERO);
    assert_eq!(debt_of(1, two_to(240) - two_to(96)), Debt::MAX);
}

#[test]
fn pending_reward_counts_in_units_of_two_to_the_32() {
    let unit = 1_u64 << 32;
    for (pending, earned) in [(0, 0), (1, 0), (unit - 1, 0), (unit, 1), (2 * unit - 1, 1), (2 * unit, 2)] {
        assert_eq!(owed(Debt::from(pending)).earned(U256::from(7)), earned, "{pending} pending");
    }
    assert_eq!(owed(Debt::from(1_u8) << 96).earned(U256::ZERO), 1 << 64);
    assert_eq!(owed((Debt::from(1_u8) << 96) + Debt::from(unit)).earned(U256::ZERO), (1 << 64) + 1);
}

#[test]
fn pending_reward_is_signed() {
    let half = Debt::from(1_u8) << 143;
    assert_eq!(owed(half - Debt::from(1_u8)).earned(U256::ZERO), MAX_UNPAID_REWARD);
    assert_eq!(owed(half).earned(U256::ZERO), 0);
    assert_eq!(owed(half + Debt::from(1_u8)).earned(U256::ZERO), 0);
    assert_eq!(owed(Debt::MAX).earned(U256::ZERO), 0);
    let mut owing = owed(Debt::MAX);
    assert_eq!(owing.claim(U256::ZERO), 0);
    assert_eq!(owing, owed(Debt::MAX));
}

#[test]
fn a_claim_leaves_the_fraction_pending() {
    let fraction = Debt::from((1_u64 << 32) - 3);
    let mut position = owed((Debt::from(41_u8) << 32) + fraction);
    assert_eq!(position.claim(U256::ZERO), 41);
    assert_eq!(position, owed(fraction));
    assert_eq!(position.claim(U256::ZERO), 0);
    assert_eq!(position, owed(fraction));
    let position = Position::new(3, position.debt());
    assert_eq!(position.earned(two_to(96)), 1);
}

#[test]
fn the_largest_reward_is_earned_by_one_share_and_by_all_shares() {
    let mut one = Position::default();
    one.add_shares(1, U256::MAX);
    let index = advance(U256::MAX, MAX_UNPAID_REWARD, 1);
    // MAX · 1 / 2^96 is rounded up in the debt, which costs the last unit.
    assert_eq!(one.claim(index), MAX_UNPAID_REWARD - 1);

    let mut exact = Position::default();
    exact.add_shares(1, two_to(255));
    assert_eq!(exact.claim(advance(two_to(255), MAX_UNPAID_REWARD, 1)), MAX_UNPAID_REWARD);

    let mut all = Position::default();
    all.add_shares(MAX_STAKE, U256::ZERO);
    let index = advance(U256::ZERO, MAX_UNPAID_REWARD, MAX_STAKE);
    // (2^239 − 2^128) / (2^112 − 1) is 2^127 + 2^15 − 2^16 less 2^-97: rounding down costs a whole step of the index.
    assert_eq!(index, two_to(127) - two_to(15) - U256::ONE);
    assert_eq!(all.claim(index), MAX_UNPAID_REWARD - 1);
}

#[test]
fn two_stakers_share_by_stake_across_the_wrap() {
    let start = U256::MAX - two_to(96) + U256::ONE;
    let (mut small, mut large) = (Position::default(), Position::default());
    small.add_shares(1, start);
    large.add_shares(3, start);
    let index = advance(start, 1001, 4);
    assert!(index < start);
    assert_eq!((small.earned(index), large.earned(index)), (250, 750));
    assert_eq!((small.claim(index), large.claim(index)), (250, 750));
    let index = advance(index, 3, 4);
    assert_eq!((small.earned(index), large.earned(index)), (1, 3));
}

#[test]
fn removed_shares_keep_their_reward_and_earn_no_more() {
    let (mut stays, mut leaves) = (Position::default(), Position::default());
    stays.add_shares(5, U256::ZERO);
    leaves.add_shares(5, U256::ZERO);
    let index = advance(U256::ZERO, 10, 10);
    assert_eq!(leaves.remove_shares(5, index), Some(()));
    let later = advance(index, 10, 5);
    assert_eq!((stays.earned(later), leaves.earned(later)), (15, 5));
    assert_eq!(leaves.claim(later), 5);
    leaves.add_shares(5, later);
    assert_eq!(leaves.earned(later), 0);
    assert_eq!(leaves.earned(advance(later, 10, 10)), 5);
}

#[test]
fn the_bounds_match_the_design() {
    assert_eq!(MAX_STAKE, u128::MAX >> 16);
    assert_eq!(MAX_UNPAID_REWARD, u128::MAX >> 17);
}
