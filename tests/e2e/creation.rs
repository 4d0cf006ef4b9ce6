//! Tests of the creation of vaults: the bounds that the factory checks, addresses derived from code,
//! and programs that are called directly.

use alloy::{
    primitives::{Address, B256, Bytes, U256, keccak256},
    providers::Provider,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir::{
    clones::{
        Kind, VaultCode, VaultConfig,
        bounds::{EPOCH_LENGTHS, MAX_SMOOTHING, MAX_TEXT, TARGET_PERIODS},
    },
    math::auction::{MAX_RECORDED_PRICE, MIN_PRICE},
};
use weir_bindings::{IEntry, IFactory, IPair, IVault, deploy::token_constructor};
use weir_harness::{Vault, VaultSettings};

use crate::{
    evm::{calls, create},
    reverts::{GAS_LIMIT, call_reverts, reverts},
    scene::{Scene, Tokens, settings, transaction, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(every_parameter_out_of_bounds_reverts_by_name_and_creates_nothing),
        on_any_chain(both_ends_of_every_range_are_accepted),
        on_any_chain(short_calldata_and_dirty_bits_revert),
        on_any_chain(a_vault_has_no_constructor),
        on_any_chain(constructors_run_once),
        on_any_chain(the_address_of_a_vault_is_derived_from_its_code),
        on_any_chain(the_same_code_with_planted_shares_has_another_address),
        on_any_chain(programs_called_directly_are_neither_vaults_nor_pairs),
        on_any_chain(a_program_called_with_a_forged_configuration_runs_no_foreign_code),
    ]
}

fn good_settings(scene: &Scene) -> VaultSettings {
    settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address())
}

/// Settings out of bounds, and the error of each.
fn bad_settings(good: &VaultSettings) -> Vec<(VaultSettings, Vec<u8>)> {
    let mut bad = Vec::new();
    for token in [Address::ZERO, Address::repeat_byte(0x77)] {
        let error = IFactory::InvalidToken { token }.abi_encode();
        bad.push((VaultSettings { asset: token, ..good.clone() }, error.clone()));
        bad.push((VaultSettings { reward: token, ..good.clone() }, error.clone()));
        bad.push((VaultSettings { yieldToken: token, ..good.clone() }, error));
    }
    let same = IFactory::YieldTokenIsReward { token: good.reward }.abi_encode();
    bad.push((VaultSettings { yieldToken: good.reward, ..good.clone() }, same.clone()));
    bad.push((VaultSettings { asset: good.reward, yieldToken: good.reward, ..good.clone() }, same));

    let [shortest, longest] = EPOCH_LENGTHS;
    for epoch in [0, shortest - 1, longest + 1, u32::MAX] {
        let [length, min, max] = [epoch, shortest, longest].map(U256::from);
        let error = IFactory::EpochLengthOutOfBounds { length, min, max };
        bad.push((VaultSettings { epochLength: epoch, ..good.clone() }, error.abi_encode()));
    }
    let [shortest, longest] = TARGET_PERIODS.map(|bound| bound as u32);
    for target_period in [0, shortest - 1, longest + 1, u32::MAX] {
        let [period, min, max] = [target_period, shortest, longest].map(U256::from);
        let error = IFactory::TargetAuctionPeriodOutOfBounds { period, min, max };
        bad.push((VaultSettings { targetAuctionPeriod: target_period, ..good.clone() }, error.abi_encode()));
    }
    for price in [U256::ZERO, MIN_PRICE - u(1), MAX_RECORDED_PRICE + u(1), U256::MAX] {
        let error =
            IFactory::TargetAuctionPriceOutOfBounds { price, min: MIN_PRICE, max: MAX_RECORDED_PRICE };
        bad.push((VaultSettings { targetAuctionPrice: price, ..good.clone() }, error.abi_encode()));
    }
    for factor in [MAX_SMOOTHING + 1, u64::MAX] {
        let [smoothing, max] = [factor, MAX_SMOOTHING].map(U256::from);
        let error = IFactory::SmoothingFactorOutOfBounds { smoothing, max };
        bad.push((VaultSettings { smoothingFactor: factor, ..good.clone() }, error.abi_encode()));
    }
    let long = "x".repeat(MAX_TEXT + 1);
    let error = IFactory::TextTooLong { length: U256::from(MAX_TEXT + 1), max: U256::from(MAX_TEXT) };
    bad.push((VaultSettings { name: long.clone(), ..good.clone() }, error.abi_encode()));
    bad.push((VaultSettings { symbol: long, ..good.clone() }, error.abi_encode()));
    bad
}

