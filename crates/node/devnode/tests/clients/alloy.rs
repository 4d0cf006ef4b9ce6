//! alloy with its default provider.
//! Fillers, typed contracts, filters, batches, WebSocket.

use std::time::Duration;

use alloy::{
    eips::eip2930::{AccessList, AccessListItem},
    network::{EthereumWallet, TransactionBuilder},
    primitives::{Address, Bytes, U256, address, hex, utils::parse_ether},
    providers::{DynProvider, Provider, ProviderBuilder, WsConnect, ext::AnvilApi},
    rpc::{
        client::BatchRequest,
        types::{Filter, TransactionRequest},
    },
    sol_types::SolEvent,
};
use anyhow::{Context, Result, ensure};
use futures_util::StreamExt;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IEntry};

use crate::{stage::Stage, support::trial};

const RECEIVER: Address = address!("00000000000000000000000000000000000c0ffe");
const GWEI: u128 = 1_000_000_000;
/// The time limit for an event to arrive.
const TIMEOUT: Duration = Duration::from_secs(10);

pub fn trials() -> Vec<Trial> {
    vec![
        trial("alloy::transactions_of_every_type_are_mined", transactions_of_every_type_are_mined),
        trial("alloy::estimates_are_exact_under_the_63_64_rule", estimates_are_exact),
        trial("alloy::wasm_token_works_with_typed_calls", wasm_token_works_with_typed_calls),
        trial("alloy::custom_errors_are_decoded", custom_errors_are_decoded),
        trial("alloy::logs_are_filtered_and_watched", logs_are_filtered_and_watched),
        trial("alloy::batch_is_answered_request_by_request", batch_is_answered),
        trial("alloy::test_methods_set_time_balances_and_state", test_methods_set_time_balances_and_state),
        trial("alloy::blocks_and_logs_arrive_by_websocket", blocks_and_logs_arrive_by_websocket),
    ]
}

/// A provider that signs with all accounts of the stage; the first is the default.
async fn provider(stage: &Stage, url: &str) -> Result<DynProvider> {
    let mut wallet = EthereumWallet::new(stage.signer(0)?);
    for index in 1..stage.keys()?.len() {
        wallet.register_signer(stage.signer(index)?);
    }
    let provider = ProviderBuilder::new().wallet(wallet).connect(url).await?.erased();
    provider.client().set_poll_interval(Duration::from_millis(10));
    Ok(provider)
}

async fn start() -> Result<(Stage, DynProvider)> {
    let stage = Stage::start().await?;
    let provider = provider(&stage, &stage.rpc_url()?).await?;
    Ok((stage, provider))
}

fn call_to(to: Address) -> TransactionRequest {
    TransactionRequest::default().with_to(to)
}

async fn transactions_of_every_type_are_mined() -> Result<()> {
    let (_stage, provider) = start().await?;
    let transfer = || call_to(RECEIVER).with_value(U256::from(7));
    let list = AccessList(vec![AccessListItem { address: RECEIVER, storage_keys: Vec::new() }]);
    let sent =
        [transfer().with_gas_price(GWEI), transfer().with_gas_price(GWEI).with_access_list(list), transfer()];
    for (kind, request) in sent.into_iter().enumerate() {
        let receipt = provider.send_transaction(request).await?.get_receipt().await?;
        ensure!(receipt.status() && receipt.transaction_type() as usize == kind, "{receipt:?}");
        let mined = provider.get_transaction_by_hash(receipt.transaction_hash).await?;
        let mined = mined.context("the mined transaction was not found")?;
        ensure!(mined.inner.tx_type() as usize == kind && mined.block_hash == receipt.block_hash);
    }
    ensure!(provider.get_balance(RECEIVER).await? == U256::from(21));
    Ok(())
}

/// Deploys EVM code: `PUSH1 length DUP1 PUSH1 09 PUSH0 CODECOPY PUSH0 RETURN`, then the code.
async fn deploy(provider: &DynProvider, code: &[u8]) -> Result<Address> {
    let creation = [&[0x60, u8::try_from(code.len())?], &hex!("8060095f395ff3")[..], code].concat();
    let request = TransactionRequest::default().with_deploy_code(creation);
    let receipt = provider.send_transaction(request).await?.get_receipt().await?;
    receipt.contract_address.context("no contract was created")
}

