//! cast: the commands that users type.
//! Each trial has its own node and token.

use std::process::Command;

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::{
    stage::Stage,
    support::{failure, output},
    tools,
};

const RECEIVER: &str = "0x00000000000000000000000000000000000c0ffe";
const TRANSFER: &str = "transfer(address,uint256)";
const MINT: &str = "mint(address,uint256)";

pub fn trials() -> Vec<Trial> {
    vec![
        tools::trial("cast::transactions_of_every_type_are_sent", transactions_of_every_type_are_sent),
        tools::trial("cast::wasm_token_is_called_and_sent_to", wasm_token_is_called_and_sent_to),
        tools::trial("cast::contract_is_created", contract_is_created),
        tools::trial("cast::estimate_is_exact", estimate_is_exact),
        tools::trial("cast::revert_shows_the_custom_error", revert_shows_the_custom_error),
        tools::trial("cast::logs_are_found", logs_are_found),
        tools::trial("cast::the_chain_is_read", the_chain_is_read),
    ]
}

/// cast, connected to the node of a stage.
struct Cast {
    stage: Stage,
    url: String,
    key: String,
    account: Address,
    token: String,
}

impl Cast {
    async fn start() -> Result<Self> {
        let stage = Stage::start().await?;
        let signer = stage.signer(0)?;
        let (url, key, account) = (stage.rpc_url()?, signer.to_bytes().to_string(), signer.address());
        let token = stage.token().address().to_string();
        Ok(Self { stage, url, key, account, token })
    }

    fn command(&self, words: &[&str]) -> Result<Command> {
        let mut command = tools::cast()?;
        command.args(words).args(["--rpc-url", &self.url]);
        Ok(command)
    }

    async fn run(&self, words: &[&str]) -> Result<String> {
        Ok(output(self.command(words)?).await?.trim().to_owned())
    }

