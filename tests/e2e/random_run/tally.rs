//! Counts the operations of a random run. The counts are printed, and a run that missed a kind of operation fails.
//! So a change of the random choices cannot silently make a run useless.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Result, ensure};

use super::{Expected, operation::Operation, setup::Kind};
use crate::model::vault::Vault;

/// In a run of at least so many operations, each kind must have succeeded.
const ENOUGH: usize = 1_500;

/// The counts.
#[derive(Default)]
pub struct Tally {
    done: BTreeMap<String, usize>,
    reverted: BTreeMap<String, usize>,
    in_loss: bool,
    /// Operations while a share was worth less than 1.
    lossy: usize,
    /// How often that began or ended.
    turns: usize,
    /// Operations that the lifeboat carried out, or reverted with the programs' own errors.
    in_lifeboat: usize,
    /// Bits of the largest total stake.
    stake_bits: u64,
}

impl Tally {
    pub fn count(&mut self, operation: &Operation, expected: &Expected, model: &Vault, are_dead: bool) {
        let is_served = operation.is_vault_call() && !operation.needs_program();
        self.in_lifeboat += usize::from(are_dead && is_served);
        match expected {
            Ok(_) => *self.done.entry(name(operation)).or_default() += 1,
            Err(revert) => *self.reverted.entry(name(revert)).or_default() += 1,
        }
        let in_loss = model.is_in_loss();
        self.stake_bits = self.stake_bits.max(model.supply().bits());
        self.lossy += usize::from(in_loss);
        self.turns += usize::from(in_loss != self.in_loss);
        self.in_loss = in_loss;
    }

    pub fn total(&self) -> usize {
        self.done() + self.reverted.values().sum::<usize>()
    }

    fn done(&self) -> usize {
        self.done.values().sum()
    }

    pub fn summary(&self, taken: Duration) -> String {
        let total = self.total();
        format!(
            "{total} operations in {:.1} s ({:.2} ms each), {} reverted {:?}, {} in the lifeboat, {} in loss mode ({} turns), stakes of up to {} bits, \
                         succeeded {:?}",
            taken.as_secs_f64(),
            1_000.0 * taken.as_secs_f64() / total as f64,
            total - self.done(),
            self.reverted,
            self.in_lifeboat,
            self.lossy,
            self.turns,
            self.stake_bits,
            self.done,
        )
    }

    /// Checks that each kind of operation succeeded at least once, most operations succeeded, and wild tokens caused
    /// losses.
    pub fn covers(&self, kind: Kind, operations: usize) -> Result<()> {
        if operations < ENOUGH {
            return Ok(());
        }
        let is_wild = kind.wild_tokens() > 0;
        let mut expected = BTreeSet::from([
            "Approve",
            "ApproveAll",
            "Buy",
            "Claim",
            "ClaimFor",
            "Enter",
            "Exit",
            "FlashBuy",
            "Fund",
            "Leave",
            "SellForeign",
            "SetClaimer",
            "Stray",
            "Sync",
            "Transfer",
            "TransferFrom",
        ]);
        if is_wild {
            expected.extend(["Rebase", "TakeFee"]);
        }
        let done: BTreeSet<&str> = self.done.keys().map(String::as_str).collect();
        ensure!(done == expected, "never succeeded: {:?}", expected.difference(&done));
        ensure!(self.done() > operations / 2, "most operations reverted");
        ensure!(self.in_lifeboat > operations / 3, "only {} operations in the lifeboat", self.in_lifeboat);
        ensure!(
            self.stake_bits + 8 > kind.amount_bits() as u64,
            "stakes had at most {} bits",
            self.stake_bits
        );
        ensure!(is_wild == (self.turns >= 2), "loss mode began or ended {} times", self.turns);
        Ok(())
    }
}

/// The variant's name.
fn name(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default().to_owned()
}