async fn every_parameter_out_of_bounds_reverts_by_name_and_creates_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let creator = scene.person("maker").await?;
    let market = scene.chain.market().await?;
    let total = market.factory.totalPairs().call().await?;
    for (settings, error) in bad_settings(&good_settings(&scene)) {
        let order = market.vault_order(&settings);
        call_reverts(&creator, order.clone(), &error).await?;
        let receipt = creator.send_with_gas(order, 3 * GAS_LIMIT).await?;
        ensure!(!receipt.status() && receipt.logs().is_empty(), "{settings:?} were accepted");
    }
    assert_eq!(market.factory.totalPairs().call().await?, total);
    Ok(())
}

async fn both_ends_of_every_range_are_accepted() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let good = good_settings(&scene);
    let least = VaultSettings {
        epochLength: EPOCH_LENGTHS[0],
        targetAuctionPeriod: TARGET_PERIODS[0] as u32,
        targetAuctionPrice: MIN_PRICE,
        smoothingFactor: 0,
        name: String::new(),
        symbol: String::new(),
        ..good.clone()
    };
    let most = VaultSettings {
        epochLength: EPOCH_LENGTHS[1],
        targetAuctionPeriod: TARGET_PERIODS[1] as u32,
        targetAuctionPrice: MAX_RECORDED_PRICE,
        smoothingFactor: MAX_SMOOTHING,
        name: "n".repeat(MAX_TEXT),
        symbol: "s".repeat(MAX_TEXT),
        owner: Address::repeat_byte(0xff),
        ..good
    };
    for settings in [least, most] {
        let vault = Vault::create(&scene.chain, &settings).await?;
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

async fn short_calldata_and_dirty_bits_revert() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let creator = scene.person("maker").await?;
    let factory = *scene.chain.market().await?.factory.address();
    let good = good_settings(&scene).abi_encode();
    let argument = |number: usize| 4 + 32 * number;
    let mut bad = vec![good[..4].to_vec(), good[..argument(10)].to_vec(), good[..good.len() - 32].to_vec()];
    // The lowest bit above the type of asset, epoch length, target period, smoothing, the name's offset and owner.
    for (number, bits) in [(0, 160), (3, 32), (4, 32), (6, 64), (7, 32), (9, 160)] {
        let mut garbled = good.clone();
        garbled[argument(number) + 31 - bits / 8] ^= 1;
        bad.push(garbled);
    }
    for calldata in bad {
        let error = IEntry::InvalidCalldata { length: U256::from(calldata.len()) };
        reverts(&scene, &creator, transaction(factory, calldata), error).await?;
    }
    creator.send(transaction(factory, good)).await.context("the valid calldata reverts")?;
    Ok(())
}

async fn a_vault_has_no_constructor() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let constructor = token_constructor("Other", "OTH", 6);
    let selector = constructor[..4].try_into()?;
    let call = transaction(scene.vault.address(), constructor);
    reverts(&scene, &anyone, call, IEntry::UnknownSelector { selector }).await
}

async fn constructors_run_once() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let again = transaction(*scene.asset.address(), token_constructor("Other", "OTH", 6));
    reverts(&scene, &anyone, again, IEntry::AlreadyInitialized {}).await
}

/// The code of the scene's vault.
async fn code_of_vault(scene: &Scene) -> Result<Bytes> {
    Ok(scene.chain.provider().get_code_at(scene.vault.address()).await?)
}

async fn the_address_of_a_vault_is_derived_from_its_code() -> Result<()> {
    let scene = Scene::with(Tokens::Different, |settings| settings.owner = Address::repeat_byte(9)).await?;
    let market = scene.chain.market().await?;
    let code = code_of_vault(&scene).await?;
    let vault = VaultCode::decode(&code).context("a vault's code")?;
    assert_eq!(vault.program, market.vault_program);
    let expected = VaultConfig {
        extension: market.extension,
        asset: *scene.asset.address(),
        reward: *scene.reward.address(),
        yield_token: *scene.yield_token.address(),
        deployed_at: scene.start,
        epoch_length: good_settings(&scene).epochLength,
        target_period: good_settings(&scene).targetAuctionPeriod,
        smoothing: 0,
        decimals: 18,
    };
    assert_eq!(vault.config, expected);
    assert_eq!((vault.owner, vault.name), (Address::repeat_byte(9), &b"Weir Staked Asset"[..]));
    assert_eq!(vault.origin.factory, *market.factory.address());
    let init_code_hash = keccak256(Kind::Vault.init_code(&code));
    assert_eq!(vault.origin.factory.create2(B256::ZERO, init_code_hash), scene.vault.address());
    Ok(())
}

