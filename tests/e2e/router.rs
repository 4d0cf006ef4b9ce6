//! The router: swaps of accounts that approved it, at pairs of its factory.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    providers::Provider,
    sol_types::{SolCall, SolError, SolValue},
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_artifacts::on_chain_code;
use weir_bindings::{
    IERC20, IEntry, IFlashSwapCallback::flashSwapCallbackCall, IPair, IRouter, Program,
    deploy::router_constructor,
};

use crate::{
    evm::create,
    logs::{log, logs},
    refusal::expect_revert,
    scene::{FIRST_PRICE, PERIOD, TOKEN, transaction, u},
    solidity::ISource,
    stall::{Stall, settings},
    trial::{with_solidity, with_time_control},
};

/// What is for sale, in base units.
const LOT: u128 = 1_234 * TOKEN;

pub fn trials() -> Vec<Trial> {
    [
        with_time_control(a_router_announces_its_factory_and_needs_one),
        with_time_control(a_swap_takes_the_price_and_hands_on_the_lot),
        with_time_control(a_swap_after_its_deadline_is_refused),
        with_time_control(a_pair_that_the_factory_did_not_make_is_refused),
        with_time_control(a_look_alike_of_a_pair_is_refused),
        with_time_control(the_callback_of_somebody_else_s_swap_is_refused),
        with_time_control(nobody_calls_the_callback_but_a_pair),
        with_time_control(a_buyer_without_approval_or_tokens_is_refused_in_the_token_s_own_words),
        with_time_control(what_the_pair_refuses_is_passed_on),
        with_time_control(a_swap_cut_off_anywhere_leaves_no_trace),
        with_time_control(a_source_that_sends_nothing_takes_nothing_from_the_router),
    ]
    .map(with_solidity)
    .into()
}

async fn a_router_announces_its_factory_and_needs_one() -> Result<()> {
    let stall = Stall::new().await?;
    let payer = stall.chain.payer();
    let fresh = create(&stall.chain, &on_chain_code(&Program::Router.wasm()?)).await?;
    let nothing = transaction(fresh, router_constructor(Address::ZERO));
    let refusal = IRouter::UndefinedTpdaLiquidationPairFactory {}.abi_encode();
    expect_revert(payer, nothing, &refusal).await?;
    let factory = *stall.market.factory.address();
    let receipt = payer.send(transaction(fresh, router_constructor(factory))).await?;
    let created = IRouter::LiquidationRouterCreated { liquidationPairFactory: factory };
    assert_eq!(logs(&receipt), [log(fresh, &created)]);
    let again = transaction(fresh, router_constructor(payer.address()));
    expect_revert(payer, again, &IEntry::AlreadyInitialized {}.abi_encode()).await
}

async fn a_swap_takes_the_price_and_hands_on_the_lot() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    let receiver = Address::repeat_byte(0xbb);
    let (router, pair, source) =
        (*stall.market.router.address(), stall.pair.address(), *stall.source.address());
    stall.stock(LOT).await?;
    stall.look_at(PERIOD).await?;
    let told = buyer.simulate(stall.routed(receiver, LOT, PERIOD)).await?;
    assert_eq!(told, u(FIRST_PRICE).abi_encode());

    let receipt = stall.act(PERIOD, &buyer, stall.routed(receiver, LOT, PERIOD)).await?;
    let (token_in, token_out) = (*stall.token_in.address(), *stall.token_out.address());
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
        deadline: U256::from(stall.start + PERIOD + 100),
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
    assert_eq!(stall.token_out.balance(receiver).await?, u(LOT));
    assert_eq!(stall.token_in.balance(buyer.address()).await?, u(2 * FIRST_PRICE));
    for token in [&stall.token_in, &stall.token_out] {
        assert_eq!(token.balance(router).await?, U256::ZERO);
        assert_eq!(token.balance(pair).await?, U256::ZERO);
    }
    Ok(())
}

async fn a_swap_after_its_deadline_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    stall.stock(LOT).await?;
    let swap = stall.routed(buyer.address(), LOT, PERIOD);
    let deadline = U256::from(stall.start + PERIOD + 100);
    stall.refused_at(PERIOD + 101, &buyer, swap.clone(), IRouter::SwapExpired { deadline }).await?;
    // The deadline itself is in time; the devnode's clock only runs forward, so for another pair.
    let other = Stall::new().await?;
    let buyer = other.buyer("buyer", 3 * FIRST_PRICE).await?;
    other.stock(LOT).await?;
    other.act(PERIOD + 100, &buyer, other.routed(buyer.address(), LOT, PERIOD)).await?;
    Ok(())
}

async fn a_pair_that_the_factory_did_not_make_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    let template = stall.market.factory.pairTemplate().call().await?;
    for stranger in [buyer.address(), Address::ZERO, template] {
        // Whatever the deadline.
        let swap = stall.market.router.swapExactAmountOut(stranger, buyer.address(), u(1), u(1), u(0));
        let refusal = IRouter::UnknownTpdaLiquidationPair { liquidationPair: stranger };
        stall.refused_at(PERIOD, &buyer, swap, refusal).await?;
    }
    Ok(())
}

