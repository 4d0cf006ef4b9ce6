//! Test tokens and vaults on a chain, with typed calls.
//! They are deployed by transactions of the chain's payer.

use std::ops::Deref;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::DynProvider,
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result};
use weir::clones::{Origin, VaultCode, VaultConfig, first_queue};
use weir_artifacts::Program;
use weir_bindings::{
    IERC20, IToken, IVault,
    deploy::{self, Deployment},
};
use weir_client::{Account, SendError};
use weir_devnode::TX_GAS_LIMIT;

use crate::Chain;

pub use weir_bindings::deploy::VaultSettings;

/// A test token on a chain.
#[derive(Clone, Debug)]
pub struct Token {
    erc20: IERC20::IERC20Instance<DynProvider>,
    faucet: IToken::ITokenInstance<DynProvider>,
}

impl Deref for Token {
    type Target = IERC20::IERC20Instance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.erc20
    }
}

impl Token {
    /// Deploys a test token.
    pub async fn deploy(chain: &Chain, name: &str, symbol: &str, decimals: u8) -> Result<Self> {
        let deployment =
            send_deployment(chain, Program::Token, deploy::token_constructor(name, symbol, decimals)).await?;
        Ok(Self::at(chain, deployment.address))
    }

    /// Uses the token at `address`.
    pub fn at(chain: &Chain, address: Address) -> Self {
        let provider = chain.provider().clone();
        Self { erc20: IERC20::new(address, provider.clone()), faucet: IToken::new(address, provider) }
    }

    /// Mints `value` base units to `to`.
    pub async fn mint(&self, chain: &Chain, to: Address, value: U256) -> Result<TransactionReceipt> {
        let sent = chain.payer().send(self.faucet.mint(to, value)).await;
        sent.with_context(|| format!("cannot mint {value} to {to}"))
    }

    /// Approves `spender` to spend all tokens of `owner`.
    pub async fn approve_all(&self, owner: &Account, spender: Address) -> Result<()> {
        owner.send(self.erc20.approve(spender, U256::MAX)).await?;
        Ok(())
    }

    /// Returns the balance of `account` at the latest block.
    pub async fn balance(&self, account: Address) -> Result<U256> {
        Ok(self.erc20.balanceOf(account).call().await?)
    }
}

/// A vault on a chain.
#[derive(Clone, Debug)]
pub struct Vault {
    instance: IVault::IVaultInstance<DynProvider>,
    /// The receipt of its creation.
    pub receipt: TransactionReceipt,
}

impl Deref for Vault {
    type Target = IVault::IVaultInstance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.instance
    }
}

impl Vault {
    /// Creates a vault through the chain's factory.
    pub async fn create(chain: &Chain, settings: &VaultSettings) -> Result<Self> {
        chain.market().await?.create_vault(chain, chain.payer(), settings).await
    }

    /// Creates a vault without the factory, with settings that the factory may reject. The factory does not list this
    /// vault, and its address does not prove its code.
    pub async fn create_beyond_bounds(chain: &Chain, settings: &VaultSettings) -> Result<Self> {
        let market = chain.market().await?;
        let decimals = Token::at(chain, settings.asset).decimals().call().await?;
        let deployed_at = chain.now().await?;
        let code = VaultCode {
            program: market.vault_program,
            lifeboat: market.lifeboat,
            config: VaultConfig {
                extension: market.extension,
                asset: settings.asset,
                reward: settings.reward,
                yield_token: settings.yieldToken,
                deployed_at,
                epoch_length: settings.epochLength,
                target_period: settings.targetAuctionPeriod,
                smoothing: settings.smoothingFactor,
                decimals,
            },
            origin: Origin { factory: *market.factory.address(), number: u64::MAX },
            first_sale: first_queue(settings.targetAuctionPrice, deployed_at),
            owner: settings.owner,
            name: settings.name.as_bytes(),
            symbol: settings.symbol.as_bytes(),
        };
        let request = TransactionRequest::default().with_deploy_code(code.init_code());
        let receipt = chain.payer().send(request).await?;
        let address = receipt.contract_address.context("no contract was created")?;
        Ok(Self::at(chain, address, receipt))
    }

    /// Uses the vault at `address`, created by the transaction of `receipt`.
    pub fn at(chain: &Chain, address: Address, receipt: TransactionReceipt) -> Self {
        Self { instance: IVault::new(address, chain.provider().clone()), receipt }
    }

    /// Returns the vault's address.
    pub fn address(&self) -> Address {
        *self.instance.address()
    }
}

/// Deploys a program. The chain's payer pays.
pub(crate) async fn send_deployment(
    chain: &Chain,
    program: Program,
    constructor: Bytes,
) -> Result<Deployment> {
    let send = async |request: TransactionRequest| {
        let sent = send_activating(chain, request).await;
        sent.with_context(|| format!("cannot deploy program {}", program.name()))
    };
    deploy::deploy(chain.provider(), program, constructor, send).await
}

/// Sends a transaction that may activate a program. Each step of a gas estimate would repeat the slow activation, so on
/// a devnode the first attempt has the maximum gas. If it fails, the estimate returns the reason.
async fn send_activating(
    chain: &Chain,
    request: TransactionRequest,
) -> Result<TransactionReceipt, SendError> {
    if chain.node().is_some() {
        let receipt = chain.payer().send_with_gas(request.clone(), TX_GAS_LIMIT).await?;
        if receipt.status() {
            return Ok(receipt);
        }
    }
    chain.payer().send(request).await
}
