//! A factory: the programs of its clones, and the latest vaults and pairs that it created.
//! The list is read from the factory, so it is only as trustworthy as the factory.

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

use super::{
    programs::ProgramStates,
    sections::{row, sections},
};
use crate::token::Token;

/// Number of latest pairs that are shown.
const SHOWN_PAIRS: u64 = 20;

/// A vault or a standalone pair that the factory created.
struct CreatedPair {
    number: u64,
    address: Address,
    is_vault: bool,
    sold: Token,
    paid_in: Token,
}

/// A factory's state as text and as a JSON document.
///
/// # Errors
/// If it is not a factory, or the node does not answer.
pub async fn read(node: &Node, address: Address, programs: &ProgramStates) -> Result<(String, Value)> {
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
    let created = created(node, address, pairs).await?;
    let mut text = sections(
        "factory",
        &address.to_string(),
        vec![
            (
                "created",
                vec![
                    row("vaults and pairs", pairs.to_string()),
                    row("vaults", vaults.to_string()),
                    row("program of pairs", pair_template.to_string()),
                    row("program of vaults", vault_template.to_string()),
                    row("extension of vaults", vault_extension.to_string()),
                    row("lifeboat of vaults", vault_lifeboat.to_string()),
                ],
            ),
            ("programs", programs.rows()),
        ],
    );
    if !created.is_empty() {
        text += &format!("\n{}", table(&created).text());
    }
    let list: Vec<Value> = created.iter().map(CreatedPair::document).collect();
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

async fn created(node: &Node, address: Address, total: u64) -> Result<Vec<CreatedPair>> {
    let factory = node.reader(address).in_next_block();
    let mut created = Vec::new();
    for number in total.saturating_sub(SHOWN_PAIRS)..total {
        let address = factory.ask(IFactory::allPairsCall { index: U256::from(number) }).await?;
        let is_vault = factory.ask(IFactory::deployedVaultsCall { vault: address }).await?;
        // The code has the tokens even if the program cannot run.
        let code = node.provider.get_code_at(address).await?;
        let kind = if is_vault { Kind::Vault } else { Kind::Pair };
        let trade = kind.trade(address, &code).context(
            "the factory's list has an address without the code of a clone: do not use this factory",
        )?;
        let (paid_in, sold) = join!(Token::ask(node, trade.token_in), Token::ask(node, trade.token_out));
        created.push(CreatedPair { number, address, is_vault, sold, paid_in });
    }
    Ok(created)
}

impl CreatedPair {
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

fn table(created: &[CreatedPair]) -> Table {
    let mut table = Table::new([
        ("number", Align::Right),
        ("kind", Align::Left),
        ("sells", Align::Left),
        ("for", Align::Left),
        ("address", Align::Left),
    ]);
    for created in created {
        table.row(vec![
            created.number.to_string(),
            created.kind().into(),
            created.sold.symbol.clone(),
            created.paid_in.symbol.clone(),
            created.address.to_string(),
        ]);
    }
    table
}
