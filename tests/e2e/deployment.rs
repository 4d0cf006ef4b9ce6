//! Tests of deployment: the code on chain, activation and its cost, and code that cannot be activated.
//! The Stylus deployer does it all in one transaction.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256, keccak256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol,
    sol_types::{SolCall, SolError, SolEvent},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_artifacts::{CODE_LIMIT, init_code, on_chain_code};
use weir_bindings::{
    IArbWasm, IStylusDeployer, Program,
    deploy::{STYLUS_DEPLOYER, data_fee, token_constructor},
};
use weir_client::Account;
use weir_harness::{Chain, Token};

use crate::{
    evm::{create, returns_word},
    reverts::{call_reverts, reverts},
    scene::{Scene, Tokens, activation, transaction, u},
    trial::{on_any_chain, with_stylus_deployer},
};

sol! {
    event ProgramActivated(bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version);
    error ProgramNotWasm();
    error ProgramNotActivated();
    error ProgramInsufficientValue(uint256 have, uint256 want);
}

/// Prefix of a program's code: a classic program, compressed without a dictionary.
const PREFIX: [u8; 4] = [0xEF, 0xF0, 0x00, 0x00];
/// Least gas of any activation (`docs/devnode.md` names the source of the figures).
const ACTIVATION_GAS: u64 = 1_659_168;
/// Gas limit of an activation that must fail: it uses all of it.
const WASTED_GAS: u64 = 10_000_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(code_on_chain_matches_the_build),
        on_any_chain(a_vault_needs_no_activation),
        on_any_chain(active_code_cannot_be_activated_again),
        on_any_chain(code_that_is_not_activated_cannot_be_called),
        on_any_chain(evm_code_cannot_be_activated),
        on_any_chain(an_invalid_program_cannot_be_activated),
        on_any_chain(code_with_any_other_ef_prefix_cannot_be_created),
        with_stylus_deployer(the_deployer_creates_activates_and_constructs_in_one_transaction),
        with_stylus_deployer(the_deployer_charges_the_data_fee_and_refunds_the_rest),
        with_stylus_deployer(the_deployer_reverts_without_bytecode),
    ]
}

async fn code_on_chain_matches_the_build() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let market = scene.chain.market().await?;
    for (program, address) in [
        (Program::Vault, market.vault_program),
        (Program::Extension, market.extension),
        (Program::Pair, market.pair_program),
        (Program::Factory, *market.factory.address()),
        (Program::Router, *market.router.address()),
        (Program::Token, *scene.asset.address()),
    ] {
        let code = scene.chain.provider().get_code_at(address).await?;
        assert!(code.starts_with(&PREFIX), "{}", program.name());
        assert!(code.len() <= CODE_LIMIT, "{}", program.name());
        assert_eq!(code, on_chain_code(&program.wasm()?), "{}", program.name());
    }
    Ok(())
}

async fn a_vault_needs_no_activation() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let fee = data_fee(scene.chain.provider(), &on_chain_code(&Program::Vault.wasm()?)).await?;
    assert_eq!(fee, U256::ZERO);
    let topics: Vec<_> = scene.vault.receipt.logs().iter().filter_map(|log| log.topic0()).collect();
    assert!(!topics.contains(&&ProgramActivated::SIGNATURE_HASH));
    let gas_used = scene.vault.receipt.gas_used;
    assert!(gas_used < ACTIVATION_GAS / 4, "{gas_used}");
    Ok(())
}

async fn active_code_cannot_be_activated_again() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let again = activation(scene.chain.market().await?.vault_program);
    reverts(&scene, &anyone, again, IArbWasm::ProgramUpToDate {}).await
}

/// The test token's WASM with a custom section appended: the same program with a new code hash, also on a chain that
/// earlier runs have used.
fn fresh_wasm(account: &Account) -> Result<Vec<u8>> {
    const NAME: &[u8] = b"of";
    let mut wasm = Program::Token.wasm()?;
    let content = [&[NAME.len() as u8], NAME, account.address().as_slice()].concat();
    wasm.extend([0, content.len() as u8]);
    wasm.extend(content);
    Ok(wasm)
}

async fn code_that_is_not_activated_cannot_be_called() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let program = create(&scene.chain, &on_chain_code(&fresh_wasm(&anyone)?)).await?;
    let token = Token::at(&scene.chain, program);
    let error = anyone.simulate(token.totalSupply()).await.expect_err("the program is not activated");
    assert_eq!(error.revert_data().unwrap_or_default().len(), 0, "{error}");
    let receipt = anyone.send_with_gas(token.approve(program, u(1)).into_transaction_request(), WASTED_GAS);
    assert!(!receipt.await?.status());

    anyone.send(activation(program)).await?;
    assert_eq!(token.totalSupply().call().await?, U256::ZERO);
    anyone.send(token.approve(program, u(1))).await?;
    Ok(())
}

async fn evm_code_cannot_be_activated() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let contract = create(&scene.chain, &returns_word(u(1))).await?;
    for address in [contract, anyone.address(), Address::repeat_byte(0x77)] {
        reverts(&scene, &anyone, activation(address), ProgramNotWasm {}).await?;
    }
    Ok(())
}

