//! Tests of flash swaps: the receiver is called back after it got the yield, and must have paid when it returns.
//! Re-entrance in the callback reverts, except for views that never change.

use alloy::{
    primitives::{Address, Bytes, U256, bytes},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IEntry, IFlashSwapCallback::flashSwapCallbackCall, IVault};
use weir_client::{Account, Action};
use weir_harness::Chain;

use crate::{
    evm::{Puppet, Script, create, reverts_with, reverts_with_calldata},
    intruder::{STAKE, arm, attempts, guarded_calls, reentrant_views},
    logs::{log, logs},
    reverts::{GAS_LIMIT, call_reverts, fails_without_changes, reverts, reverts_at},
    scene::{FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, transaction, u},
    trial::{on_any_chain, with_time_control},
};

/// Yield for sale in these tests, in base units.
const YIELD: u128 = 500;
/// More than any price here.
const PLENTY: u128 = 100_000 * TOKEN;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_receiver_pays_from_its_own_balance),
        with_time_control(a_receiver_pays_from_a_wallet_that_approved_it),
        with_time_control(the_callback_receives_buyer_amounts_and_data),
        with_time_control(stray_reward_pays_for_no_flash_swap),
        on_any_chain(an_overpayment_becomes_reward),
        on_any_chain(a_receiver_that_does_not_pay_gets_nothing),
        with_time_control(a_receiver_that_pays_one_unit_too_little_gets_nothing),
        on_any_chain(a_wallet_is_not_charged_for_a_flash_swap),
        on_any_chain(the_error_of_a_receiver_is_passed_on),
        on_any_chain(a_receiver_without_code_reverts),
        on_any_chain(guarded_functions_revert_in_the_callback),
        on_any_chain(a_reentrant_call_whose_error_is_swallowed_changes_nothing),
        on_any_chain(reentrant_views_can_be_called_in_the_callback),
        on_any_chain(a_contract_may_call_the_vault_many_times_in_one_transaction),
    ]
}

/// A vault with yield for sale, a puppet that receives it, and a buyer without tokens.
struct Setup {
    scene: Scene,
    buyer: Account,
    puppet: Puppet,
    /// The price, which only falls from now on.
    price: U256,
}

impl Setup {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let puppet = Puppet::create(&chain).await?;
        let scene = Scene::on(chain, Tokens::Different, |settings| settings.owner = puppet.address).await?;
        let buyer = scene.person("buyer").await?;
        scene.watch(puppet.address);
        scene.accrue(YIELD).await?;
        let price = scene.wait_for_a_price().await?;
        Ok(Self { scene, buyer, puppet, price })
    }

    /// The buyer's flash swap; the puppet runs `script` in the callback.
    fn swap(&self, script: Script) -> TransactionRequest {
        self.swap_to(self.puppet.address, script.bytes())
    }

    fn swap_to(&self, receiver: Address, data: Bytes) -> TransactionRequest {
        self.scene.vault.swapExactAmountOut(receiver, u(YIELD), U256::MAX, data).into_request()
    }

    /// The receiver's payment of `amount`.
    fn pay(&self, amount: U256) -> TransactionRequest {
        self.scene.reward.transfer(self.scene.vault.address(), amount).into_request()
    }

    async fn give_reward(&self, account: Address, amount: u128) -> Result<()> {
        self.scene.reward.mint(&self.scene.chain, account, u(amount)).await?;
        Ok(())
    }
}

