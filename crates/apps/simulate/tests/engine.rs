//! Invariants of every run: tokens are neither lost nor created, and rewards need a stake.

use proptest::prelude::*;
use weir::clones::bounds::MAX_SMOOTHING;
use weir_simulate::{
    config::{
        Behaviour, Config, Mix, Pattern, Payout, Route,
        quantity::{DAY, Part, Seconds, Span, TOKEN, Tokens},
    },
    engine::{Record, Recording, StakerResult, run},
    measure::Summary,
};

const WAD: u64 = 1_000_000_000_000_000_000;

fn config() -> impl Strategy<Value = Config> {
    let stakers =
        (any::<u32>(), 1..30_usize, 0..5_u8, 1..200_u128, 1..20_u128, prop_oneof![Just(0), 0..WAD / 4]);
    let vaults = (1..5_usize, 1..25_u32, 100..200_000_u32, any::<bool>(), any::<bool>());
    let auction = (100..200_000_u32, 0..=MAX_SMOOTHING, 0..4_u32, 1..5_u32, 0..WAD / 2);
    let supply =
        (any::<bool>(), 0..3_u8, 0..1_000_u128, 0..WAD, 500..100_000_u32, prop_oneof![Just(0), 0..5_000_u32]);
    (stakers, vaults, auction, supply).prop_map(|(stakers, vaults, auction, supply)| {
        let mixes = [
            "coin-flipper=5,seeker=2,holder=2,sniper=1",
            "coin-flipper=1",
            "seeker=1,holder=1",
            "sniper=1,holder=3",
            "sniper=1",
        ];
        let mix: Mix = mixes[usize::from(stakers.2)].parse().expect("a mix");
        Config {
            seed: stakers.0.into(),
            stakers: stakers.1,
            mix,
            budget: Span { least: Tokens(1), most: Tokens(stakers.3 * TOKEN) },
            expectation: Span { least: Tokens(0), most: Tokens(stakers.4 * TOKEN) },
            exit_chance: Part(stakers.5),
            vaults: vaults.0,
            epochs: vaults.1,
            epoch_length: Seconds(vaults.2),
            payout: if vaults.3 { Payout::Queue } else { Payout::AtOnce },
            one_token: vaults.4,
            target_period: Seconds(auction.0),
            smoothing: Part(auction.1),
            yield_value: Tokens(u128::from(auction.2) * TOKEN / 2),
            buyers: auction.3,
            buyer_margin: Part(auction.4),
            route: if supply.0 { Route::Fund } else { Route::Auction },
            pattern: [Pattern::Constant, Pattern::Random, Pattern::Bursty][usize::from(supply.1)],
            yield_per_day: Tokens(supply.2 * TOKEN / 7),
            burst_share: Part(supply.3),
            tick: Seconds(supply.4),
            sniper_hold: Seconds(supply.5),
            ..Config::default()
        }
    })
}

/// This many random cases, unless `PROPTEST_CASES` sets the number. A failure prints all settings with the seed.
fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases };
    ProptestConfig { cases, ..default }
}

fn simulate(config: &Config) -> Record {
    config.check().expect("valid settings");
    run(config, Recording { steps: false, samples: 5 }, || {}).expect("a run")
}

fn sum(record: &Record, amount: fn(&StakerResult) -> u128) -> u128 {
    record.stakers.iter().map(amount).sum()
}

