//! Makes a bid: approves the payment, simulates the purchase, estimates its gas and sends it.
//! A dry run logs the bid instead.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use weir_bindings::{IERC20, IPair, IRouter};
use weir_client::NodeError;
use weir_units::{Rational, exact};

use super::{Bot, Next};
use crate::{
    market::{Pair, Venue, Wallet},
    money::{rational, show},
    price::ETHER,
    sender::{BidIntent, Call, Fees, Intent, SendFailure},
    strategy::{Approval, Bid, Plan},
};

/// Gas limit of a transaction, in percent of the estimate. The state may change before it is mined.
pub(super) const GAS_MARGIN_PERCENT: u64 = 125;

impl Bot {
    /// Makes a profitable bid: sends it, or an approval that it needs first.
    pub(super) async fn execute_bid(
        &mut self,
        index: usize,
        bid: Bid,
        fees: Fees,
        now: u64,
    ) -> Result<Next, NodeError> {
        if self.sender.is_none() {
            return self.dry_run_bid(index, &bid, now).await;
        }
        if bid.needs_approval {
            return self.approve(index, bid.limit, fees, now).await;
        }
        let Some((bid, gas)) = self.check_bid(index, bid, fees, now, BlockId::pending()).await? else {
            return Ok(Next::Poll);
        };
        self.send_bid(index, &bid, gas, fees, now).await
    }

