//! Tokens, vaults and people of a run on a devnode: what they do by transactions, and what the chain says of them.

use alloy::{
    primitives::{Address, Bytes, U256},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolEvent,
};
use anyhow::{Context, Result, anyhow, ensure};
use weir_bindings::IVault::{RewardPaid, SwappedExactAmountOut};
use weir_client::Account;
use weir_harness::{Chain, Token, Vault, VaultSettings};

use crate::{
    config::Config,
    engine::{Action, Record, Snapshot, VaultState, first_price},
};

/// Of all tokens.
const DECIMALS: u8 = 18;

/// The scene of a run.
pub struct Stage<'a> {
    chain: &'a Chain,
    asset: Token,
    /// The asset, if the run has one token.
    reward: Token,
    yield_token: Token,
    vaults: Vec<Vault>,
    stakers: Vec<Account>,
    /// Buys, and pays rewards in.
    payer: Account,
    /// When the vaults began, Unix time.
    start: u64,
    one_token: bool,
}

impl<'a> Stage<'a> {
    /// Deploys tokens and vaults, and gives everyone what they begin with.
    ///
    /// # Errors
    /// If a transaction fails.
    pub async fn set(chain: &'a Chain, record: &Record) -> Result<Self> {
        let config = &record.config;
        let asset = Token::deploy(chain, "Stake", "STAKE", DECIMALS).await?;
        let reward = match config.one_token {
            true => asset.clone(),
            false => Token::deploy(chain, "Reward", "RWD", DECIMALS).await?,
        };
        let yield_token = Token::deploy(chain, "Yield", "YLD", DECIMALS).await?;
        let settings = settings(config, [*asset.address(), *reward.address(), *yield_token.address()]);
        let mut vaults = Vec::new();
        for _ in 0..config.vaults {
            vaults.push(Vault::create(chain, &settings).await?);
        }
        let start = began(&vaults).await?;

        let mut stakers = Vec::new();
        for (number, staker) in record.stakers.iter().enumerate() {
            stakers.push(person(chain, &asset, &vaults, &format!("staker {number}"), staker.budget).await?);
        }
        let spent = record.vaults.iter().map(|vault| vault.credited).sum();
        let payer = person(chain, &reward, &vaults, "payer", spent).await?;
        Ok(Self {
            chain,
            asset,
            reward,
            yield_token,
            vaults,
            stakers,
            payer,
            start,
            one_token: config.one_token,
        })
    }

    /// Does one operation at a time (seconds since the vaults began), and holds what it paid or cost against the arithmetic.
    ///
    /// # Errors
    /// If the contract reverts, or pays or takes another amount.
    pub async fn act(&self, time: u32, action: &Action) -> Result<()> {
        self.chain.set_time(self.start + u64::from(time)).await?;
        match *action {
            Action::Deposit { staker, vault, amount } => {
                let account = &self.stakers[staker];
                let call = self.vaults[vault].deposit(U256::from(amount), account.address());
                send(account, call.into_transaction_request(), &format!("the deposit of staker {staker}"))
                    .await?;
            }
            Action::Redeem { staker, vault, shares } => {
                let (account, who) = (&self.stakers[staker], self.stakers[staker].address());
                let call = self.vaults[vault].redeem(U256::from(shares), who, who);
                send(account, call.into_transaction_request(), &format!("the withdrawal of staker {staker}"))
                    .await?;
            }
            Action::Claim { staker, vault, paid } => {
                let call =
                    self.vaults[vault].claim(self.stakers[staker].address()).into_transaction_request();
                self.pays(staker, vault, call, paid).await?;
            }
            Action::Exit { staker, vault, paid, .. } => {
                let call = self.vaults[vault].exit(self.stakers[staker].address()).into_transaction_request();
                self.pays(staker, vault, call, paid).await?;
            }
            Action::Yield { vault, amount } => {
                let to = self.vaults[vault].address();
                self.yield_token.mint(self.chain, to, U256::from(amount)).await?;
            }
            Action::Fund { vault, amount } => {
                let call = self.vaults[vault].fund(U256::from(amount));
                send(&self.payer, call.into_transaction_request(), "the funding").await?;
            }
            Action::Buy { vault, lot, price } => self.buy(vault, lot, price).await?,
            Action::Look(_) => {}
        }
        Ok(())
    }

