//! Tests of the command: its files, that they are reproducible, and its errors.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Result;
use clap::Parser;
use tempfile::{TempDir, tempdir};
use weir_simulate::{Arguments, run};

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    arguments: Arguments,
}

/// Runs the command with these arguments, separated by spaces, and `folder` for its files.
async fn simulate(arguments: &str, folder: &Path) -> Result<()> {
    let out = folder.display().to_string();
    let words = ["simulate"].into_iter().chain(arguments.split_whitespace()).chain(["--out", &out]);
    run(&Command::try_parse_from(words)?.arguments, false).await
}

fn folder() -> TempDir {
    tempdir().expect("a folder")
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry"));
    entries
        .map(|entry| {
            (entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path()).expect("a file"))
        })
        .collect()
}

#[tokio::test]
async fn the_same_seed_writes_the_same_bytes() {
    for arguments in ["--seed 7 --epochs 20 --operations", "--seed 7 --scenario sniper --epochs 10"] {
        let (one, other) = (folder(), folder());
        simulate(arguments, one.path()).await.expect("a run");
        simulate(arguments, other.path()).await.expect("a run");
        let (one, other) = (files(one.path()), files(other.path()));
        assert!(one.len() >= 3 && one.values().all(|bytes| !bytes.is_empty()));
        assert!(one == other, "{arguments}: {:?}", one.keys());
    }
}

#[tokio::test]
async fn the_written_settings_repeat_the_run() {
    let (one, other) = (folder(), folder());
    simulate("--seed 9 --epochs 12 --yield bursty --smoothing 0.7", one.path()).await.expect("a run");
    let config = one.path().join("config.toml");
    simulate(&format!("--config {}", config.display()), other.path()).await.expect("a run");
    assert!(files(one.path()) == files(other.path()));
}

#[tokio::test]
async fn a_run_writes_a_line_for_each_item() {
    let folder = folder();
    simulate("--stakers 7 --vaults 2 --epochs 9 --operations", folder.path()).await.expect("a run");
    let files = files(folder.path());
    let lines = |name: &str| String::from_utf8_lossy(&files[name]).lines().count();
    assert_eq!((lines("stakers.csv"), lines("vaults.csv")), (1 + 7, 1 + 2 * 9));
    assert!(lines("sales.csv") > 10 && lines("behaviours.csv") > 5 && lines("operations.csv") > 100);
    for name in ["stake-over-reward", "rewards", "intervals"] {
        assert!(
            files.contains_key(&format!("{name}.png")) && files.contains_key(&format!("{name}.svg")),
            "{name}"
        );
    }
    let summary: serde_json::Value = serde_json::from_slice(&files["summary.json"]).expect("JSON");
    assert_eq!(summary["config"]["stakers"], 7);
    assert_eq!(summary["summary"]["vaults"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_sweep_file_has_every_cell_and_repeat() {
    let folder = folder();
    let sweep = "--epochs 6 --stakers 4 --vaults 1 --sweep epoch-length=6h..2d:4 --sweep smoothing=0..0.8:3 \
                 --repeats 2";
    simulate(&format!("{sweep} --measure deviation --seed 3"), folder.path()).await.expect("a sweep");
    let files = files(folder.path());
    let csv = String::from_utf8_lossy(&files["sweep.csv"]).into_owned();
    let mut cells = BTreeMap::new();
    for line in csv.lines().skip(1) {
        let values: Vec<&str> = line.split(',').collect();
        *cells.entry((values[0].to_owned(), values[1].to_owned())).or_insert(0) += 1;
        assert_eq!(values.len(), 10);
    }
    assert_eq!((cells.len(), cells.values().all(|runs| *runs == 2)), (4 * 3, true), "{csv}");
    assert!(
        cells.contains_key(&("6 h".into(), "0".into()))
            && cells.contains_key(&("2 days".into(), "0.8".into()))
    );
    assert!(files.contains_key("sweep.png") && files.contains_key("sweep.svg"));
}

#[tokio::test]
async fn every_scenario_writes_a_picture_and_its_data() {
    for name in ["toy", "sniper", "bursts"] {
        let folder = folder();
        simulate(&format!("--scenario {name}"), folder.path()).await.expect("a scenario");
        let files = files(folder.path());
        for ending in ["png", "svg", "csv"] {
            assert!(files.contains_key(&format!("{name}.{ending}")), "{name}: {:?}", files.keys());
        }
    }
}

#[tokio::test]
async fn bad_input_is_an_error_of_one_line_with_advice() {
    for (arguments, part) in [
        ("--stakers 0", "stakers is 0"),
        ("--epochs 4000000 --epoch-length 1d", "longer than a vault lasts"),
        ("--epoch-length 0s", "epoch-length is 0"),
        ("--smoothing 1", "at most 0.99"),
        ("--stakers 100000 --vaults 1000", "positions: take fewer"),
        ("--yield-per-day 1000000000 --yield-value 1000000000", "take less"),
        ("--tick 1s --epochs 30000 --epoch-length 1d", "make tick longer"),
        ("--config nowhere.toml", "cannot read nowhere.toml"),
        ("--on-chain --payout at-once", "payout at-once is hypothetical"),
        ("--on-chain --stakers 1000 --epochs 1000", "take fewer stakers"),
        ("--sweep vaults=1,2 --sweep vaults=1,2", "take two different settings"),
        ("--sweep vaults=1,2 --sweep epochs=1,2 --sweep buyers=1,2", "two axes"),
        ("--sweep vaults=0,1", "vaults is 0"),
        ("--sweep vaults=1,2 --repeats 0", "at least once"),
        ("--scenario sniper --mix holder=1", "give --mix a weight for both"),
        ("--scenario bursts --epochs 1", "simulate more epochs"),
    ] {
        let folder = folder();
        let error = format!("{:#}", simulate(arguments, folder.path()).await.expect_err(arguments));
        assert!(error.contains(part) && !error.contains('\n'), "{arguments}: {error}");
    }
}

#[test]
fn bad_flags_are_errors_of_the_parser() {
    for arguments in [
        "--epoch-length long",
        "--smoothing 2",
        "--budget 9..1",
        "--mix whale=1",
        "--sweep colour=1..2:3",
        "--yield none",
        "--scenario sniper --on-chain",
        "--measure gini",
    ] {
        let words = ["simulate"].into_iter().chain(arguments.split_whitespace());
        assert!(Command::try_parse_from(words).is_err(), "{arguments}");
    }
}
