//! Tests of the factory: it creates, initializes and lists pairs and vaults in one transaction,
//! and their addresses are derived from their code.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    sol_types::{SolCall, SolError},
};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use weir::clones::{Kind, Origin, PairCode, PairConfig};
use weir_artifacts::on_chain_code;
use weir_bindings::{
    IEntry, IFactory, IVault, Program,
    deploy::{Templates, factory_constructor},
};
use weir_client::Account;
use weir_harness::{Chain, Market, Token, VaultSettings};

use crate::{
    evm::create,
    logs::{log, logs},
    pair_scene,
    reverts::call_reverts,
    scene::{EPOCH, FIRST_PRICE, PERIOD, settings, transaction, u},
    trial::{on_any_chain, with_time_control},
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_new_pair_is_active_initialized_listed_and_emitted_at_once),
        on_any_chain(the_address_of_a_pair_is_derived_from_its_code),
        with_time_control(two_equal_pairs_created_in_one_second_are_distinct),
        on_any_chain(a_new_vault_is_active_initialized_listed_and_emitted_at_once),
        on_any_chain(nothing_is_created_with_too_little_gas),
        on_any_chain(an_index_out_of_bounds_reverts),
        on_any_chain(templates_need_code_and_are_set_once),
        on_any_chain(ether_is_not_accepted),
    ]
}

/// A factory and three tokens.
struct Setup {
    chain: Chain,
    market: Market,
    creator: Account,
    settings: VaultSettings,
}

impl Setup {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let market = chain.market().await?.clone();
        let creator = chain.account("maker").await?;
        let mut tokens = Vec::new();
        for (name, symbol) in [("Asset", "AST"), ("Reward", "RWD"), ("Yield", "YLD")] {
            tokens.push(*Token::deploy(&chain, name, symbol, 18).await?.address());
        }
        let settings =
            VaultSettings { owner: creator.address(), ..settings(tokens[0], tokens[1], tokens[2]) };
        Ok(Self { chain, market, creator, settings })
    }

    fn pair_settings(&self) -> weir_harness::PairSettings {
        pair_scene::settings(Address::repeat_byte(0x50), self.settings.reward, self.settings.yieldToken)
    }

    /// The number of pairs and of vaults.
    async fn totals(&self) -> Result<[U256; 2]> {
        let factory = &self.market.factory;
        Ok([factory.totalPairs().call().await?, factory.totalVaults().call().await?])
    }
}