    /// Reads everything as of a time.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn look(&self, time: u32) -> Result<Snapshot> {
        self.chain.mine_at(self.start + u64::from(time)).await?;
        let mut vaults = Vec::new();
        let mut positions = Vec::new();
        for vault in &self.vaults {
            vaults.push(state(vault).await?);
            let mut held = Vec::new();
            for account in &self.stakers {
                let who = account.address();
                held.push((
                    amount(vault.balanceOf(who).call().await?)?,
                    amount(vault.earned(who).call().await?)?,
                ));
            }
            positions.push(held);
        }
        let mut wallets = Vec::new();
        for account in &self.stakers {
            let asset = amount(self.asset.balance(account.address()).await?)?;
            let reward = match self.one_token {
                true => 0,
                false => amount(self.reward.balance(account.address()).await?)?,
            };
            wallets.push((asset, reward));
        }
        Ok(Snapshot { vaults, wallets, positions })
    }

    async fn pays(
        &self,
        staker: usize,
        vault: usize,
        call: TransactionRequest,
        expected: u128,
    ) -> Result<()> {
        let receipt = send(&self.stakers[staker], call, &format!("the claim of staker {staker}")).await?;
        let paid = event::<RewardPaid>(&receipt, &self.vaults[vault]).map_or(U256::ZERO, |paid| paid.amount);
        ensure!(
            paid == U256::from(expected),
            "vault {vault} pays staker {staker} {paid} base units on the chain and {expected} in the arithmetic"
        );
        Ok(())
    }

    async fn buy(&self, vault: usize, lot: u128, price: u128) -> Result<()> {
        let (lot, price) = (U256::from(lot), U256::from(price));
        let call = self.vaults[vault].swapExactAmountOut(self.payer.address(), lot, price, Bytes::new());
        let receipt = send(&self.payer, call.into_transaction_request(), "the purchase").await?;
        let swapped =
            event::<SwappedExactAmountOut>(&receipt, &self.vaults[vault]).context("no sale was logged")?;
        ensure!(
            swapped.amountIn == price && swapped.amountOut == lot,
            "vault {vault} sells {} for {} base units on the chain, and {lot} for {price} in the arithmetic",
            swapped.amountOut,
            swapped.amountIn
        );
        Ok(())
    }
}

/// When all vaults began: in one second, as the chain's time stands still.
async fn began(vaults: &[Vault]) -> Result<u64> {
    let mut start = None;
    for vault in vaults {
        let at = vault.lastAuctionAt().call().await?;
        ensure!(
            start.is_none_or(|start| start == at),
            "the vaults did not begin in one second: the chain's time moves"
        );
        start = Some(at);
    }
    start.context("there is no vault")
}

/// Somebody with ether, `tokens` base units of a token, and an approval of every vault.
async fn person(chain: &Chain, token: &Token, vaults: &[Vault], name: &str, tokens: u128) -> Result<Account> {
    let account = chain.account(name).await.with_context(|| format!("{name} gets no ether"))?;
    token.mint(chain, account.address(), U256::from(tokens)).await?;
    for vault in vaults {
        let approved = token.approve_all(&account, vault.address()).await;
        approved.with_context(|| format!("{name} cannot approve a vault"))?;
    }
    Ok(account)
}

async fn state(vault: &Vault) -> Result<VaultState> {
    Ok(VaultState {
        stake: amount(vault.totalSupply().call().await?)?,
        reward: amount(vault.epochReward().call().await?)?,
        queued: amount(vault.queued().call().await?)?,
        index: vault.rewardIndex().call().await?,
        reserve: amount(vault.reserve().call().await?)?,
        last_price: U256::from(vault.lastAuctionPrice().call().await?),
        lot: amount(vault.maxAmountOut().call().await?)?,
    })
}

async fn send(account: &Account, request: TransactionRequest, what: &str) -> Result<TransactionReceipt> {
    account.send(request).await.map_err(|error| anyhow!("{what} was rejected by the chain: {error}"))
}

/// The only event of a kind that a vault logged in a transaction, if it did.
fn event<E: SolEvent>(receipt: &TransactionReceipt, vault: &Vault) -> Option<E> {
    let logs = receipt.logs().iter().filter(|log| log.address() == vault.address());
    logs.filter_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data).next()
}

fn amount(value: U256) -> Result<u128> {
    u128::try_from(value).context("the chain tells an amount that no vault can hold")
}

fn settings(config: &Config, [asset, reward, yield_token]: [Address; 3]) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: config.epoch_length.0,
        targetAuctionPeriod: config.target_period.0,
        targetAuctionPrice: U256::from(first_price(config)),
        smoothingFactor: config.smoothing.0,
        name: "Simulated Vault".into(),
        symbol: "sSTAKE".into(),
        owner: Address::ZERO,
    }
}
