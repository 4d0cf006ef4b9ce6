//! Tests of the router: swaps of accounts that approved it, at pairs of its factory.
//! The source of the pair is a contract in Solidity.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider},
    sol_types::{SolCall, SolError, SolValue},
};
use anyhow::{Result, ensure};
use libtest_mimic::Trial;
use weir_artifacts::on_chain_code;
use weir_bindings::{
    IERC20, IEntry,
    IFlashSwapCallback::flashSwapCallbackCall,
    IPair,
    IRouter::{self, IRouterInstance},
    Program,
    deploy::router_constructor,
};
use weir_client::{Account, Action};
use weir_harness::{Chain, Market};

use crate::{
    evm::create,
    logs::{log, logs},
    pair_scene::{PairScene, settings},
    reverts::call_reverts,
    scene::{FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, transaction, u},
    solidity::ISource,
    traced::traced_calls,
    trial::{with_solidity, with_time_control},
};

/// What is for sale, in base units.
const LOT: u128 = 1_234 * TOKEN;

pub fn trials() -> Vec<Trial> {
    [
        with_time_control(a_router_requires_a_factory_and_emits_it),
        with_time_control(a_swap_pulls_the_price_and_forwards_the_lot),
        with_time_control(a_swap_asks_neither_the_factory_nor_the_pair_what_its_code_proves),
        with_time_control(a_swap_asks_neither_the_factory_nor_the_vault_what_its_code_proves),
        with_time_control(a_swap_after_its_deadline_reverts),
        with_time_control(a_pair_that_the_factory_did_not_create_reverts),
        with_time_control(a_copy_of_a_pair_reverts),
        with_time_control(a_pair_of_another_factory_reverts),
        with_time_control(a_callback_for_a_swap_of_another_sender_reverts),
        with_time_control(only_a_pair_can_call_the_callback),
        with_time_control(an_entry_planted_in_the_list_of_the_factory_gives_no_approvals),
        with_time_control(a_swap_without_approval_or_tokens_reverts_with_the_error_of_the_token),
        with_time_control(the_error_of_a_pair_is_passed_on),
        with_time_control(a_swap_that_runs_out_of_gas_changes_nothing),
        with_time_control(a_source_that_sends_nothing_takes_nothing_from_the_router),
    ]
    .map(with_solidity)
    .into()
}

async fn a_router_requires_a_factory_and_emits_it() -> Result<()> {
    let scene = PairScene::new().await?;
    let payer = scene.chain.payer();
    let fresh = create(&scene.chain, &on_chain_code(&Program::Router.wasm()?)).await?;
    let nothing = transaction(fresh, router_constructor(Address::ZERO));
    let error = IRouter::UndefinedTpdaLiquidationPairFactory {}.abi_encode();
    call_reverts(payer, nothing, &error).await?;
    let factory = *scene.market.factory.address();
    let receipt = payer.send(transaction(fresh, router_constructor(factory))).await?;
    let created = IRouter::LiquidationRouterCreated { liquidationPairFactory: factory };
    assert_eq!(logs(&receipt), [log(fresh, &created)]);
    let again = transaction(fresh, router_constructor(payer.address()));
    call_reverts(payer, again, &IEntry::AlreadyInitialized {}.abi_encode()).await
}

