//! Which functions of which tokens each call of a vault calls, in order. Each of them costs gas, and a token that fails stops
//! the calls that need it: withdrawals never need the reward.

use alloy::{
    primitives::{Address, Bytes, U256},
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::IERC20::{balanceOfCall, transferCall, transferFromCall};
use weir_client::{Account, Action};

use crate::{
    scene::{EPOCH, FIRST_PRICE, Scene, Tokens, u},
    traced::traced_calls,
    trial::with_time_control,
};

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(each_call_calls_only_the_tokens_that_it_moves),
        with_time_control(a_deposit_with_two_roles_compares_the_balance_before_and_after),
    ]
}

/// A vault in the middle of epoch 1 with yield for sale, a staker who has earned rewards, and an account that funds and buys.
async fn setup(tokens: Tokens) -> Result<(Scene, Account, Account)> {
    let scene = Scene::new(tokens).await?;
    let staker = scene.staker("staker", 100).await?;
    let keeper = scene.holder("keeper", 10 * FIRST_PRICE).await?;
    scene.send_at(60, &staker, scene.vault.deposit(u(64), staker.address())).await?;
    scene.send_at(60, &keeper, scene.vault.fund(u(1_000))).await?;
    scene.accrue(5).await?;
    scene.advance_to(EPOCH + EPOCH / 2).await?;
    Ok((scene, staker, keeper))
}

/// The calls of tokens that the vault makes in this call, which has to succeed.
async fn token_calls(scene: &Scene, sender: &Account, action: impl Action) -> Result<Vec<String>> {
    traced_calls(&scene.chain, sender, action)
        .await?
        .iter()
        .map(|(to, input)| shown(scene, *to, input))
        .collect()
}

/// A call, as `token.function`.
fn shown(scene: &Scene, to: Address, input: &[u8]) -> Result<String> {
    let tokens = [("asset", &scene.asset), ("reward", &scene.reward), ("yield", &scene.yield_token)];
    let (token, _) =
        tokens.into_iter().find(|(_, token)| *token.address() == to).context("not a call of a token")?;
    let functions = [
        ("balanceOf", balanceOfCall::SELECTOR),
        ("transfer", transferCall::SELECTOR),
        ("transferFrom", transferFromCall::SELECTOR),
    ];
    let function = functions.into_iter().find(|(_, selector)| input.starts_with(selector));
    let (function, _) = function.context("not a function of these tests")?;
    Ok(format!("{token}.{function}"))
}

async fn each_call_calls_only_the_tokens_that_it_moves() -> Result<()> {
    let (scene, staker, keeper) = setup(Tokens::Different).await?;
    let (vault, who) = (&scene.vault, staker.address());
    let swap = vault.swapExactAmountOut(keeper.address(), u(5), U256::MAX, Bytes::new());
    let rules: [(&Account, _, &[&str]); 7] = [
        (&staker, vault.deposit(u(5), who).into_request(), &["asset.transferFrom", "asset.balanceOf"]),
        (&staker, vault.redeem(u(5), who, who).into_request(), &["asset.balanceOf", "asset.transfer"]),
        (&staker, vault.transfer(keeper.address(), u(5)).into_request(), &[]),
        (&staker, vault.claim(who).into_request(), &["reward.transfer"]),
        // A claim of nothing calls no token.
        (&keeper, vault.claim(keeper.address()).into_request(), &[]),
        (&keeper, vault.fund(u(5)).into_request(), &["reward.transferFrom", "reward.balanceOf"]),
        (
            &keeper,
            swap.into_request(),
            &[
                "yield.balanceOf",
                "yield.transfer",
                "reward.balanceOf",
                "reward.transferFrom",
                "reward.balanceOf",
            ],
        ),
    ];
    for (sender, call, expected) in rules {
        let shown = format!("{:?}", call.input);
        assert_eq!(token_calls(&scene, sender, call).await?, expected, "{shown}");
    }
    Ok(())
}

async fn a_deposit_with_two_roles_compares_the_balance_before_and_after() -> Result<()> {
    for tokens in [Tokens::AssetIsReward, Tokens::AssetIsYield] {
        let (scene, staker, _) = setup(tokens).await?;
        let deposit = scene.vault.deposit(u(5), staker.address());
        let expected = ["asset.balanceOf", "asset.transferFrom", "asset.balanceOf"];
        assert_eq!(token_calls(&scene, &staker, deposit).await?, expected);
    }
    Ok(())
}
