//! A node with the WASM token deployed.
//! Its accounts have not sent any transaction.

use alloy::{primitives::B256, providers::DynProvider, signers::local::PrivateKeySigner};
use anyhow::{Context, Result};
use weir_bindings::{
    IERC20::{self, IERC20Instance},
    IToken::{self, ITokenInstance},
};
use weir_devnode::Devnode;
use weir_harness::{Chain, Token};

/// The number of accounts for a trial, without the node's first one, which deploys the token.
const ACCOUNTS: usize = 5;

pub struct Stage {
    chain: Chain,
    token: Token,
}

impl Stage {
    /// Starts the node and deploys the token "Token", TKN, with 18 decimals and no supply.
    pub async fn start() -> Result<Self> {
        let chain = Chain::devnode(Devnode::builder()).await?;
        let token = Token::deploy(&chain, "Token", "TKN", 18).await?;
        Ok(Self { chain, token })
    }

    pub fn node(&self) -> Result<&Devnode> {
        self.chain.node().context("the chain is not a devnode")
    }

    pub fn rpc_url(&self) -> Result<String> {
        Ok(self.node()?.rpc_url())
    }

    pub fn ws_url(&self) -> Result<String> {
        Ok(self.rpc_url()?.replacen("http", "ws", 1))
    }

    pub fn chain_id(&self) -> u64 {
        self.chain.chain_id()
    }

    /// The keys of the accounts.
    pub fn keys(&self) -> Result<Vec<B256>> {
        Ok(self.node()?.accounts().iter().skip(1).take(ACCOUNTS).map(|account| account.key()).collect())
    }

    pub fn signer(&self, index: usize) -> Result<PrivateKeySigner> {
        let key = *self.keys()?.get(index).context("there is no such account")?;
        Ok(PrivateKeySigner::from_bytes(&key)?)
    }

    /// The token's two interfaces, for the trial's own provider.
    pub fn token_with(
        &self,
        provider: &DynProvider,
    ) -> (IERC20Instance<DynProvider>, ITokenInstance<DynProvider>) {
        let address = *self.token.address();
        (IERC20::new(address, provider.clone()), IToken::new(address, provider.clone()))
    }

    pub fn token(&self) -> &Token {
        &self.token
    }
}