async fn a_swap_pulls_the_price_and_forwards_the_lot() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    let receiver = Address::repeat_byte(0xbb);
    let (router, pair, source) =
        (*scene.market.router.address(), scene.pair.address(), *scene.source.address());
    scene.stock(LOT).await?;
    scene.advance_to(PERIOD).await?;
    let returned = buyer.simulate(scene.routed(receiver, LOT, PERIOD)).await?;
    assert_eq!(returned, u(FIRST_PRICE).abi_encode());

    let receipt = scene.send_at(PERIOD, &buyer, scene.routed(receiver, LOT, PERIOD)).await?;
    let (token_in, token_out) = (*scene.token_in.address(), *scene.token_out.address());
    let sent = IERC20::Transfer { from: source, to: router, value: u(LOT) };
    let paid = IERC20::Transfer { from: buyer.address(), to: source, value: u(FIRST_PRICE) };
    let sale = (router, router, token_out, u(LOT)).abi_encode_params();
    let verified =
        ISource::Verified { tokenIn: token_in, amountIn: u(FIRST_PRICE), transferTokensOutData: sale.into() };
    let sold = IPair::SwappedExactAmountOut {
        sender: router,
        receiver: router,
        amountOut: u(LOT),
        amountInMax: U256::MAX,
        amountIn: u(FIRST_PRICE),
        flashSwapData: buyer.address().abi_encode().into(),
    };
    let handed_on = IERC20::Transfer { from: router, to: receiver, value: u(LOT) };
    let swapped = IRouter::SwappedExactAmountOut {
        liquidationPair: pair,
        sender: buyer.address(),
        receiver,
        amountOut: u(LOT),
        amountInMax: U256::MAX,
        amountIn: u(FIRST_PRICE),
        deadline: U256::from(scene.start + PERIOD + 100),
    };
    assert_eq!(
        logs(&receipt),
        [
            log(token_out, &sent),
            log(token_in, &paid),
            log(source, &verified),
            log(pair, &sold),
            log(token_out, &handed_on),
            log(router, &swapped),
        ]
    );
    assert_eq!(scene.token_out.balance(receiver).await?, u(LOT));
    assert_eq!(scene.token_in.balance(buyer.address()).await?, u(2 * FIRST_PRICE));
    for token in [&scene.token_in, &scene.token_out] {
        assert_eq!(token.balance(router).await?, U256::ZERO);
        assert_eq!(token.balance(pair).await?, U256::ZERO);
    }
    Ok(())
}

async fn a_swap_asks_neither_the_factory_nor_the_pair_what_its_code_proves() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    scene.advance_to(PERIOD).await?;
    let swap = scene.routed(buyer.address(), LOT, PERIOD);
    asks_nothing(&scene.chain, &buyer, swap, scene.pair.address()).await
}

async fn a_swap_asks_neither_the_factory_nor_the_vault_what_its_code_proves() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let router = &scene.chain.market().await?.router;
    let buyer = scene.holder("buyer", 3 * FIRST_PRICE).await?;
    scene.reward.approve_all(&buyer, *router.address()).await?;
    scene.accrue(LOT).await?;
    scene.advance_to(PERIOD).await?;
    let vault = scene.vault.address();
    let swap = router.swapExactAmountOut(vault, buyer.address(), u(LOT), U256::MAX, U256::MAX);
    asks_nothing(&scene.chain, &buyer, swap, vault).await
}

/// A swap through the router calls the pair once, to swap, and the factory never.
async fn asks_nothing(chain: &Chain, buyer: &Account, swap: impl Action, pair: Address) -> Result<()> {
    let calls = traced_calls(chain, buyer, swap).await?;
    let calls_of = |account| calls.iter().filter(|(to, _)| *to == account).count();
    assert_eq!(calls_of(*chain.market().await?.factory.address()), 0);
    assert_eq!(calls_of(pair), 1);
    Ok(())
}

async fn a_swap_after_its_deadline_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    let swap = scene.routed(buyer.address(), LOT, PERIOD);
    let deadline = U256::from(scene.start + PERIOD + 100);
    scene.reverts_at(PERIOD + 101, &buyer, swap.clone(), IRouter::SwapExpired { deadline }).await?;
    // A swap at the deadline succeeds. The devnode's clock only runs forward, so this needs another pair.
    let other = PairScene::new().await?;
    let buyer = other.buyer("buyer", 3 * FIRST_PRICE).await?;
    other.stock(LOT).await?;
    other.send_at(PERIOD + 100, &buyer, other.routed(buyer.address(), LOT, PERIOD)).await?;
    Ok(())
}

async fn a_pair_that_the_factory_did_not_create_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    let template = scene.market.factory.pairTemplate().call().await?;
    for stranger in [buyer.address(), Address::ZERO, template] {
        // Even though the deadline has passed: the pair is checked first.
        let swap = scene.market.router.swapExactAmountOut(stranger, buyer.address(), u(1), u(1), u(0));
        let error = IRouter::UnknownTpdaLiquidationPair { liquidationPair: stranger };
        scene.reverts_at(PERIOD, &buyer, swap, error).await?;
    }
    Ok(())
}

