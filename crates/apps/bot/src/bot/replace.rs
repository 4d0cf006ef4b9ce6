//! Replaces a transaction that is stuck: by the same with higher fees if it is still worth that, else by one that does nothing.

use alloy::{eips::BlockId, primitives::Bytes, providers::Provider};
use weir_client::NodeError;

use super::{Bot, purchase::GAS_MARGIN_PERCENT};
use crate::{
    market::now,
    sender::{Call, Fees, Intent, SendFailure},
    strategy::{Bid, Plan},
};

impl Bot {
    /// What is under way is stuck: sends it again with higher fees if it is still worth that, else cancels it.
    pub(super) async fn replace_pending(&mut self) -> Result<(), NodeError> {
        let Some((intent, nonce, _)) = self.sender.as_ref().and_then(|sender| sender.pending()) else {
            return Ok(());
        };
        let intent = intent.clone();
        if let Some(sender) = &mut self.sender {
            sender.wait_again();
        }
        tracing::warn!(%intent, nonce, "not mined yet: it is replaced");
        let fees = match self.fees().await {
            Ok(fees) => fees,
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => {
                tracing::warn!(why = %error, "it is left as it is");
                return Ok(());
            }
        };
        let time = now(&self.provider).await?;
        let place = match &intent {
            Intent::Bid(bid) => {
                self.followed.iter().position(|followed| followed.pair.address == bid.pair.address)
            }
            _ => None,
        };
        if let Some(place) = place
            && let Some((bid, gas)) = self.still_worth_it(place, fees, time).await?
        {
            self.send_bid(place, &bid, gas, fees, time).await?;
            return Ok(());
        }
        self.cancel(fees, time).await
    }

    /// The bid at a pair as the latest block has it: `pending` may hold the very bid that is to be replaced.
    async fn still_worth_it(
        &mut self,
        place: usize,
        fees: Fees,
        time: u64,
    ) -> Result<Option<(Bid, u64)>, NodeError> {
        let (sale, wallet) = match self.see(&self.followed[place], BlockId::latest()).await {
            Ok(seen) => seen,
            Err(error) if error.is_rejection() => return Ok(None),
            Err(failure) => return Err(failure),
        };
        self.note_sale(place, sale);
        let gas = self.followed[place].gas;
        match self.decide(&self.followed[place], &wallet, gas, fees, time) {
            Plan::Bid(bid) if !bid.needs_approval => {
                self.rehearsed(place, bid, fees, time, BlockId::latest()).await
            }
            _ => Ok(None),
        }
    }

    /// Takes the nonce of what is under way for a transaction that does nothing.
    async fn cancel(&mut self, fees: Fees, time: u64) -> Result<(), NodeError> {
        let mut call = Call { to: self.account, input: Bytes::new(), gas_limit: 0 };
        call.gas_limit = self.provider.estimate_gas(self.request(&call)).await? * GAS_MARGIN_PERCENT / 100;
        let intent = Intent::Cancellation { unit_of_wei: self.unit_of_wei(time) };
        let Some(sender) = &mut self.sender else { return Ok(()) };
        match sender.send(call, fees, intent).await {
            Ok(hash) => tracing::info!(transaction = %hash, "sent: cancellation"),
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => tracing::warn!(why = %error, "it cannot be cancelled"),
        }
        self.metrics.replacements.inc();
        Ok(())
    }
}
