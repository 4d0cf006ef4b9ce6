//! One round: what has happened on the chain, which pairs to look at, and what to do there.

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
    market::{Changes, Head, News, Sale, Wallet, look_for_changes, now, read_sale},
    money::{Quote, UnitPrices},
    price::{ETHER, NoPrice, Refused, Report, show_token},
    sender::{Fees, SendFailure, Status},
    strategy::{Bid, Plan, Rest, View, best, decide},
};

impl Bot {
    /// Looks at what has happened and does what is to be done now.
    ///
    /// # Errors
    /// If the node does not answer. Nothing is lost then: the next round does what was left.
    pub(super) async fn round(&mut self) -> Result<Next, NodeError> {
        let (head, news) = self.heads.look(&self.provider).await?;
        self.take_news(head, news).await?;
        if self.list_is_old {
            self.find_pairs().await?;
        }
        let is_busy = self.follow_pending().await?;
        let is_awake = self.wake_at.is_some_and(|wake_at| wake_at <= Instant::now());
        let is_changed = self.followed.iter().any(|followed| followed.is_changed);
        if news == News::None && !is_awake && !is_changed && !self.prices_changed {
            return Ok(Next::Rest);
        }
        let now = now(&self.provider).await?;
        self.clock.send_replace(now);
        self.metrics.chain_time.set(i64::try_from(now).unwrap_or(i64::MAX));
        for (token, age) in self.board.ages(now) {
            self.metrics.tell_age(token, age);
        }
        if is_busy {
            // One transaction at a time: when it is settled, everything is looked at again.
            self.wake_at = None;
            return Ok(Next::Soon);
        }
        let next = self.look_and_bid(now).await?;
        self.set_wake(now);
        Ok(next)
    }

    async fn take_news(&mut self, head: Head, news: News) -> Result<(), NodeError> {
        match news {
            News::None => return Ok(()),
            News::First => self.all_changed(),
            News::Reorganised => {
                tracing::warn!(block = head.number, hash = %head.hash, "blocks are gone: everything is read anew");
                self.metrics.reorganisations.inc();
                self.undo_gone().await?;
                self.directory.start_over();
                self.list_is_old = true;
                self.all_changed();
            }
            News::Blocks { from } => {
                let pairs: Vec<_> = self.followed.iter().map(|followed| &followed.pair).collect();
                let factory = self.directory.factory();
                match look_for_changes(&self.provider, factory, &pairs, from, head.number).await? {
                    Changes::Everything => {
                        self.list_is_old = true;
                        self.all_changed();
                    }
                    Changes::Some { pairs, new_pairs } => {
                        self.list_is_old |= new_pairs;
                        for followed in &mut self.followed {
                            followed.is_changed |= pairs.contains(&followed.pair.address);
                        }
                    }
                }
            }
        }
        self.heads.note(head);
        Ok(())
    }

    /// Everything is to be looked at.
    pub(super) fn all_changed(&mut self) {
        for followed in &mut self.followed {
            followed.is_changed = true;
        }
    }

    pub(super) async fn find_pairs(&mut self) -> Result<(), NodeError> {
        let known: HashSet<_> = self.followed.iter().map(|followed| followed.pair.address).collect();
        for pair in self.directory.new_pairs(&self.provider, &known).await? {
            tracing::info!(
                %pair, source = %pair.source, target_period_seconds = pair.target_period, way = ?pair.way, "follows"
            );
            self.followed.push(Followed::new(pair, self.settings.first_gas));
        }
        self.metrics.pairs.set(i64::try_from(self.followed.len()).unwrap_or(i64::MAX));
        self.list_is_old = false;
        Ok(())
    }

