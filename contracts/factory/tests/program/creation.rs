//! What the factory makes, announces, and can be asked for afterwards.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IEntry::{AlreadyInitialized, ReentrantCall},
    IFactory::*,
};

use crate::{
    chain::{Message, log},
    world::{
        ANYONE, FACTORY, IConstructors, PAIR_TEMPLATE, TEMPLATES, TOKEN_IN, TOKEN_OUT, VAULT_EXTENSION,
        VAULT_TEMPLATE, WAD, World, constructor, created, pair_order, u, vault_order,
    },
};

#[test]
fn templates_need_code_and_are_set_once() {
    let world = World::before_construction();
    let nothing = Address::repeat_byte(0x77);
    for missing in 0..TEMPLATES.len() {
        let mut templates = TEMPLATES;
        templates[missing] = nothing;
        let refusal = InvalidTemplate { template: nothing }.abi_encode();
        assert_eq!(world.send(ANYONE, constructor(templates)), Err(refusal));
    }
    assert_eq!(world.send(ANYONE, constructor(TEMPLATES)), Ok(Vec::new()));
    assert_eq!(world.view(pairTemplateCall {}), PAIR_TEMPLATE);
    assert_eq!(world.view(vaultTemplateCall {}), VAULT_TEMPLATE);
    assert_eq!(world.view(vaultExtensionCall {}), VAULT_EXTENSION);
    let [pair, vault, extension] = TEMPLATES;
    let again = world.send(ANYONE, constructor([vault, pair, extension]));
    assert_eq!(again, Err(AlreadyInitialized {}.abi_encode()));
}

#[test]
fn a_pair_is_made_announced_and_registered() {
    let world = World::new();
    assert_eq!(world.view(totalPairsCall {}), u(0));
    assert_eq!(world.ok(pair_order()), created(0));
    let order = pair_order();
    let announced = PairCreated {
        pair: created(0),
        source: order.source,
        tokenIn: order.tokenIn,
        tokenOut: order.tokenOut,
        targetAuctionPeriod: order.targetAuctionPeriod,
        targetAuctionPrice: order.targetAuctionPrice,
        smoothingFactor: order.smoothingFactor,
    };
    assert_eq!(world.logs(), [log(announced)]);
    assert_eq!(world.ok(pair_order()), created(1));
    assert_eq!(world.view(totalPairsCall {}), u(2));
    for index in 0..2 {
        assert_eq!(world.view(allPairsCall { index: U256::from(index) }), created(index));
        assert!(world.view(deployedPairsCall { pair: created(index) }));
        assert!(!world.view(deployedVaultsCall { vault: created(index) }));
    }
    for stranger in [ANYONE, Address::ZERO, PAIR_TEMPLATE, FACTORY] {
        assert!(!world.view(deployedPairsCall { pair: stranger }));
    }
    assert_eq!(world.view(totalVaultsCall {}), u(0));
}

#[test]
fn smoothing_of_one_or_more_is_refused() {
    let world = World::new();
    for smoothing in [u(WAD), u(WAD + 1), U256::ONE << 64, U256::MAX] {
        world.refused(createPairCall { smoothingFactor: smoothing, ..pair_order() }, SmoothingGteOne {});
    }
    assert_eq!(world.view(totalPairsCall {}), u(0));
    world.ok(createPairCall { smoothingFactor: u(WAD - 1), ..pair_order() });
}

#[test]
fn a_vault_is_made_with_its_constructor_s_arguments_and_registered_as_vault_and_as_pair() {
    let world = World::new();
    world.ok(pair_order());
    world.chain.stand_in(created(1), |_, _| Ok(Vec::new()));
    assert_eq!(world.ok(vault_order()), created(1));
    let order = vault_order();
    let arguments = IConstructors::vaultCall {
        extensionDelegate: VAULT_EXTENSION,
        asset: order.asset,
        reward: order.reward,
        yieldToken: order.yieldToken,
        epochLength: order.epochLength,
        targetAuctionPeriod: order.targetAuctionPeriod,
        targetAuctionPrice: order.targetAuctionPrice,
        smoothingFactor: order.smoothingFactor,
        name: order.name,
        symbol: order.symbol,
        owner: order.owner,
    };
    let [constructed] = world.chain.messages_to(created(1)).try_into().expect("one call");
    assert_eq!(constructed.from, FACTORY);
    assert_eq!(constructed.data, [&CONSTRUCTOR_SELECTOR[..], &arguments.abi_encode()[4..]].concat());
    let vault = VaultCreated {
        vault: created(1),
        asset: vault_order().asset,
        reward: TOKEN_IN,
        yieldToken: TOKEN_OUT,
        epochLength: 86_400,
        owner: ANYONE,
    };
    let pair = PairCreated {
        pair: created(1),
        source: created(1),
        tokenIn: TOKEN_IN,
        tokenOut: TOKEN_OUT,
        targetAuctionPeriod: 3600,
        targetAuctionPrice: pair_order().targetAuctionPrice,
        smoothingFactor: u(7),
    };
    assert_eq!(world.logs(), [log(vault), log(pair)]);
    assert_eq!((world.view(totalVaultsCall {}), world.view(totalPairsCall {})), (u(1), u(2)));
    assert_eq!(world.view(allVaultsCall { index: u(0) }), created(1));
    assert_eq!(world.view(allPairsCall { index: u(1) }), created(1));
    assert!(world.view(deployedPairsCall { pair: created(1) }));
    assert!(world.view(deployedVaultsCall { vault: created(1) }));
}

#[test]
fn what_a_vault_s_constructor_refuses_is_passed_on_and_nothing_is_registered() {
    let world = World::new();
    world.chain.stand_in(created(0), |_, _| Err(b"a reason".to_vec()));
    assert_eq!(world.send(ANYONE, vault_order().abi_encode()), Err(b"a reason".to_vec()));
    assert_eq!((world.view(totalVaultsCall {}), world.view(totalPairsCall {})), (u(0), u(0)));
    assert!(!world.view(deployedPairsCall { pair: created(0) }));
    assert_eq!(world.logs(), []);
}

#[test]
fn a_creation_that_fails_is_told_and_nothing_is_registered() {
    let world = World::new();
    world.barren.set(true);
    world.refused(pair_order(), CreationFailed {});
    world.refused(vault_order(), CreationFailed {});
    assert_eq!((world.view(totalVaultsCall {}), world.view(totalPairsCall {})), (u(0), u(0)));
}

#[test]
fn an_entry_that_a_list_does_not_have_is_refused() {
    let world = World::new();
    world.ok(pair_order());
    for index in [u(1), U256::ONE << 64, U256::MAX] {
        world.refused(allPairsCall { index }, IndexOutOfBounds { index, total: u(1) });
        world.refused(allVaultsCall { index }, IndexOutOfBounds { index, total: u(0) });
    }
    world.refused(allVaultsCall { index: u(0) }, IndexOutOfBounds { index: u(0), total: u(0) });
}

#[test]
fn a_vault_s_constructor_that_calls_back_reaches_nothing() {
    let world = World::new();
    world.chain.stand_in(created(0), |chain, _| {
        for data in [pair_order().abi_encode(), vault_order().abi_encode(), totalPairsCall {}.abi_encode()] {
            let within = chain.deliver(Message::new(created(0), FACTORY, data));
            assert_eq!(within, Err(ReentrantCall {}.abi_encode()));
        }
        Ok(Vec::new())
    });
    world.ok(vault_order());
    assert_eq!(world.view(totalPairsCall {}), u(1));
}