    /// Simulates a bid and estimates its gas. Returns `None` if the simulation fails or that gas makes the bid
    /// unprofitable.
    pub(super) async fn check_bid(
        &mut self,
        index: usize,
        bid: Bid,
        fees: Fees,
        now: u64,
        block: BlockId,
    ) -> Result<Option<(Bid, u64)>, NodeError> {
        let call = self.swap(&self.followed[index].pair, &bid, now);
        let gas = match self.simulate(&call, block).await {
            Ok((price, gas)) if price <= bid.limit => gas,
            Ok((price, _)) => {
                self.reject(
                    index,
                    &format!("the simulation pays {price} base units, above the limit"),
                    "simulation",
                    now,
                );
                return Ok(None);
            }
            Err(error) if error.is_rejection() => {
                self.reject(index, &error.to_string(), "simulation", now);
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        self.followed[index].gas = gas;
        let followed = &self.followed[index];
        let wallet = Wallet::read(&self.provider, &followed.pair, self.account).await?;
        match self.decide(followed, &wallet, gas, fees, now) {
            Plan::Bid(bid) if !bid.needs_approval => Ok(Some((bid, gas))),
            // Unprofitable with the estimated gas: the next round computes the new bid time.
            _ => {
                self.followed[index].is_changed = true;
                Ok(None)
            }
        }
    }

    /// Returns the price of a swap, in base units, and its gas.
    async fn simulate(&self, call: &Call, block: BlockId) -> Result<(U256, u64), NodeError> {
        let request = self.request(call);
        let answer = self.provider.call(request.clone()).block(block).await?;
        let price = IPair::swapExactAmountOutCall::abi_decode_returns(&answer)
            .map_err(|error| NodeError::Answer(format!("cannot decode the result of the swap: {error}")))?;
        Ok((price, self.provider.estimate_gas(request).block(block).await?))
    }

    pub(super) fn request(&self, call: &Call) -> TransactionRequest {
        TransactionRequest::default().with_from(self.account).with_to(call.to).with_input(call.input.clone())
    }

    /// Returns the call that buys the lot, with the limit as `amountInMax`.
    fn swap(&self, pair: &Pair, bid: &Bid, now: u64) -> Call {
        let (to, input) = match pair.venue {
            Venue::Router(router) => {
                let swap = IRouter::swapExactAmountOutCall {
                    liquidationPair: pair.address,
                    receiver: self.account,
                    amountOut: bid.amount_out,
                    amountInMax: bid.limit,
                    deadline: U256::from(now.saturating_add(self.settings.deadline)),
                };
                (router, swap.abi_encode())
            }
            Venue::Vault | Venue::None => {
                let swap = IPair::swapExactAmountOutCall {
                    receiver: self.account,
                    amountOut: bid.amount_out,
                    amountInMax: bid.limit,
                    flashSwapData: Bytes::new(),
                };
                (pair.address, swap.abi_encode())
            }
        };
        Call { to, input: input.into(), value: U256::ZERO, gas_limit: 0 }
    }

    pub(super) async fn send_bid(
        &mut self,
        index: usize,
        bid: &Bid,
        gas: u64,
        fees: Fees,
        now: u64,
    ) -> Result<Next, NodeError> {
        let pair = self.followed[index].pair.clone();
        let call = Call { gas_limit: gas * GAS_MARGIN_PERCENT / 100, ..self.swap(&pair, bid, now) };
        let base_unit_value = match self.quote(&self.followed[index], now) {
            Ok(quote) => quote.value_of(U256::from(1)),
            Err(_) => return Ok(Next::Poll),
        };
        let intent = BidIntent {
            amount_out: bid.amount_out,
            limit: bid.limit,
            base_unit_value,
            wei_value: self.wei_value(now),
            worth: bid.worth,
            pair,
        };
        let (decimals, symbol) = (intent.pair.token_in.decimals, intent.pair.token_in.symbol.clone());
        let intent = Intent::Bid(Box::new(intent));
        let text = intent.to_string();
        let Some(hash) = self.send(index, call, fees, intent, now).await? else { return Ok(Next::Soon) };
        self.totals.sent += 1;
        self.metrics.bids.inc();
        tracing::info!(
            transaction = %hash, price = exact(bid.price, decimals), symbol,
            gas, max_fee_gwei = show(&gwei(fees.max)), profit = show(&bid.profit), "sent: {text}"
        );
        Ok(Next::Soon)
    }

    /// Sends a transaction and returns its hash, or `None` if it was not accepted.
    async fn send(
        &mut self,
        index: usize,
        call: Call,
        fees: Fees,
        intent: Intent,
        now: u64,
    ) -> Result<Option<alloy::primitives::B256>, NodeError> {
        let Some(sender) = &mut self.sender else { return Ok(None) };
        let replaces = sender.replaces_pending();
        match sender.send(call, fees, intent).await {
            Ok(hash) => {
                if replaces {
                    self.metrics.replacements.inc();
                }
                self.metrics.pending.set(1);
                Ok(Some(hash))
            }
            Err(SendFailure::Node(failure)) => Err(failure),
            // An earlier transaction with this nonce was mined: the next round finds its receipt.
            Err(SendFailure::NonceUsed) => Ok(None),
            Err(error) => {
                self.reject(index, &error.to_string(), "node", now);
                Ok(None)
            }
        }
    }

    fn reject(&mut self, index: usize, reason: &str, label: &str, now: u64) {
        self.totals.rejected += 1;
        self.metrics.rejected.get_or_create(&[("reason", label.to_owned())]).inc();
        let followed = &mut self.followed[index];
        followed.back_off(now);
        tracing::warn!(pair = %followed.pair, reason, retry_at = followed.due, "bid not sent");
    }

    /// Approves the vault or router to pull the limit, or any amount with `--approval max`.
    async fn approve(&mut self, index: usize, limit: U256, fees: Fees, now: u64) -> Result<Next, NodeError> {
        let pair = &self.followed[index].pair;
        let Some(spender) = pair.spender() else { return Ok(Next::Poll) };
        let (token, symbol) = (pair.token_in.address, pair.token_in.symbol.clone());
        let wanted = if self.settings.rules.approval == Approval::Max { U256::MAX } else { limit };
        let (amount, mut call) = (wanted, approval(token, spender, wanted));
        let mut gas = self.provider.estimate_gas(self.request(&call)).block(BlockId::pending()).await;
        let mut amount = amount;
        if gas.as_ref().is_err_and(|error| NodeError::from(error).is_rejection()) {
            // Some tokens accept a new approval only after a reset to 0.
            (amount, call) = (U256::ZERO, approval(token, spender, U256::ZERO));
            gas = self.provider.estimate_gas(self.request(&call)).block(BlockId::pending()).await;
        }
        let gas = match gas.map_err(NodeError::from) {
            Ok(gas) => gas,
            Err(error) if error.is_rejection() => {
                self.reject(index, &error.to_string(), "approval", now);
                return Ok(Next::Poll);
            }
            Err(failure) => return Err(failure),
        };
        call.gas_limit = gas * GAS_MARGIN_PERCENT / 100;
        let intent = Intent::Approval { token, spender, amount, wei_value: self.wei_value(now) };
        if let Some(hash) = self.send(index, call, fees, intent, now).await? {
            tracing::info!(transaction = %hash, symbol, %spender, %amount, "sent: approval");
        }
        Ok(Next::Soon)
    }

    /// Returns the value of one wei, in the price unit; 0 if ether has no price.
    pub(super) fn wei_value(&self, now: u64) -> Rational {
        let ether = U256::from(10).pow(U256::from(18));
        self.board
            .price(ETHER, now)
            .map_or_else(|_| rational(U256::ZERO), |price| price / rational(ether).to_integer())
    }

    /// Simulates and logs a bid, once for each auction.
    async fn dry_run_bid(&mut self, index: usize, bid: &Bid, now: u64) -> Result<Next, NodeError> {
        let followed = &mut self.followed[index];
        followed.schedule_read(now.saturating_add(self.settings.refresh));
        if !followed.should_log_dry_bid() {
            return Ok(Next::Poll);
        }
        let call = self.swap(&self.followed[index].pair, bid, now);
        let pair = &self.followed[index].pair;
        let amount = |amount| exact(amount, pair.token_in.decimals);
        let simulation = match bid.needs_approval {
            true => "not simulated: needs an approval first".to_owned(),
            false => match self.simulate(&call, BlockId::pending()).await {
                Ok((price, gas)) => format!("pays {} for {gas} gas", amount(price)),
                Err(error) if error.is_rejection() => format!("rejected: {error}"),
                Err(failure) => return Err(failure),
            },
        };
        tracing::info!(
            %pair, to = %call.to, price = amount(bid.price), at_most = amount(bid.limit), lot_worth = amount(bid.worth),
            profit = show(&bid.profit), simulation, "would bid"
        );
        Ok(Next::Poll)
    }
}

fn approval(token: Address, spender: Address, amount: U256) -> Call {
    let input = IERC20::approveCall { spender, value: amount }.abi_encode();
    Call { to: token, input: input.into(), value: U256::ZERO, gas_limit: 0 }
}

fn gwei(wei: u128) -> Rational {
    rational(U256::from(wei)) / rational(U256::from(1_000_000_000u64)).to_integer()
}
