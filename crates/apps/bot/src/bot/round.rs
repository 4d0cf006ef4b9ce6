//! One round of the main loop: finds what changed on the chain, reads the pairs that are due, and makes the best bid.
//! A failed round is repeated; its unread changes are found again.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use alloy::{eips::BlockId, providers::Provider};
use futures_util::future::join_all;
use weir_client::NodeError;
use weir_units::exact;

use super::{Bot, Next, follow::Followed};
use crate::{
    market::{Changes, Head, HeadChange, Offer, Wallet, find_changes, now, read_offer},
    money::{Quote, UnitPrices},
    price::{ETHER, NoPrice, Rejected, Report, show_token},
    sender::{Fees, SendFailure, Status},
    strategy::{Bid, Plan, SkipReason, View, best, decide},
};

impl Bot {
    /// Runs one round.
    ///
    /// # Errors
    /// If the node does not answer. The next round does the remaining work.
    pub(super) async fn round(&mut self) -> Result<Next, NodeError> {
        let (head, change) = self.heads.poll(&self.provider).await?;
        self.apply_head_change(head, change).await?;
        if self.pairs_outdated {
            self.find_pairs().await?;
        }
        let is_busy = self.follow_pending().await?;
        let is_awake = self.wake_at.is_some_and(|wake_at| wake_at <= Instant::now());
        let is_changed = self.followed.iter().any(|followed| followed.is_changed);
        if change == HeadChange::None && !is_awake && !is_changed && !self.prices_changed {
            return Ok(Next::Poll);
        }
        let now = now(&self.provider).await?;
        self.clock.send_replace(now);
        self.metrics.chain_time.set(i64::try_from(now).unwrap_or(i64::MAX));
        for (token, age) in self.board.ages(now) {
            self.metrics.record_price_age(token, age);
        }
        if is_busy {
            // One transaction at a time: after its result all pairs are read again.
            self.wake_at = None;
            return Ok(Next::Soon);
        }
        let mut next = self.read_and_bid(now).await?;
        if next == Next::Poll && self.board.is_complete() {
            next = self.renew_programs(now).await?;
        }
        self.set_wake(now);
        Ok(next)
    }

    async fn apply_head_change(&mut self, head: Head, change: HeadChange) -> Result<(), NodeError> {
        match change {
            HeadChange::None => return Ok(()),
            HeadChange::First => self.mark_all_changed(),
            HeadChange::Reorganised => {
                tracing::warn!(block = head.number, hash = %head.hash, "reorganisation: reading everything again");
                self.metrics.reorganisations.inc();
                self.undo_removed().await?;
                self.directory.reset();
                self.pairs_outdated = true;
                self.mark_all_changed();
            }
            HeadChange::Extended { from } => {
                let pairs: Vec<_> = self.followed.iter().map(|followed| &followed.pair).collect();
                let factory = self.directory.factory();
                match find_changes(&self.provider, factory, &pairs, from, head.number).await? {
                    Changes::Unknown => {
                        self.pairs_outdated = true;
                        self.mark_all_changed();
                    }
                    Changes::Known { pairs, new_pairs } => {
                        self.pairs_outdated |= new_pairs;
                        for followed in &mut self.followed {
                            followed.is_changed |= pairs.contains(&followed.pair.address);
                        }
                    }
                }
            }
        }
        self.heads.record(head);
        Ok(())
    }

    /// Marks all pairs to be read now.
    pub(super) fn mark_all_changed(&mut self) {
        for followed in &mut self.followed {
            followed.is_changed = true;
        }
    }

    pub(super) async fn find_pairs(&mut self) -> Result<(), NodeError> {
        let known: HashSet<_> = self.followed.iter().map(|followed| followed.pair.address).collect();
        for pair in self.directory.new_pairs(&self.provider, &known).await? {
            tracing::info!(
                %pair, source = %pair.source, target_period_seconds = pair.target_period, venue = ?pair.venue,
                "following pair"
            );
            self.followed.push(Followed::new(pair, self.settings.first_gas));
        }
        self.metrics.pairs.set(i64::try_from(self.followed.len()).unwrap_or(i64::MAX));
        self.pairs_outdated = false;
        Ok(())
    }