/// The same code, byte by byte, but not made by the factory.
async fn a_look_alike_of_a_pair_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    stall.stock(LOT).await?;
    let code = stall.chain.provider().get_code_at(stall.pair.address()).await?;
    let look_alike = create(&stall.chain, &code).await?;
    let router = &stall.market.router;
    let swap = router.swapExactAmountOut(look_alike, buyer.address(), u(LOT), U256::MAX, U256::MAX);
    let refusal = IRouter::UnknownTpdaLiquidationPair { liquidationPair: look_alike };
    stall.refused_at(PERIOD, &buyer, swap, refusal).await
}

async fn the_callback_of_somebody_else_s_swap_is_refused() -> Result<()> {
    let stall = Stall::new().await?;
    let victim = stall.buyer("victim", 3 * FIRST_PRICE).await?;
    let thief = stall.chain.account("thief").await?;
    stall.stock(LOT).await?;
    // The lot to the router, and let the victim's approval of it pay.
    let router = *stall.market.router.address();
    let swap = stall.swap(router, LOT, U256::MAX, victim.address().abi_encode());
    let refusal = IRouter::InvalidSender { sender: thief.address() };
    stall.refused_at(PERIOD, &thief, swap, refusal).await?;
    assert_eq!(stall.token_in.balance(victim.address()).await?, u(3 * FIRST_PRICE));
    Ok(())
}

async fn nobody_calls_the_callback_but_a_pair() -> Result<()> {
    let stall = Stall::new().await?;
    let victim = stall.buyer("victim", 3 * FIRST_PRICE).await?;
    let thief = stall.chain.account("thief").await?;
    let router = *stall.market.router.address();
    for sender in [router, thief.address()] {
        let callback = flashSwapCallbackCall {
            sender,
            amountIn: u(1),
            amountOut: u(1),
            flashSwapData: victim.address().abi_encode().into(),
        };
        let refusal = IRouter::UnknownTpdaLiquidationPair { liquidationPair: thief.address() };
        stall.refused_at(PERIOD, &thief, transaction(router, callback.abi_encode()), refusal).await?;
    }
    Ok(())
}

async fn a_buyer_without_approval_or_tokens_is_refused_in_the_token_s_own_words() -> Result<()> {
    let stall = Stall::new().await?;
    let stranger = stall.chain.account("stranger").await?;
    let poor = stall.buyer("poor", FIRST_PRICE - 1).await?;
    stall.stock(LOT).await?;
    let spender = *stall.market.router.address();
    let needed = u(FIRST_PRICE);
    let approval = IERC20::ERC20InsufficientAllowance { spender, allowance: u(0), needed };
    stall.refused_at(PERIOD, &stranger, stall.routed(stranger.address(), LOT, PERIOD), approval).await?;
    let sender = poor.address();
    let balance = IERC20::ERC20InsufficientBalance { sender, balance: needed - u(1), needed };
    stall.refused_at(PERIOD, &poor, stall.routed(sender, LOT, PERIOD), balance).await
}

async fn what_the_pair_refuses_is_passed_on() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    stall.stock(LOT).await?;
    let short = IPair::InsufficientBalance { requested: u(LOT + 1), available: u(LOT) };
    stall.refused_at(PERIOD, &buyer, stall.routed(buyer.address(), LOT + 1, PERIOD), short).await?;
    let (pair, max) = (stall.pair.address(), u(FIRST_PRICE - 1));
    let swap = stall.market.router.swapExactAmountOut(pair, buyer.address(), u(LOT), max, U256::MAX);
    let dear = IPair::SwapExceedsMax { amountInMax: max, amountIn: u(FIRST_PRICE) };
    stall.refused_at(PERIOD, &buyer, swap, dear).await
}

async fn a_swap_cut_off_anywhere_leaves_no_trace() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    stall.stock(LOT).await?;
    stall.look_at(PERIOD).await?;
    let swap = stall.routed(buyer.address(), LOT, PERIOD);
    let enough = stall.chain.provider().estimate_gas(swap.clone().with_from(buyer.address())).await?;
    let before = stall.everything(buyer.address()).await?;
    for percent in (15..100).step_by(5) {
        stall.chain.set_time(stall.start + PERIOD).await?;
        let receipt = buyer.send_with_gas(swap.clone(), enough * percent / 100).await?;
        assert!(!receipt.status() && receipt.logs().is_empty(), "{percent} % of the gas were enough");
        assert_eq!(stall.everything(buyer.address()).await?, before, "{percent} %");
    }
    stall.chain.set_time(stall.start + PERIOD).await?;
    assert!(buyer.send_with_gas(swap, enough).await?.status());
    Ok(())
}

/// Anybody may make a pair whose source lies: whoever buys there gets what arrived, which is nothing.
async fn a_source_that_sends_nothing_takes_nothing_from_the_router() -> Result<()> {
    let stall = Stall::new().await?;
    let buyer = stall.buyer("buyer", 3 * FIRST_PRICE).await?;
    // It answers every call with the word 32: so much for sale, paid at address 32, an empty `bytes` sent.
    let liar = create(&stall.chain, &crate::evm::answers_words(&[u(32), u(0)])).await?;
    let settings = settings(liar, *stall.token_in.address(), *stall.token_out.address());
    let pair = stall.market.create_pair(stall.chain.payer(), &settings).await?;
    let router = &stall.market.router;
    let swap = router.swapExactAmountOut(pair.address(), buyer.address(), u(1), U256::MAX, U256::MAX);
    let sender = *router.address();
    let nothing = IERC20::ERC20InsufficientBalance { sender, balance: u(0), needed: u(1) };
    stall.refused_at(2 * PERIOD, &buyer, swap, nothing).await?;
    Ok(())
}