async fn estimates_are_exact() -> Result<()> {
    let (_stage, provider) = start().await?;
    // Counts down from 50 000: PUSH3 00c350, 04: JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 04 JUMPI STOP
    let burner = deploy(&provider, &hex!("6200c350 5b6001900380600457 00")).await?;
    // Calls the burner with all gas but a sixty-fourth, and reverts if that fails:
    // PUSH0 ×5 PUSH20 burner GAS CALL PUSH1 22 JUMPI PUSH0 PUSH0 REVERT, 22: JUMPDEST STOP
    let code = [&hex!("5f5f5f5f5f73")[..], burner.as_slice(), &hex!("5af1602257 5f5ffd 5b00")].concat();
    let forwarder = deploy(&provider, &code).await?;
    for contract in [burner, forwarder] {
        let gas = provider.estimate_gas(call_to(contract)).await?;
        for (limit, succeeds) in [(gas, true), (gas - 1, false)] {
            let sent = provider.send_transaction(call_to(contract).with_gas_limit(limit)).await?;
            let receipt = sent.get_receipt().await?;
            ensure!(receipt.status() == succeeds, "with {limit} of {gas} gas: {receipt:?}");
        }
    }
    Ok(())
}

async fn wasm_token_works_with_typed_calls() -> Result<()> {
    let (stage, provider) = start().await?;
    let (token, faucet) = stage.token_with(&provider);
    let owner = stage.signer(0)?.address();
    ensure!(token.name().call().await? == "Token" && token.decimals().call().await? == 18);
    faucet.mint(owner, U256::from(100)).send().await?.watch().await?;
    let receipt = token.transfer(RECEIVER, U256::from(30)).send().await?.get_receipt().await?;
    let transfer = receipt.decoded_log::<IERC20::Transfer>().context("no Transfer was emitted")?;
    ensure!((transfer.from, transfer.to, transfer.value) == (owner, RECEIVER, U256::from(30)));
    ensure!(token.balanceOf(owner).call().await? == U256::from(70));
    let before = receipt.block_number.context("the receipt has no block")? - 1;
    ensure!(token.balanceOf(owner).block(before.into()).call().await? == U256::from(100));
    Ok(())
}

async fn custom_errors_are_decoded() -> Result<()> {
    let (stage, provider) = start().await?;
    let (token, _) = stage.token_with(&provider);
    let error = token
        .transfer(RECEIVER, U256::from(5))
        .send()
        .await
        .err()
        .context("the transfer succeeded without a balance")?;
    let error =
        error.as_decoded_error::<IERC20::ERC20InsufficientBalance>().context("the error is another one")?;
    ensure!((error.balance, error.needed) == (U256::ZERO, U256::from(5)));
    let unknown = call_to(*token.address()).with_input(hex!("12345678"));
    let error = provider.call(unknown).await.err().context("the call of an unknown function succeeded")?;
    let payload = error.as_error_resp().context("not a response of the node")?;
    ensure!(payload.code == 3, "{payload}");
    let error = payload.as_decoded_error::<IEntry::UnknownSelector>().context("the error is another one")?;
    ensure!(error.selector == hex!("12345678"));
    Ok(())
}

async fn logs_are_filtered_and_watched() -> Result<()> {
    let (stage, provider) = start().await?;
    let (token, faucet) = stage.token_with(&provider);
    let to_receiver = token.Transfer_filter().topic2(RECEIVER);
    let mut watched = to_receiver.watch().await?.into_stream();
    for (to, value) in [(RECEIVER, 1), (*token.address(), 2), (RECEIVER, 3)] {
        faucet.mint(to, U256::from(value)).send().await?.watch().await?;
    }
    for expected in [1, 3] {
        let next = tokio::time::timeout(TIMEOUT, watched.next()).await?.context("the stream ended")??;
        ensure!(next.0.value == U256::from(expected), "{next:?}");
    }
    let found = to_receiver.from_block(0).query().await?;
    ensure!(found.iter().map(|(event, _)| event.value).eq([U256::from(1), U256::from(3)]), "{found:?}");
    let filter = Filter::new().event_signature(IERC20::Transfer::SIGNATURE_HASH).from_block(0);
    ensure!(provider.get_logs(&filter).await?.len() == 3);
    Ok(())
}