    /// Checks the pending transaction and returns whether there still is one.
    async fn follow_pending(&mut self) -> Result<bool, NodeError> {
        let Some(status) = self.check_pending().await else { return Ok(false) };
        let is_busy = match status? {
            Status::Idle => false,
            Status::EarlierRun(count) => {
                if !std::mem::replace(&mut self.earlier_run_logged, true) {
                    tracing::warn!(
                        count,
                        replaced_after_seconds = self.settings.replace_after.as_secs_f64(),
                        "transactions of an earlier run are pending: waiting, then replacing them"
                    );
                }
                true
            }
            Status::Settled(settled) => {
                self.settle(&settled).await?;
                false
            }
            Status::NonceTaken(intent) => {
                tracing::warn!(%intent, "another program used the nonce: give the bot an account of its own");
                self.mark_all_changed();
                false
            }
            Status::Waiting { is_dropped: true, .. } => {
                tracing::warn!("the node dropped the transaction: the next profitable bid reuses its nonce");
                if let Some(sender) = &mut self.sender {
                    sender.abandon();
                }
                self.mark_all_changed();
                false
            }
            Status::Waiting { elapsed, .. } if elapsed >= self.settings.replace_after => {
                self.replace_pending().await?;
                true
            }
            Status::Waiting { .. } => true,
        };
        self.metrics.pending.set(i64::from(is_busy));
        Ok(is_busy)
    }