/// A contract with the same code that the factory did not create.
async fn a_copy_of_a_pair_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    let code = scene.chain.provider().get_code_at(scene.pair.address()).await?;
    let look_alike = create(&scene.chain, &code).await?;
    let router = &scene.market.router;
    let swap = router.swapExactAmountOut(look_alike, buyer.address(), u(LOT), U256::MAX, U256::MAX);
    let error = IRouter::UnknownTpdaLiquidationPair { liquidationPair: look_alike };
    scene.reverts_at(PERIOD, &buyer, swap, error).await
}

/// Code and address prove it, but for another factory.
async fn a_pair_of_another_factory_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    let other = Market::deploy(&scene.chain).await?;
    let settings = settings(*scene.source.address(), *scene.token_in.address(), *scene.token_out.address());
    let foreign = other.create_pair(&buyer, &settings).await?.address();
    let swap = |router: &IRouterInstance<DynProvider>| {
        router.swapExactAmountOut(foreign, buyer.address(), u(1), U256::MAX, U256::MAX).into_request()
    };
    let error = IRouter::UnknownTpdaLiquidationPair { liquidationPair: foreign };
    scene.reverts_at(PERIOD, &buyer, swap(&scene.market.router), error).await?;
    // The other factory's own router knows it: what it reverts with then is something else.
    let data = buyer.simulate(swap(&other.router)).await.err().and_then(|error| error.revert_data());
    let unknown = IRouter::UnknownTpdaLiquidationPair::SELECTOR;
    ensure!(!data.is_some_and(|data| data.starts_with(&unknown)), "its own router does not know it");
    Ok(())
}

async fn a_callback_for_a_swap_of_another_sender_reverts() -> Result<()> {
    let scene = PairScene::new().await?;
    let victim = scene.buyer("victim", 3 * FIRST_PRICE).await?;
    let thief = scene.chain.account("thief").await?;
    scene.stock(LOT).await?;
    // The thief sends the lot to the router and tries to pay with the victim's approval.
    let router = *scene.market.router.address();
    let swap = scene.swap(router, LOT, U256::MAX, victim.address().abi_encode());
    let error = IRouter::InvalidSender { sender: thief.address() };
    scene.reverts_at(PERIOD, &thief, swap, error).await?;
    assert_eq!(scene.token_in.balance(victim.address()).await?, u(3 * FIRST_PRICE));
    Ok(())
}

async fn only_a_pair_can_call_the_callback() -> Result<()> {
    let scene = PairScene::new().await?;
    let victim = scene.buyer("victim", 3 * FIRST_PRICE).await?;
    let thief = scene.chain.account("thief").await?;
    let router = *scene.market.router.address();
    for sender in [router, thief.address()] {
        let callback = flashSwapCallbackCall {
            sender,
            amountIn: u(1),
            amountOut: u(1),
            flashSwapData: victim.address().abi_encode().into(),
        };
        let error = IRouter::UnknownTpdaLiquidationPair { liquidationPair: thief.address() };
        scene.reverts_at(PERIOD, &thief, transaction(router, callback.abi_encode()), error).await?;
    }
    Ok(())
}

/// A factory of the genuine code may have been created by init code that planted the entry.
async fn an_entry_planted_in_the_list_of_the_factory_gives_no_approvals() -> Result<()> {
    let scene = PairScene::new().await?;
    let victim = scene.buyer("victim", 3 * FIRST_PRICE).await?;
    let thief = scene.chain.account("thief").await?;
    let (router, factory) = (&scene.market.router, &scene.market.factory);
    // CREATED: 3 · 2^160 + account. 1 is a pair.
    let entry = (u(3) << 160) + U256::from_be_slice(thief.address().as_slice());
    let plant = (*factory.address(), entry, B256::with_last_byte(1));
    let planted = scene.chain.provider().raw_request::<_, bool>("anvil_setStorageAt".into(), plant).await?;
    assert!(planted && factory.deployedPairs(thief.address()).call().await?);

    let error = || IRouter::UnknownTpdaLiquidationPair { liquidationPair: thief.address() };
    let callback = flashSwapCallbackCall {
        sender: *router.address(),
        amountIn: u(1),
        amountOut: u(1),
        flashSwapData: victim.address().abi_encode().into(),
    };
    let callback = transaction(*router.address(), callback.abi_encode());
    scene.reverts_at(PERIOD, &thief, callback, error()).await?;
    let swap = router.swapExactAmountOut(thief.address(), victim.address(), u(1), U256::MAX, U256::MAX);
    scene.reverts_at(PERIOD, &victim, swap, error()).await
}

