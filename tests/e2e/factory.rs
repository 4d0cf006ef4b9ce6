//! The factory: pairs and vaults that are active and set up in the transaction that makes them, and the list of both.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    providers::Provider,
    sol_types::{SolCall, SolError},
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir::{
    components::auction::{Sale, Terms},
    factory::clones::pair_init_code,
    pair::Setup,
};
use weir_artifacts::on_chain_code;
use weir_bindings::{
    IEntry, IFactory, IVault, Program,
    deploy::{factory_constructor, vault_constructor},
};
use weir_harness::{Account, Chain, Market, Token, VaultSettings};

use crate::{
    evm::create,
    logs::{log, logs},
    refusal::{REFUSAL_GAS, expect_revert},
    scene::{EPOCH, FIRST_PRICE, PERIOD, settings, transaction, u},
    stall,
    trial::{on_any_chain, with_time_control},
};

/// What a transaction needs that makes a vault, at least: its code alone is 200 gas a byte.
const VAULT_GAS: u64 = 2_000_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_pair_is_active_set_up_announced_and_registered_at_once),
        on_any_chain(a_pair_s_code_is_a_proxy_with_what_it_was_made_with),
        with_time_control(two_pairs_of_one_kind_made_in_one_second_are_two),
        on_any_chain(a_vault_is_active_set_up_announced_and_registered_at_once),
        on_any_chain(a_vault_has_the_template_s_code_and_storage_of_its_own),
        on_any_chain(what_was_made_cannot_be_constructed_again),
        on_any_chain(what_a_vault_s_constructor_refuses_is_passed_on_and_nothing_is_registered),
        on_any_chain(with_too_little_gas_nothing_is_made),
        on_any_chain(an_entry_that_a_list_does_not_have_is_refused),
        on_any_chain(templates_need_code_and_are_set_once),
        on_any_chain(ether_is_refused),
    ]
}

/// A factory and three tokens.
struct Works {
    chain: Chain,
    market: Market,
    maker: Account,
    settings: VaultSettings,
}

impl Works {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let market = Market::deploy(&chain).await?;
        let maker = chain.account("maker").await?;
        let mut tokens = Vec::new();
        for (name, symbol) in [("Asset", "AST"), ("Reward", "RWD"), ("Yield", "YLD")] {
            tokens.push(*Token::deploy(&chain, name, symbol, 18).await?.address());
        }
        let settings = VaultSettings { owner: maker.address(), ..settings(tokens[0], tokens[1], tokens[2]) };
        Ok(Self { chain, market, maker, settings })
    }

    fn pair_settings(&self) -> weir_harness::PairSettings {
        stall::settings(Address::repeat_byte(0x50), self.settings.reward, self.settings.yieldToken)
    }

    /// How many pairs and vaults there are.
    async fn totals(&self) -> Result<[U256; 2]> {
        let factory = &self.market.factory;
        Ok([factory.totalPairs().call().await?, factory.totalVaults().call().await?])
    }
}

async fn a_pair_is_active_set_up_announced_and_registered_at_once() -> Result<()> {
    let works = Works::new().await?;
    let factory = &works.market.factory;
    assert_eq!(works.totals().await?, [u(0), u(0)]);
    let settings = works.pair_settings();
    let pair = works.market.create_pair(&works.maker, &settings).await?;
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
    assert_eq!(works.totals().await?, [u(1), u(0)]);
    assert_eq!(factory.allPairs(u(0)).call().await?, pair.address());
    assert!(factory.deployedPairs(pair.address()).call().await?);
    assert!(!factory.deployedVaults(pair.address()).call().await?);
    assert!(!factory.deployedPairs(works.maker.address()).call().await?);
    assert_eq!(pair.source().call().await?, settings.source);
    assert_eq!(pair.tokenIn().call().await?, settings.tokenIn);
    assert_eq!(pair.tokenOut().call().await?, settings.tokenOut);
    assert_eq!(pair.targetAuctionPeriod().call().await?, U256::from(PERIOD));
    assert_eq!(U256::from(pair.lastAuctionPrice().call().await?), u(FIRST_PRICE));
    Ok(())
}