async fn an_invalid_program_cannot_be_activated() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let anyone = chain.account("anyone").await?;
    let whole = Program::Token.wasm()?;
    for (what, code) in [
        ("an empty module", on_chain_code(b"\0asm\x01\0\0\0")),
        ("half a module", on_chain_code(&whole[..whole.len() / 2])),
        ("text", on_chain_code(b"(module)")),
        ("invalid brotli", [PREFIX.as_slice(), &[0xff; 100]].concat()),
        ("half of the brotli", on_chain_code(&whole)[..3_000].to_vec()),
        ("nothing after the prefix", PREFIX.to_vec()),
    ] {
        let program = create(&chain, &code).await.with_context(|| what.to_owned())?;
        let receipt = anyone.send_with_gas(activation(program), WASTED_GAS).await?;
        ensure!(!receipt.status() && receipt.logs().is_empty(), "{what} was activated");
        let call = transaction(program, vec![0; 4]);
        ensure!(!anyone.send_with_gas(call, WASTED_GAS).await?.status(), "{what} was called");
    }
    // The chain still works.
    Token::deploy(&chain, "After", "AFT", 18).await?;
    Ok(())
}

async fn code_with_any_other_ef_prefix_cannot_be_created() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let anyone = chain.account("anyone").await?;
    for code in [vec![0xEF], vec![0xEF, 0x00, 0x00, 0x00], vec![0xEF, 0xF1, 0x00, 0x00]] {
        let creation = TransactionRequest::default().with_deploy_code(init_code(&code));
        assert!(anyone.simulate(creation.clone()).await.is_err());
        let receipt = anyone.send_with_gas(creation, WASTED_GAS).await?;
        assert!(!receipt.status(), "{code:?}");
    }
    Ok(())
}

/// A call of the Stylus deployer with `code` and a constructor's calldata.
fn deploy_call(code: &[u8], constructor: &[u8], salt: B256, wei: U256) -> TransactionRequest {
    let call = IStylusDeployer::deployCall {
        bytecode: init_code(code),
        initData: constructor.to_vec().into(),
        initValue: U256::ZERO,
        salt,
    };
    transaction(STYLUS_DEPLOYER, call.abi_encode()).with_value(wei)
}

async fn the_deployer_creates_activates_and_constructs_in_one_transaction() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let deployer = scene.person("deployer").await?;
    let (code, constructor) = (on_chain_code(&Program::Token.wasm()?), token_constructor("Other", "OTH", 6));
    // With a salt the address is known in advance: CREATE2 from salt and constructor.
    let salt = B256::repeat_byte(7);
    let create2_salt = keccak256([salt.as_slice(), &constructor].concat());
    let address = STYLUS_DEPLOYER.create2_from_code(create2_salt, init_code(&code));
    let deploy_call = deploy_call(&code, &constructor, salt, U256::ZERO);
    let receipt = deployer.send(deploy_call.clone()).await?;
    let deployed = receipt.logs().last().context("no event was emitted")?;
    let deployed = IStylusDeployer::ContractDeployed::decode_log(&deployed.inner)?;
    assert_eq!(deployed.deployedContract, address);
    assert_eq!(Token::at(&scene.chain, address).name().call().await?, "Other");
    // The same call again would create the same address.
    assert!(deployer.simulate(deploy_call).await.is_err());
    Ok(())
}

async fn the_deployer_charges_the_data_fee_and_refunds_the_rest() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let deployer = chain.account("deployer").await?;
    let provider = chain.provider();
    let code = on_chain_code(&fresh_wasm(&deployer)?);
    let constructor = token_constructor("Fresh", "FRS", 18);
    let fee = data_fee(provider, &code).await?;
    assert!(fee > U256::ZERO);
    let short = ProgramInsufficientValue { have: fee - u(1), want: fee };
    let too_little = deploy_call(&code, &constructor, B256::ZERO, fee - u(1));
    call_reverts(&deployer, too_little, &short.abi_encode()).await?;

    let before = provider.get_balance(deployer.address()).await?;
    let receipt = deployer.send(deploy_call(&code, &constructor, B256::ZERO, u(3) * fee)).await?;
    let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    let paid = before - provider.get_balance(deployer.address()).await? - gas;
    // The fee falls with every second since the last activation.
    assert!(paid <= fee && paid > fee - fee / u(100), "{paid} of {fee}");
    assert_eq!(provider.get_balance(STYLUS_DEPLOYER).await?, U256::ZERO);
    Ok(())
}

async fn the_deployer_reverts_without_bytecode() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let deployer = chain.account("deployer").await?;
    let call = IStylusDeployer::deployCall {
        bytecode: Default::default(),
        initData: Default::default(),
        initValue: U256::ZERO,
        salt: B256::ZERO,
    };
    let nothing = transaction(STYLUS_DEPLOYER, call.abi_encode());
    call_reverts(&deployer, nothing, &IStylusDeployer::EmptyBytecode {}.abi_encode()).await
}
