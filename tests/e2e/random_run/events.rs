//! Follows the vault's events only: they must be enough to know all shares and the reserve.
//! An indexer relies on that.

use std::collections::HashMap;

use alloy::{primitives::Address, rpc::types::TransactionReceipt, sol_types::SolEventInterface};
use anyhow::{Result, ensure};
use num_bigint::BigInt;
use weir_bindings::IVault::{IVaultEvents, Transfer};

use super::{
    reading::Reading,
    setup::{Setup, stakers},
};
use crate::model::exact::big;

/// What the events so far add up to.
#[derive(Default)]
pub struct Follower {
    shares: HashMap<Address, BigInt>,
    reserve: BigInt,
}

impl Follower {
    /// Adds the logs of a transaction.
    pub fn follow(&mut self, setup: &Setup, receipt: &TransactionReceipt) -> Result<()> {
        let vault = setup.vault.address();
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

    /// Checks that the vault's views agree with the events.
    pub fn expect(&self, setup: &Setup, reading: &Reading) -> Result<()> {
        ensure!(self.reserve == reading.leaving.reserve, "by the events the reserve is {}", self.reserve);
        for staker in stakers() {
            let shares = self.shares.get(&setup.address(staker)).cloned().unwrap_or_default();
            ensure!(
                shares == reading.leaving.shares[staker],
                "by the events staker {staker} has {shares} shares"
            );
        }
        Ok(())
    }
}