async fn a_pair_s_code_is_a_proxy_with_what_it_was_made_with() -> Result<()> {
    let works = Works::new().await?;
    let mut settings = works.pair_settings();
    settings.smoothingFactor = u(7);
    let pair = works.market.create_pair(&works.maker, &settings).await?;
    let code = works.chain.provider().get_code_at(pair.address()).await?;
    let setup = Setup {
        source: settings.source,
        token_in: settings.tokenIn,
        token_out: settings.tokenOut,
        terms: Terms { target_period: PERIOD, smoothing: 7 },
    };
    let template = works.market.factory.pairTemplate().call().await?;
    let first = Sale { price: u(FIRST_PRICE), time: pair.lastAuctionAt().call().await? };
    let init_code = pair_init_code(template, &setup, first, 0);
    assert!(init_code.ends_with(&code) && code[53..].starts_with(&setup.encode()));
    // Its address is that of EIP-1014 for this init code.
    let factory = *works.market.factory.address();
    assert_eq!(pair.address(), factory.create2_from_code(B256::ZERO, &init_code));
    // So two pairs with one and the same setup, made in one second, would still be two.
    assert_ne!(pair_init_code(template, &setup, first, 1), init_code);
    Ok(())
}

async fn two_pairs_of_one_kind_made_in_one_second_are_two() -> Result<()> {
    let works = Works::new().await?;
    let now = works.chain.now().await? + 1;
    let mut pairs = Vec::new();
    for _ in 0..2 {
        works.chain.set_time(now).await?;
        let pair = works.market.create_pair(&works.maker, &works.pair_settings()).await?;
        assert_eq!(pair.lastAuctionAt().call().await?, now);
        pairs.push(pair.address());
    }
    assert_ne!(pairs[0], pairs[1]);
    assert_eq!(works.totals().await?, [u(2), u(0)]);
    Ok(())
}

