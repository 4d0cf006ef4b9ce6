//! `weir buy`: buys the lot of a vault or pair at the price of its auction.
//! The price only falls between sales, so the purchase never costs more than the price shown.

use alloy::{
    primitives::{Address, Bytes, U256},
    rpc::types::TransactionRequest,
};
use anyhow::{Context, Result};
use serde_json::json;
use tokio::{join, try_join};
use weir_bindings::{IPair, IRouter};
use weir_client::{Action, Node};
use weir_units::{Decimal, Seconds, parse_address};

use super::{
    ActArguments,
    amount::AmountArgument,
    codes,
    sending::{Payment, account, mined},
};
use crate::{
    exit::Failure,
    genuine,
    now::Now,
    output::Output,
    targets,
    token::Token,
    transaction::{event, send},
};

/// Explanation and examples for `--help`.
pub const HELP: &str = concat!(
    "\
Buys from a vault, or from a standalone pair through a router. The price falls until somebody buys, and is the same for
a part of the lot as for all of it. weir status --at-price shows when it reaches an amount. weir bot buys automatically.

Examples:
  weir buy savings                               the whole lot at the current price
  weir buy savings --max-price 12.5              only if the price is 12.5 or less
  weir buy drops --router router --dry-run       from a pair, through the router of the record",
    codes!()
);

/// Arguments of `weir buy`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The vault or pair, by address or by name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    pair: String,

    /// Amount of the token for sale, in whole tokens. Default: the whole lot.
    #[arg(value_name = "AMOUNT", default_value = "all")]
    amount: AmountArgument,

    /// Most to pay, in whole tokens. Default: the current price.
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<Decimal>,

    /// Account that receives the purchase. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,

    /// Router for a standalone pair. Default: the router of the record.
    #[arg(long, value_name = "ADDRESS|NAME")]
    router: Option<String>,

    /// Time for which a purchase through a router stays valid.
    #[arg(long, value_name = "TIME", default_value = "5 min")]
    deadline: Seconds,

    #[command(flatten)]
    act: ActArguments,
}

/// A vault or pair and its lot in the next block.
struct Offer {
    pair: Address,
    is_vault: bool,
    sold: Token,
    paid_in: Token,
    /// Base units of the token for sale.
    lot: U256,
    /// Base units of the token paid in.
    price: U256,
}

/// A purchase with its maximum price.
struct Purchase {
    amount: U256,
    limit: U256,
    receiver: Address,
    /// The contract that pulls the price.
    spender: Address,
}

/// Runs `weir buy`.
///
/// # Errors
/// If there is no key or pair, the balance is too low, the price too high, the node does not answer, or the purchase
/// reverts.
pub async fn run(arguments: &Arguments, output: Output) -> Result<()> {
    let act = &arguments.act;
    let node = act.node.connect().await?;
    let offer = Offer::find(arguments, &node, output).await?;
    let account = account(act, &node, output).await?;
    output.say(format_args!(
        "For sale: {} at {}.",
        offer.sold.exact(offer.lot),
        offer.paid_in.exact(offer.price)
    ))?;
    let purchase = offer.purchase(arguments, &node, account.address())?;
    let mut document = json!({
        "pair": offer.pair, "account": account.address(), "receiver": purchase.receiver,
        "amount": offer.sold.amount(purchase.amount), "max_price": offer.paid_in.amount(purchase.limit),
        "price": offer.paid_in.amount(offer.price), "paid": null, "transaction": null,
    });
    let payment = Payment { token: &offer.paid_in, amount: purchase.limit, spender: purchase.spender };
    let needs_approval = payment.check(&node, account.address()).await?;
    if act.dry_run {
        output.say("Nothing was sent (--dry-run).")?;
        return output.result(&document);
    }
    if needs_approval {
        payment.approve(&node, &account, output).await?;
    }
    let deadline = Now::of(&node.provider).await?.time.saturating_add(arguments.deadline.0);
    let request = offer.request(&purchase, &node, deadline);
    let receipt = send(&account, request, "the purchase").await?;
    let sale: IPair::SwappedExactAmountOut =
        event(&receipt, offer.pair).context("the pair logged no sale: check the transaction")?;
    output.say(format_args!(
        "Bought {} for {}. {}",
        offer.sold.exact(sale.amountOut),
        offer.paid_in.exact(sale.amountIn),
        mined(&receipt)
    ))?;
    document["paid"] = json!(offer.paid_in.amount(sale.amountIn));
    document["transaction"] = json!(receipt.transaction_hash);
    document["gas_used"] = json!(receipt.gas_used);
    output.result(&document)
}

impl Offer {
    async fn find(arguments: &Arguments, node: &Node, output: Output) -> Result<Self> {
        let pair = targets::one(&arguments.pair, &arguments.act.folder, node.chain_id)?.address;
        let reader = node.reader(pair).in_next_block();
        let (source, token_in, token_out, lot) = try_join!(
            reader.ask(IPair::sourceCall {}),
            reader.ask(IPair::tokenInCall {}),
            reader.ask(IPair::tokenOutCall {}),
            reader.ask(IPair::maxAmountOutCall {})
        )
        .with_context(|| {
            format!("the contract at {pair} does not answer as a vault or pair: check the address")
        })?;
        let price = reader.ask(IPair::computeExactAmountInCall { amountOut: lot }).await?;
        let is_vault = source == pair;
        if is_vault {
            let verdict = genuine::check_unless(arguments.act.anyway, node, pair).await?;
            if let Some(why) = verdict.objection(pair) {
                output.note(format_args!("warning: {why}"));
            }
        }
        let (paid_in, sold) = join!(Token::ask(node, token_in), Token::ask(node, token_out));
        Ok(Self { pair, is_vault, sold, paid_in, lot, price })
    }

    fn purchase(&self, arguments: &Arguments, node: &Node, account: Address) -> Result<Purchase> {
        let amount = arguments.amount.base_units(&self.sold)?.unwrap_or(self.lot);
        if amount.is_zero() {
            return Err(
                Failure::rejected("there is nothing for sale now: try again when yield has arrived").into()
            );
        }
        let limit = match &arguments.max_price {
            None => self.price,
            Some(limit) => limit.base_units(self.paid_in.decimals).map_err(|error| {
                Failure::usage(format!(
                    "--max-price {limit} is not a valid amount of {}: {error}",
                    self.paid_in.symbol
                ))
            })?,
        };
        if limit < self.price {
            let (price, limit) = (self.paid_in.exact(self.price), self.paid_in.exact(limit));
            return Err(Failure::rejected(format!(
                "the price is {price} now, more than {limit}: weir status --at-price shows when it will be lower"
            ))
            .into());
        }
        let spender = match self.is_vault {
            true => self.pair,
            false => {
                let router = arguments.router.as_deref().unwrap_or("router");
                let found = targets::one(router, &arguments.act.folder, node.chain_id);
                found
                    .context("a purchase from a standalone pair needs a router: name it with --router")?
                    .address
            }
        };
        Ok(Purchase { amount, limit, receiver: arguments.receiver.unwrap_or(account), spender })
    }

    fn request(&self, purchase: &Purchase, node: &Node, deadline: u64) -> TransactionRequest {
        let Purchase { amount, limit, receiver, spender } = *purchase;
        if self.is_vault {
            let pair = IPair::new(self.pair, &node.provider);
            return pair.swapExactAmountOut(receiver, amount, limit, Bytes::new()).into_request();
        }
        let router = IRouter::new(spender, &node.provider);
        router.swapExactAmountOut(self.pair, receiver, amount, limit, U256::from(deadline)).into_request()
    }
}
