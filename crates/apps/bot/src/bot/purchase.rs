//! Makes a bid: approves, simulates, estimates, and sends it.

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
    market::{Pair, Wallet, Way},
    money::{rational, show},
    price::ETHER,
    sender::{BidIntent, Call, Fees, Intent, SendFailure},
    strategy::{Approval, Bid, Plan},
};

/// Percent of the estimate that a transaction may use: the state may be another by then.
pub(super) const GAS_MARGIN_PERCENT: u64 = 125;

impl Bot {
    /// Makes a bid that is worth it now.
    pub(super) async fn make(
        &mut self,
        place: usize,
        bid: Bid,
        fees: Fees,
        now: u64,
    ) -> Result<Next, NodeError> {
        if self.sender.is_none() {
            return self.rehearse(place, &bid, now).await;
        }
        if bid.needs_approval {
            return self.approve(place, bid.limit, fees, now).await;
        }
        let Some((bid, gas)) = self.rehearsed(place, bid, fees, now, BlockId::pending()).await? else {
            return Ok(Next::Rest);
        };
        self.send_bid(place, &bid, gas, fees, now).await
    }

    /// Simulates a bid and estimates its gas; `None` if it is refused, or not worth that gas.
    pub(super) async fn rehearsed(
        &mut self,
        place: usize,
        bid: Bid,
        fees: Fees,
        now: u64,
        block: BlockId,
    ) -> Result<Option<(Bid, u64)>, NodeError> {
        let call = self.swap(&self.followed[place].pair, &bid, now);
        let gas = match self.simulate(&call, block).await {
            Ok((price, gas)) if price <= bid.limit => gas,
            Ok((price, _)) => {
                self.refuse(place, &format!("the simulation pays {price} base units"), "simulation", now);
                return Ok(None);
            }
            Err(why) if why.is_rejection() => {
                self.refuse(place, &why.to_string(), "simulation", now);
                return Ok(None);
            }
            Err(failure) => return Err(failure),
        };
        self.followed[place].gas = gas;
        let followed = &self.followed[place];
        let wallet = Wallet::read(&self.provider, &followed.pair, self.account).await?;
        match self.decide(followed, &wallet, gas, fees, now) {
            Plan::Bid(bid) if !bid.needs_approval => Ok(Some((bid, gas))),
            // With the gas that it really takes it is not worth it yet: the next round says when.
            _ => {
                self.followed[place].is_changed = true;
                Ok(None)
            }
        }
    }

    /// What a swap would pay, in base units, and its gas.
    async fn simulate(&self, call: &Call, block: BlockId) -> Result<(U256, u64), NodeError> {
        let request = self.request(call);
        let answer = self.provider.call(request.clone()).block(block).await?;
        let price = IPair::swapExactAmountOutCall::abi_decode_returns(&answer)
            .map_err(|error| NodeError::Answer(format!("the swap answers what no swap does: {error}")))?;
        Ok((price, self.provider.estimate_gas(request).block(block).await?))
    }

    pub(super) fn request(&self, call: &Call) -> TransactionRequest {
        TransactionRequest::default().with_from(self.account).with_to(call.to).with_input(call.input.clone())
    }

    /// The call that buys the lot, with the limit in it.
    fn swap(&self, pair: &Pair, bid: &Bid, now: u64) -> Call {
        let (to, input) = match pair.way {
            Way::Router(router) => {
                let swap = IRouter::swapExactAmountOutCall {
                    liquidationPair: pair.address,
                    receiver: self.account,
                    amountOut: bid.amount_out,
                    amountInMax: bid.limit,
                    deadline: U256::from(now.saturating_add(self.settings.deadline)),
                };
                (router, swap.abi_encode())
            }
            Way::Vault | Way::None => {
                let swap = IPair::swapExactAmountOutCall {
                    receiver: self.account,
                    amountOut: bid.amount_out,
                    amountInMax: bid.limit,
                    flashSwapData: Bytes::new(),
                };
                (pair.address, swap.abi_encode())
            }
        };
        Call { to, input: input.into(), gas_limit: 0 }
    }

    pub(super) async fn send_bid(
        &mut self,
        place: usize,
        bid: &Bid,
        gas: u64,
        fees: Fees,
        now: u64,
    ) -> Result<Next, NodeError> {
        let pair = self.followed[place].pair.clone();
        let call = Call { gas_limit: gas * GAS_MARGIN_PERCENT / 100, ..self.swap(&pair, bid, now) };
        let unit_of_in = match self.quote(&self.followed[place], now) {
            Ok(quote) => quote.in_units(U256::from(1)),
            Err(_) => return Ok(Next::Rest),
        };
        let intent = BidIntent {
            amount_out: bid.amount_out,
            limit: bid.limit,
            unit_of_in,
            unit_of_wei: self.unit_of_wei(now),
            worth: bid.worth,
            pair,
        };
        let (decimals, symbol) = (intent.pair.token_in.decimals, intent.pair.token_in.symbol.clone());
        let intent = Intent::Bid(Box::new(intent));
        let text = intent.to_string();
        let Some(hash) = self.send(place, call, fees, intent, now).await? else { return Ok(Next::Soon) };
        self.ledger.sent += 1;
        self.metrics.bids.inc();
        tracing::info!(
            transaction = %hash, price = exact(bid.price, decimals), symbol,
            gas, max_fee_gwei = show(&gwei(fees.max)), profit = show(&bid.profit), "sent: {text}"
        );
        Ok(Next::Soon)
    }

