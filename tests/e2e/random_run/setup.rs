//! The setup of a random run: tokens of one kind, a vault, and accounts with tokens and approvals.
//! Everything is deployed within one second.

use alloy::{
    primitives::{Address, U256},
    sol,
    sol_types::SolValue,
};
use anyhow::Result;
use weir_client::Account;
use weir_devnode::Chain as Node;
use weir_harness::{Chain, Token, Vault};

use crate::{
    evm::Puppet,
    model::{
        self,
        terms::{FUNDER, PUPPET, Roles, STAKERS, Terms, VAULT, ZERO_ADDRESS},
    },
    programs::node,
    reverts::INDEX,
    scene::{settings, u},
};

sol!(
    #[sol(rpc)]
    "tests/solidity/contracts/IWildToken.sol"
);

/// Short epochs, so that many pass. The model steps through them second by second.
pub const EPOCH: u32 = 50;
const PERIOD: u32 = 200;
/// First balance of every account in every token: more than it can spend and than the vault accepts.
const WEALTH: u128 = 1 << 113;
/// When every run begins, Unix time: so two are in the same second.
const START: u64 = 2_000_000_000;
/// Ether for any number of transactions, in wei.
const GAS_MONEY: u128 = 1 << 100;

/// The kind of tokens in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Four different tokens.
    Different,
    /// One token is asset and reward.
    AssetIsReward,
    /// One token is asset and yield token.
    AssetIsYield,
    /// Asset and reward rebase and take fees. The asset has 6 decimals and returns nothing (as with the other wild
    /// kinds), and a standalone pair sells its surplus.
    Wild,
    /// One token that rebases and takes fees is asset and reward.
    WildAssetIsReward,
    /// One token that rebases and takes fees is asset and yield token: the yield is what it rebases up.
    WildAssetIsYield,
}

impl Kind {
    fn roles(self) -> Roles {
        let (asset, reward, yield_token, foreign) = match self {
            Self::Different => (0, 1, 2, 3),
            Self::AssetIsReward | Self::WildAssetIsReward => (0, 0, 1, 2),
            Self::AssetIsYield | Self::WildAssetIsYield => (0, 1, 0, 2),
            Self::Wild => (0, 1, 2, 0),
        };
        Roles { asset, reward, yield_token, foreign }
    }

    fn terms(self) -> Terms {
        let smoothing = match self {
            Self::Different | Self::AssetIsYield => 100_000_000_000_000_000,
            _ => 0,
        };
        let first_price = 1 << (self.amount_bits() / 2);
        Terms { roles: self.roles(), epoch_length: EPOCH, target_period: PERIOD, first_price, smoothing }
    }

    /// The number of wild tokens, which are the first ones.
    pub fn wild_tokens(self) -> usize {
        match self {
            Self::Different | Self::AssetIsReward | Self::AssetIsYield => 0,
            Self::Wild => 2,
            Self::WildAssetIsReward | Self::WildAssetIsYield => 1,
        }
    }

    fn tokens(self) -> usize {
        if self == Self::Different { 4 } else { 3 }
    }

    /// Stakes have at most so many bits: a billion tokens of 18 decimals, the vault's maximum, or a billion of 6.
    pub fn amount_bits(self) -> usize {
        match self {
            Self::Different | Self::AssetIsReward => 90,
            Self::AssetIsYield => 111,
            Self::Wild | Self::WildAssetIsReward | Self::WildAssetIsYield => 50,
        }
    }
}

/// The vault, its tokens, and the accounts. Accounts and tokens have the model's numbers.
pub struct Setup {
    pub kind: Kind,
    pub terms: Terms,
    pub chain: Chain,
    pub vault: Vault,
    pub tokens: Vec<Token>,
    /// The stakers and the funder.
    pub people: Vec<Account>,
    pub puppet: Puppet,
    /// The program that the vault runs.
    pub program: Address,
    /// Unix time of the vault's deployment.
    pub start: u64,
}