/// Init code that stores `word` in `slot` and returns `code`.
fn planting(slot: U256, word: U256, code: &[u8]) -> Vec<u8> {
    let plant =
        [&[0x7f], &word.to_be_bytes::<32>()[..], &[0x7f], &slot.to_be_bytes::<32>(), &[0x55]].concat();
    // PUSH2 code.length DUP1 PUSH1 start PUSH0 CODECOPY PUSH0 RETURN
    let [high, low] = (code.len() as u16).to_be_bytes();
    let start = plant.len() + 11;
    [&plant[..], &[0x61, high, low, 0x80, 0x60, start as u8, 0x5f, 0x39, 0x5f, 0xf3, 0x00], code].concat()
}

async fn the_same_code_with_planted_shares_has_another_address() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let code = code_of_vault(&scene).await?;
    let thief = scene.person("thief").await?;
    let shares = u(1_000_000);
    let init_code = planting(crate::reverts::position_slot(thief.address()), shares, &code);
    let forged = scene.chain.create(init_code).await?;
    let provider = scene.chain.provider().clone();
    assert_eq!(provider.get_code_at(forged).await?, code, "the code differs from a vault's");
    let vault = IVault::new(forged, provider);
    assert_eq!(vault.balanceOf(thief.address()).call().await?, shares, "the shares are not planted");

    let decoded = VaultCode::decode(&code).context("a vault's code")?;
    let proven = decoded.origin.factory.create2(B256::ZERO, keccak256(Kind::Vault.init_code(&code)));
    assert_ne!(proven, forged);
    assert!(!scene.chain.market().await?.factory.deployedVaults(forged).call().await?);
    Ok(())
}

async fn programs_called_directly_are_neither_vaults_nor_pairs() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.staker("anyone", 10).await?;
    let market = scene.chain.market().await?;
    let provider = scene.chain.provider();
    for program in [market.vault_program, market.extension] {
        scene.asset.approve_all(&anyone, program).await?;
        let vault = IVault::new(program, provider.clone());
        for call in [vault.sync().calldata().clone(), vault.name().calldata().clone(), Bytes::new()] {
            reverts(&scene, &anyone, transaction(program, call), IVault::NotAVault {}).await?;
        }
    }
    let pair = IPair::new(market.pair_program, provider.clone());
    let swap = pair.swapExactAmountOut(anyone.address(), u(0), u(0), Bytes::new());
    let short = transaction(market.pair_program, pair.tokenIn().calldata().clone());
    reverts(&scene, &anyone, short, IPair::NotAPair {}).await?;
    let configured = [&swap.calldata()[..], &[1; 76]].concat();
    let forged = transaction(market.pair_program, configured);
    reverts(&scene, &anyone, forged, IPair::NotAPair {}).await
}

async fn a_program_called_with_a_forged_configuration_runs_no_foreign_code() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let market = scene.chain.market().await?;
    let (thief, victim) = (scene.person("thief").await?, scene.staker("victim", 10).await?);
    scene.asset.approve_all(&victim, market.vault_program).await?;
    let steal = scene.asset.transferFrom(victim.address(), thief.address(), u(10)).calldata().clone();
    let extension = create(&scene.chain, &calls(*scene.asset.address(), &steal)).await?;
    let code = code_of_vault(&scene).await?;
    let config = VaultCode::config(&code).context("a vault's code")?;
    let forged = VaultConfig { extension, ..config }.encode();
    // A function of the extension, which the vault's own program does not have.
    let call = [&IVault::ownerCall {}.abi_encode()[..], &forged].concat();
    let call = transaction(market.vault_program, call);
    reverts(&scene, &thief, call, IVault::NotAVault {}).await?;
    assert_eq!(scene.asset.balance(victim.address()).await?, u(10));
    Ok(())
}
