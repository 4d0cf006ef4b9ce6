//! The engine agrees with the contracts: the same operations give the same balances, to the base unit.

use weir::clones::bounds::MAX_SMOOTHING;
use weir_simulate::{
    compare,
    config::{
        Behaviour, Config, Pattern, Route,
        quantity::{Part, Seconds},
    },
    engine::{Action, Record, Recording, run},
};

/// 1 as a wad.
const WAD: u64 = 1_000_000_000_000_000_000;

fn record(config: &Config) -> Record {
    println!("seed {}", config.seed);
    run(config, Recording { steps: true, samples: 0 }, || {}).expect("a run")
}

/// A small run with every kind of operation: all behaviours, exits by chance, two vaults, bursts.
fn small() -> Config {
    Config {
        seed: fastrand::u32(..).into(),
        stakers: 10,
        vaults: 2,
        epochs: 5,
        exit_chance: Part(WAD / 10),
        pattern: Pattern::Bursty,
        burst_every: "1d".parse().expect("a time"),
        expectation: "0..40".parse().expect("a span"),
        tick: "4h".parse().expect("a time"),
        ..Config::default()
    }
}

fn has(record: &Record, is_one: fn(&Action) -> bool) -> bool {
    record.steps.iter().any(|step| is_one(&step.action))
}

/// Whether the run has sales, exits, and deposits of each behaviour.
fn has_everything(record: &Record) -> bool {
    let deposits = |behaviour: &Behaviour| {
        record.stakers.iter().any(|staker| staker.behaviour == *behaviour && staker.deposits > 0)
    };
    Behaviour::ALL.iter().all(deposits)
        && has(record, |action| matches!(action, Action::Buy { .. }))
        && has(record, |action| matches!(action, Action::Exit { .. }))
}

#[tokio::test]
async fn sales_and_all_behaviours_agree_with_the_contracts() {
    // One seed in nine lacks something. That 20 in a row do is practically impossible.
    let record = (0..20).map(|_| record(&small())).find(has_everything).expect("a seed that has everything");
    let compared = compare(&record).await.expect("the same");
    assert_eq!((compared.transactions, compared.looks), (record.operations, 6));
    // At each of 6 times: seven figures per vault, two per wallet, two per position.
    assert_eq!(compared.figures, 6 * (2 * 7 + 10 * 2 + 10 * 2 * 2));
}

#[tokio::test]
async fn funding_in_one_token_agrees_with_the_contracts() {
    let config = Config {
        one_token: true,
        route: Route::Fund,
        mix: "coin-flipper=3,seeker=1,sniper=1".parse().expect("a mix"),
        expectation: "0".parse().expect("a span"),
        vaults: 1,
        ..small()
    };
    let record = record(&config);
    assert!(has(&record, |action| matches!(action, Action::Claim { .. } | Action::Fund { .. })));
    compare(&record).await.expect("the same");
}

/// Random settings: epochs, periods and ticks that do not divide each other, any yield and route.
#[tokio::test]
async fn random_settings_agree_with_the_contracts() {
    for _ in 0..3 {
        let config = random();
        println!("{config:?}");
        compare(&record(&config)).await.expect("the same");
    }
}

fn random() -> Config {
    let any_of = |patterns: [Pattern; 3]| patterns[fastrand::usize(..3)];
    Config {
        stakers: 7,
        epoch_length: Seconds(fastrand::u32(3_000..90_000)),
        target_period: Seconds(fastrand::u32(600..40_000)),
        tick: Seconds(fastrand::u32(2_000..20_000)),
        sniper_hold: Seconds(fastrand::u32(..20_000)),
        smoothing: Part(fastrand::u64(..=MAX_SMOOTHING)),
        pattern: any_of([Pattern::Constant, Pattern::Random, Pattern::Bursty]),
        route: if fastrand::bool() { Route::Auction } else { Route::Fund },
        one_token: fastrand::bool(),
        ..small()
    }
}

/// Checks that the comparison can fail.
#[tokio::test]
async fn one_base_unit_of_difference_is_found() {
    let mut record = record(&Config { stakers: 4, vaults: 1, epochs: 3, exit_chance: Part(0), ..small() });
    let look = record.steps.iter_mut().rev().find_map(|step| match &mut step.action {
        Action::Look(snapshot) => Some(snapshot),
        _ => None,
    });
    look.expect("a snapshot").vaults[0].reserve += 1;
    let error = format!("{:#}", compare(&record).await.expect_err("a difference"));
    assert!(
        error.contains("the reserve of vault 0 is") && error.contains("equal to the base unit"),
        "{error}"
    );
}