    /// Looks after what was sent; gives whether it is still under way.
    async fn follow_pending(&mut self) -> Result<bool, NodeError> {
        let Some(status) = self.check_pending().await else { return Ok(false) };
        let is_busy = match status? {
            Status::Idle => false,
            Status::Foreign(count) => {
                if !std::mem::replace(&mut self.told_of_foreign, true) {
                    tracing::warn!(
                        count,
                        replaced_after_seconds = self.settings.replace_after.as_secs_f64(),
                        "transactions of an earlier run are under way: they are waited for, then replaced"
                    );
                }
                true
            }
            Status::Settled(settled) => {
                self.settle(&settled).await?;
                false
            }
            Status::Taken(intent) => {
                tracing::warn!(%intent, "another program has used this account's nonce: use an account for the bot alone");
                self.all_changed();
                false
            }
            Status::Waiting { is_dropped: true, .. } => {
                tracing::warn!(
                    "the node has forgotten the transaction: what is worth it is sent again, with the same nonce"
                );
                if let Some(sender) = &mut self.sender {
                    sender.give_up();
                }
                self.all_changed();
                false
            }
            Status::Waiting { since, .. } if since >= self.settings.replace_after => {
                self.replace_pending().await?;
                true
            }
            Status::Waiting { .. } => true,
        };
        self.metrics.pending.set(i64::from(is_busy));
        Ok(is_busy)
    }

