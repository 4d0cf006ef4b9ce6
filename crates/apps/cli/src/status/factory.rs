//! A factory: the programs of its clones, and the vaults and pairs that it created.

use alloy::{
    primitives::{Address, U256},
    providers::Provider,
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::{join, try_join};
use weir::clones::Kind;
use weir_bindings::IFactory;
use weir_client::Node;
use weir_report::table::{Align, Table};

use super::sections::{row, sections};
use crate::token::Token;

/// How many of its pairs are shown: the latest.
const SHOWN: u64 = 20;

/// One of its pairs, which may be a vault's own.
struct Made {
    number: u64,
    address: Address,
    is_vault: bool,
    sold: Token,
    paid_in: Token,
}

/// A factory's state, as a text and as a document.
///
/// # Errors
/// If it is none, or the node does not answer.
pub async fn read(node: &Node, address: Address) -> Result<(String, Value)> {
    let factory = node.reader(address).in_next_block();
    let (pair_template, vault_template, vault_extension, vault_lifeboat, pairs, vaults) = try_join!(
        factory.ask(IFactory::pairTemplateCall {}),
        factory.ask(IFactory::vaultTemplateCall {}),
        factory.ask(IFactory::vaultExtensionCall {}),
        factory.ask(IFactory::vaultLifeboatCall {}),
        factory.ask(IFactory::totalPairsCall {}),
        factory.ask(IFactory::totalVaultsCall {})
    )?;
    let (pairs, vaults): (u64, u64) = (pairs.saturating_to(), vaults.saturating_to());
    let made = made(node, address, pairs).await?;
    let mut text = sections(
        "factory",
        &address.to_string(),
        vec![(
            "created",
            vec![
                row("pairs, vaults included", pairs.to_string()),
                row("vaults", vaults.to_string()),
                row("pairs run the program", pair_template.to_string()),
                row("vaults run the program", vault_template.to_string()),
                row("vaults' extension", vault_extension.to_string()),
                row("vaults' lifeboat", vault_lifeboat.to_string()),
            ],
        )],
    );
    if !made.is_empty() {
        text += &format!("\n{}", table(&made).text());
    }
    let list: Vec<Value> = made.iter().map(Made::document).collect();
    let document = json!({
        "kind": "factory",
        "address": address,
        "pair_template": pair_template,
        "vault_template": vault_template,
        "vault_extension": vault_extension,
        "vault_lifeboat": vault_lifeboat,
        "total_pairs": pairs,
        "total_vaults": vaults,
        "latest_pairs": list,
    });
    Ok((text, document))
}

async fn made(node: &Node, address: Address, total: u64) -> Result<Vec<Made>> {
    let factory = node.reader(address).in_next_block();
    let mut made = Vec::new();
    for number in total.saturating_sub(SHOWN)..total {
        let address = factory.ask(IFactory::allPairsCall { index: U256::from(number) }).await?;
        let is_vault = factory.ask(IFactory::deployedVaultsCall { vault: address }).await?;
        // By its code, whether its program can run or not.
        let code = node.provider.get_code_at(address).await?;
        let kind = if is_vault { Kind::Vault } else { Kind::Pair };
        let trade = kind
            .trade(address, &code)
            .context("the factory's list has an account without the code of a clone")?;
        let (paid_in, sold) = join!(Token::ask(node, trade.token_in), Token::ask(node, trade.token_out));
        made.push(Made { number, address, is_vault, sold, paid_in });
    }
    Ok(made)
}

impl Made {
    fn kind(&self) -> &'static str {
        if self.is_vault { "vault" } else { "pair" }
    }

    fn document(&self) -> Value {
        json!({
            "number": self.number, "kind": self.kind(), "address": self.address,
            "token_out": self.sold.document(), "token_in": self.paid_in.document(),
        })
    }
}

fn table(made: &[Made]) -> Table {
    let mut table = Table::new([
        ("number", Align::Right),
        ("what", Align::Left),
        ("sells", Align::Left),
        ("for", Align::Left),
        ("address", Align::Left),
    ]);
    for made in made {
        table.row(vec![
            made.number.to_string(),
            made.kind().into(),
            made.sold.symbol.clone(),
            made.paid_in.symbol.clone(),
            made.address.to_string(),
        ]);
    }
    table
}
