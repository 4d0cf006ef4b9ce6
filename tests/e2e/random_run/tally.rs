//! What a random run did, counted: it is printed, and a run that left something out fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Result, ensure};

use super::{Foretold, operation::Operation, stage::Kind};
use crate::model::vault::Vault;

/// From so many operations on each kind of them has to have happened.
const ENOUGH: usize = 1_500;

#[derive(Default)]
pub struct Tally {
    done: BTreeMap<String, usize>,
    refused: BTreeMap<String, usize>,
    in_loss: bool,
    /// Operations while a share was worth less than 1, and how often that began and ended.
    lossy: usize,
    turns: usize,
    /// Of what size the total stake was: how many bits it had at most.
    stake_bits: u64,
}

impl Tally {
    pub fn count(&mut self, operation: &Operation, foretold: &Foretold, model: &Vault) {
        match foretold {
            Ok(_) => *self.done.entry(name(operation)).or_default() += 1,
            Err(refusal) => *self.refused.entry(name(refusal)).or_default() += 1,
        }
        let in_loss = model.is_in_loss();
        self.stake_bits = self.stake_bits.max(model.supply().bits());
        self.lossy += usize::from(in_loss);
        self.turns += usize::from(in_loss != self.in_loss);
        self.in_loss = in_loss;
    }

    pub fn total(&self) -> usize {
        self.done() + self.refused.values().sum::<usize>()
    }

    fn done(&self) -> usize {
        self.done.values().sum()
    }

    pub fn summary(&self, taken: Duration) -> String {
        let total = self.total();
        format!(
            "{total} operations in {:.1} s ({:.2} ms each), {} refused {:?}, {} in loss mode ({} turns), stakes of up to {} bits, \
             done {:?}",
            taken.as_secs_f64(),
            1_000.0 * taken.as_secs_f64() / total as f64,
            total - self.done(),
            self.refused,
            self.lossy,
            self.turns,
            self.stake_bits,
            self.done,
        )
    }

    /// Every operation went through at least once, most of all did, and what a wild token does was met.
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
            "Stray",
            "Sync",
            "Transfer",
            "TransferFrom",
        ]);
        if is_wild {
            expected.extend(["Rebase", "TakeFee"]);
        }
        let done: BTreeSet<&str> = self.done.keys().map(String::as_str).collect();
        ensure!(done == expected, "never done: {:?}", expected.difference(&done));
        ensure!(self.done() > operations / 2, "most was refused");
        ensure!(
            self.stake_bits + 8 > kind.amount_bits() as u64,
            "stakes had {} bits at most",
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
