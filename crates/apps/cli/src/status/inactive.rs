//! A vault whose program or extension cannot run: the state that it still returns, and how its stakers can leave.
//! The lifeboat answers if the program cannot run; the program answers if only the extension cannot run.

use alloy::primitives::U256;
use anyhow::Result;
use serde_json::{Value, json};
use weir_bindings::{IVault, Program};
use weir_client::Node;

use super::{
    sections::{row, sections},
    vault::Vault,
};
use crate::activity::{Activity, InactiveProgram, inactive_token};

/// The readable state. Amounts are in base units.
struct State {
    total_assets: U256,
    shares: U256,
    /// `None` if only the extension can return it.
    reserve: Option<U256>,
    /// Why the asset does not answer, if it does not.
    asset: Option<String>,
}

impl Vault {
    /// The readable state as text and as a JSON document.
    ///
    /// # Errors
    /// If the node does not answer.
    pub(super) async fn read_inactive(&self, node: &Node, activity: &Activity) -> Result<(String, Value)> {
        let inactive: Vec<InactiveProgram> = activity.all_inactive().collect();
        let is_stopped = inactive.iter().any(|inactive| inactive.program == Program::Vault);
        let vault = node.reader(self.share.address).in_next_block();
        let asset = inactive_token(node, self.asset.address).await?.map(|token| token.why);
        let total_assets = match asset {
            Some(_) => U256::ZERO,
            None => vault.ask(IVault::totalAssetsCall {}).await?,
        };
        let shares = vault.ask(IVault::totalSupplyCall {}).await?;
        let reserve = match is_stopped {
            true => Some(vault.ask(IVault::reserveCall {}).await?),
            false => None,
        };
        let state = State { total_assets, shares, reserve, asset };
        Ok((self.inactive_text(&state, activity), self.inactive_document(&state, inactive.first())))
    }

    fn inactive_text(&self, state: &State, activity: &Activity) -> String {
        let assets = match &state.asset {
            Some(why) => format!("unknown: the asset {why}"),
            None => self.asset.exact(state.total_assets),
        };
        let mut stakers = vec![row("assets", assets), row("shares", self.share.exact(state.shares))];
        stakers.extend(state.reserve.map(|reserve| row("rewards owed", self.reward.short(reserve))));
        stakers.push(row("how to leave", format!("weir exit {}", self.share.address)));
        sections(
            &self.title(),
            &self.share.address.to_string(),
            vec![
                ("identity", self.identity_rows(Some(activity))),
                ("tokens", self.token_rows()),
                ("stakers", stakers),
            ],
        )
    }

    fn inactive_document(&self, state: &State, inactive: Option<&InactiveProgram>) -> Value {
        json!({
            "kind": "vault",
            "address": self.share.address,
            "genuine": self.verdict.is_genuine(),
            "inactive": inactive.map(InactiveProgram::document),
            "name": self.name,
            "symbol": self.share.symbol,
            "asset": self.asset.document(),
            "reward": self.reward.document(),
            "yield_token": self.sold.document(),
            "total_assets": state.asset.is_none().then(|| self.asset.amount(state.total_assets)),
            "shares": self.share.amount(state.shares),
            "reserve": state.reserve.map(|reserve| self.reward.amount(reserve)),
        })
    }
}
