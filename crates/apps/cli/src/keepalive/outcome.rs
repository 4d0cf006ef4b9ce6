//! What became of the renewals of a plan: those that were mined, and those that failed.
//! One that fails does not keep the others from being renewed.

use alloy::primitives::{TxHash, U256};
use weir_programs::FoundProgram;

use crate::exit::Failure;

/// A mined renewal.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub program: FoundProgram,
    /// When it expires now.
    pub expires: Option<u64>,
    pub transaction: TxHash,
    pub gas_used: u64,
    /// Wei.
    pub data_fee: U256,
    /// Gas and data fee, in wei.
    pub wei: U256,
}

/// What became of a plan's renewals.
#[derive(Debug, Default)]
pub struct Outcome {
    pub renewed: Vec<Renewed>,
    /// Programs that were not renewed, and why.
    pub failed: Vec<(FoundProgram, String)>,
}

impl Outcome {
    /// Total cost in wei.
    pub fn wei(&self) -> U256 {
        self.renewed.iter().map(|renewed| renewed.wei).sum()
    }

    /// The error of a run in which a renewal failed.
    pub fn failure(&self) -> Option<Failure> {
        let failed = self.failed.iter().map(|(program, why)| format!("{} ({why})", program.name));
        let failed: Vec<String> = failed.collect();
        let all = failed.join(", ");
        (!failed.is_empty()).then(|| {
            Failure::rejected(format!(
                "{} of the programs are not renewed: {all}; run it again",
                failed.len()
            ))
        })
    }
}