    /// Signs and sends a transaction; returns the receipt.
    async fn send(&self, words: &[&str]) -> Result<Value> {
        let mut command = tools::cast()?;
        // The receipt is available at once, so a short poll interval saves time.
        command.args(["send", "--json", "--private-key", &self.key, "--rpc-url", &self.url]);
        command.args(["--poll-interval", "1"]).args(words);
        let receipt: Value = serde_json::from_str(&output(command).await?)?;
        ensure!(receipt["status"] == "0x1", "{receipt}");
        Ok(receipt)
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value[key].as_str().with_context(|| format!("{key} is missing in {value}"))
}

async fn transactions_of_every_type_are_sent() -> Result<()> {
    let cast = Cast::start().await?;
    let list = format!(r#"[{{"address":"{RECEIVER}","storageKeys":[]}}]"#);
    let kinds: [(&str, &[&str]); 3] = [
        ("0x0", &["--legacy", "--gas-price", "1gwei"]),
        ("0x1", &["--access-list", &list, "--legacy", "--gas-price", "1gwei"]),
        ("0x2", &["--priority-gas-price", "1", "--gas-price", "1gwei"]),
    ];
    for (kind, options) in kinds {
        let receipt = cast.send(&[&[RECEIVER, "--value", "1ether"], options].concat()).await?;
        ensure!(receipt["type"] == kind, "{receipt}");
        let hash = text(&receipt, "transactionHash")?;
        ensure!(cast.run(&["receipt", hash, "blockHash"]).await? == text(&receipt, "blockHash")?);
        ensure!(cast.run(&["tx", hash, "value"]).await? == "1000000000000000000");
    }
    ensure!(cast.run(&["balance", RECEIVER, "--ether"]).await? == "3.000000000000000000");
    ensure!(cast.run(&["nonce", &cast.account.to_string()]).await? == "3");
    Ok(())
}

async fn wasm_token_is_called_and_sent_to() -> Result<()> {
    let cast = Cast::start().await?;
    ensure!(cast.run(&["call", &cast.token, "symbol()(string)"]).await? == r#""TKN""#);
    let account = cast.account.to_string();
    cast.send(&[&cast.token, MINT, &account, "100"]).await?;
    cast.send(&[&cast.token, TRANSFER, RECEIVER, "40"]).await?;
    for (owner, balance) in [(account.as_str(), "60"), (RECEIVER, "40")] {
        ensure!(cast.run(&["call", &cast.token, "balanceOf(address)(uint256)", owner]).await? == balance);
    }
    ensure!(cast.run(&["storage", &cast.token, "0"]).await?.ends_with("64"), "slot 0 is the total supply");
    Ok(())
}

/// The code `PUSH1 2a PUSH0 MSTORE PUSH1 20 PUSH0 RETURN` returns 42; creation code precedes it.
async fn contract_is_created() -> Result<()> {
    let cast = Cast::start().await?;
    let creation = "0x60088060095f395ff3602a5f5260205ff3";
    let receipt = cast.send(&["--create", creation]).await?;
    let address = text(&receipt, "contractAddress")?;
    ensure!(cast.run(&["code", address]).await? == "0x602a5f5260205ff3");
    ensure!(cast.run(&["call", address, "answer()(uint256)"]).await? == "42");
    Ok(())
}

async fn estimate_is_exact() -> Result<()> {
    let cast = Cast::start().await?;
    let account = cast.account.to_string();
    let gas = cast.run(&["estimate", &cast.token, MINT, RECEIVER, "7", "--from", &account]).await?;
    let gas: u64 = gas.parse()?;
    let receipt = cast.send(&[&cast.token, MINT, RECEIVER, "7", "--gas-limit", &gas.to_string()]).await?;
    ensure!(text(&receipt, "gasUsed")? == format!("{gas:#x}"), "{gas}: {receipt}");
    Ok(())
}

async fn revert_shows_the_custom_error() -> Result<()> {
    let cast = Cast::start().await?;
    let account = cast.account.to_string();
    let call = ["call", &cast.token, TRANSFER, RECEIVER, "5", "--from", &account];
    let text = failure(cast.command(&call)?).await?;
    let data = text.split('"').find(|part| part.starts_with("0x")).with_context(|| text.clone())?;
    let error = "ERC20InsufficientBalance(address,uint256,uint256)";
    let mut decode = tools::cast()?;
    decode.args(["decode-error", "--sig", error, data]);
    let decoded = output(decode).await?;
    ensure!(decoded.lines().map(str::trim).eq([account.as_str(), "0", "5"]), "{decoded}");
    let send = ["send", &cast.token, TRANSFER, RECEIVER, "5", "--private-key", &cast.key];
    ensure!(failure(cast.command(&send)?).await?.contains("execution reverted"), "the estimate did not fail");
    Ok(())
}

async fn logs_are_found() -> Result<()> {
    let cast = Cast::start().await?;
    for (to, value) in [(RECEIVER, "1"), (cast.token.as_str(), "2")] {
        cast.send(&[&cast.token, MINT, to, value]).await?;
    }
    let event = "Transfer(address indexed from, address indexed to, uint256 value)";
    let zero = Address::ZERO.to_string();
    let query = ["logs", "--json", "--from-block", "0", "--address", &cast.token, event, &zero, RECEIVER];
    let logs: Value = serde_json::from_str(&cast.run(&query).await?)?;
    let logs = logs.as_array().context("not a list")?;
    ensure!(logs.len() == 1 && text(&logs[0], "data")?.parse::<U256>()? == U256::from(1), "{logs:?}");
    Ok(())
}

async fn the_chain_is_read() -> Result<()> {
    let cast = Cast::start().await?;
    ensure!(cast.run(&["chain-id"]).await? == cast.stage.chain_id().to_string());
    ensure!(cast.run(&["client"]).await?.starts_with("weir-devnode/"));
    ensure!(cast.run(&["gas-price"]).await? == "20000000");
    let number = cast.run(&["block-number"]).await?;
    ensure!(cast.run(&["block", "latest", "--field", "number"]).await? == number);
    let block: Value =
        serde_json::from_str(&cast.run(&["rpc", "eth_getBlockByNumber", "latest", "false"]).await?)?;
    ensure!(text(&block, "number")? == format!("{:#x}", number.parse::<u64>()?));
    let text = failure(cast.command(&["proof", &cast.token, "0"])?).await?;
    ensure!(text.contains("there are no proofs"), "{text}");
    Ok(())
}