async fn a_swap_without_approval_or_tokens_reverts_with_the_error_of_the_token() -> Result<()> {
    let scene = PairScene::new().await?;
    let stranger = scene.chain.account("stranger").await?;
    let poor = scene.buyer("poor", FIRST_PRICE - 1).await?;
    scene.stock(LOT).await?;
    let spender = *scene.market.router.address();
    let needed = u(FIRST_PRICE);
    let approval = IERC20::ERC20InsufficientAllowance { spender, allowance: u(0), needed };
    scene.reverts_at(PERIOD, &stranger, scene.routed(stranger.address(), LOT, PERIOD), approval).await?;
    let sender = poor.address();
    let balance = IERC20::ERC20InsufficientBalance { sender, balance: needed - u(1), needed };
    scene.reverts_at(PERIOD, &poor, scene.routed(sender, LOT, PERIOD), balance).await
}

async fn the_error_of_a_pair_is_passed_on() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    let short = IPair::InsufficientBalance { requested: u(LOT + 1), available: u(LOT) };
    scene.reverts_at(PERIOD, &buyer, scene.routed(buyer.address(), LOT + 1, PERIOD), short).await?;
    let (pair, max) = (scene.pair.address(), u(FIRST_PRICE - 1));
    let swap = scene.market.router.swapExactAmountOut(pair, buyer.address(), u(LOT), max, U256::MAX);
    let dear = IPair::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    scene.reverts_at(PERIOD, &buyer, swap, dear).await
}

async fn a_swap_that_runs_out_of_gas_changes_nothing() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    scene.stock(LOT).await?;
    scene.advance_to(PERIOD).await?;
    let swap = scene.routed(buyer.address(), LOT, PERIOD);
    let enough = scene.chain.provider().estimate_gas(swap.clone().with_from(buyer.address())).await?;
    let before = scene.snapshot(buyer.address()).await?;
    for percent in (15..100).step_by(5) {
        scene.chain.set_time(scene.start + PERIOD).await?;
        let receipt = buyer.send_with_gas(swap.clone(), enough * percent / 100).await?;
        assert!(!receipt.status() && receipt.logs().is_empty(), "{percent} % of the gas was enough");
        assert_eq!(scene.snapshot(buyer.address()).await?, before, "{percent} %");
    }
    scene.chain.set_time(scene.start + PERIOD).await?;
    assert!(buyer.send_with_gas(swap, enough).await?.status());
    Ok(())
}

/// Anyone may create a pair with a hostile source. Here the source sends nothing, so the router's transfer reverts.
async fn a_source_that_sends_nothing_takes_nothing_from_the_router() -> Result<()> {
    let scene = PairScene::new().await?;
    let buyer = scene.buyer("buyer", 3 * FIRST_PRICE).await?;
    // It returns the word 32 to every call: the amount for sale, the target, and the offset of empty `bytes`.
    let liar = create(&scene.chain, &crate::evm::returns_words(&[u(32), u(0)])).await?;
    let settings = settings(liar, *scene.token_in.address(), *scene.token_out.address());
    let pair = scene.market.create_pair(scene.chain.payer(), &settings).await?;
    let router = &scene.market.router;
    let swap = router.swapExactAmountOut(pair.address(), buyer.address(), u(1), U256::MAX, U256::MAX);
    let sender = *router.address();
    let nothing = IERC20::ERC20InsufficientBalance { sender, balance: u(0), needed: u(1) };
    scene.reverts_at(2 * PERIOD, &buyer, swap, nothing).await?;
    Ok(())
}
