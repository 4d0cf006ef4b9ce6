//! Checks the committed figures against a new run: snapshot, peers, growth, targets, and row zero.

use std::{env, future::Future, path::Path};

use anyhow::{Result, ensure};
use libtest_mimic::{Arguments, Trial};
use weir_artifacts::{compiler, solidity};
use weir_gas::{
    Comparison, Growth, Snapshot, Targets, measure, measure_growth, measure_operations, measure_peers,
    observe, programs,
};

fn main() {
    let trials = vec![
        trial("gas_matches_the_snapshot", gas_matches_the_snapshot),
        trial("peers_cost_here_what_others_measured", peers_cost_here_what_others_measured),
        trial("gas_does_not_grow_with_stakers_or_idle_epochs", gas_does_not_grow_with_stakers_or_idle_epochs),
        trial("no_operation_is_above_its_target", no_operation_is_above_its_target),
        trial("row_zero_does_what_the_vault_does", row_zero_does_what_the_vault_does),
        Trial::test("programs_have_the_committed_code_hashes", || {
            Ok(programs_have_the_committed_code_hashes().map_err(|error| format!("{error:?}"))?)
        }),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial<F: Future<Output = Result<()>>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(runtime.block_on(test()).map_err(|error| format!("{error:?}"))?)
    };
    let is_possible =
        solidity::is_compiled() && solidity::are_peers_compiled() || env::var_os("CI").is_some();
    let trial = Trial::test(name, run);
    if is_possible { trial } else { trial.with_kind("needs Node.js").with_ignored_flag(true) }
}

fn committed() -> Result<Snapshot> {
    Snapshot::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../gas/snapshot.json"))
}

async fn gas_matches_the_snapshot() -> Result<()> {
    let committed = committed()?;
    let differences = committed.differences(&Snapshot::of(&measure().await?, compiler()?));
    ensure!(
        differences.is_empty(),
        "gas has changed; if intended, run scripts/gas and commit its files:\n  {}",
        differences.join("\n  ")
    );
    Ok(())
}

/// A program of another compiler differs, so its hashes are compared only if they are committed.
fn programs_have_the_committed_code_hashes() -> Result<()> {
    let committed =
        programs::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../gas/programs.json"))?;
    let (compiler, builds) = programs::builds()?;
    let Some(expected) = committed.get(&compiler) else {
        println!("gas/programs.json has no build by {compiler}: run scripts/gas to add it");
        return Ok(());
    };
    for (name, build) in &builds {
        ensure!(
            expected.get(name) == Some(build),
            "{name} is {build:?}, but gas/programs.json has {:?}; if its code was changed, run scripts/gas and commit \
             the file",
            expected.get(name)
        );
    }
    ensure!(expected.len() == builds.len(), "gas/programs.json names programs that do not exist");
    Ok(())
}

async fn peers_cost_here_what_others_measured() -> Result<()> {
    let (compared, differences) = Comparison::with(&measure_peers().await?)?.differences();
    ensure!(compared > 0, "gas/peers.json has no figure of a peer in this run");
    ensure!(
        differences.is_empty(),
        "the gas of peers differs from gas/peers.json:\n  {}",
        differences.join("\n  ")
    );
    Ok(())
}

async fn gas_does_not_grow_with_stakers_or_idle_epochs() -> Result<()> {
    let growth = measure_growth().await?;
    let figures =
        |state: &Growth| -> Vec<_> { state.measured.iter().map(|one| (one.operation, one.gas)).collect() };
    let (stakers, epochs) = growth.split_at(growth.len() / 2);
    for pair in stakers.windows(2).chain(epochs.windows(2)) {
        let (fewer, more) = (figures(&pair[0]), figures(&pair[1]));
        ensure!(fewer == more, "{}: {fewer:?}\n{}: {more:?}", pair[0].state, pair[1].state);
    }
    Ok(())
}

async fn no_operation_is_above_its_target() -> Result<()> {
    // Targets apply to the snapshot's compiler. The snapshot test limits how much the gas of another one may differ.
    if !committed()?.is_by(&compiler()?) {
        return Ok(());
    }
    let comparison = Comparison::with(&measure_peers().await?)?;
    let misses = Targets::read()?.misses(&measure_operations().await?, &comparison)?;
    ensure!(misses.is_empty(), "above their targets: {misses:#?}");
    Ok(())
}

/// Otherwise the comparison would be between different work.
async fn row_zero_does_what_the_vault_does() -> Result<()> {
    let [sdk, vault] = observe().await?;
    ensure!(!vault.logs.is_empty(), "the vault emitted no logs");
    ensure!(
        sdk.logs.len() == vault.logs.len(),
        "row zero emitted {} logs, the vault {}",
        sdk.logs.len(),
        vault.logs.len()
    );
    for (sdk, vault) in sdk.logs.iter().zip(&vault.logs) {
        ensure!(sdk == vault, "row zero emitted {sdk:#?}, the vault {vault:#?}");
    }
    for (number, (sdk, vault)) in sdk.results.iter().zip(&vault.results).enumerate() {
        ensure!(sdk == vault, "call {number} returns {sdk:?} at row zero, {vault:?} at the vault");
    }
    Ok(())
}
