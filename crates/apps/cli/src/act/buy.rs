//! `weir buy`: buys what a vault or pair has for sale, at the price of its auction.
//! The price only falls between sales, so the most that it pays is the price that it shows.

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
    amount::HowMuch,
    codes,
    sending::{Payment, account, event, mined, next_time, send},
};
use crate::{
    exit::Failure,
    genuine::{self, Verdict},
    output::Output,
    targets,
    token::Token,
};

/// Examples and words for `--help`.
pub const HELP: &str = concat!(
    "\
Buys at a vault, or at a standalone pair through a router. The price is for whatever part of the lot is bought, and falls
until somebody buys: weir status --at-price says when. weir bot buys by itself.

Examples:
  weir buy savings                               the whole lot, at the price now
  weir buy savings --max-price 12.5              only if it costs no more
  weir buy drops --router router --dry-run",
    codes!()
);

/// Arguments of `weir buy`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The vault or pair: its address, or its name in the deployment record.
    #[arg(value_name = "ADDRESS|NAME")]
    pair: String,

    /// How much of the token sold, in whole tokens. Default: the whole lot.
    #[arg(value_name = "AMOUNT", default_value = "all")]
    amount: HowMuch,

    /// The most to pay, in whole tokens. Default: the price now.
    #[arg(long, value_name = "AMOUNT")]
    max_price: Option<Decimal>,

    /// Who gets what is bought. Default: the account that signs.
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    receiver: Option<Address>,

    /// Router to buy at a standalone pair through. Default: the record's.
    #[arg(long, value_name = "ADDRESS|NAME")]
    router: Option<String>,

    /// How long the purchase through a router stays valid.
    #[arg(long, value_name = "TIME", default_value = "5 min")]
    deadline: Seconds,

    #[command(flatten)]
    act: ActArguments,
}

/// A pair, and what it has for sale in the block to come.
struct Offer {
    pair: Address,
    is_vault: bool,
    sold: Token,
    paid_in: Token,
    /// Base units of the token sold.
    lot: U256,
    /// Base units of the token paid in.
    price: U256,
}

/// A purchase with its limit.
struct Purchase {
    amount: U256,
    limit: U256,
    receiver: Address,
    /// Who pulls the price.
    spender: Address,
}

/// Buys.
///
/// # Errors
/// If there is no key, pair or balance, the price is too high, the node does not answer, or the purchase reverts.
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
    let deadline = next_time(&node).await?.saturating_add(arguments.deadline.0);
    let request = offer.request(&purchase, &node, deadline);
    let receipt = send(&account, request, "the purchase").await?;
    let sale: IPair::SwappedExactAmountOut =
        event(&receipt, offer.pair).context("the pair logged no sale: look at the transaction")?;
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
        .with_context(|| format!("the contract at {pair} does not answer as a vault or a pair"))?;
        let price = reader.ask(IPair::computeExactAmountInCall { amountOut: lot }).await?;
        let is_vault = source == pair;
        if is_vault && let Verdict::Forged(why) = genuine::judge_vault(node, pair).await? {
            if !arguments.act.anyway {
                return Err(Failure::check(format!("{why}; --anyway calls it nevertheless")).into());
            }
            output.note(format_args!("warning: the vault is not genuine: {why}"));
        }
        let (paid_in, sold) = join!(Token::ask(node, token_in), Token::ask(node, token_out));
        Ok(Self { pair, is_vault, sold, paid_in, lot, price })
    }

    fn purchase(&self, arguments: &Arguments, node: &Node, account: Address) -> Result<Purchase> {
        let amount = arguments.amount.base_units(&self.sold)?.unwrap_or(self.lot);
        if amount.is_zero() {
            return Err(Failure::rejected("there is nothing for sale now").into());
        }
        let limit = match &arguments.max_price {
            None => self.price,
            Some(limit) => limit.base_units(self.paid_in.decimals).map_err(|error| {
                Failure::usage(format!(
                    "--max-price {limit} is no amount of {}: {error}",
                    self.paid_in.symbol
                ))
            })?,
        };
        if limit < self.price {
            let (price, limit) = (self.paid_in.exact(self.price), self.paid_in.exact(limit));
            return Err(Failure::rejected(format!(
                "it costs {price} now, more than {limit}: weir status --at-price says when it will cost that"
            ))
            .into());
        }
        let spender = match self.is_vault {
            true => self.pair,
            false => {
                let router = arguments.router.as_deref().unwrap_or("router");
                let found = targets::one(router, &arguments.act.folder, node.chain_id);
                found
                    .context("a standalone pair is bought at through a router: name it with --router")?
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
