//! The transferred token: compiled Solidity, or the WASM program of this project.
//! Deploys it and gives each sender a balance.

use alloy::{
    primitives::{Address, Bytes, TxKind, U256, hex},
    providers::ProviderBuilder,
    rpc::types::TransactionRequest,
    sol,
    sol_types::{SolCall, SolConstructor},
};
use anyhow::{Context, Result};
use serde_json::Value;
use tokio::sync::Mutex;
use weir_bindings::{IERC20, IToken, Program, deploy};

use crate::{
    load::{Sender, send},
    node::Node,
    wire::Wire,
};

sol! {
    contract Coin {
        constructor(string name, string symbol, uint256 supply);
    }
}

/// The gas limit of a deployment.
const DEPLOYMENT_GAS: u64 = 20_000_000;
const CALL_GAS: u64 = 500_000;
/// The balance of each sender in base units: more than it sends.
const EACH: u64 = 1_000_000_000;

/// The kind of code.
#[derive(Clone, Debug)]
pub enum Kind {
    /// EVM code: the creation code.
    Evm(Bytes),
    Wasm,
}

impl Kind {
    /// Reads the creation code from the output of `compile.mjs`.
    pub fn evm(compiled: &str) -> Result<Self> {
        let compiled: Value = serde_json::from_str(compiled)?;
        let code = compiled["bytecode"].as_str().context("the compiled contract has no bytecode")?;
        Ok(Self::Evm(hex::decode(code)?.into()))
    }

    /// Deploys the token from the first sender, and gives every sender its balance.
    pub async fn deploy(&self, node: &Node, senders: &mut [Sender]) -> Result<Address> {
        let owners: Vec<Address> = senders.iter().map(Sender::address).collect();
        let payer = senders.first_mut().context("there is no sender")?;
        let mut wire = node.wire().await?;
        match self {
            Self::Evm(code) => {
                let supply = U256::from(EACH) * U256::from(owners.len());
                let arguments = Coin::constructorCall { name: "Coin".into(), symbol: "COIN".into(), supply };
                let creation = [&code[..], &arguments.abi_encode()].concat();
                let signed =
                    payer.sign(node.chain_id, TxKind::Create, creation.into(), U256::ZERO, DEPLOYMENT_GAS)?;
                let receipt = send(&mut wire, &signed).await?;
                let token: Address =
                    receipt["contractAddress"].as_str().context("no contract was created")?.parse()?;
                for to in owners.into_iter().skip(1) {
                    let call = IERC20::transferCall { to, value: U256::from(EACH) };
                    send_call(node, &mut wire, payer, token, call.abi_encode()).await?;
                }
                Ok(token)
            }
            Self::Wasm => {
                let token = deploy_wasm(node, &mut wire, payer).await?;
                for to in owners {
                    let call = IToken::mintCall { to, value: U256::from(EACH) };
                    send_call(node, &mut wire, payer, token, call.abi_encode()).await?;
                }
                Ok(token)
            }
        }
    }
}

async fn send_call(
    node: &Node,
    wire: &mut Wire,
    payer: &mut Sender,
    to: Address,
    call: Vec<u8>,
) -> Result<()> {
    let signed = payer.sign(node.chain_id, to.into(), call.into(), U256::ZERO, CALL_GAS)?;
    send(wire, &signed).await?;
    Ok(())
}

async fn deploy_wasm(node: &Node, wire: &mut Wire, payer: &mut Sender) -> Result<Address> {
    let provider = ProviderBuilder::new().connect_http(format!("http://{}", node.address).parse()?);
    let signer = Mutex::new((wire, payer));
    let send = async |request: TransactionRequest| {
        let (wire, payer) = &mut *signer.lock().await;
        let to = request.to.context("the request has no receiver")?;
        let input = request.input.input().cloned().unwrap_or_default();
        let value = request.value.unwrap_or_default();
        let signed = payer.sign(node.chain_id, to, input, value, DEPLOYMENT_GAS)?;
        let receipt = send(wire, &signed).await?;
        Ok(serde_json::from_value(receipt)?)
    };
    let constructor = deploy::token_constructor("Coin", "COIN", 18);
    Ok(deploy::deploy(&provider, Program::Token, constructor, send).await?.address)
}