async fn batch_is_answered() -> Result<()> {
    let (stage, provider) = start().await?;
    let client = provider.client();
    let mut batch = BatchRequest::new(client);
    let chain_id = batch.add_call::<_, U256>("eth_chainId", &())?;
    let token = *stage.token().address();
    let code = batch.add_call::<_, Bytes>("eth_getCode", &(token, "latest"))?;
    let failing = batch.add_call::<_, Bytes>("eth_call", &(call_to(token), "latest"))?;
    batch.send().await?;
    ensure!(chain_id.await? == U256::from(stage.chain_id()));
    ensure!(code.await?.starts_with(&[0xef, 0xf0, 0, 0]));
    ensure!(failing.await.err().is_some_and(|error| error.is_error_resp()), "the call succeeded");
    Ok(())
}

async fn test_methods_set_time_balances_and_state() -> Result<()> {
    let (stage, provider) = start().await?;
    let (token, faucet) = stage.token_with(&provider);
    let snapshot = provider.anvil_snapshot().await?;
    let stranger = RECEIVER;
    provider.anvil_set_balance(stranger, parse_ether("1")?).await?;
    faucet.mint(stranger, U256::from(9)).send().await?.watch().await?;
    provider.anvil_impersonate_account(stranger).await?;
    let bare = ProviderBuilder::new().connect(&stage.rpc_url()?).await?.erased();
    let token_of_stranger = IERC20::new(*token.address(), bare.clone());
    let transfer = token_of_stranger.transfer(*token.address(), U256::from(4)).from(stranger);
    let hash = bare.send_transaction(transfer.into_transaction_request()).await?.watch().await?;
    ensure!(provider.get_transaction_receipt(hash).await?.is_some_and(|receipt| receipt.status()));
    ensure!(token.balanceOf(stranger).call().await? == U256::from(5));
    provider.anvil_increase_time(1_000).await?;
    let before = timestamp(&provider).await?;
    provider.anvil_mine(Some(1), None).await?;
    ensure!(timestamp(&provider).await? >= before + 1_000);
    provider.anvil_set_code(stranger, Bytes::from_static(&hex!("00"))).await?;
    ensure!(provider.get_code_at(stranger).await? == hex!("00")[..]);
    ensure!(provider.anvil_revert(snapshot).await?);
    ensure!(provider.get_code_at(stranger).await?.is_empty());
    ensure!(token.balanceOf(stranger).call().await?.is_zero());
    Ok(())
}

async fn timestamp(provider: &DynProvider) -> Result<u64> {
    let block = provider.get_block_by_number(Default::default()).await?;
    Ok(block.context("no latest block")?.header.timestamp)
}

async fn blocks_and_logs_arrive_by_websocket() -> Result<()> {
    let (stage, sender) = start().await?;
    let connection = WsConnect::new(stage.ws_url()?);
    let provider = ProviderBuilder::new().connect_ws(connection).await?.erased();
    let (token, _) = stage.token_with(&provider);
    // Sends on another connection: while it waits for a receipt, alloy subscribes to blocks again and may miss one.
    let (_, faucet) = stage.token_with(&sender);
    let mut blocks = provider.subscribe_blocks().await?.into_stream();
    let mut logs = token.Transfer_filter().topic2(RECEIVER).subscribe().await?.into_stream();
    let first = provider.get_block_number().await? + 1;
    for (to, value) in [(*token.address(), 1), (RECEIVER, 2)] {
        faucet.mint(to, U256::from(value)).send().await?.watch().await?;
    }
    for number in [first, first + 1] {
        let header = tokio::time::timeout(TIMEOUT, blocks.next()).await?.context("no more blocks")?;
        ensure!(header.number == number, "received block {}, not {number}", header.number);
    }
    let (event, log) = tokio::time::timeout(TIMEOUT, logs.next()).await?.context("no more logs")??;
    ensure!(event.value == U256::from(2) && log.block_number == Some(first + 1), "{log:?}");
    Ok(())
}