    /// Looks at the pairs that are due, and makes the best of the bids that are worth it now.
    async fn look_and_bid(&mut self, now: u64) -> Result<Next, NodeError> {
        let all = self.prices_changed;
        let places: Vec<usize> =
            (0..self.followed.len()).filter(|place| self.followed[*place].is_due(now, all)).collect();
        if places.is_empty() {
            self.prices_changed = false;
            return Ok(Next::Rest);
        }
        let fees = match self.fees().await {
            Ok(fees) => fees,
            Err(SendFailure::Node(failure)) => return Err(failure),
            Err(error) => {
                tracing::warn!(why = %error, "no bids for now");
                places.iter().for_each(|place| self.followed[*place].hold(now));
                return Ok(Next::Rest);
            }
        };
        let pending = BlockId::pending();
        let seen = join_all(places.iter().map(|place| self.see(&self.followed[*place], pending))).await;
        let mut bids = Vec::new();
        for (place, seen) in places.into_iter().zip(seen) {
            let (sale, wallet) = match seen {
                Ok(seen) => seen,
                Err(why) if why.is_rejection() => {
                    let followed = &mut self.followed[place];
                    followed.hold(now);
                    tracing::warn!(pair = %followed.pair, %why, again_at = followed.due, "the pair cannot be read");
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            self.note_sale(place, sale);
            let followed = &mut self.followed[place];
            if followed.lost.take() == Some(sale.auction) {
                // Nobody else bought: it was the pair, or the second, that was wrong.
                followed.hold(now);
                continue;
            }
            if let Plan::Bid(bid) = self.plan(place, &wallet, fees, now) {
                bids.push((place, bid));
            }
        }
        self.prices_changed = false;
        match best(bids) {
            Some((place, bid)) => self.make(place, bid, fees, now).await,
            None => Ok(Next::Rest),
        }
    }

    /// What a transaction sent now offers for gas.
    pub(super) async fn fees(&self) -> Result<Fees, SendFailure> {
        let gas_price = self.provider.get_gas_price().await;
        let gas_price = gas_price.map_err(|error| SendFailure::Node(error.into()))?;
        match &self.sender {
            Some(sender) => sender.fees(gas_price),
            None => self.settings.fees.at(gas_price).ok_or(SendFailure::TooExpensive),
        }
    }

    /// Reads a pair's auction, and the wallet for it.
    pub(super) async fn see(&self, followed: &Followed, block: BlockId) -> Result<(Sale, Wallet), NodeError> {
        let sale = read_sale(&self.provider, &followed.pair, self.account, block).await?;
        if sale.lot.is_zero() {
            return Ok((sale, Wallet::default()));
        }
        Ok((sale, Wallet::read(&self.provider, &followed.pair, self.account).await?))
    }

    pub(super) fn note_sale(&mut self, place: usize, sale: Sale) {
        let followed = &mut self.followed[place];
        let former = followed.sale.replace(sale);
        if former.is_some_and(|former| former.auction != sale.auction) {
            followed.forgive();
        }
        let is_sold = former.is_some_and(|former| former.auction.last_at < sale.auction.last_at);
        if is_sold && !std::mem::take(&mut followed.sold_to_us) {
            self.ledger.sold_to_others += 1;
            self.metrics.sold_to_others.inc();
            let price = exact(sale.auction.last_price, followed.pair.token_in.decimals);
            tracing::info!(pair = %followed.pair, price, "somebody else bought the lot");
        }
    }

    /// What to do at a pair whose sale has been read; sets when to look at it again.
    fn plan(&mut self, place: usize, wallet: &Wallet, fees: Fees, now: u64) -> Plan {
        let followed = &self.followed[place];
        let plan = self.decide(followed, wallet, followed.gas, fees, now);
        let refresh = now.saturating_add(self.settings.refresh);
        self.followed[place].look_again(match &plan {
            Plan::Bid(_) => now,
            Plan::Wait(wait) => refresh.min(wait.until),
            Plan::Rest(_) => refresh,
        });
        self.tell(place, &plan, now);
        plan
    }

    /// What to do at a pair whose sale has been read, with this gas.
    pub(super) fn decide(
        &self,
        followed: &Followed,
        wallet: &Wallet,
        gas: u64,
        fees: Fees,
        now: u64,
    ) -> Plan {
        let Some(sale) = &followed.sale else { return Plan::Rest(Rest::NothingForSale) };
        let quote = self.quote(followed, now);
        let view = View {
            pair: &followed.pair,
            sale,
            wallet,
            quote: quote.as_ref(),
            gas,
            wei_per_gas: fees.max,
            now,
        };
        decide(&view, &self.settings.rules)
    }

    /// Rates into the token that a pair is paid with.
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
            why: "it is 0".into(),
            is_coming: false,
        })
    }

    fn tell(&mut self, place: usize, plan: &Plan, now: u64) {
        let is_news = self.followed[place].is_news(plan, now);
        let pair = &self.followed[place].pair;
        let until = match plan {
            Plan::Wait(wait) => wait.until,
            Plan::Bid(_) => now,
            Plan::Rest(_) => 0,
        };
        let label = [("pair", pair.address.to_string())];
        self.metrics.next_bid.get_or_create(&label).set(i64::try_from(until).unwrap_or(i64::MAX));
        if !is_news {
            return;
        }
        let amount = |amount| exact(amount, pair.token_in.decimals);
        match plan {
            Plan::Wait(wait) => tracing::info!(
                %pair, at = wait.until, in_seconds = wait.until - now, at_most = amount(wait.limit),
                lot_worth = amount(wait.worth), bound = ?wait.bound, "next bid"
            ),
            Plan::Rest(Rest::NoPrice(error)) if error.is_coming => {}
            Plan::Rest(rest) => tracing::info!(%pair, why = %rest, "no bid"),
            Plan::Bid(Bid { price, worth, limit, .. }) => tracing::debug!(
                %pair, price = amount(*price), lot_worth = amount(*worth), at_most = amount(*limit), "the moment has come"
            ),
        }
    }

    /// When the next pair is due, by this machine's clock: the chain's seconds are as long as its.
    fn set_wake(&mut self, now: u64) {
        let due =
            self.followed.iter().filter(|followed| !followed.is_blocked).map(|followed| followed.due).min();
        let seconds = due.map(|due| due.saturating_sub(now));
        self.wake_at = seconds.and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds)));
    }

    /// Takes in what a price source told.
    pub(super) fn take_report(&mut self, report: Report) {
        let told = self.board.take(report.token, report.answer, report.asked_at);
        self.prices_changed |= told.is_news;
        let Some(Refused { why, word, is_news }) = told.refused else { return };
        let token = show_token(report.token);
        if is_news {
            tracing::warn!(token, why, "a price is not believed");
        }
        self.metrics.price_refused.get_or_create(&vec![("token", token), ("reason", word.to_owned())]).inc();
    }
}
