//! Flash swaps: the receiver is called back with the yield in hand, and has to have paid when it returns.

use alloy::{
    primitives::{Address, Bytes, Log, LogData, U256, bytes},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IEntry, IFlashSwapCallback::flashSwapCallbackCall, IVault};
use weir_harness::{Account, Action, Chain};

use crate::{
    evm::{Puppet, Script, create, logs_calldata, reverts_with},
    intruder::{STAKE, arm, attempts, entries, fixed_views},
    logs::{log, logs},
    refusal::{REFUSAL_GAS, expect_revert, refused, refused_at, unchanged_by_failure},
    scene::{FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, transaction, u},
    trial::{on_any_chain, with_time_control},
};

/// Yield for sale in these tests, in base units.
const YIELD: u128 = 500;
/// More than any price here.
const PLENTY: u128 = 100_000 * TOKEN;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(a_receiver_pays_out_of_its_own_balance),
        with_time_control(a_receiver_pays_out_of_a_wallet_that_approved_it),
        with_time_control(a_receiver_is_told_who_buys_what_for_how_much),
        on_any_chain(what_a_receiver_pays_too_much_becomes_reward),
        on_any_chain(a_receiver_that_does_not_pay_gets_nothing),
        with_time_control(a_receiver_that_pays_one_unit_too_little_gets_nothing),
        on_any_chain(a_wallet_is_not_charged_for_a_flash_swap),
        on_any_chain(what_a_receiver_reverts_with_is_passed_on),
        on_any_chain(a_receiver_without_code_is_refused),
        on_any_chain(no_call_into_the_vault_succeeds_from_the_callback),
        on_any_chain(a_re_entrant_call_that_is_swallowed_has_done_nothing),
        on_any_chain(what_never_changes_can_be_asked_from_the_callback),
        on_any_chain(a_contract_may_call_the_vault_many_times_in_one_transaction),
    ]
}

/// A vault with yield for sale at a price, a puppet that receives it, and a buyer with nothing.
struct Sale {
    scene: Scene,
    buyer: Account,
    puppet: Puppet,
    /// The price, which only falls from now on.
    price: U256,
}

impl Sale {
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

