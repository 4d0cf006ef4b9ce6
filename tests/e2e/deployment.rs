//! Deployment: what lies on the chain, what activation costs, and code that cannot be called.

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
    IArbWasm, IStylusDeployer, IVault, Program,
    deploy::{STYLUS_DEPLOYER, data_fee, vault_constructor},
};
use weir_harness::{Account, Chain, Token, Vault};

use crate::{
    evm::{answers, create},
    refusal::{expect_revert, refused},
    scene::{Scene, Tokens, activation, settings, transaction, u},
    trial::{on_any_chain, with_stylus_deployer},
};

sol! {
    event ProgramActivated(bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version);
    error ProgramNotWasm();
    error ProgramNotActivated();
    error ProgramInsufficientValue(uint256 have, uint256 want);
}

/// What a program's code begins with: the prefix of classic programs, and no dictionary.
const PREFIX: [u8; 4] = [0xEF, 0xF0, 0x00, 0x00];
/// What any activation costs at least, in gas (`docs/devnode.md` names the source of the figures).
const ACTIVATION_GAS: u64 = 1_659_168;
/// Gas for an activation that is to fail; it takes all of it.
const WASTED_GAS: u64 = 10_000_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(what_lies_on_the_chain_is_what_was_built),
        on_any_chain(a_second_vault_needs_no_second_activation),
        on_any_chain(active_code_is_not_activated_again),
        on_any_chain(code_that_is_not_activated_cannot_be_called),
        on_any_chain(evm_code_is_no_program),
        on_any_chain(a_wasm_that_is_no_stylus_program_is_not_activated),
        on_any_chain(code_with_any_other_ef_prefix_cannot_be_created),
        with_stylus_deployer(the_deployer_creates_activates_and_constructs_in_one_transaction),
        with_stylus_deployer(the_deployer_wants_the_data_fee_and_gives_the_rest_back),
        with_stylus_deployer(the_deployer_refuses_an_order_for_nothing),
    ]
}

async fn what_lies_on_the_chain_is_what_was_built() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    for (program, address) in
        [(Program::Vault, scene.vault.address()), (Program::Token, *scene.asset.address())]
    {
        let code = scene.chain.provider().get_code_at(address).await?;
        assert!(code.starts_with(&PREFIX), "{}", program.name());
        assert!(code.len() <= CODE_LIMIT, "{}", program.name());
        assert_eq!(code, on_chain_code(&program.wasm()?), "{}", program.name());
    }
    Ok(())
}

async fn a_second_vault_needs_no_second_activation() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let fee = data_fee(scene.chain.provider(), &on_chain_code(&Program::Vault.wasm()?)).await?;
    assert_eq!(fee, U256::ZERO);
    let settings = settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address());
    let second = Vault::deploy(&scene.chain, &settings).await?;
    assert_ne!(second.address(), scene.vault.address());
    let topics: Vec<_> = second.receipt.logs().iter().filter_map(|log| log.topic0()).collect();
    assert!(!topics.contains(&&ProgramActivated::SIGNATURE_HASH));
    if scene.chain.node().is_some() {
        // On a chain of its own the first one paid for the activation.
        let (first, second) = (scene.vault.receipt.gas_used, second.receipt.gas_used);
        assert!(first > second + ACTIVATION_GAS, "{first} and then {second}");
    }
    Ok(())
}

async fn active_code_is_not_activated_again() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let again = activation(scene.vault.address());
    refused(&scene, &anyone, again, IArbWasm::ProgramUpToDate {}).await
}

/// The test token's WASM with a custom section behind it: another code hash, on a lasting chain too, and the same program.
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
    let refusal = anyone.simulate(token.totalSupply()).await.expect_err("it is not activated");
    assert_eq!(refusal.revert_data().unwrap_or_default().len(), 0, "{refusal}");
    let receipt = anyone.send_with_gas(token.approve(program, u(1)).into_transaction_request(), WASTED_GAS);
    assert!(!receipt.await?.status());

    anyone.send(activation(program)).await?;
    assert_eq!(token.totalSupply().call().await?, U256::ZERO);
    anyone.send(token.approve(program, u(1))).await?;
    Ok(())
}

