//! A vault: tokens, totals of the stakers, epoch with rate and yield, queue, auction.
//! `inactive` shows a vault whose programs cannot run.

use alloy::primitives::{Address, U256};
use anyhow::Result;
use serde_json::{Value, json};
use tokio::{join, try_join};
use weir::clones::VaultCode;
use weir_bindings::IVault;
use weir_client::Node;
use weir_units::{DAY, Moment, Seconds};

use super::{
    account::{self, Pool, VaultTokens},
    auction::Auction,
    options::ViewOptions,
    programs::ProgramStates,
    rates::Rate,
    sections::{row, sections},
};
use crate::{
    activity::Activity,
    genuine::{self, Verdict},
    now::Now,
    token::{Token, printable},
};

/// A vault's immutable configuration.
#[derive(Clone, Debug)]
pub struct Vault {
    pub(super) name: String,
    pub(super) share: Token,
    pub(super) asset: Token,
    pub(super) reward: Token,
    pub(super) sold: Token,
    /// Seconds.
    epoch_length: u64,
    /// Seconds.
    target_period: u64,
    /// Wad.
    smoothing: U256,
    /// Whether it is a genuine vault of this build.
    pub verdict: Verdict,
    /// Its program and its extension; `None` if its code is not that of a vault of this build.
    programs: Option<[Address; 2]>,
}

/// A vault's mutable state. Amounts are in base units, times in Unix seconds.
#[derive(Clone, Debug)]
struct State {
    total_assets: U256,
    shares: U256,
    /// Assets for one whole share.
    share_price: U256,
    epoch: U256,
    epoch_start: u64,
    epoch_end: u64,
    epoch_reward: U256,
    queued: U256,
    reserve: U256,
    owner: Address,
    liquidatable: U256,
    available: U256,
    last_price: U256,
    last_at: u64,
}