    /// The buyer's flash swap, in whose callback the puppet does this.
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

async fn a_receiver_pays_out_of_its_own_balance() -> Result<()> {
    let sale = Sale::new().await?;
    let (scene, vault, receiver) = (&sale.scene, sale.scene.vault.address(), sale.puppet.address);
    sale.give_reward(receiver, FIRST_PRICE).await?;
    let data = Script::new().call(sale.pay(sale.price)).bytes();
    let receipt = scene.act(PERIOD, &sale.buyer, sale.swap_to(receiver, data.clone())).await?;
    let sent = IERC20::Transfer { from: vault, to: receiver, value: u(YIELD) };
    let paid = IERC20::Transfer { from: receiver, to: vault, value: u(FIRST_PRICE) };
    let sold = IVault::SwappedExactAmountOut {
        sender: sale.buyer.address(),
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

async fn a_receiver_pays_out_of_a_wallet_that_approved_it() -> Result<()> {
    let sale = Sale::new().await?;
    let scene = &sale.scene;
    let wallet = scene.holder("wallet", FIRST_PRICE).await?;
    scene.reward.approve_all(&wallet, sale.puppet.address).await?;
    let pull = scene.reward.transferFrom(wallet.address(), scene.vault.address(), u(FIRST_PRICE));
    scene.act(PERIOD, &sale.buyer, sale.swap(Script::new().call(pull))).await?;
    assert_eq!(scene.reward.balance(wallet.address()).await?, U256::ZERO);
    assert_eq!(scene.yield_token.balance(sale.puppet.address).await?, u(YIELD));
    assert_eq!(scene.vault.queued().call().await?, u(FIRST_PRICE));
    Ok(())
}

async fn a_receiver_is_told_who_buys_what_for_how_much() -> Result<()> {
    let sale = Sale::new().await?;
    let scene = &sale.scene;
    let listener = create(&scene.chain, &logs_calldata()).await?;
    for (number, length) in [1, 32, 77].into_iter().enumerate() {
        let now = (2 + number as u64) * PERIOD;
        let flash_swap_data = Bytes::from(vec![7; length]);
        scene.accrue(YIELD).await?;
        scene.look_at(now).await?;
        let price = scene.vault.computeExactAmountIn(u(YIELD)).call().await?;
        // The listener does not pay: the price lies in the vault already.
        scene.reward.mint(&scene.chain, scene.vault.address(), price).await?;
        let receipt = scene.act(now, &sale.buyer, sale.swap_to(listener, flash_swap_data.clone())).await?;
        let told = flashSwapCallbackCall {
            sender: sale.buyer.address(),
            amountIn: price,
            amountOut: u(YIELD),
            flashSwapData: flash_swap_data,
        };
        let data = LogData::new_unchecked(vec![], told.abi_encode().into());
        assert_eq!(logs(&receipt)[1], Log { address: listener, data });
    }
    Ok(())
}

async fn what_a_receiver_pays_too_much_becomes_reward() -> Result<()> {
    let sale = Sale::new().await?;
    sale.give_reward(sale.puppet.address, PLENTY).await?;
    let receipt = sale.buyer.send(sale.swap(Script::new().call(sale.pay(u(PLENTY))))).await?;
    let price = U256::from(sale.scene.vault.lastAuctionPrice().call().await?);
    let added = IVault::RewardAdded { sender: sale.buyer.address(), amount: u(PLENTY) - price };
    assert_eq!(logs(&receipt)[2], log(sale.scene.vault.address(), &added));
    assert_eq!(sale.scene.vault.reserve().call().await?, u(PLENTY));
    Ok(())
}

async fn a_receiver_that_does_not_pay_gets_nothing() -> Result<()> {
    let sale = Sale::new().await?;
    // It has the money, and does something else.
    sale.give_reward(sale.puppet.address, PLENTY).await?;
    let elsewhere = sale.scene.reward.transfer(sale.buyer.address(), u(PLENTY));
    expect_unpaid(&sale, &sale.buyer, Script::new().call(elsewhere)).await
}

async fn a_receiver_that_pays_one_unit_too_little_gets_nothing() -> Result<()> {
    let sale = Sale::new().await?;
    sale.give_reward(sale.puppet.address, FIRST_PRICE).await?;
    let script = Script::new().call(sale.pay(u(FIRST_PRICE - 1)));
    let short = IVault::InsufficientPayment { amountIn: u(FIRST_PRICE), paid: u(FIRST_PRICE - 1) };
    refused_at(&sale.scene, PERIOD, &sale.buyer, sale.swap(script), short).await
}

async fn a_wallet_is_not_charged_for_a_flash_swap() -> Result<()> {
    let sale = Sale::new().await?;
    let wallet = sale.scene.holder("wallet", PLENTY).await?;
    let script = Script::new().call(sale.scene.yield_token.balanceOf(wallet.address()));
    expect_unpaid(&sale, &wallet, script).await
}

/// A swap in whose callback nothing is paid is refused for that, and changes nothing.
async fn expect_unpaid(sale: &Sale, buyer: &Account, script: Script) -> Result<()> {
    let swap = sale.swap(script);
    let refusal = buyer.simulate(swap.clone()).await.expect_err("nobody paid");
    let unpaid = IVault::InsufficientPayment::abi_decode(&refusal.revert_data().unwrap_or_default())?;
    assert_eq!(unpaid.paid, U256::ZERO);
    assert!(unpaid.amountIn > U256::ZERO && unpaid.amountIn <= sale.price);
    unchanged_by_failure(&sale.scene, buyer, swap, REFUSAL_GAS).await
}

async fn what_a_receiver_reverts_with_is_passed_on() -> Result<()> {
    let sale = Sale::new().await?;
    // Any error that the vault does not have.
    let refuser = create(&sale.scene.chain, &reverts_with(IEntry::AlreadyInitialized {})).await?;
    let swap = sale.swap_to(refuser, bytes!("01"));
    refused(&sale.scene, &sale.buyer, swap, IEntry::AlreadyInitialized {}).await?;
    // What a token told the receiver, and the receiver the vault.
    let pay = sale.swap(Script::new().call(sale.pay(u(1))));
    let poor = IERC20::ERC20InsufficientBalance { sender: sale.puppet.address, balance: u(0), needed: u(1) };
    refused(&sale.scene, &sale.buyer, pay, poor).await
}

async fn a_receiver_without_code_is_refused() -> Result<()> {
    let sale = Sale::new().await?;
    sale.give_reward(sale.scene.vault.address(), PLENTY).await?;
    let receiver = sale.buyer.address();
    let error = IVault::ReceiverIsNotAContract { receiver };
    refused(&sale.scene, &sale.buyer, sale.swap_to(receiver, bytes!("01")), error).await
}

/// A sale whose puppet holds stake, reward and approvals and owns the vault: only re-entrance stands in the way of
/// what it tries.
async fn armed() -> Result<Sale> {
    let sale = Sale::new().await?;
    arm(&sale.scene, sale.puppet, 2 * PLENTY).await?;
    Ok(sale)
}

async fn no_call_into_the_vault_succeeds_from_the_callback() -> Result<()> {
    let sale = armed().await?;
    let vault = sale.scene.vault.address();
    let reentrant = IEntry::ReentrantCall {}.abi_encode();
    for (name, call) in entries() {
        let script = Script::new().call(sale.pay(u(PLENTY))).call(transaction(vault, call));
        expect_revert(&sale.buyer, sale.swap(script), &reentrant)
            .await
            .map_err(|error| error.context(format!("{name} was called from the callback")))?;
    }
    let pay_and_sync = Script::new().call(sale.pay(u(PLENTY))).call(sale.scene.vault.sync());
    refused(&sale.scene, &sale.buyer, sale.swap(pay_and_sync), IEntry::ReentrantCall {}).await
}

async fn a_re_entrant_call_that_is_swallowed_has_done_nothing() -> Result<()> {
    let sale = armed().await?;
    let (scene, puppet) = (&sale.scene, sale.puppet.address);
    let script = attempts(scene, sale.puppet, sale.buyer.address());
    let receipt = sale.buyer.send(sale.swap(script.call(sale.pay(u(PLENTY))))).await?;
    assert_eq!(logs(&receipt).len(), 4, "yield out, reward in, the surplus added, the sale");
    assert_eq!(scene.vault.balanceOf(puppet).call().await?, u(STAKE));
    assert_eq!(scene.vault.totalSupply().call().await?, u(STAKE));
    assert_eq!(scene.asset.balance(puppet).await?, u(STAKE));
    assert_eq!(scene.reward.balance(puppet).await?, u(PLENTY));
    assert_eq!(scene.vault.reserve().call().await?, u(PLENTY));
    assert_eq!(scene.vault.allowance(puppet, sale.buyer.address()).call().await?, U256::ZERO);
    assert_eq!(scene.vault.owner().call().await?, puppet);
    assert_eq!(scene.vault.pendingOwner().call().await?, Address::ZERO);
    assert!(!scene.vault.isLiquidationPair(*scene.asset.address(), puppet).call().await?);
    Ok(())
}

async fn what_never_changes_can_be_asked_from_the_callback() -> Result<()> {
    let sale = armed().await?;
    let mut script = Script::new();
    for view in fixed_views() {
        script = script.call(transaction(sale.scene.vault.address(), view));
    }
    let script = script.call(sale.pay(u(PLENTY)));
    sale.buyer.send(sale.swap(script)).await?;
    assert_eq!(sale.scene.yield_token.balance(sale.puppet.address).await?, u(YIELD));
    Ok(())
}

async fn a_contract_may_call_the_vault_many_times_in_one_transaction() -> Result<()> {
    let sale = armed().await?;
    let (vault, who) = (&sale.scene.vault, sale.puppet.address);
    let script = Script::new()
        .call(vault.deposit(u(10), who))
        .call(vault.withdraw(u(7), who, who))
        .call(vault.transfer(sale.buyer.address(), u(3)))
        .call(vault.fund(u(5)))
        .call(vault.claim(who))
        .call(vault.balanceOf(who));
    let told = sale.buyer.simulate(sale.puppet.run(script.clone())).await?;
    assert_eq!(U256::from_be_slice(&told), u(10));
    sale.buyer.send(sale.puppet.run(script)).await?;
    assert_eq!(vault.totalSupply().call().await?, u(13));
    assert_eq!(vault.balanceOf(sale.buyer.address()).call().await?, u(3));
    assert_eq!(vault.reserve().call().await?, u(5));
    Ok(())
}
