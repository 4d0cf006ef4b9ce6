//! Records the results of transactions: won, lost, or undone by a reorganisation.
//! The amount received is read from balances, because tokens with a transfer fee announce more than arrives.

use alloy::{
    eips::BlockId,
    primitives::{Address, U256},
    providers::DynProvider,
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};
use weir_bindings::{IERC20, IPair::SwappedExactAmountOut};
use weir_client::NodeError;
use weir_units::exact;

use super::Bot;
use crate::{
    money::show,
    sender::{BidIntent, Intent, Settled},
    totals::Purchase,
};

/// Number of purchases kept in case a reorganisation removes them.
const REMEMBERED: usize = 64;

impl Bot {
    /// Records a mined transaction.
    ///
    /// # Errors
    /// If the node does not answer while the received amount is read. The amount in the events counts then.
    pub(super) async fn settle(&mut self, settled: &Settled) -> Result<(), NodeError> {
        let Settled { intent, receipt, .. } = settled;
        // The wallet has changed for all pairs.
        self.mark_all_changed();
        let result = match (intent, receipt.status()) {
            (Intent::Bid(bid), true) => self.win(bid, receipt).await,
            (Intent::Bid(bid), false) => {
                self.lose(bid, receipt);
                Ok(())
            }
            (Intent::Renewal { .. }, succeeded) => {
                self.settle_renewal(intent, receipt, succeeded);
                Ok(())
            }
            (_, succeeded) => {
                self.totals.approvals += u64::from(succeeded && matches!(intent, Intent::Approval { .. }));
                self.totals.spend(gas_wei(receipt), intent.wei_value());
                tracing::info!(transaction = %receipt.transaction_hash, succeeded, "mined: {intent}");
                Ok(())
            }
        };
        self.metrics.pending.set(0);
        self.metrics.record_totals(&self.totals);
        result
    }

    async fn win(&mut self, bid: &BidIntent, receipt: &TransactionReceipt) -> Result<(), NodeError> {
        let announced = announced_amount(bid, receipt, self.account);
        let (received, result) = match received_amount(&self.provider, bid, receipt, self.account).await {
            Ok(received) => (received, Ok(())),
            // The node keeps no old states, so only the events are known.
            Err(error) if error.is_rejection() => (announced, Ok(())),
            Err(failure) => (announced, Err(failure)),
        };
        let received = received.min(announced);
        let purchase =
            Purchase { bid: bid.clone(), paid: paid(bid, receipt), received, gas_wei: gas_wei(receipt) };
        self.totals.win(&purchase);
        let pair = &bid.pair;
        tracing::info!(
            transaction = %receipt.transaction_hash,
            paid = exact(purchase.paid, pair.token_in.decimals), gas = receipt.gas_used,
            profit = show(&purchase.profit()), "won: {} {} at {}",
            exact(received, pair.token_out.decimals), pair.token_out.symbol, pair.address
        );
        if received < bid.amount_out {
            tracing::error!(
                %pair, sold = %bid.amount_out, %received,
                "received less than was sold: no more bids at this pair"
            );
        }
        if let Some(followed) =
            self.followed.iter_mut().find(|followed| followed.pair.address == pair.address)
        {
            followed.bought_by_us = true;
            followed.is_blocked |= received < bid.amount_out;
        }
        self.purchases.push_back((receipt.transaction_hash, purchase));
        if self.purchases.len() > REMEMBERED {
            self.purchases.pop_front();
        }
        result
    }

    fn lose(&mut self, bid: &BidIntent, receipt: &TransactionReceipt) {
        self.totals.lost += 1;
        self.totals.spend(gas_wei(receipt), &bid.wei_value);
        let pair = bid.pair.address;
        if let Some(followed) = self.followed.iter_mut().find(|followed| followed.pair.address == pair) {
            followed.lost_auction = followed.offer.map(|offer| offer.auction);
        }
        tracing::warn!(
            transaction = %receipt.transaction_hash, gas = receipt.gas_used,
            "lost: the bid at {pair} reverted"
        );
    }

    /// Subtracts the transactions that a reorganisation removed from the totals. The sender waits for them again.
    ///
    /// # Errors
    /// If the node does not answer. Nothing changes then.
    pub(super) async fn undo_removed(&mut self) -> Result<(), NodeError> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        for Settled { intent, receipt, .. } in sender.handle_reorganisation().await? {
            tracing::warn!(transaction = %receipt.transaction_hash, "undone by a reorganisation: {intent}");
            let index = self.purchases.iter().position(|(hash, _)| *hash == receipt.transaction_hash);
            if let Some((_, purchase)) = index.and_then(|index| self.purchases.remove(index)) {
                self.totals.undo_win(&purchase);
            } else if let Intent::Renewal { .. } = intent {
                self.undo_renewal(&receipt);
            } else {
                self.totals.unspend(gas_wei(&receipt), intent.wei_value());
                match (&intent, receipt.status()) {
                    (Intent::Bid(_), false) => self.totals.lost = self.totals.lost.saturating_sub(1),
                    (Intent::Approval { .. }, true) => {
                        self.totals.approvals = self.totals.approvals.saturating_sub(1);
                    }
                    _ => {}
                }
            }
            self.totals.undone += 1;
            self.metrics.undone.inc();
        }
        self.metrics.record_totals(&self.totals);
        Ok(())
    }
}

/// Returns the price that a successful bid paid, in base units.
fn paid(bid: &BidIntent, receipt: &TransactionReceipt) -> U256 {
    let sales = receipt.logs().iter().filter(|log| log.address() == bid.pair.address);
    let paid =
        sales.filter_map(|log| SwappedExactAmountOut::decode_log(&log.inner).ok()).map(|sale| sale.amountIn);
    // Without an event the payment is at most the limit.
    paid.last().unwrap_or(bid.limit)
}

/// Returns the amount bought according to the token's events, in base units.
fn announced_amount(bid: &BidIntent, receipt: &TransactionReceipt, account: Address) -> U256 {
    let token = bid.pair.token_out.address;
    let logs = receipt.logs().iter().filter(|log| log.address() == token);
    let transfers = logs.filter_map(|log| IERC20::Transfer::decode_log(&log.inner).ok());
    transfers
        .filter(|transfer| transfer.to == account && transfer.from != account)
        .fold(U256::ZERO, |sum, transfer| sum.saturating_add(transfer.value))
}

/// Returns the amount bought according to the account's balance, in base units.
async fn received_amount(
    provider: &DynProvider,
    bid: &BidIntent,
    receipt: &TransactionReceipt,
    account: Address,
) -> Result<U256, NodeError> {
    let block = receipt.block_number.unwrap_or_default();
    let token = IERC20::new(bid.pair.token_out.address, provider);
    let balance_at = |block: u64| token.balanceOf(account).block(BlockId::number(block));
    let (before, after) = (balance_at(block.saturating_sub(1)), balance_at(block));
    let (before, after) = tokio::try_join!(before.call().into_future(), after.call().into_future())?;
    Ok(after.saturating_sub(before))
}

pub(super) fn gas_wei(receipt: &TransactionReceipt) -> U256 {
    U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price)
}