async fn a_new_pair_is_active_initialized_listed_and_emitted_at_once() -> Result<()> {
    let setup = Setup::new().await?;
    let factory = &setup.market.factory;
    assert_eq!(setup.totals().await?, [u(0), u(0)]);
    let settings = setup.pair_settings();
    let pair = setup.market.create_pair(&setup.creator, &settings).await?;
    let announced = IFactory::PairCreated {
        pair: pair.address(),
        source: settings.source,
        tokenIn: settings.tokenIn,
        tokenOut: settings.tokenOut,
        targetAuctionPeriod: settings.targetAuctionPeriod,
        targetAuctionPrice: settings.targetAuctionPrice,
        smoothingFactor: settings.smoothingFactor,
    };
    assert_eq!(logs(&pair.receipt), [log(*factory.address(), &announced)]);
    assert_eq!(setup.totals().await?, [u(1), u(0)]);
    assert_eq!(factory.allPairs(u(0)).call().await?, pair.address());
    assert!(factory.deployedPairs(pair.address()).call().await?);
    assert!(!factory.deployedVaults(pair.address()).call().await?);
    assert!(!factory.deployedPairs(setup.creator.address()).call().await?);
    assert_eq!(pair.source().call().await?, settings.source);
    assert_eq!(pair.tokenIn().call().await?, settings.tokenIn);
    assert_eq!(pair.tokenOut().call().await?, settings.tokenOut);
    assert_eq!(pair.targetAuctionPeriod().call().await?, U256::from(PERIOD));
    assert_eq!(U256::from(pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    Ok(())
}

async fn the_address_of_a_pair_is_derived_from_its_code() -> Result<()> {
    let setup = Setup::new().await?;
    let mut settings = setup.pair_settings();
    settings.smoothingFactor = u(7);
    let pair = setup.market.create_pair(&setup.creator, &settings).await?;
    let code = setup.chain.provider().get_code_at(pair.address()).await?;
    let factory = *setup.market.factory.address();
    let expected = PairCode {
        program: setup.market.pair_program,
        config: PairConfig {
            source: settings.source,
            token_in: settings.tokenIn,
            token_out: settings.tokenOut,
            target_period: PERIOD,
            smoothing: 7,
        },
        origin: Origin { factory, number: 0 },
        first_sale: u(FIRST_PRICE) | U256::from(pair.lastAuctionAt().call().await?) << 192,
    };
    assert_eq!(PairCode::decode(&code), Some(expected));
    assert_eq!(factory.create2_from_code(B256::ZERO, Kind::Pair.init_code(&code)), pair.address());
    Ok(())
}

async fn two_equal_pairs_created_in_one_second_are_distinct() -> Result<()> {
    let setup = Setup::new().await?;
    let now = setup.chain.now().await? + 1;
    let mut pairs = Vec::new();
    for _ in 0..2 {
        setup.chain.set_time(now).await?;
        let pair = setup.market.create_pair(&setup.creator, &setup.pair_settings()).await?;
        assert_eq!(pair.lastAuctionAt().call().await?, now);
        pairs.push(pair.address());
    }
    assert_ne!(pairs[0], pairs[1]);
    assert_eq!(setup.totals().await?, [u(2), u(0)]);
    Ok(())
}

async fn a_new_vault_is_active_initialized_listed_and_emitted_at_once() -> Result<()> {
    let setup = Setup::new().await?;
    let (factory, settings) = (&setup.market.factory, &setup.settings);
    let pair = setup.market.create_pair(&setup.creator, &setup.pair_settings()).await?;
    let vault = setup.market.create_vault(&setup.chain, &setup.creator, settings).await?;
    let address = vault.address();
    let made = IFactory::VaultCreated {
        vault: address,
        asset: settings.asset,
        reward: settings.reward,
        yieldToken: settings.yieldToken,
        epochLength: EPOCH as u32,
        targetAuctionPeriod: PERIOD as u32,
        targetAuctionPrice: settings.targetAuctionPrice,
        smoothingFactor: settings.smoothingFactor,
        decimals: 18,
        owner: setup.creator.address(),
        name: settings.name.clone(),
        symbol: settings.symbol.clone(),
    };
    let as_pair = IFactory::PairCreated {
        pair: address,
        source: address,
        tokenIn: settings.reward,
        tokenOut: settings.yieldToken,
        targetAuctionPeriod: PERIOD,
        targetAuctionPrice: settings.targetAuctionPrice.to(),
        smoothingFactor: U256::from(settings.smoothingFactor),
    };
    let owned =
        IVault::OwnershipTransferred { previousOwner: Address::ZERO, newOwner: setup.creator.address() };
    let expected = [log(address, &owned), log(*factory.address(), &made), log(*factory.address(), &as_pair)];
    assert_eq!(logs(&vault.receipt), expected);
    assert_eq!(setup.totals().await?, [u(2), u(1)]);
    assert_eq!(factory.allPairs(u(0)).call().await?, pair.address());
    assert_eq!(factory.allPairs(u(1)).call().await?, address);
    assert_eq!(factory.allVaults(u(0)).call().await?, address);
    assert!(factory.deployedPairs(address).call().await?);
    assert!(factory.deployedVaults(address).call().await?);

    assert_eq!(vault.name().call().await?, settings.name);
    assert_eq!(vault.asset().call().await?, settings.asset);
    assert_eq!(vault.owner().call().await?, setup.creator.address());
    assert_eq!(vault.lastAuctionPrice().call().await?.to::<U256>(), settings.targetAuctionPrice);
    // The vault accepts a deposit and pays it back.
    let asset = Token::at(&setup.chain, settings.asset);
    asset.mint(&setup.chain, setup.creator.address(), u(5)).await?;
    asset.approve_all(&setup.creator, address).await?;
    setup.creator.send(vault.deposit(u(5), setup.creator.address())).await?;
    setup.creator.send(vault.redeem(u(5), setup.creator.address(), setup.creator.address())).await?;
    assert_eq!(asset.balance(setup.creator.address()).await?, u(5));
    Ok(())
}

async fn nothing_is_created_with_too_little_gas() -> Result<()> {
    let setup = Setup::new().await?;
    let pair = setup.market.factory.call_builder(&setup.pair_settings());
    let vault = setup.market.vault_order(&setup.settings);
    for gas in [40_000, 60_000, 90_000, 120_000, 150_000] {
        let receipt = setup.creator.send_with_gas(pair.clone(), gas).await?;
        assert!(!receipt.status(), "a pair for {gas} gas");
    }
    for gas in [50_000, 100_000, 150_000, 200_000] {
        let receipt = setup.creator.send_with_gas(vault.clone(), gas).await?;
        assert!(!receipt.status(), "a vault for {gas} gas");
    }
    assert_eq!(setup.totals().await?, [u(0), u(0)]);
    Ok(())
}

async fn an_index_out_of_bounds_reverts() -> Result<()> {
    let setup = Setup::new().await?;
    setup.market.create_pair(&setup.creator, &setup.pair_settings()).await?;
    let factory = &setup.market.factory;
    for index in [u(1), U256::MAX] {
        let none = IFactory::IndexOutOfBounds { index, total: u(1) }.abi_encode();
        call_reverts(&setup.creator, factory.allPairs(index), &none).await?;
        let none = IFactory::IndexOutOfBounds { index, total: u(0) }.abi_encode();
        call_reverts(&setup.creator, factory.allVaults(index), &none).await?;
    }
    Ok(())
}

async fn templates_need_code_and_are_set_once() -> Result<()> {
    let setup = Setup::new().await?;
    let factory = &setup.market.factory;
    let templates = setup.market.templates();
    ensure!(factory.pairTemplate().call().await? == templates.pair);
    ensure!(factory.vaultTemplate().call().await? == templates.vault);
    ensure!(factory.vaultExtension().call().await? == templates.extension);
    ensure!(factory.vaultLifeboat().call().await? == templates.lifeboat);
    let again = transaction(*factory.address(), factory_constructor(templates));
    call_reverts(&setup.creator, again, &IEntry::AlreadyInitialized {}.abi_encode()).await?;
    let fresh = create(&setup.chain, &on_chain_code(&Program::Factory.wasm()?)).await?;
    let template = Address::repeat_byte(0x77);
    for templates in [
        Templates { pair: template, ..templates },
        Templates { vault: template, ..templates },
        Templates { extension: template, ..templates },
        Templates { lifeboat: template, ..templates },
    ] {
        let error = IFactory::InvalidTemplate { template }.abi_encode();
        call_reverts(&setup.creator, transaction(fresh, factory_constructor(templates)), &error).await?;
    }
    Ok(())
}

async fn ether_is_not_accepted() -> Result<()> {
    let setup = Setup::new().await?;
    let value = u(5);
    let order = IFactory::totalPairsCall {}.abi_encode();
    for data in [Bytes::new(), order.into()] {
        let gift = transaction(*setup.market.factory.address(), data).with_value(value);
        call_reverts(&setup.creator, gift, &IEntry::ValueNotAccepted { value }.abi_encode()).await?;
    }
    Ok(())
}