async fn evm_code_is_no_program() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let contract = create(&scene.chain, &answers(u(1))).await?;
    for address in [contract, anyone.address(), Address::repeat_byte(0x77)] {
        refused(&scene, &anyone, activation(address), ProgramNotWasm {}).await?;
    }
    Ok(())
}

async fn a_wasm_that_is_no_stylus_program_is_not_activated() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let anyone = chain.account("anyone").await?;
    let whole = Program::Token.wasm()?;
    for (what, code) in [
        ("a module with nothing in it", on_chain_code(b"\0asm\x01\0\0\0")),
        ("half a module", on_chain_code(&whole[..whole.len() / 2])),
        ("text", on_chain_code(b"(module)")),
        ("no brotli at all", [PREFIX.as_slice(), &[0xff; 100]].concat()),
        ("half of the brotli", on_chain_code(&whole)[..3_000].to_vec()),
        ("nothing behind the prefix", PREFIX.to_vec()),
    ] {
        let program = create(&chain, &code).await.with_context(|| what.to_owned())?;
        let receipt = anyone.send_with_gas(activation(program), WASTED_GAS).await?;
        ensure!(!receipt.status() && receipt.logs().is_empty(), "{what} was activated");
        let call = transaction(program, vec![0; 4]);
        ensure!(!anyone.send_with_gas(call, WASTED_GAS).await?.status(), "{what} was called");
    }
    // The chain goes on.
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

/// An order for the Stylus deployer: `code`, and a constructor's calldata.
fn order(code: &[u8], constructor: &[u8], salt: B256, wei: U256) -> TransactionRequest {
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
    let settings = settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address());
    let (code, constructor) = (
        on_chain_code(&Program::Vault.wasm()?),
        vault_constructor(scene.chain.extension().await?, &settings),
    );
    // With a salt the address is known before: by CREATE2 from salt and constructor.
    let salt = B256::repeat_byte(7);
    let create2_salt = keccak256([salt.as_slice(), &constructor].concat());
    let address = STYLUS_DEPLOYER.create2_from_code(create2_salt, init_code(&code));
    let order = order(&code, &constructor, salt, U256::ZERO);
    let receipt = deployer.send(order.clone()).await?;
    let deployed = receipt.logs().last().context("no event")?;
    let deployed = IStylusDeployer::ContractDeployed::decode_log(&deployed.inner)?;
    assert_eq!(deployed.deployedContract, address);
    let vault = IVault::new(address, scene.chain.provider().clone());
    assert_eq!(vault.name().call().await?, settings.name);
    // Once more is the same address.
    assert!(deployer.simulate(order).await.is_err());
    Ok(())
}

async fn the_deployer_wants_the_data_fee_and_gives_the_rest_back() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let deployer = chain.account("deployer").await?;
    let provider = chain.provider();
    let code = on_chain_code(&fresh_wasm(&deployer)?);
    let constructor = weir_bindings::deploy::token_constructor("Fresh", "FRS", 18);
    let fee = data_fee(provider, &code).await?;
    assert!(fee > U256::ZERO);
    let short = ProgramInsufficientValue { have: fee - u(1), want: fee };
    let too_little = order(&code, &constructor, B256::ZERO, fee - u(1));
    expect_revert(&deployer, too_little, &short.abi_encode()).await?;

    let before = provider.get_balance(deployer.address()).await?;
    let receipt = deployer.send(order(&code, &constructor, B256::ZERO, u(3) * fee)).await?;
    let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    let paid = before - provider.get_balance(deployer.address()).await? - gas;
    // It falls with every second that passes since the last activation.
    assert!(paid <= fee && paid > fee - fee / u(100), "{paid} of {fee}");
    assert_eq!(provider.get_balance(STYLUS_DEPLOYER).await?, U256::ZERO);
    Ok(())
}

async fn the_deployer_refuses_an_order_for_nothing() -> Result<()> {
    let chain = Chain::from_environment().await?;
    let deployer = chain.account("deployer").await?;
    let call = IStylusDeployer::deployCall {
        bytecode: Default::default(),
        initData: Default::default(),
        initValue: U256::ZERO,
        salt: B256::ZERO,
    };
    let nothing = transaction(STYLUS_DEPLOYER, call.abi_encode());
    expect_revert(&deployer, nothing, &IStylusDeployer::EmptyBytecode {}.abi_encode()).await
}
