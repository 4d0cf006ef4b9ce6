//! `cargo stylus cache`, with and without a cache manager.
//! A fresh chain has none.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256, address, hex},
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_artifacts::init_code;
use weir_bindings::{IERC20, Program};
use weir_harness::Chain;

use crate::{
    cargo_stylus::Workshop,
    stage::{KEY, trial},
};

sol! {
    function becomeChainOwner() external;
    function addWasmCacheManager(address manager) external;
}

const ARB_OWNER: Address = address!("0000000000000000000000000000000000000070");
const ARB_DEBUG: Address = address!("00000000000000000000000000000000000000ff");

/// A cache manager that accepts any bid. Public chains have one in Solidity.
///
/// `PUSH0 CALLDATALOAD PUSH1 e0 SHR PUSH4 placeBid EQ PUSH1 12 JUMPI`, or a word of zeros: `PUSH1 20 PUSH0 RETURN`;
/// `12: JUMPDEST`, `cacheProgram` with the same argument in memory: `PUSH4 cacheProgram PUSH1 e0 SHL PUSH0 MSTORE
/// PUSH1 20 PUSH1 04 DUP1 CALLDATACOPY`, to ArbWasmCache: `PUSH0 PUSH0 PUSH1 24 PUSH0 PUSH0 PUSH1 72 GAS CALL`,
/// `PUSH1 33 JUMPI PUSH0 PUSH0 REVERT`, `33: JUMPDEST STOP`
const CACHE_MANAGER: [u8; 53] = hex!(
    "5f35 60e0 1c 63 e4940157 14 6012 57 6020 5f f3
     5b 63 e73ac9f2 60e0 1b 5f 52 6020 6004 80 37
     5f 5f 6024 5f 5f 6072 5a f1 6033 57 5f 5f fd 5b 00"
);

pub fn trials() -> Vec<Trial> {
    vec![
        trial("cache::bid_caches_a_program_and_its_calls_cost_less", bid_caches_a_program),
        trial("cache::missing_manager_is_an_error", missing_manager_is_an_error),
    ]
}

async fn send(chain: &Chain, to: Address, call: impl SolCall) -> Result<()> {
    let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
    chain.payer().send(request).await?;
    Ok(())
}

async fn register_manager(chain: &Chain) -> Result<()> {
    let creation = TransactionRequest::default().with_deploy_code(init_code(&CACHE_MANAGER));
    let receipt = chain.payer().send(creation).await?;
    let manager = receipt.contract_address.context("no contract was created")?;
    send(chain, ARB_DEBUG, becomeChainOwnerCall {}).await?;
    send(chain, ARB_OWNER, addWasmCacheManagerCall { manager }).await
}

/// The gas of a call that writes the same value each time.
async fn gas_of_a_call(chain: &Chain, token: Address) -> Result<u64> {
    let erc20 = IERC20::new(token, chain.provider().clone());
    Ok(chain.payer().send(erc20.approve(token, U256::from(1))).await?.gas_used)
}

async fn bid_caches_a_program() -> Result<()> {
    let workshop = Workshop::open().await?;
    let chain = workshop.chain();
    register_manager(chain).await?;
    let (address, _) = workshop.deploy(Program::Token, &[]).await?;
    let token = address.to_string();
    gas_of_a_call(chain, address).await?;
    let before = gas_of_a_call(chain, address).await?;

    let status = ["cache", "status", "--address", &token];
    ensure!(workshop.run(&status).await?.contains("is not yet cached"));
    let text = workshop.run(&["cache", "suggest-bid", &token]).await?;
    ensure!(text.contains("0 wei"), "{text}");
    let text = workshop.run(&["cache", "bid", &token, "0", "--private-key", KEY]).await?;
    ensure!(text.contains("Successfully cached contract"), "{text}");
    let text = workshop.run(&status).await?;
    ensure!(text.contains("is cached"), "{text}");

    let after = gas_of_a_call(chain, address).await?;
    ensure!(after < before, "a call used {before} gas before caching and {after} after");
    Ok(())
}

async fn missing_manager_is_an_error() -> Result<()> {
    let workshop = Workshop::open().await?;
    let (address, _) = workshop.deploy(Program::Token, &[]).await?;
    let address = address.to_string();
    let commands: [&[&str]; 3] = [
        &["cache", "status", "--address", &address],
        &["cache", "suggest-bid", &address],
        &["cache", "bid", &address, "0", "--private-key", KEY],
    ];
    for words in commands {
        let text = workshop.failure(words).await?;
        ensure!(text.contains("no cache managers found"), "{text}");
    }
    Ok(())
}