    /// Reads the pairs that are due and makes the most profitable bid.
    async fn read_and_bid(&mut self, now: u64) -> Result<Next, NodeError> {
        let all = self.prices_changed;
        let indices: Vec<usize> =
            (0..self.followed.len()).filter(|index| self.followed[*index].is_due(now, all)).collect();
        if indices.is_empty() {
            self.prices_changed = false;
            return Ok(Next::Poll);
        }
        let fees = match self.fees().await {
            Ok(fees) => fees,
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => {
                tracing::warn!(reason = %error, "no bids for now");
                indices.iter().for_each(|index| self.followed[*index].back_off(now));
                return Ok(Next::Poll);
            }
        };
        let pending = BlockId::pending();
        let read =
            join_all(indices.iter().map(|index| self.read_pair(&self.followed[*index], pending))).await;
        let mut bids = Vec::new();
        for (index, read) in indices.into_iter().zip(read) {
            let (offer, wallet) = match read {
                Ok(read) => read,
                Err(error) if error.is_rejection() => {
                    let followed = &mut self.followed[index];
                    followed.back_off(now);
                    tracing::warn!(pair = %followed.pair, %error, retry_at = followed.due, "cannot read the pair");
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            self.update_offer(index, offer);
            let followed = &mut self.followed[index];
            if followed.lost_auction.take() == Some(offer.auction) {
                // The bid reverted although nobody else bought: the pair may always revert.
                followed.back_off(now);
                continue;
            }
            if let Plan::Bid(bid) = self.plan(index, &wallet, fees, now) {
                bids.push((index, bid));
            }
        }
        self.prices_changed = false;
        match best(bids) {
            Some((index, bid)) => self.execute_bid(index, bid, fees, now).await,
            None => Ok(Next::Poll),
        }
    }

    /// Returns the fees of a transaction sent now.
    pub(super) async fn fees(&self) -> Result<Fees, SendFailure> {
        let gas_price = self.provider.get_gas_price().await;
        let gas_price = gas_price.map_err(|error| SendFailure::Node(error.into()))?;
        match &self.sender {
            Some(sender) => sender.fees(gas_price),
            None => self.settings.fees.at(gas_price).ok_or(SendFailure::TooExpensive),
        }
    }

    /// Reads a pair's offer and the wallet for it.
    pub(super) async fn read_pair(
        &self,
        followed: &Followed,
        block: BlockId,
    ) -> Result<(Offer, Wallet), NodeError> {
        let offer = read_offer(&self.provider, &followed.pair, self.account, block).await?;
        if offer.lot.is_zero() {
            return Ok((offer, Wallet::default()));
        }
        Ok((offer, Wallet::read(&self.provider, &followed.pair, self.account).await?))
    }

    pub(super) fn update_offer(&mut self, index: usize, offer: Offer) {
        let followed = &mut self.followed[index];
        let previous = followed.offer.replace(offer);
        if previous.is_some_and(|previous| previous.auction != offer.auction) {
            followed.reset_back_off();
        }
        let is_sold = previous.is_some_and(|previous| previous.auction.last_at < offer.auction.last_at);
        if is_sold && !std::mem::take(&mut followed.bought_by_us) {
            self.totals.sold_to_others += 1;
            self.metrics.sold_to_others.inc();
            let price = exact(offer.auction.last_price, followed.pair.token_in.decimals);
            tracing::info!(pair = %followed.pair, price, "lot bought by somebody else");
        }
    }

    /// Decides at a pair whose offer has been read, and schedules its next read.
    fn plan(&mut self, index: usize, wallet: &Wallet, fees: Fees, now: u64) -> Plan {
        let followed = &self.followed[index];
        let plan = self.decide(followed, wallet, followed.gas, fees, now);
        let refresh = now.saturating_add(self.settings.refresh);
        self.followed[index].schedule_read(match &plan {
            Plan::Bid(_) => now,
            Plan::Wait(wait) => refresh.min(wait.until),
            Plan::Skip(_) => refresh,
        });
        self.log_plan(index, &plan, now);
        plan
    }

    /// Decides at a pair whose offer has been read, given the gas of a bid.
    pub(super) fn decide(
        &self,
        followed: &Followed,
        wallet: &Wallet,
        gas: u64,
        fees: Fees,
        now: u64,
    ) -> Plan {
        let Some(offer) = &followed.offer else { return Plan::Skip(SkipReason::NothingForSale) };
        let quote = self.quote(followed, now);
        let view = View {
            pair: &followed.pair,
            offer,
            wallet,
            quote: quote.as_ref(),
            gas,
            wei_per_gas: fees.max,
            now,
        };
        decide(&view, &self.settings.rules)
    }

    /// Returns the exchange rates into a pair's payment token.
    pub(super) fn quote(&self, followed: &Followed, now: u64) -> Result<Quote, NoPrice> {
        let (token_in, token_out) = (&followed.pair.token_in, &followed.pair.token_out);
        let price_in = self.board.price(token_in.address, now)?;
        let price_out = self.board.price(token_out.address, now)?;
        let ether = self.board.price(ETHER, now)?;
        let prices = UnitPrices {
            token_in: (&price_in, token_in.decimals),
            token_out: (&price_out, token_out.decimals),
            ether: &ether,
        };
        Quote::new(&prices).ok_or_else(|| NoPrice {
            token: token_in.address,
            reason: "the price is 0".into(),
            is_pending: false,
        })
    }

    fn log_plan(&mut self, index: usize, plan: &Plan, now: u64) {
        let should_log = self.followed[index].should_log(plan, now);
        let pair = &self.followed[index].pair;
        let until = match plan {
            Plan::Wait(wait) => wait.until,
            Plan::Bid(_) => now,
            Plan::Skip(_) => 0,
        };
        let label = [("pair", pair.address.to_string())];
        self.metrics.next_bid.get_or_create(&label).set(i64::try_from(until).unwrap_or(i64::MAX));
        if !should_log {
            return;
        }
        let amount = |amount| exact(amount, pair.token_in.decimals);
        match plan {
            Plan::Wait(wait) => tracing::info!(
                %pair, at = wait.until, in_seconds = wait.until - now, at_most = amount(wait.limit),
                lot_worth = amount(wait.worth), limited_by = ?wait.limited_by, "next bid"
            ),
            Plan::Skip(SkipReason::NoPrice(error)) if error.is_pending => {}
            Plan::Skip(reason) => tracing::info!(%pair, %reason, "no bid"),
            Plan::Bid(Bid { price, worth, limit, .. }) => tracing::debug!(
                %pair, price = amount(*price), lot_worth = amount(*worth), at_most = amount(*limit), "bidding"
            ),
        }
    }

    /// Sets when the next pair, or the next check of programs, is due by this machine's clock. Chain time runs at the same speed.
    fn set_wake(&mut self, now: u64) {
        let due =
            self.followed.iter().filter(|followed| !followed.is_blocked).map(|followed| followed.due).min();
        // Programs wait for the first prices, so that bids go first.
        let programs = self.keep_alive.as_ref().filter(|_| self.board.is_complete());
        let due = due.into_iter().chain(programs.map(|keep_alive| keep_alive.due)).min();
        let seconds = due.map(|due| due.saturating_sub(now));
        self.wake_at = seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    }

    /// Passes the result of a price source to the board and logs why it is rejected.
    pub(super) fn handle_report(&mut self, report: Report) {
        let update = self.board.update(report.token, report.result, report.asked_at);
        self.prices_changed |= update.price_changed;
        let Some(Rejected { reason, label, is_new }) = update.rejected else { return };
        let token = show_token(report.token);
        if is_new {
            tracing::warn!(token, reason, "price rejected");
        }
        self.metrics
            .price_rejected
            .get_or_create(&vec![("token", token), ("reason", label.to_owned())])
            .inc();
    }
}
