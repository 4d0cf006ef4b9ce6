//! The load: ERC-20 transfers, signed in advance, and empty blocks.
//! Both nodes get the same load.

use std::time::{Duration, Instant};

use alloy::{
    consensus::{SignableTransaction, TxEnvelope, TxLegacy},
    eips::eip2718::Encodable2718,
    network::TxSignerSync,
    primitives::{Address, Bytes, TxKind, U256, keccak256},
    signers::local::PrivateKeySigner,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use weir_bindings::IERC20;
use weir_devnode::accounts::DevAccount;

use crate::{node::Node, wire::Wire};

/// The gas limit of a transfer; both kinds of token use less.
const TRANSFER_GAS: u64 = 150_000;
/// In wei, above the base fee of both nodes.
const GAS_PRICE: u128 = 3_000_000_000;
/// The number of receivers, which take turns.
const RECEIVERS: u64 = 1_000;
/// The time limit for a receipt.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The time without a mined transaction after which a block is requested.
const STALL: Duration = Duration::from_secs(1);
/// The number of unmined transactions per sender. With some hundreds, anvil stops mining them.
const WINDOW: usize = 50;
/// The pause between two checks of the mined transactions.
const PAUSE: Duration = Duration::from_millis(2);

/// A sending account and its next nonce.
#[derive(Debug)]
pub struct Sender {
    signer: PrivateKeySigner,
    nonce: u64,
}

impl Sender {
    /// A sender for an account that both nodes fund.
    pub async fn new(account: &DevAccount, wire: &mut Wire) -> Result<Self> {
        let signer = PrivateKeySigner::from_bytes(&account.key())?;
        let params = format!(r#"["{}","latest"]"#, signer.address());
        let nonce = wire.number("eth_getTransactionCount", &params).await?;
        Ok(Self { signer, nonce })
    }

    pub fn address(&self) -> Address {
        self.signer.address()
    }

    /// A signed transaction, as the parameters of `eth_sendRawTransaction`.
    pub fn sign(
        &mut self,
        chain_id: u64,
        to: TxKind,
        input: Bytes,
        value: U256,
        gas_limit: u64,
    ) -> Result<String> {
        let mut tx = TxLegacy {
            chain_id: Some(chain_id),
            nonce: self.nonce,
            gas_price: GAS_PRICE,
            gas_limit,
            to,
            value,
            input,
        };
        let signature = self.signer.sign_transaction_sync(&mut tx)?;
        self.nonce += 1;
        let raw = TxEnvelope::from(tx.into_signed(signature)).encoded_2718();
        Ok(format!(r#"["{}"]"#, alloy::hex::encode_prefixed(raw)))
    }

    /// `count` transfers of one base unit.
    pub fn transfers(&mut self, chain_id: u64, token: Address, count: u64) -> Result<Vec<String>> {
        (0..count)
            .map(|_| {
                let to = Address::from_word(keccak256((self.nonce % RECEIVERS).to_be_bytes()));
                let input = IERC20::transferCall { to, value: U256::ONE }.abi_encode();
                self.sign(chain_id, token.into(), input.into(), U256::ZERO, TRANSFER_GAS)
            })
            .collect()
    }
}

/// Sends a transaction and waits for its receipt.
///
/// # Errors
/// The transaction is rejected, fails, or is not mined in time.
pub async fn send(wire: &mut Wire, signed: &str) -> Result<Value> {
    let hash = wire.ask("eth_sendRawTransaction", signed).await?;
    let begin = Instant::now();
    loop {
        let receipt = wire.ask("eth_getTransactionReceipt", &format!("[{hash}]")).await?;
        if !receipt.is_null() {
            ensure!(receipt["status"] == "0x1", "a transaction failed: {receipt}");
            return Ok(receipt);
        }
        ensure!(begin.elapsed() < TIMEOUT, "no receipt of {hash}");
    }
}

/// Sends transactions one by one, waiting for each receipt; returns the total time.
pub async fn one_by_one(wire: &mut Wire, signed: &[String]) -> Result<Duration> {
    let begin = Instant::now();
    for transaction in signed {
        send(wire, transaction).await?;
    }
    Ok(begin.elapsed())
}

/// Sends the transactions of all senders in parallel, each on its own connection and with at most [`WINDOW`] unmined;
/// returns the time until all are mined.
pub async fn pipelined(node: &Node, senders: &[Sender], signed: Vec<Vec<String>>) -> Result<Duration> {
    let mut wires = Vec::new();
    for _ in senders {
        wires.push(node.wire().await?);
    }
    let begin = Instant::now();
    let mut tasks = Vec::new();
    for ((mut wire, sender), signed) in wires.into_iter().zip(senders).zip(signed) {
        let (address, mut nonce) = (sender.address(), sender.nonce - signed.len() as u64);
        tasks.push(tokio::spawn(async move {
            for window in signed.chunks(WINDOW) {
                for transaction in window {
                    wire.ask("eth_sendRawTransaction", transaction).await?;
                }
                nonce += window.len() as u64;
                until_mined(&mut wire, address, nonce).await?;
            }
            anyhow::Ok(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(begin.elapsed())
}

/// Waits until all transactions of `sender` below `nonce` are mined.
async fn until_mined(wire: &mut Wire, sender: Address, nonce: u64) -> Result<()> {
    let params = format!(r#"["{sender}","latest"]"#);
    let mut seen = (0, Instant::now());
    loop {
        let mined = wire.number("eth_getTransactionCount", &params).await?;
        if mined >= nonce {
            return Ok(());
        }
        if mined > seen.0 {
            seen = (mined, Instant::now());
        }
        // anvil sometimes mines no transaction until another arrives or a block is requested.
        if seen.1.elapsed() > STALL {
            wire.ask("evm_mine", "[]").await?;
        }
        ensure!(
            seen.1.elapsed() < TIMEOUT,
            "{sender} sent nonces below {nonce}, but only those below {mined} were mined"
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// Mines empty blocks.
pub async fn mine(wire: &mut Wire, blocks: u64) -> Result<()> {
    wire.ask("anvil_mine", &format!(r#"["{blocks:#x}"]"#)).await?;
    Ok(())
}

/// Sends a transaction; returns the gas it used.
pub async fn gas_of(wire: &mut Wire, signed: &str) -> Result<u64> {
    let receipt = send(wire, signed).await?;
    let gas = receipt["gasUsed"].as_str().and_then(|text| text.strip_prefix("0x"));
    Ok(u64::from_str_radix(gas.context("the receipt has no gas")?, 16)?)
}
