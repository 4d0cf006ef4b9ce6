//! What became of transactions: won, lost, or gone again with their blocks.

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
    ledger::Purchase,
    money::show,
    sender::{BidIntent, Intent, Settled},
};

/// Purchases that are remembered in case their blocks go.
const REMEMBERED: usize = 64;

impl Bot {
    /// A transaction was mined.
    ///
    /// # Errors
    /// If the node does not answer what arrived of a lot that was bought; it is counted as told by the events then.
    pub(super) async fn settle(&mut self, settled: &Settled) -> Result<(), NodeError> {
        let Settled { intent, receipt, .. } = settled;
        // The wallet is another one now, for all pairs.
        self.all_changed();
        let done = match (intent, receipt.status()) {
            (Intent::Bid(bid), true) => self.win(bid, receipt).await,
            (Intent::Bid(bid), false) => {
                self.lose(bid, receipt);
                Ok(())
            }
            (_, is_done) => {
                self.ledger.approvals += u64::from(is_done && matches!(intent, Intent::Approval { .. }));
                self.ledger.spend(gas_wei(receipt), intent.unit_of_wei());
                tracing::info!(transaction = %receipt.transaction_hash, is_done, "mined: {intent}");
                Ok(())
            }
        };
        self.metrics.pending.set(0);
        self.metrics.tell(&self.ledger);
        done
    }

    async fn win(&mut self, bid: &BidIntent, receipt: &TransactionReceipt) -> Result<(), NodeError> {
        let announced = announced(bid, receipt, self.account);
        let (received, done) = match received(&self.provider, bid, receipt, self.account).await {
            Ok(received) => (received, Ok(())),
            // Nodes that keep no states tell only what the events do.
            Err(error) if error.is_rejection() => (announced, Ok(())),
            Err(failure) => (announced, Err(failure)),
        };
        let received = received.min(announced);
        let purchase =
            Purchase { bid: bid.clone(), paid: paid(bid, receipt), received, gas_wei: gas_wei(receipt) };
        self.ledger.win(&purchase);
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
                "less arrived than was sold: nothing is bought there any more"
            );
        }
        if let Some(followed) =
            self.followed.iter_mut().find(|followed| followed.pair.address == pair.address)
        {
            followed.sold_to_us = true;
            followed.is_blocked |= received < bid.amount_out;
        }
        self.purchases.push_back((receipt.transaction_hash, purchase));
        if self.purchases.len() > REMEMBERED {
            self.purchases.pop_front();
        }
        done
    }

    fn lose(&mut self, bid: &BidIntent, receipt: &TransactionReceipt) {
        self.ledger.lost += 1;
        self.ledger.spend(gas_wei(receipt), &bid.unit_of_wei);
        let pair = bid.pair.address;
        if let Some(followed) = self.followed.iter_mut().find(|followed| followed.pair.address == pair) {
            followed.lost = followed.sale.map(|sale| sale.auction);
        }
        tracing::warn!(
            transaction = %receipt.transaction_hash, gas = receipt.gas_used,
            "lost: the bid at {pair} was mined and reverted"
        );
    }

    /// Blocks are gone: takes back what was counted of them. What was sent is waited for again.
    ///
    /// # Errors
    /// If the node does not answer; then nothing has changed.
    pub(super) async fn undo_gone(&mut self) -> Result<(), NodeError> {
        let Some(sender) = &mut self.sender else { return Ok(()) };
        for Settled { intent, receipt, .. } in sender.after_reorganisation().await? {
            tracing::warn!(transaction = %receipt.transaction_hash, "its block is gone: {intent}");
            let place = self.purchases.iter().position(|(hash, _)| *hash == receipt.transaction_hash);
            if let Some((_, purchase)) = place.and_then(|place| self.purchases.remove(place)) {
                self.ledger.undo_win(&purchase);
            } else {
                self.ledger.unspend(gas_wei(&receipt), intent.unit_of_wei());
                match (&intent, receipt.status()) {
                    (Intent::Bid(_), false) => self.ledger.lost = self.ledger.lost.saturating_sub(1),
                    (Intent::Approval { .. }, true) => {
                        self.ledger.approvals = self.ledger.approvals.saturating_sub(1);
                    }
                    _ => {}
                }
            }
            self.ledger.undone += 1;
            self.metrics.undone.inc();
        }
        self.metrics.tell(&self.ledger);
        Ok(())
    }
}

/// What a bid that got the lot has paid, in base units.
fn paid(bid: &BidIntent, receipt: &TransactionReceipt) -> U256 {
    let sales = receipt.logs().iter().filter(|log| log.address() == bid.pair.address);
    let paid =
        sales.filter_map(|log| SwappedExactAmountOut::decode_log(&log.inner).ok()).map(|sale| sale.amountIn);
    // A pair that announces nothing has taken the limit at most.
    paid.last().unwrap_or(bid.limit)
}

/// What arrived of the token bought as its events tell, in base units.
fn announced(bid: &BidIntent, receipt: &TransactionReceipt, account: Address) -> U256 {
    let token = bid.pair.token_out.address;
    let logs = receipt.logs().iter().filter(|log| log.address() == token);
    let transfers = logs.filter_map(|log| IERC20::Transfer::decode_log(&log.inner).ok());
    transfers
        .filter(|transfer| transfer.to == account && transfer.from != account)
        .fold(U256::ZERO, |sum, transfer| sum.saturating_add(transfer.value))
}

/// What arrived of the token bought as the account's balance tells, in base units: tokens with a fee announce more.
async fn received(
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

fn gas_wei(receipt: &TransactionReceipt) -> U256 {
    U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price)
}