async fn a_vault_is_active_set_up_announced_and_registered_at_once() -> Result<()> {
    let works = Works::new().await?;
    let (factory, settings) = (&works.market.factory, &works.settings);
    let pair = works.market.create_pair(&works.maker, &works.pair_settings()).await?;
    let vault = works.market.create_vault(&works.chain, &works.maker, settings).await?;
    let address = vault.address();
    let made = IFactory::VaultCreated {
        vault: address,
        asset: settings.asset,
        reward: settings.reward,
        yieldToken: settings.yieldToken,
        epochLength: EPOCH as u32,
        owner: works.maker.address(),
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
    let of_factory: Vec<_> =
        logs(&vault.receipt).into_iter().filter(|log| log.address == *factory.address()).collect();
    assert_eq!(of_factory, [log(*factory.address(), &made), log(*factory.address(), &as_pair)]);
    assert_eq!(works.totals().await?, [u(2), u(1)]);
    assert_eq!(factory.allPairs(u(0)).call().await?, pair.address());
    assert_eq!(factory.allPairs(u(1)).call().await?, address);
    assert_eq!(factory.allVaults(u(0)).call().await?, address);
    assert!(factory.deployedPairs(address).call().await?);
    assert!(factory.deployedVaults(address).call().await?);

    assert_eq!(vault.name().call().await?, settings.name);
    assert_eq!(vault.asset().call().await?, settings.asset);
    assert_eq!(vault.owner().call().await?, works.maker.address());
    assert_eq!(vault.lastAuctionPrice().call().await?.to::<U256>(), settings.targetAuctionPrice);
    // It takes a deposit, and gives it back.
    let asset = Token::at(&works.chain, settings.asset);
    asset.mint(&works.chain, works.maker.address(), u(5)).await?;
    asset.approve_all(&works.maker, address).await?;
    works.maker.send(vault.deposit(u(5), works.maker.address())).await?;
    works.maker.send(vault.redeem(u(5), works.maker.address(), works.maker.address())).await?;
    assert_eq!(asset.balance(works.maker.address()).await?, u(5));
    Ok(())
}

async fn a_vault_has_the_template_s_code_and_storage_of_its_own() -> Result<()> {
    let works = Works::new().await?;
    let template = works.market.factory.vaultTemplate().call().await?;
    // Whoever constructs the template has a vault of his own there, and that is all.
    let mine =
        VaultSettings { name: "Mine".into(), owner: Address::repeat_byte(6), ..works.settings.clone() };
    let constructor = vault_constructor(works.chain.extension().await?, &mine);
    works.maker.send(transaction(template, constructor)).await?;
    let vault = works.market.create_vault(&works.chain, &works.maker, &works.settings).await?;
    assert_eq!(vault.name().call().await?, works.settings.name);
    assert_eq!(vault.owner().call().await?, works.maker.address());
    let provider = works.chain.provider();
    let code = provider.get_code_at(vault.address()).await?;
    assert_eq!(code, provider.get_code_at(template).await?);
    assert_eq!(code, on_chain_code(&Program::Vault.wasm()?));
    Ok(())
}

async fn what_was_made_cannot_be_constructed_again() -> Result<()> {
    let works = Works::new().await?;
    let vault = works.market.create_vault(&works.chain, &works.maker, &works.settings).await?;
    let pair = works.market.create_pair(&works.maker, &works.pair_settings()).await?;
    let stranger = works.chain.account("stranger").await?;
    let again = VaultSettings { owner: stranger.address(), ..works.settings.clone() };
    let extension = works.chain.extension().await?;
    for data in [vault_constructor(extension, &again), vault_constructor(extension, &works.settings)] {
        for account in [&stranger, &works.maker] {
            let twice = transaction(vault.address(), data.clone());
            expect_revert(account, twice, &IEntry::AlreadyInitialized {}.abi_encode()).await?;
            let call = transaction(pair.address(), data.clone());
            let selector = data[..4].try_into()?;
            expect_revert(account, call, &IEntry::UnknownSelector { selector }.abi_encode()).await?;
        }
    }
    Ok(())
}

async fn what_a_vault_s_constructor_refuses_is_passed_on_and_nothing_is_registered() -> Result<()> {
    let works = Works::new().await?;
    let before = works.totals().await?;
    let settings = &works.settings;
    for (settings, refusal) in [
        (VaultSettings { epochLength: 0, ..settings.clone() }, IVault::ZeroEpochLength {}.abi_encode()),
        (
            VaultSettings { smoothingFactor: 1_000_000_000_000_000_000, ..settings.clone() },
            IVault::SmoothingGteOne {}.abi_encode(),
        ),
        (
            VaultSettings { asset: Address::ZERO, ..settings.clone() },
            IVault::InvalidToken { token: Address::ZERO }.abi_encode(),
        ),
    ] {
        let order = works.market.vault_order(&settings);
        expect_revert(&works.maker, order.clone(), &refusal).await?;
        let receipt = works.maker.send_with_gas(order, 3 * REFUSAL_GAS).await?;
        assert!(!receipt.status() && receipt.logs().is_empty());
    }
    assert_eq!(works.totals().await?, before);
    Ok(())
}

async fn with_too_little_gas_nothing_is_made() -> Result<()> {
    let works = Works::new().await?;
    let pair = works.market.factory.call_builder(&works.pair_settings());
    let vault = works.market.vault_order(&works.settings);
    for gas in [40_000, 60_000, 90_000, 120_000, 150_000] {
        let receipt = works.maker.send_with_gas(pair.clone(), gas).await?;
        assert!(!receipt.status(), "a pair for {gas} gas");
    }
    for gas in [100_000, 500_000, VAULT_GAS] {
        let receipt = works.maker.send_with_gas(vault.clone(), gas).await?;
        assert!(!receipt.status(), "a vault for {gas} gas");
    }
    assert_eq!(works.totals().await?, [u(0), u(0)]);
    Ok(())
}

async fn an_entry_that_a_list_does_not_have_is_refused() -> Result<()> {
    let works = Works::new().await?;
    works.market.create_pair(&works.maker, &works.pair_settings()).await?;
    let factory = &works.market.factory;
    for index in [u(1), U256::MAX] {
        let none = IFactory::IndexOutOfBounds { index, total: u(1) }.abi_encode();
        expect_revert(&works.maker, factory.allPairs(index), &none).await?;
        let none = IFactory::IndexOutOfBounds { index, total: u(0) }.abi_encode();
        expect_revert(&works.maker, factory.allVaults(index), &none).await?;
    }
    Ok(())
}

async fn templates_need_code_and_are_set_once() -> Result<()> {
    let works = Works::new().await?;
    let factory = &works.market.factory;
    let (pair, vault) = (factory.pairTemplate().call().await?, factory.vaultTemplate().call().await?);
    let extension = factory.vaultExtension().call().await?;
    let again = transaction(*factory.address(), factory_constructor(pair, vault, extension));
    expect_revert(&works.maker, again, &IEntry::AlreadyInitialized {}.abi_encode()).await?;
    let fresh = create(&works.chain, &on_chain_code(&Program::Factory.wasm()?)).await?;
    let template = Address::repeat_byte(0x77);
    for constructor in [
        factory_constructor(template, vault, extension),
        factory_constructor(pair, template, extension),
        factory_constructor(pair, vault, template),
    ] {
        let refusal = IFactory::InvalidTemplate { template }.abi_encode();
        expect_revert(&works.maker, transaction(fresh, constructor), &refusal).await?;
    }
    Ok(())
}

async fn ether_is_refused() -> Result<()> {
    let works = Works::new().await?;
    let value = u(5);
    let order = IFactory::totalPairsCall {}.abi_encode();
    for data in [Bytes::new(), order.into()] {
        let gift = transaction(*works.market.factory.address(), data).with_value(value);
        expect_revert(&works.maker, gift, &IEntry::ValueNotAccepted { value }.abi_encode()).await?;
    }
    Ok(())
}
