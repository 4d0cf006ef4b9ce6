//! What somebody knows who only follows the vault's events: everybody's shares, and the reserve.

use std::collections::HashMap;

use alloy::{primitives::Address, rpc::types::TransactionReceipt, sol_types::SolEventInterface};
use anyhow::{Result, ensure};
use num_bigint::BigInt;
use weir_bindings::IVault::{IVaultEvents, Transfer};

use super::{
    reading::Reading,
    stage::{Stage, stakers},
};
use crate::model::exact::big;

#[derive(Default)]
pub struct Follower {
    shares: HashMap<Address, BigInt>,
    reserve: BigInt,
}

impl Follower {
    /// Takes in what a transaction logged.
    pub fn follow(&mut self, stage: &Stage, receipt: &TransactionReceipt) -> Result<()> {
        let vault = stage.vault.address();
        for log in receipt.logs().iter().filter(|log| log.address() == vault) {
            match IVaultEvents::decode_log(&log.inner)?.data {
                IVaultEvents::Transfer(Transfer { from, to, value }) => {
                    *self.shares.entry(from).or_default() -= big(value);
                    *self.shares.entry(to).or_default() += big(value);
                }
                IVaultEvents::RewardAdded(added) => self.reserve += big(added.amount),
                IVaultEvents::SwappedExactAmountOut(sold) => self.reserve += big(sold.amountIn),
                IVaultEvents::RewardPaid(paid) => self.reserve -= big(paid.amount),
                _ => (),
            }
        }
        Ok(())
    }

    /// The vault says just what the events told.
    pub fn expect(&self, stage: &Stage, reading: &Reading) -> Result<()> {
        ensure!(self.reserve == reading.reserve, "by the events the reserve is {}", self.reserve);
        for staker in stakers() {
            let told = self.shares.get(&stage.address(staker)).cloned().unwrap_or_default();
            ensure!(told == reading.shares[staker], "by the events staker {staker} has {told} shares");
        }
        Ok(())
    }
}
