//! The vault's constructor: it runs once, takes what makes sense, and refuses the rest, each with its own error.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir::math::auction::{MAX_RECORDED_PRICE, WAD};
use weir_artifacts::{init_code, on_chain_code};
use weir_bindings::{
    IEntry, IStylusDeployer, IVault, Program,
    deploy::{STYLUS_DEPLOYER, token_constructor, vault_constructor},
};
use weir_harness::{Vault, VaultSettings};

use crate::{
    evm::create,
    refusal::{REFUSAL_GAS, expect_revert, refused},
    scene::{Scene, Tokens, settings, transaction, u},
    trial::{on_any_chain, with_stylus_deployer},
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(every_bad_setting_is_refused_by_name_and_leaves_nothing),
        with_stylus_deployer(the_deployer_carries_what_the_constructor_refused),
        on_any_chain(the_ends_of_every_range_are_taken),
        on_any_chain(the_constructor_runs_once),
        on_any_chain(the_constructor_s_calldata_has_to_be_canonical),
        on_any_chain(the_constructor_takes_no_ether),
        on_any_chain(a_vault_without_its_constructor_takes_nothing),
    ]
}

/// Settings that must be refused, and with what. `vault` is the address of the vault to be.
fn bad_settings(scene: &Scene, vault: Address) -> Vec<(VaultSettings, Vec<u8>)> {
    let (asset, reward, yield_token) =
        (*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address());
    let good = settings(asset, reward, yield_token);
    let mut bad = Vec::new();
    // Nobody, the vault itself, an account without code.
    for token in [Address::ZERO, vault, Address::repeat_byte(0x77)] {
        let error = IVault::InvalidToken { token }.abi_encode();
        bad.push((VaultSettings { asset: token, ..good.clone() }, error.clone()));
        bad.push((VaultSettings { reward: token, ..good.clone() }, error.clone()));
        bad.push((VaultSettings { yieldToken: token, ..good.clone() }, error));
    }
    let same = IVault::YieldTokenIsReward { token: reward }.abi_encode();
    bad.push((VaultSettings { yieldToken: reward, ..good.clone() }, same.clone()));
    bad.push((VaultSettings { asset: reward, yieldToken: reward, ..good.clone() }, same));
    let no_epoch = IVault::ZeroEpochLength {}.abi_encode();
    bad.push((VaultSettings { epochLength: 0, ..good.clone() }, no_epoch));
    let no_period = IVault::ZeroTargetAuctionPeriod {}.abi_encode();
    bad.push((VaultSettings { targetAuctionPeriod: 0, ..good.clone() }, no_period));
    for price in [U256::ZERO, MAX_RECORDED_PRICE + u(1), U256::MAX] {
        let error = IVault::InvalidTargetAuctionPrice { price }.abi_encode();
        bad.push((VaultSettings { targetAuctionPrice: price, ..good.clone() }, error));
    }
    for smoothing in [WAD, u64::MAX] {
        let error = IVault::SmoothingGteOne {}.abi_encode();
        bad.push((VaultSettings { smoothingFactor: smoothing, ..good.clone() }, error));
    }
    bad
}

fn good_settings(scene: &Scene) -> VaultSettings {
    settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address())
}

/// Calldata of a constructor that is taken.
async fn good_constructor(scene: &Scene) -> Result<Bytes> {
    Ok(vault_constructor(scene.chain.extension().await?, &good_settings(scene)))
}

/// A program vault whose constructor has not run. Its code is active: the scene's vault has the same.
async fn unconstructed(scene: &Scene) -> Result<Address> {
    let address = create(&scene.chain, &on_chain_code(&Program::Vault.wasm()?)).await?;
    scene.watch(address);
    Ok(address)
}

async fn every_bad_setting_is_refused_by_name_and_leaves_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let deployer = scene.person("deployer").await?;
    let vault = unconstructed(&scene).await?;
    for (settings, error) in bad_settings(&scene, vault) {
        let construct = transaction(vault, vault_constructor(scene.chain.extension().await?, &settings));
        expect_revert(&deployer, construct.clone(), &error).await?;
        ensure!(!deployer.send_with_gas(construct, REFUSAL_GAS).await?.status(), "{settings:?} was taken");
    }
    for slot in 0..12 {
        let word = scene.chain.provider().get_storage_at(vault, U256::from(slot)).await?;
        assert_eq!(word, U256::ZERO, "slot {slot}");
    }
    // Nothing is in the way of the right settings.
    deployer.send(transaction(vault, good_constructor(&scene).await?)).await?;
    Ok(())
}

/// An order for the Stylus deployer: a vault with this constructor's calldata, by CREATE.
fn order(constructor: Bytes) -> Result<TransactionRequest> {
    let call = IStylusDeployer::deployCall {
        bytecode: init_code(&on_chain_code(&Program::Vault.wasm()?)),
        initData: constructor,
        initValue: U256::ZERO,
        salt: Default::default(),
    };
    Ok(transaction(STYLUS_DEPLOYER, call.abi_encode()))
}