async fn a_receiver_pays_from_its_own_balance() -> Result<()> {
    let setup = Setup::new().await?;
    let (scene, vault, receiver) = (&setup.scene, setup.scene.vault.address(), setup.puppet.address);
    setup.give_reward(receiver, FIRST_PRICE).await?;
    let data = Script::new().call(setup.pay(setup.price)).bytes();
    let receipt = scene.send_at(PERIOD, &setup.buyer, setup.swap_to(receiver, data.clone())).await?;
    let sent = IERC20::Transfer { from: vault, to: receiver, value: u(YIELD) };
    let paid = IERC20::Transfer { from: receiver, to: vault, value: u(FIRST_PRICE) };
    let sold = IVault::SwappedExactAmountOut {
        sender: setup.buyer.address(),
        receiver,
        amountOut: u(YIELD),
        amountInMax: U256::MAX,
        amountIn: u(FIRST_PRICE),
        flashSwapData: data,
    };
    let (yield_token, reward) = (*scene.yield_token.address(), *scene.reward.address());
    assert_eq!(logs(&receipt), [log(yield_token, &sent), log(reward, &paid), log(vault, &sold)]);
    assert_eq!(scene.yield_token.balance(receiver).await?, u(YIELD));
    assert_eq!(scene.vault.reserve().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn a_receiver_pays_from_a_wallet_that_approved_it() -> Result<()> {
    let setup = Setup::new().await?;
    let scene = &setup.scene;
    let wallet = scene.holder("wallet", FIRST_PRICE).await?;
    scene.reward.approve_all(&wallet, setup.puppet.address).await?;
    let pull = scene.reward.transferFrom(wallet.address(), scene.vault.address(), u(FIRST_PRICE));
    scene.send_at(PERIOD, &setup.buyer, setup.swap(Script::new().call(pull))).await?;
    assert_eq!(scene.reward.balance(wallet.address()).await?, U256::ZERO);
    assert_eq!(scene.yield_token.balance(setup.puppet.address).await?, u(YIELD));
    assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn the_callback_receives_buyer_amounts_and_data() -> Result<()> {
    let setup = Setup::new().await?;
    let scene = &setup.scene;
    let listener = create(&scene.chain, &reverts_with_calldata()).await?;
    for (number, length) in [1, 32, 77].into_iter().enumerate() {
        let now = (2 + number as u64) * PERIOD;
        let flash_swap_data = Bytes::from(vec![7; length]);
        scene.accrue(YIELD).await?;
        scene.advance_to(now).await?;
        let price = scene.vault.computeExactAmountIn(u(YIELD)).call().await?;
        // The listener does not pay: it reverts with its calldata.
        let swap = setup.swap_to(listener, flash_swap_data.clone());
        let callback = flashSwapCallbackCall {
            sender: setup.buyer.address(),
            amountIn: price,
            amountOut: u(YIELD),
            flashSwapData: flash_swap_data,
        };
        call_reverts(&setup.buyer, swap, &callback.abi_encode()).await?;
    }
    Ok(())
}

async fn stray_reward_pays_for_no_flash_swap() -> Result<()> {
    let setup = Setup::new().await?;
    let scene = &setup.scene;
    scene.reward.mint(&scene.chain, scene.vault.address(), u(PLENTY)).await?;
    setup.give_reward(setup.puppet.address, FIRST_PRICE).await?;
    scene.advance_to(PERIOD).await?;
    for paid in [0, FIRST_PRICE - 1] {
        let short = IVault::InsufficientPayment { amountIn: u(FIRST_PRICE), paid: u(paid) };
        let swap = setup.swap(Script::new().call(setup.pay(u(paid))));
        reverts_at(scene, PERIOD, &setup.buyer, swap, short).await?;
    }
    let whole = setup.swap(Script::new().call(setup.pay(u(FIRST_PRICE))));
    scene.send_at(PERIOD, &setup.buyer, whole).await?;
    assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE + PLENTY));
    Ok(())
}

async fn an_overpayment_becomes_reward() -> Result<()> {
    let setup = Setup::new().await?;
    setup.give_reward(setup.puppet.address, PLENTY).await?;
    let receipt = setup.buyer.send(setup.swap(Script::new().call(setup.pay(u(PLENTY))))).await?;
    let price = U256::from(setup.scene.vault.lastAuctionPrice().call().await?);
    let added = IVault::RewardAdded { sender: setup.buyer.address(), amount: u(PLENTY) - price };
    assert_eq!(logs(&receipt)[2], log(setup.scene.vault.address(), &added));
    assert_eq!(setup.scene.vault.reserve().call().await?, u(PLENTY));
    Ok(())
}

async fn a_receiver_that_does_not_pay_gets_nothing() -> Result<()> {
    let setup = Setup::new().await?;
    // The receiver could pay, but sends the tokens elsewhere.
    setup.give_reward(setup.puppet.address, PLENTY).await?;
    let elsewhere = setup.scene.reward.transfer(setup.buyer.address(), u(PLENTY));
    expect_unpaid(&setup, &setup.buyer, Script::new().call(elsewhere)).await
}

async fn a_receiver_that_pays_one_unit_too_little_gets_nothing() -> Result<()> {
    let setup = Setup::new().await?;
    setup.give_reward(setup.puppet.address, FIRST_PRICE).await?;
    let script = Script::new().call(setup.pay(u(FIRST_PRICE - 1)));
    let short = IVault::InsufficientPayment { amountIn: u(FIRST_PRICE), paid: u(FIRST_PRICE - 1) };
    reverts_at(&setup.scene, PERIOD, &setup.buyer, setup.swap(script), short).await
}

async fn a_wallet_is_not_charged_for_a_flash_swap() -> Result<()> {
    let setup = Setup::new().await?;
    let wallet = setup.scene.holder("wallet", PLENTY).await?;
    let script = Script::new().call(setup.scene.yield_token.balanceOf(wallet.address()));
    expect_unpaid(&setup, &wallet, script).await
}

/// Checks that a swap without a payment in its callback reverts for that, and changes nothing.
async fn expect_unpaid(setup: &Setup, buyer: &Account, script: Script) -> Result<()> {
    let swap = setup.swap(script);
    let error = buyer.simulate(swap.clone()).await.expect_err("the swap is not paid");
    let unpaid = IVault::InsufficientPayment::abi_decode(&error.revert_data().unwrap_or_default())?;
    assert_eq!(unpaid.paid, U256::ZERO);
    assert!(unpaid.amountIn > U256::ZERO && unpaid.amountIn <= setup.price);
    fails_without_changes(&setup.scene, buyer, swap, GAS_LIMIT).await
}

async fn the_error_of_a_receiver_is_passed_on() -> Result<()> {
    let setup = Setup::new().await?;
    // An error that the vault does not have.
    let reverting = create(&setup.scene.chain, &reverts_with(IEntry::AlreadyInitialized {})).await?;
    let swap = setup.swap_to(reverting, bytes!("01"));
    reverts(&setup.scene, &setup.buyer, swap, IEntry::AlreadyInitialized {}).await?;
    // The error of a token, passed on by the receiver.
    let pay = setup.swap(Script::new().call(setup.pay(u(1))));
    let poor = IERC20::ERC20InsufficientBalance { sender: setup.puppet.address, balance: u(0), needed: u(1) };
    reverts(&setup.scene, &setup.buyer, pay, poor).await
}

async fn a_receiver_without_code_reverts() -> Result<()> {
    let setup = Setup::new().await?;
    setup.give_reward(setup.scene.vault.address(), PLENTY).await?;
    let receiver = setup.buyer.address();
    let error = IVault::ReceiverIsNotAContract { receiver };
    reverts(&setup.scene, &setup.buyer, setup.swap_to(receiver, bytes!("01")), error).await
}

/// A setup whose puppet holds stake, reward and approvals and owns the vault: its calls fail only because they
/// re-enter.
async fn armed() -> Result<Setup> {
    let setup = Setup::new().await?;
    arm(&setup.scene, setup.puppet, 2 * PLENTY).await?;
    Ok(setup)
}

async fn guarded_functions_revert_in_the_callback() -> Result<()> {
    let setup = armed().await?;
    let vault = setup.scene.vault.address();
    let reentrant = IEntry::ReentrantCall {}.abi_encode();
    for (name, call) in guarded_calls() {
        let script = Script::new().call(setup.pay(u(PLENTY))).call(transaction(vault, call));
        call_reverts(&setup.buyer, setup.swap(script), &reentrant)
            .await
            .map_err(|error| error.context(format!("{name} was called from the callback")))?;
    }
    let pay_and_sync = Script::new().call(setup.pay(u(PLENTY))).call(setup.scene.vault.sync());
    reverts(&setup.scene, &setup.buyer, setup.swap(pay_and_sync), IEntry::ReentrantCall {}).await
}

async fn a_reentrant_call_whose_error_is_swallowed_changes_nothing() -> Result<()> {
    let setup = armed().await?;
    let (scene, puppet) = (&setup.scene, setup.puppet.address);
    let script = attempts(scene, setup.puppet, setup.buyer.address());
    let receipt = setup.buyer.send(setup.swap(script.call(setup.pay(u(PLENTY))))).await?;
    assert_eq!(logs(&receipt).len(), 4, "yield out, reward in, the surplus added, the sale");
    assert_eq!(scene.vault.balanceOf(puppet).call().await?, u(STAKE));
    assert_eq!(scene.vault.totalSupply().call().await?, u(STAKE));
    assert_eq!(scene.asset.balance(puppet).await?, u(STAKE));
    assert_eq!(scene.reward.balance(puppet).await?, u(PLENTY));
    assert_eq!(scene.vault.reserve().call().await?, u(PLENTY));
    assert_eq!(scene.vault.allowance(puppet, setup.buyer.address()).call().await?, U256::ZERO);
    assert_eq!(scene.vault.owner().call().await?, puppet);
    assert_eq!(scene.vault.pendingOwner().call().await?, Address::ZERO);
    assert!(!scene.vault.isLiquidationPair(*scene.asset.address(), puppet).call().await?);
    Ok(())
}

async fn reentrant_views_can_be_called_in_the_callback() -> Result<()> {
    let setup = armed().await?;
    let mut script = Script::new();
    for view in reentrant_views() {
        script = script.call(transaction(setup.scene.vault.address(), view));
    }
    let script = script.call(setup.pay(u(PLENTY)));
    setup.buyer.send(setup.swap(script)).await?;
    assert_eq!(setup.scene.yield_token.balance(setup.puppet.address).await?, u(YIELD));
    Ok(())
}

async fn a_contract_may_call_the_vault_many_times_in_one_transaction() -> Result<()> {
    let setup = armed().await?;
    let (vault, who) = (&setup.scene.vault, setup.puppet.address);
    let script = Script::new()
        .call(vault.deposit(u(10), who))
        .call(vault.withdraw(u(7), who, who))
        .call(vault.transfer(setup.buyer.address(), u(3)))
        .call(vault.fund(u(5)))
        .call(vault.claim(who))
        .call(vault.balanceOf(who));
    let returned = setup.buyer.simulate(setup.puppet.run(script.clone())).await?;
    assert_eq!(U256::from_be_slice(&returned), u(10));
    setup.buyer.send(setup.puppet.run(script)).await?;
    assert_eq!(vault.totalSupply().call().await?, u(13));
    assert_eq!(vault.balanceOf(setup.buyer.address()).call().await?, u(3));
    assert_eq!(vault.reserve().call().await?, u(5));
    Ok(())
}