    /// Sends; gives the hash, or `None` if it was not taken.
    async fn send(
        &mut self,
        place: usize,
        call: Call,
        fees: Fees,
        intent: Intent,
        now: u64,
    ) -> Result<Option<alloy::primitives::B256>, NodeError> {
        let Some(sender) = &mut self.sender else { return Ok(None) };
        let replaces = sender.is_used();
        match sender.send(call, fees, intent).await {
            Ok(hash) => {
                if replaces {
                    self.metrics.replacements.inc();
                }
                self.metrics.pending.set(1);
                Ok(Some(hash))
            }
            Err(SendFailure::Node(failure)) => Err(failure),
            // What was sent before has been mined: the next round finds its receipt.
            Err(SendFailure::NonceUsed) => Ok(None),
            Err(error) => {
                self.refuse(place, &error.to_string(), "node", now);
                Ok(None)
            }
        }
    }

    fn refuse(&mut self, place: usize, why: &str, word: &str, now: u64) {
        self.ledger.refused += 1;
        self.metrics.refused.get_or_create(&[("reason", word.to_owned())]).inc();
        let followed = &mut self.followed[place];
        followed.hold(now);
        tracing::warn!(pair = %followed.pair, why, again_at = followed.due, "the bid is not sent");
    }

    /// Lets whoever pulls the price pull as much as the limit, or whatever there is.
    async fn approve(&mut self, place: usize, limit: U256, fees: Fees, now: u64) -> Result<Next, NodeError> {
        let pair = &self.followed[place].pair;
        let Some(spender) = pair.spender() else { return Ok(Next::Rest) };
        let (token, symbol) = (pair.token_in.address, pair.token_in.symbol.clone());
        let wanted = if self.settings.rules.approval == Approval::Max { U256::MAX } else { limit };
        let (amount, mut call) = (wanted, approval(token, spender, wanted));
        let mut gas = self.provider.estimate_gas(self.request(&call)).block(BlockId::pending()).await;
        let mut amount = amount;
        if gas.as_ref().is_err_and(|error| NodeError::from(error).is_rejection()) {
            // Some tokens take a new approval only when the old one is 0.
            (amount, call) = (U256::ZERO, approval(token, spender, U256::ZERO));
            gas = self.provider.estimate_gas(self.request(&call)).block(BlockId::pending()).await;
        }
        let gas = match gas.map_err(NodeError::from) {
            Ok(gas) => gas,
            Err(why) if why.is_rejection() => {
                self.refuse(place, &why.to_string(), "approval", now);
                return Ok(Next::Rest);
            }
            Err(failure) => return Err(failure),
        };
        call.gas_limit = gas * GAS_MARGIN_PERCENT / 100;
        let intent = Intent::Approval { token, spender, amount, unit_of_wei: self.unit_of_wei(now) };
        if let Some(hash) = self.send(place, call, fees, intent, now).await? {
            tracing::info!(transaction = %hash, symbol, %spender, %amount, "sent: approval");
        }
        Ok(Next::Soon)
    }

    /// What a wei is worth, in the unit that prices are in; 0 if that is not known.
    pub(super) fn unit_of_wei(&self, now: u64) -> Rational {
        let ether = U256::from(10).pow(U256::from(18));
        self.board
            .price(ETHER, now)
            .map_or_else(|_| rational(U256::ZERO), |price| price / rational(ether).to_integer())
    }

    /// A dry run: says what would be sent.
    async fn rehearse(&mut self, place: usize, bid: &Bid, now: u64) -> Result<Next, NodeError> {
        let followed = &mut self.followed[place];
        followed.look_again(now.saturating_add(self.settings.refresh));
        if !followed.is_new_dry_bid() {
            return Ok(Next::Rest);
        }
        let call = self.swap(&self.followed[place].pair, bid, now);
        let pair = &self.followed[place].pair;
        let amount = |amount| exact(amount, pair.token_in.decimals);
        let simulation = match bid.needs_approval {
            true => "not simulated: an approval would be sent first".to_owned(),
            false => match self.simulate(&call, BlockId::pending()).await {
                Ok((price, gas)) => format!("pays {} for {gas} gas", amount(price)),
                Err(why) if why.is_rejection() => format!("refused: {why}"),
                Err(failure) => return Err(failure),
            },
        };
        tracing::info!(
            %pair, to = %call.to, price = amount(bid.price), at_most = amount(bid.limit), lot_worth = amount(bid.worth),
            profit = show(&bid.profit), simulation, "would bid"
        );
        Ok(Next::Rest)
    }
}

fn approval(token: Address, spender: Address, amount: U256) -> Call {
    let input = IERC20::approveCall { spender, value: amount }.abi_encode();
    Call { to: token, input: input.into(), gas_limit: 0 }
}

fn gwei(wei: u128) -> Rational {
    rational(U256::from(wei)) / rational(U256::from(1_000_000_000u64)).to_integer()
}