async fn the_deployer_carries_what_the_constructor_refused() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let person = scene.person("person").await?;
    let provider = scene.chain.provider();
    let new = STYLUS_DEPLOYER.create(provider.get_transaction_count(STYLUS_DEPLOYER).await?);
    let cases = bad_settings(&scene, new);
    let last = cases.len() - 1;
    for (number, (settings, error)) in cases.into_iter().enumerate() {
        let carried = IStylusDeployer::ContractInitializationError { newContract: new, data: error.into() };
        let order = order(vault_constructor(scene.chain.extension().await?, &settings))?;
        match number == last {
            false => expect_revert(&person, order, &carried.abi_encode()).await?,
            true => refused(&scene, &person, order, carried).await?,
        }
    }
    assert_eq!(provider.get_code_at(new).await?, Bytes::new());
    Ok(())
}

async fn the_ends_of_every_range_are_taken() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let good = good_settings(&scene);
    let shortest = VaultSettings {
        epochLength: 1,
        targetAuctionPeriod: 1,
        targetAuctionPrice: u(1),
        smoothingFactor: 0,
        name: String::new(),
        symbol: String::new(),
        ..good.clone()
    };
    let longest = VaultSettings {
        epochLength: u32::MAX,
        targetAuctionPeriod: u32::MAX,
        targetAuctionPrice: MAX_RECORDED_PRICE,
        smoothingFactor: WAD - 1,
        name: "n".repeat(320),
        symbol: "s".repeat(31),
        owner: Address::repeat_byte(0xff),
        ..good
    };
    for settings in [shortest, longest] {
        let vault = Vault::deploy(&scene.chain, &settings).await?;
        assert_eq!(vault.epochLength().call().await?, U256::from(settings.epochLength));
        assert_eq!(vault.targetAuctionPeriod().call().await?, U256::from(settings.targetAuctionPeriod));
        assert_eq!(U256::from(vault.lastAuctionPrice().call().await?), settings.targetAuctionPrice);
        assert_eq!(vault.smoothingFactor().call().await?, U256::from(settings.smoothingFactor));
        assert_eq!(vault.name().call().await?, settings.name);
        assert_eq!(vault.symbol().call().await?, settings.symbol);
        assert_eq!(vault.owner().call().await?, settings.owner);
    }
    Ok(())
}

async fn the_constructor_runs_once() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.staker("anyone", 10).await?;
    anyone.send(scene.vault.deposit(u(10), anyone.address())).await?;
    let again = transaction(scene.vault.address(), good_constructor(&scene).await?);
    refused(&scene, &anyone, again, IEntry::AlreadyInitialized {}).await?;
    let again = transaction(*scene.asset.address(), token_constructor("Other", "OTH", 6));
    refused(&scene, &anyone, again, IEntry::AlreadyInitialized {}).await
}

async fn the_constructor_s_calldata_has_to_be_canonical() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let deployer = scene.person("deployer").await?;
    let vault = unconstructed(&scene).await?;
    let good = good_constructor(&scene).await?.to_vec();
    let argument = |number: usize| 4 + 32 * number;
    let mut bad = vec![
        good[..4].to_vec(),
        good[..argument(11)].to_vec(),
        good[..good.len() - 1].to_vec(),
        [good.as_slice(), &[0]].concat(),
        [good.as_slice(), &[0; 32]].concat(),
    ];
    // One bit above the type: of extension, asset, epoch length, target period, smoothing, name's offset, owner.
    for (number, bits) in [(0, 160), (1, 160), (4, 32), (5, 32), (7, 64), (8, 32), (10, 160)] {
        let mut garbled = good.clone();
        garbled[argument(number) + 31 - bits / 8] ^= 1;
        bad.push(garbled);
    }
    for calldata in bad {
        let error = IEntry::InvalidCalldata { length: U256::from(calldata.len()) };
        refused(&scene, &deployer, transaction(vault, calldata), error).await?;
    }
    deployer.send(transaction(vault, good)).await.context("the good calldata")?;
    Ok(())
}

async fn the_constructor_takes_no_ether() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let deployer = scene.person("deployer").await?;
    let vault = unconstructed(&scene).await?;
    let construct = transaction(vault, good_constructor(&scene).await?);
    let error = IEntry::ValueNotAccepted { value: U256::from(9) };
    refused(&scene, &deployer, construct.with_value(U256::from(9)), error).await
}

async fn a_vault_without_its_constructor_takes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 10).await?;
    let empty = IVault::new(unconstructed(&scene).await?, scene.chain.provider().clone());
    scene.asset.approve_all(&staker, *empty.address()).await?;
    let who = staker.address();
    let failed = || IVault::SafeERC20FailedOperation { token: Address::ZERO };
    refused(&scene, &staker, empty.deposit(u(1), who), failed()).await?;
    refused(&scene, &staker, empty.mint(u(1), who), failed()).await?;
    refused(&scene, &staker, empty.fund(u(1)), failed()).await?;
    refused(&scene, &staker, empty.sync(), failed()).await?;
    refused(&scene, &staker, empty.maxAmountOut(), failed()).await
}
