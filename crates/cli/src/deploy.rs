//! `weir deploy`: one contract onto any Arbitrum chain, activated and constructed.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    providers::{Provider, ProviderBuilder},
    rpc::types::TransactionRequest,
    signers::local::PrivateKeySigner,
};
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use weir_bindings::{
    Program,
    deploy::{self, VaultSettings},
    refusal::explain,
};
use weir_harness::{Account, PRIVATE_KEY_VARIABLE};

/// One, as a smoothing factor.
const WAD: f64 = 1e18;

/// Deploys a contract. The paying account's key is read from WEIR_PRIVATE_KEY.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Node to deploy to.
    #[arg(long, default_value = "http://127.0.0.1:8547")]
    rpc_url: String,

    #[command(subcommand)]
    contract: Contract,
}

#[derive(Debug, Subcommand)]
enum Contract {
    /// A test token of which anyone may mint.
    Token(TokenArguments),
    /// A vault with its own auction.
    Vault(VaultArguments),
}

#[derive(Debug, Args)]
struct TokenArguments {
    #[arg(long)]
    name: String,
    #[arg(long)]
    symbol: String,
    #[arg(long, default_value_t = 18)]
    decimals: u8,
}

#[derive(Debug, Args)]
struct VaultArguments {
    /// The token that is staked.
    #[arg(long)]
    asset: Address,
    /// The token that rewards are paid in and the auction takes in; may be the asset.
    #[arg(long)]
    reward: Address,
    /// The token that is sold; may be the asset, not the reward.
    #[arg(long)]
    yield_token: Address,
    /// Seconds an epoch: what arrives in one streams out over the next.
    #[arg(long, default_value_t = 604_800)]
    epoch_length: u32,
    /// Seconds between two sales that the auction aims at.
    #[arg(long, default_value_t = 21_600)]
    target_period: u32,
    /// First price of the lot, in base units of the reward token.
    #[arg(long)]
    target_price: U256,
    /// Part of the yield held back in each sale, 0 to below 1.
    #[arg(long, default_value_t = 0.0, value_parser = smoothing)]
    smoothing: f64,
    /// Name of the share token.
    #[arg(long)]
    name: String,
    /// Symbol of the share token.
    #[arg(long)]
    symbol: String,
    /// Owner; the zero address for none.
    #[arg(long, default_value_t = Address::ZERO)]
    owner: Address,
}

fn smoothing(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(part) if (0.0..1.0).contains(&part) => Ok(part),
        _ => Err("smoothing is a number from 0 to below 1".into()),
    }
}

/// Deploys what the arguments say and prints where it is.
///
/// # Errors
/// If the key is missing, the node does not answer, or the chain refuses.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let url = arguments.rpc_url.parse().with_context(|| format!("{} is not a URL", arguments.rpc_url))?;
    let provider = ProviderBuilder::new().disable_recommended_fillers().connect_http(url).erased();
    let chain_id = provider.get_chain_id().await.map_err(|error| {
        anyhow!("no node answers at {} ({error}): start one, or give --rpc-url", arguments.rpc_url)
    })?;
    let payer = Account::new(provider.clone(), chain_id, key()?).await?;
    println!("chain {chain_id}, paid by {}", payer.address());

    let send = async |request: TransactionRequest| match payer.send(request).await {
        Ok(receipt) => Ok(receipt),
        Err(error) => match error.revert_data() {
            Some(data) => bail!("the chain refused the deployment: {}", explain(&data)),
            None => Err(error.into()),
        },
    };
    let (program, constructor) = match &arguments.contract {
        Contract::Token(token) => {
            (Program::Token, deploy::token_constructor(&token.name, &token.symbol, token.decimals))
        }
        Contract::Vault(vault) => {
            let extension = deploy::deploy(&provider, Program::Extension, Bytes::new(), send).await?.address;
            (Program::Vault, deploy::vault_constructor(extension, &vault.constructor()))
        }
    };
    let deployed = deploy::deploy(&provider, program, constructor, send).await?;
    println!("{} at {}", program.name(), deployed.address);
    println!("transaction {}, gas {}", deployed.receipt.transaction_hash, deployed.receipt.gas_used);
    Ok(())
}

impl VaultArguments {
    fn constructor(&self) -> VaultSettings {
        VaultSettings {
            asset: self.asset,
            reward: self.reward,
            yieldToken: self.yield_token,
            epochLength: self.epoch_length,
            targetAuctionPeriod: self.target_period,
            targetAuctionPrice: self.target_price,
            smoothingFactor: (self.smoothing * WAD) as u64,
            name: self.name.clone(),
            symbol: self.symbol.clone(),
            owner: self.owner,
        }
    }
}

fn key() -> Result<PrivateKeySigner> {
    let key = std::env::var(PRIVATE_KEY_VARIABLE).map_err(|_| {
        anyhow!("{PRIVATE_KEY_VARIABLE} is not set: set it to the key of an account that pays")
    })?;
    let key: B256 =
        key.trim().parse().map_err(|_| anyhow!("{PRIVATE_KEY_VARIABLE} is not a key of 32 bytes in hex"))?;
    Ok(PrivateKeySigner::from_bytes(&key)?)
}