impl Setup {
    /// Deploys everything within one second, and returns the model too.
    ///
    /// The reward index begins at `index`: it wraps, so nothing may depend on its start.
    pub async fn deploy(kind: Kind, index: U256) -> Result<(Self, model::vault::Vault)> {
        let chain = Chain::from_environment().await?;
        node(&chain)?.set_block_interval(Some(0));
        node(&chain)?.mine_block(Some(START))?;
        let (terms, tokens) = (kind.terms(), deploy_tokens(&chain, kind).await?);
        let vault = deploy_vault(&chain, &tokens, terms).await?;
        node(&chain)?.set_storage(vault.address(), INDEX, index);
        let start = vault.lastAuctionAt().call().await?;
        let puppet = Puppet::create(&chain).await?;
        let program = chain.market().await?.vault_program;
        let pair = vault.setLiquidationPair(*tokens[terms.roles.foreign].address(), puppet.address);
        chain.payer().send(pair).await?;
        let mut setup =
            Self { kind, terms, chain, vault, tokens, people: Vec::new(), puppet, program, start };
        setup.create_accounts().await?;
        let mut model = model::vault::Vault::new(terms, setup.tokens.len());
        for account in 0..=PUPPET {
            model.tokens.iter_mut().for_each(|token| token.mint(account, WEALTH.into()));
        }
        Ok((setup, model))
    }

    /// Creates the accounts, with ether, tokens and approvals for the vault.
    async fn create_accounts(&mut self) -> Result<()> {
        for number in 0..=FUNDER {
            let account = self.chain.account(&format!("account {number}")).await?;
            self.node()?.set_balance(account.address(), U256::from(GAS_MONEY));
            for token in &self.tokens {
                token.approve_all(&account, self.vault.address()).await?;
            }
            self.people.push(account);
        }
        for token in &self.tokens {
            for account in 0..=PUPPET {
                token.mint(&self.chain, self.address(account), u(WEALTH)).await?;
            }
        }
        self.node()?.set_balance(self.chain.payer().address(), U256::from(GAS_MONEY));
        Ok(())
    }

    /// The devnode in process, for reads and time without HTTP.
    pub fn node(&self) -> Result<&Node> {
        node(&self.chain)
    }

    /// Address of one of the model's accounts.
    pub fn address(&self, account: usize) -> Address {
        match account {
            PUPPET => self.puppet.address,
            VAULT => self.vault.address(),
            ZERO_ADDRESS => Address::ZERO,
            _ => self.people[account].address(),
        }
    }

    /// Address of one of the model's tokens.
    pub fn token(&self, token: usize) -> Address {
        *self.tokens[token].address()
    }

    /// Whether a token is wild.
    pub fn is_wild(&self, token: usize) -> bool {
        token < self.kind.wild_tokens()
    }

    /// One of the wild tokens.
    pub fn wild(&self, token: usize) -> IWildToken::IWildTokenInstance<alloy::providers::DynProvider> {
        IWildToken::new(self.token(token), self.chain.provider().clone())
    }
}

async fn deploy_vault(chain: &Chain, tokens: &[Token], terms: Terms) -> Result<Vault> {
    let Roles { asset, reward, yield_token, .. } = terms.roles;
    let of = |token: usize| *tokens[token].address();
    let mut settings = settings(of(asset), of(reward), of(yield_token));
    settings.epochLength = terms.epoch_length;
    settings.targetAuctionPeriod = terms.target_period;
    settings.targetAuctionPrice = u(terms.first_price);
    settings.smoothingFactor = terms.smoothing;
    settings.owner = chain.payer().address();
    Vault::create_beyond_bounds(chain, &settings).await
}

async fn deploy_tokens(chain: &Chain, kind: Kind) -> Result<Vec<Token>> {
    let mut tokens = Vec::new();
    for number in 0..kind.tokens() {
        let token = match number < kind.wild_tokens() {
            true => deploy_wild(chain, number == kind.roles().asset).await?,
            false => Token::deploy(chain, "Token", "TKN", 18).await?,
        };
        tokens.push(token);
    }
    Ok(tokens)
}

/// A token of 6 decimals that returns nothing, as USDT, or one of 18 that returns true.
async fn deploy_wild(chain: &Chain, as_usdt: bool) -> Result<Token> {
    let decimals: u64 = if as_usdt { 6 } else { 18 };
    let address = chain.create_solidity("WildToken", &U256::from(decimals).abi_encode()).await?;
    if as_usdt {
        let wild = IWildToken::new(address, chain.provider().clone());
        chain.payer().send(wild.setAnswer(IWildToken::Answer::Nothing)).await?;
    }
    Ok(Token::at(chain, address))
}

/// The accounts that may hold shares.
pub fn stakers() -> impl Iterator<Item = usize> {
    0..STAKERS
}