proptest! {
    #![proptest_config(cases(2000))]

    /// By `docs/arithmetic.md`, each position loses little more than a base unit, and one more by each last claim.
    #[test]
    fn credited_reward_is_earned_or_waiting_up_to_rounding(config in config()) {
        let record = simulate(&config);
        let (credited, waiting) = record.vaults.iter().fold((0, 0), |(credited, waiting), vault| {
            (credited + vault.credited, waiting + vault.undistributed)
        });
        let rewarded = sum(&record, StakerResult::reward);
        prop_assert!(rewarded + waiting <= credited, "{} above {credited}", rewarded + waiting - credited);
        let lost = credited - rewarded - waiting;
        let positions = (config.stakers * config.vaults) as u128;
        let last_claims: u128 = record.vaults.iter().map(|vault| vault.last_claims).sum();
        prop_assert!(
            lost <= positions + last_claims,
            "{lost} base units are lost to rounding in {positions} positions and {last_claims} last claims"
        );
        let reserves: u128 = record.vaults.iter().map(|vault| vault.reserve).sum();
        prop_assert_eq!(reserves, credited - sum(&record, |staker| staker.claimed));
        prop_assert_eq!(Summary::of(&record).rounding_base_units, lost.to_string());
    }

    #[test]
    fn principal_is_never_lost(config in config()) {
        for staker in simulate(&config).stakers {
            let staked_again = if config.one_token { staker.claimed } else { 0 };
            prop_assert_eq!(staker.wallet + staker.stake, staker.budget + staked_again);
        }
    }

    #[test]
    fn yield_is_sold_or_unsold_and_never_sold_above_its_worth(config in config()) {
        let record = simulate(&config);
        for (number, vault) in record.vaults.iter().enumerate() {
            let sales = || record.sales.iter().filter(|sale| sale.vault == number);
            let paid: u128 = sales().map(|sale| sale.price).sum();
            match config.route {
                Route::Auction => {
                    prop_assert_eq!(vault.arrived, vault.unsold + sales().map(|sale| sale.lot).sum::<u128>());
                    prop_assert_eq!(paid, vault.credited);
                }
                Route::Fund => prop_assert_eq!((vault.arrived, paid), (vault.credited, 0)),
            }
            for sale in sales() {
                prop_assert!(sale.price <= sale.worth && sale.interval > 0, "{sale:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_run(config in config()) {
        let (one, other) = (simulate(&config), simulate(&config));
        prop_assert_eq!((one.rows, one.sales), (other.rows, other.sales));
        prop_assert_eq!((one.stakers, one.vaults), (other.stakers, other.vaults));
        prop_assert_eq!(one.samples, other.samples);
    }

    /// The epoch queue streams by the second, so a stake within one second earns nothing.
    #[test]
    fn with_the_queue_a_sniper_of_zero_seconds_earns_nothing(config in config()) {
        let config = Config { payout: Payout::Queue, sniper_hold: Seconds(0), ..config };
        for staker in simulate(&config).stakers.iter().filter(|staker| staker.behaviour == Behaviour::Sniper) {
            prop_assert_eq!(staker.reward(), 0);
        }
    }

    /// A sniper who stays earns at most what streams while it is staked.
    #[test]
    fn with_the_queue_a_sniper_earns_at_most_the_stream_of_its_time(config in config()) {
        let config = Config { payout: Payout::Queue, ..config };
        let record = simulate(&config);
        let largest = record.vaults.iter().map(|vault| vault.credited).max().unwrap_or(0);
        for staker in record.stakers.iter().filter(|staker| staker.behaviour == Behaviour::Sniper) {
            // An epoch distributes at most everything ever credited, in equal parts per second, with one rounding per
            // deposit.
            let seconds = u128::from(staker.deposits) * u128::from(config.sniper_hold.0.min(config.end()));
            let bound = largest * seconds / u128::from(config.epoch_length.0) + u128::from(staker.deposits);
            prop_assert!(staker.reward() <= bound, "{} of {bound}", staker.reward());
        }
    }
}

/// With payout at once, a sniper as large as the only holder takes half of every sale.
#[test]
fn without_the_queue_a_sniper_of_zero_seconds_takes_half() {
    let config = Config {
        seed: 5,
        stakers: 2,
        mix: "holder=1,sniper=1".parse().expect("a mix"),
        budget: "100".parse().expect("a budget"),
        vaults: 1,
        payout: Payout::AtOnce,
        sniper_hold: Seconds(0),
        ..Config::default()
    };
    let summary = Summary::of(&simulate(&config));
    let sniper = summary.group(Behaviour::Sniper).expect("a sniper");
    assert!((sniper.share_of_rewards - 0.5).abs() < 1e-9, "{sniper:?}");
    assert_eq!(sniper.share_of_stake_time, 0.0);
}

/// The toy model's rule: `r_ij = s_ij / S_j · R_j`, here for 7 tokens a day over nine paid days.
#[test]
fn holders_are_rewarded_in_proportion_to_their_stakes() {
    let config = Config {
        stakers: 2,
        mix: "holder=1".parse().expect("a mix"),
        vaults: 1,
        epochs: 9,
        route: Route::Fund,
        tick: Seconds(DAY),
        pattern: Pattern::Constant,
        yield_per_day: Tokens(7 * TOKEN),
        yield_spread: Part(0),
        ..Config::default()
    };
    let record = simulate(&config);
    let total: u128 = record.stakers.iter().map(|staker| staker.budget).sum();
    for staker in &record.stakers {
        let exact = 63 * TOKEN * (staker.budget / TOKEN) / (total / TOKEN);
        assert!(exact - staker.reward() <= 1, "{} instead of {exact}", staker.reward());
    }
}
