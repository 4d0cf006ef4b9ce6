//! Replaces a stuck transaction by one with the same nonce and higher fees.
//! The replacement is a new bid if one is still profitable, otherwise an empty transaction to the bot's own account.

use alloy::{
    eips::BlockId,
    primitives::{Bytes, U256},
    providers::Provider,
};
use weir_client::NodeError;

use super::{Bot, purchase::GAS_MARGIN_PERCENT};
use crate::{
    market::now,
    sender::{Call, Fees, Intent, SendFailure},
    strategy::{Bid, Plan},
};

impl Bot {
    /// Replaces the pending transaction by a profitable bid at the same pair, or cancels it.
    pub(super) async fn replace_pending(&mut self) -> Result<(), NodeError> {
        let Some((intent, nonce, _)) = self.sender.as_ref().and_then(|sender| sender.pending()) else {
            return Ok(());
        };
        let intent = intent.clone();
        if let Some(sender) = &mut self.sender {
            sender.restart_wait();
        }
        tracing::warn!(%intent, nonce, "not mined in time: replacing it");
        let fees = match self.fees().await {
            Ok(fees) => fees,
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => {
                tracing::warn!(reason = %error, "cannot replace the transaction yet");
                return Ok(());
            }
        };
        let time = now(&self.provider).await?;
        let index = match &intent {
            Intent::Bid(bid) => {
                self.followed.iter().position(|followed| followed.pair.address == bid.pair.address)
            }
            _ => None,
        };
        if let Some(index) = index
            && let Some((bid, gas)) = self.still_profitable(index, fees, time).await?
        {
            self.send_bid(index, &bid, gas, fees, time).await?;
            return Ok(());
        }
        self.cancel(fees, time).await
    }

    /// Returns the bid at a pair in the latest block, if it is profitable. The pending block may contain the bid to
    /// replace.
    async fn still_profitable(
        &mut self,
        index: usize,
        fees: Fees,
        time: u64,
    ) -> Result<Option<(Bid, u64)>, NodeError> {
        let (offer, wallet) = match self.read_pair(&self.followed[index], BlockId::latest()).await {
            Ok(read) => read,
            Err(error) if error.is_rejection() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        self.update_offer(index, offer);
        let gas = self.followed[index].gas;
        match self.decide(&self.followed[index], &wallet, gas, fees, time) {
            Plan::Bid(bid) if !bid.needs_approval => {
                self.check_bid(index, bid, fees, time, BlockId::latest()).await
            }
            _ => Ok(None),
        }
    }

    /// Uses the nonce of the pending transaction for an empty transaction to the bot's own account.
    async fn cancel(&mut self, fees: Fees, time: u64) -> Result<(), NodeError> {
        let mut call = Call { to: self.account, input: Bytes::new(), value: U256::ZERO, gas_limit: 0 };
        call.gas_limit = self.provider.estimate_gas(self.request(&call)).await? * GAS_MARGIN_PERCENT / 100;
        let intent = Intent::Cancellation { wei_value: self.wei_value(time) };
        let Some(sender) = &mut self.sender else { return Ok(()) };
        match sender.send(call, fees, intent).await {
            Ok(hash) => tracing::info!(transaction = %hash, "sent: cancellation"),
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => tracing::warn!(reason = %error, "cannot cancel the transaction"),
        }
        self.metrics.replacements.inc();
        Ok(())
    }
}
