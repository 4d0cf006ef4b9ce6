//! The committed figures are those that are measured.

use std::{env, path::Path};

use libtest_mimic::{Arguments, Failed, Trial};
use weir_artifacts::{compiler, solidity};
use weir_gas::{Snapshot, measure};

fn main() {
    let trial = Trial::test("gas_is_what_the_snapshot_says", gas_is_what_the_snapshot_says);
    let is_possible = solidity::is_compiled() || env::var_os("CI").is_some();
    let trial = if is_possible { trial } else { trial.with_kind("needs Node.js").with_ignored_flag(true) };
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit();
}

fn gas_is_what_the_snapshot_says() -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let figures = runtime.block_on(measure()).map_err(|error| format!("{error:?}"))?;
    let kept = Snapshot::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../gas/snapshot.json"))
        .map_err(|error| format!("{error:?}"))?;
    let differences =
        kept.differences(&Snapshot::of(&figures, compiler().map_err(|error| error.to_string())?));
    if differences.is_empty() {
        return Ok(());
    }
    let told = differences.join("\n  ");
    Err(format!("gas has changed; if that is meant, run scripts/gas and commit the snapshot:\n  {told}")
        .into())
}