impl Vault {
    /// Reads the configuration from the vault's code, which works even if its program cannot run.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn of(node: &Node, address: Address, code: &VaultCode<'_>) -> Result<Self> {
        let config = &code.config;
        let [name, symbol] = [code.name, code.symbol].map(|text| printable(&String::from_utf8_lossy(text)));
        let ((asset, reward), sold) =
            join!(Token::of_vault(node, config), Token::ask(node, config.yield_token));
        Ok(Self {
            name,
            share: Token { address, symbol, decimals: config.decimals },
            asset,
            reward,
            sold,
            epoch_length: config.epoch_length.into(),
            target_period: config.target_period.into(),
            smoothing: U256::from(config.smoothing),
            verdict: genuine::judge_vault(node, address).await?,
            programs: Some([code.program, config.extension]),
        })
    }

    /// Reads the configuration from the getters of a contract with other code: a vault of another release, or a
    /// forgery.
    ///
    /// # Errors
    /// If a getter does not answer, or the node does not.
    pub async fn by_views(node: &Node, address: Address) -> Result<Self> {
        let vault = node.reader(address);
        let (name, asset, reward, sold, length, period, smoothing) = try_join!(
            vault.ask(IVault::nameCall {}),
            vault.ask(IVault::assetCall {}),
            vault.ask(IVault::rewardCall {}),
            vault.ask(IVault::yieldTokenCall {}),
            vault.ask(IVault::epochLengthCall {}),
            vault.ask(IVault::targetAuctionPeriodCall {}),
            vault.ask(IVault::smoothingFactorCall {})
        )?;
        let (share, asset, reward, sold) = join!(
            Token::ask(node, address),
            Token::ask(node, asset),
            Token::ask(node, reward),
            Token::ask(node, sold)
        );
        let name = printable(&name);
        let (epoch_length, target_period) = (length.saturating_to(), period.saturating_to());
        let verdict = genuine::judge_vault(node, address).await?;
        let programs = None;
        Ok(Self {
            name,
            share,
            asset,
            reward,
            sold,
            epoch_length,
            target_period,
            smoothing,
            verdict,
            programs,
        })
    }

    /// Its state as text and as a JSON document.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn read(
        &self,
        node: &Node,
        options: &ViewOptions,
        programs: &ProgramStates,
        now: Now,
    ) -> Result<(String, Value)> {
        let (mut text, mut document, pool) = self.read_all(node, options, programs, now).await?;
        let is_forged = self.verdict.is_genuine() == Some(false);
        if let Some(account) = options.account.filter(|_| !is_forged) {
            let (section, part) = account::read(self.tokens(), node, account, pool).await?;
            text += &format!("\n{section}");
            document["account"] = part;
        }
        Ok((text, document))
    }

    fn tokens(&self) -> VaultTokens<'_> {
        VaultTokens { share: &self.share, asset: &self.asset, reward: &self.reward }
    }

    /// The state without the account's section.
    async fn read_all(
        &self,
        node: &Node,
        options: &ViewOptions,
        programs: &ProgramStates,
        now: Now,
    ) -> Result<(String, Value, Option<Pool<'_>>)> {
        let without_pool = |(text, document)| (text, document, None);
        let activity = self.activity(programs);
        if let Some(activity) = activity.as_ref().filter(|activity| activity.inactive().is_some()) {
            // A forgery must not ask users to activate its program.
            return match self.verdict {
                Verdict::Forged(_) => Ok(without_pool(self.read_forged())),
                _ => Ok(without_pool(self.read_inactive(node, activity).await?)),
            };
        }
        let state = match self.state(node).await {
            Ok(state) => state,
            // A forgery may not answer.
            Err(_) if self.verdict.is_genuine() == Some(false) => {
                return Ok(without_pool(self.read_forged()));
            }
            Err(error) => return Err(error),
        };
        let rate = self.rate(state.epoch_reward);
        let annualised_yield =
            rate.annualised_words(state.total_assets, &self.asset, options.reward_price.as_ref());
        let text = self.text(&state, programs, options, now);
        Ok((text, self.document(&state, options, now), Some(Pool { rate, annualised_yield })))
    }

    /// The state of a forgery: only its name and tokens.
    fn read_forged(&self) -> (String, Value) {
        let text = sections(
            &self.title(),
            &self.share.address.to_string(),
            vec![("identity", self.identity_rows(None)), ("tokens", self.token_rows())],
        );
        (text, json!({ "kind": "vault", "address": self.share.address, "genuine": false }))
    }

    async fn state(&self, node: &Node) -> Result<State> {
        let vault = node.reader(self.share.address).in_next_block();
        let one_share = U256::from(10).saturating_pow(U256::from(self.share.decimals));
        let (total_assets, shares, share_price, owner, liquidatable) = try_join!(
            vault.ask(IVault::totalAssetsCall {}),
            vault.ask(IVault::totalSupplyCall {}),
            vault.ask(IVault::convertToAssetsCall { shares: one_share }),
            vault.ask(IVault::ownerCall {}),
            vault.ask(IVault::liquidatableBalanceOfCall { tokenOut: self.sold.address })
        )?;
        let (epoch, start, end, epoch_reward, queued, reserve) = try_join!(
            vault.ask(IVault::epochCall {}),
            vault.ask(IVault::epochStartCall {}),
            vault.ask(IVault::epochEndCall {}),
            vault.ask(IVault::epochRewardCall {}),
            vault.ask(IVault::queuedCall {}),
            vault.ask(IVault::reserveCall {})
        )?;
        let (available, last_price, last_at) = try_join!(
            vault.ask(IVault::maxAmountOutCall {}),
            vault.ask(IVault::lastAuctionPriceCall {}),
            vault.ask(IVault::lastAuctionAtCall {})
        )?;
        Ok(State {
            total_assets,
            shares,
            share_price,
            epoch,
            epoch_start: start.saturating_to(),
            epoch_end: end.saturating_to(),
            epoch_reward,
            queued,
            reserve,
            owner,
            liquidatable,
            available,
            last_price: U256::from(last_price),
            last_at,
        })
    }

    fn rate(&self, reward: U256) -> Rate<'_> {
        Rate { reward, epoch_length: self.epoch_length, token: &self.reward }
    }

    fn auction(&self, state: &State) -> Auction<'_> {
        Auction {
            sold: &self.sold,
            paid_in: &self.reward,
            liquidatable: Some(state.liquidatable),
            available: state.available,
            target_period: self.target_period,
            smoothing: self.smoothing,
            last_price: state.last_price,
            last_at: state.last_at,
            created_at: Some(self.created_at(state)),
        }
    }

    /// Time of creation, when epoch 0 began.
    fn created_at(&self, state: &State) -> u64 {
        state.epoch_start.saturating_sub(state.epoch.saturating_to::<u64>().saturating_mul(self.epoch_length))
    }

    fn text(&self, state: &State, programs: &ProgramStates, options: &ViewOptions, now: Now) -> String {
        let price = options.reward_price.as_ref();
        let yields = |reward| self.rate(reward).annualised_words(state.total_assets, &self.asset, price);
        let next = Moment(state.epoch_end);
        let owner = if state.owner.is_zero() { "none".into() } else { state.owner.to_string() };
        let mut tokens = self.token_rows();
        tokens.extend(programs.token_rows());
        tokens.push(row("owner", owner));
        let mut parts = vec![
            ("identity", self.identity_rows(self.activity(programs).as_ref())),
            ("tokens", tokens),
            (
                "stakers",
                vec![
                    row("assets", self.asset.exact(state.total_assets)),
                    row("shares", self.share.exact(state.shares)),
                    row("value of a share", self.asset.exact(state.share_price)),
                    row("rewards owed", self.reward.short(state.reserve)),
                ],
            ),
            (
                "epoch",
                vec![
                    row("number", format!("{} of {} each", state.epoch, Seconds(self.epoch_length))),
                    row("from", Moment(state.epoch_start).to_string()),
                    row("to", format!("{next}, {}", next.relative_to(now.time))),
                    row("reward", self.reward.exact(state.epoch_reward)),
                    row("rate", self.rate(state.epoch_reward).words()),
                    row("annualised yield", yields(state.epoch_reward)),
                ],
            ),
            (
                "queue",
                vec![
                    row("reward of the next epoch", self.reward.exact(state.queued)),
                    row("rate", self.rate(state.queued).words()),
                    row("annualised yield", yields(state.queued)),
                ],
            ),
            ("auction", self.auction(state).rows(options, now)),
        ];
        if options.is_watched {
            // A small screen cuts off the end, so the values that change most come first.
            parts.reverse();
        }
        sections(&self.title(), &self.share.address.to_string(), parts)
    }

    /// The title of its table.
    pub(super) fn title(&self) -> String {
        format!("vault {} ({})", self.name, self.share.symbol)
    }

    /// How long its programs can run; `None` if its code does not name them.
    fn activity(&self, programs: &ProgramStates) -> Option<Activity> {
        let addresses = self.programs?;
        let lifetimes = addresses.map(|address| programs.lifetime_of(address));
        Some(Activity::new(addresses, lifetimes, programs.now, programs.rules))
    }

    /// The rows that show whether it is genuine and whether its programs can run.
    pub(super) fn identity_rows(&self, activity: Option<&Activity>) -> Vec<(String, String)> {
        let mut rows = vec![row("code and address", self.verdict.words())];
        match activity {
            Some(activity) => rows.extend(activity.rows().map(|(label, words)| row(label, words))),
            None => rows.push(row("programs", "not checked".into())),
        }
        rows
    }

    /// The rows of its tokens.
    pub(super) fn token_rows(&self) -> Vec<(String, String)> {
        vec![
            row("asset, staked", self.asset.words()),
            row("reward, earned and paid in", self.reward.words()),
            row("yield, sold", self.sold.words()),
        ]
    }

    fn document(&self, state: &State, options: &ViewOptions, now: Now) -> Value {
        let price = options.reward_price.as_ref();
        let stream = |reward| {
            let rate = self.rate(reward);
            json!({
                "reward": self.reward.amount(reward),
                "tokens_a_second": rate.number(1),
                "tokens_a_day": rate.number(DAY),
                "annualised_yield": rate.annualised(state.total_assets, &self.asset, price),
            })
        };
        json!({
            "kind": "vault",
            "address": self.share.address,
            "genuine": self.verdict.is_genuine(),
            "inactive": null,
            "name": self.name,
            "symbol": self.share.symbol,
            "owner": state.owner,
            "asset": self.asset.document(),
            "reward": self.reward.document(),
            "yield_token": self.sold.document(),
            "total_assets": self.asset.amount(state.total_assets),
            "shares": self.share.amount(state.shares),
            "share_price": self.asset.amount(state.share_price),
            "reserve": self.reward.amount(state.reserve),
            "epoch": {
                "number": state.epoch.saturating_to::<u64>(),
                "length": self.epoch_length,
                "start": state.epoch_start,
                "end": state.epoch_end,
                "stream": stream(state.epoch_reward),
            },
            "queue": stream(state.queued),
            "auction": self.auction(state).document(options, now),
        })
    }
}
