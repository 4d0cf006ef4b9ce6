//! The storage plan (`docs/storage.md`): which slots each call reads, and which it changes, on the compiled WASM.
//! A changed slot costs far more gas than one that is read, and that far more than the arithmetic.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, Bytes, U256, keccak256},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_client::{Account, Action};
use weir_harness::{Chain, Token};

use crate::{
    evm::{Puppet, create, returns_words},
    intruder::reentrant_views,
    pair_scene,
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, Tokens, transaction, u},
    signer::{Owner, Permit, vault_domain},
    slots::{Slots, filled_by_creation, slots_of},
    trial::with_time_control,
};

/// The middle of epoch 1, in seconds after the vault's deployment.
const WITHIN_THE_EPOCH: u64 = EPOCH + EPOCH / 2;
/// The middle of epoch 2, in which nobody has called yet.
const IN_A_LATER_EPOCH: u64 = 2 * EPOCH + EPOCH / 2;

pub fn trials() -> Vec<Trial> {
    vec![
        with_time_control(within_an_epoch_each_call_touches_the_slots_of_the_plan),
        with_time_control(in_a_later_epoch_each_call_touches_the_slots_of_the_plan),
        with_time_control(without_stakers_each_call_touches_the_slots_of_the_plan),
        with_time_control(with_one_token_in_two_roles_a_call_reads_what_is_owed),
        with_time_control(owner_functions_touch_the_slots_of_the_plan),
        with_time_control(each_view_reads_the_slots_of_its_subject),
        with_time_control(views_of_the_configuration_read_no_slot),
        with_time_control(a_creation_fills_the_queue_and_the_owner),
        with_time_control(a_pair_keeps_its_last_sale_in_one_slot),
    ]
}

/// Slots that a call touches, by their names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Touched {
    /// Those that hold the same word afterwards.
    reads: BTreeSet<String>,
    writes: BTreeSet<String>,
}

/// What a call touches.
struct Rule<'a> {
    rule: &'static str,
    sender: &'a Account,
    call: TransactionRequest,
    reads: &'static [&'static str],
    writes: &'static [&'static str],
}

fn rule<'a>(
    rule: &'static str,
    sender: &'a Account,
    call: impl Action,
    reads: &'static [&'static str],
    writes: &'static [&'static str],
) -> Rule<'a> {
    Rule { rule, sender, call: call.into_request(), reads, writes }
}

/// In epoch 1 since its first second, halfway through its stream, with something queued for epoch 2, yield for sale, and a
/// limited and an unlimited allowance. The owner is the chain's payer; the pair of the airdrop is a puppet.
struct Setup {
    scene: Scene,
    alice: Account,
    bob: Account,
    carol: Account,
    /// Funds and buys.
    keeper: Account,
    /// Signs a permit.
    signer: Owner,
    airdrop: Token,
    pair: Puppet,
}

impl Setup {
    async fn new(tokens: Tokens) -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let owner = chain.payer().address();
        let scene = Scene::on(chain, tokens, |settings| settings.owner = owner).await?;
        let vault = &scene.vault;
        let alice = scene.staker("alice", 1_064).await?;
        let bob = scene.staker("bob", 64).await?;
        let carol = scene.staker("carol", 128).await?;
        let keeper = scene.holder("keeper", 10 * FIRST_PRICE).await?;
        let signer = Owner::new(&scene.chain, "signer").await?;
        let airdrop = Token::deploy(&scene.chain, "Airdrop", "AIR", 18).await?;
        let pair = Puppet::create(&scene.chain).await?;
        airdrop.mint(&scene.chain, vault.address(), u(100)).await?;
        scene.send_as_payer(vault.setLiquidationPair(*airdrop.address(), pair.address)).await?;
        for account in [&alice, &bob] {
            scene.send_at(60, account, vault.deposit(u(64), account.address())).await?;
        }
        scene.send_at(60, &keeper, vault.fund(u(4_096))).await?;
        scene.send_at(EPOCH, &carol, vault.deposit(u(128), carol.address())).await?;
        scene.send_at(EPOCH, &keeper, vault.fund(u(100))).await?;
        scene.accrue(1_000).await?;
        alice.send(vault.approve(bob.address(), u(1_000))).await?;
        alice.send(vault.approve(carol.address(), U256::MAX)).await?;
        alice.send(vault.setClaimer(bob.address(), true)).await?;
        Ok(Self { scene, alice, bob, carol, keeper, signer, airdrop, pair })
    }

    /// Checks what each call touches, `seconds` after the vault's deployment.
    async fn expect(&self, seconds: u64, rules: Vec<Rule<'_>>) -> Result<()> {
        for Rule { rule, sender, call, reads, writes } in rules {
            let touched = self.touched_by(seconds, sender.address(), call).await.context(rule)?;
            let set = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
            assert_eq!(touched, Touched { reads: set(reads), writes: set(writes) }, "{rule}");
        }
        Ok(())
    }

    /// Checks which slots a view reads; Alice calls it.
    async fn expect_reads(&self, view: impl Action, reads: &[&str]) -> Result<()> {
        let call = view.into_request();
        let shown = format!("{:?}", call.input);
        let touched = self.touched_by(WITHIN_THE_EPOCH, self.alice.address(), call).await?;
        let reads = reads.iter().map(|name| name.to_string()).collect();
        assert_eq!(touched, Touched { reads, ..Default::default() }, "{shown}");
        Ok(())
    }

    async fn touched_by(&self, seconds: u64, sender: Address, call: TransactionRequest) -> Result<Touched> {
        let slots = slots_of(&self.scene, self.scene.vault.address(), seconds, sender, call).await?;
        let named = |slots: BTreeSet<U256>| slots.into_iter().map(|slot| self.name(slot)).collect();
        Ok(Touched { reads: named(slots.reads), writes: named(slots.writes) })
    }

    /// The name of a slot in the plan.
    fn name(&self, slot: U256) -> String {
        let people = [
            ("alice", self.alice.address()),
            ("bob", self.bob.address()),
            ("carol", self.carol.address()),
            ("signer", self.signer.address()),
            ("anyone", Address::ZERO),
        ];
        for (number, name) in
            ["QUEUE", "EPOCH", "INDEX", "UNPAID", "OWNER", "PENDING_OWNER"].into_iter().enumerate()
        {
            if slot == U256::from(number) {
                return name.into();
            }
        }
        if slot == of_account(4, *self.airdrop.address()) {
            return "PAIRS[airdrop]".into();
        }
        for (name, account) in people {
            for (tag, map) in [(1, "POSITIONS"), (3, "NONCES")] {
                if slot == of_account(tag, account) {
                    return format!("{map}[{name}]");
                }
            }
            for (other_name, other) in people {
                for (tag, map) in [(2, "ALLOWANCES"), (5, "CLAIMERS")] {
                    if slot == of_two_accounts(tag, account, other) {
                        return format!("{map}[{name}, {other_name}]");
                    }
                }
            }
        }
        format!("a slot outside of the plan: {slot:#x}")
    }
}

/// The slot of an account in the map with this tag.
fn of_account(tag: u64, account: Address) -> U256 {
    (U256::from(tag) << 160) | U256::from_be_bytes(account.into_word().0)
}

/// The slot of two accounts in the map with this tag.
fn of_two_accounts(tag: u32, first: Address, second: Address) -> U256 {
    keccak256([&tag.to_be_bytes()[..], first.as_slice(), second.as_slice()].concat()).into()
}

#[rustfmt::skip]
async fn within_an_epoch_each_call_touches_the_slots_of_the_plan() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, bob, carol, keeper, signer, airdrop, pair } = &setup;
    let (vault, owner, reward) = (&scene.vault, alice.address(), *scene.reward.address());
    let (value, nonce, deadline) = (u(7), u(0), U256::MAX);
    let permit = Permit { owner: signer.address(), spender: bob.address(), value, nonce, deadline };
    let permit = signer.sign(&permit, &vault_domain(scene))?.call();
    let transfer = |from: &Account, value| vault.transferFrom(owner, from.address(), u(value));
    let swap = || vault.swapExactAmountOut(owner, u(1), U256::MAX, Bytes::new());
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("a deposit fixes the index at the old total", alice, vault.deposit(u(5), owner),
            &[], &["EPOCH", "INDEX", "POSITIONS[alice]"]),
        rule("a mint is a deposit", alice, vault.mint(u(5), carol.address()),
            &[], &["EPOCH", "INDEX", "POSITIONS[carol]"]),
        rule("a withdrawal fixes the index too", alice, vault.withdraw(u(5), bob.address(), owner),
            &[], &["EPOCH", "INDEX", "POSITIONS[alice]"]),
        rule("a redemption is a withdrawal", alice, vault.redeem(u(5), owner, owner),
            &[], &["EPOCH", "INDEX", "POSITIONS[alice]"]),
        rule("the withdrawal of another account spends the allowance", bob, vault.redeem(u(5), owner, owner),
            &[], &["EPOCH", "INDEX", "POSITIONS[alice]", "ALLOWANCES[alice, bob]"]),

        rule("a transfer changes two positions", alice, vault.transfer(bob.address(), u(5)),
            &["EPOCH", "INDEX"], &["POSITIONS[alice]", "POSITIONS[bob]"]),
        rule("a transfer to oneself changes nothing", alice, vault.transfer(owner, u(5)),
            &["POSITIONS[alice]"], &[]),
        rule("a transfer of nothing changes nothing", alice, vault.transfer(bob.address(), u(0)),
            &["POSITIONS[alice]"], &[]),
        rule("a transfer by allowance changes the allowance too", bob, transfer(bob, 5),
            &["EPOCH", "INDEX"], &["POSITIONS[alice]", "POSITIONS[bob]", "ALLOWANCES[alice, bob]"]),
        rule("an unlimited allowance is read only", carol, transfer(carol, 5),
            &["EPOCH", "INDEX", "ALLOWANCES[alice, carol]"], &["POSITIONS[alice]", "POSITIONS[carol]"]),
        rule("an approval changes the allowance", alice, vault.approve(bob.address(), u(1)),
            &[], &["ALLOWANCES[alice, bob]"]),
        rule("a permit changes nonce and allowance", bob, transaction(vault.address(), permit.abi_encode()),
            &[], &["NONCES[signer]", "ALLOWANCES[signer, bob]"]),

        rule("a claim changes position and UNPAID", alice, vault.claim(owner),
            &["EPOCH", "INDEX"], &["UNPAID", "POSITIONS[alice]"]),
        rule("an account is its own claimer", alice, vault.claimFor(owner),
            &["EPOCH", "INDEX"], &["UNPAID", "POSITIONS[alice]"]),
        rule("the claim of a claimer reads that it is one", bob, vault.claimFor(owner),
            &["EPOCH", "INDEX", "CLAIMERS[alice, bob]"], &["UNPAID", "POSITIONS[alice]"]),
        rule("setting a claimer changes one slot", alice, vault.setClaimer(carol.address(), true),
            &[], &["CLAIMERS[alice, carol]"]),
        rule("an exit is a withdrawal and a claim", alice, vault.exit(owner),
            &[], &["EPOCH", "INDEX", "UNPAID", "POSITIONS[alice]"]),

        rule("funding changes the queue", keeper, vault.fund(u(5)), &["UNPAID"], &["QUEUE"]),
        rule("a sync that finds nothing changes nothing", keeper, vault.sync(), &["UNPAID", "QUEUE"], &[]),
        rule("a sale changes price and queue, both in QUEUE", keeper, swap(), &["UNPAID"], &["QUEUE"]),
    ]).await?;

    // The second of Carol's deposit: the index is as new as that.
    setup.expect(EPOCH, vec![
        rule("a second change in one second leaves the index", alice, vault.deposit(u(5), owner),
            &["INDEX"], &["EPOCH", "POSITIONS[alice]"]),
    ]).await?;
    alice.send(vault.claim(owner)).await?;
    let now = scene.chain.now().await? - scene.start;
    setup.expect(now, vec![
        rule("a claim of nothing changes nothing", alice, vault.claim(owner),
            &["EPOCH", "INDEX", "POSITIONS[alice]"], &[]),
    ]).await?;
    scene.reward.mint(&scene.chain, vault.address(), u(9)).await?;
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("a sync changes the queue", keeper, vault.sync(), &["UNPAID"], &["QUEUE"]),
        rule("a payment of a pair is a sync", keeper, vault.verifyTokensIn(reward, u(9), Bytes::new()),
            &["UNPAID"], &["QUEUE"]),
    ]).await?;
    let send = vault.transferTokensOut(owner, owner, *airdrop.address(), u(1)).into_request();
    let touched = setup.touched_by(WITHIN_THE_EPOCH, pair.address, send).await?;
    let reads = ["PAIRS[airdrop]", "EPOCH", "UNPAID", "QUEUE"].map(String::from).into();
    assert_eq!(touched, Touched { reads, ..Default::default() });
    Ok(())
}

#[rustfmt::skip]
async fn in_a_later_epoch_each_call_touches_the_slots_of_the_plan() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, bob, keeper, .. } = &setup;
    let (vault, owner) = (&scene.vault, alice.address());
    setup.expect(IN_A_LATER_EPOCH, vec![
        rule("a deposit moves the queue into the epoch", alice, vault.deposit(u(5), owner),
            &[], &["QUEUE", "EPOCH", "INDEX", "UNPAID", "POSITIONS[alice]"]),
        rule("a withdrawal moves the queue into the epoch", alice, vault.redeem(u(5), owner, owner),
            &[], &["QUEUE", "EPOCH", "INDEX", "UNPAID", "POSITIONS[alice]"]),
        rule("funding moves the queue into the epoch", keeper, vault.fund(u(5)),
            &[], &["QUEUE", "EPOCH", "INDEX", "UNPAID"]),
        rule("a sale moves the queue into the epoch",
            keeper, vault.swapExactAmountOut(owner, u(1), U256::MAX, Bytes::new()),
            &[], &["QUEUE", "EPOCH", "INDEX", "UNPAID"]),
        rule("a transfer reads the queue", alice, vault.transfer(bob.address(), u(5)),
            &["QUEUE", "EPOCH", "INDEX"], &["POSITIONS[alice]", "POSITIONS[bob]"]),
        rule("a claim reads the queue", alice, vault.claim(owner),
            &["QUEUE", "EPOCH", "INDEX"], &["UNPAID", "POSITIONS[alice]"]),
    ]).await
}

#[rustfmt::skip]
async fn without_stakers_each_call_touches_the_slots_of_the_plan() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, alice, bob, carol, keeper, .. } = &setup;
    let (vault, owner) = (&scene.vault, alice.address());
    for account in [alice, bob, carol] {
        scene.send_at(WITHIN_THE_EPOCH, account, vault.exit(account.address())).await?;
    }
    setup.expect(WITHIN_THE_EPOCH + 100, vec![
        rule("a deposit queues again what was not paid out", alice, vault.deposit(u(5), owner),
            &["INDEX"], &["QUEUE", "EPOCH", "UNPAID", "POSITIONS[alice]"]),
        rule("funding changes the queue", keeper, vault.fund(u(5)), &["UNPAID"], &["QUEUE"]),
    ]).await
}

#[rustfmt::skip]
async fn with_one_token_in_two_roles_a_call_reads_what_is_owed() -> Result<()> {
    let setup = Setup::new(Tokens::AssetIsReward).await?;
    let Setup { scene, alice, keeper, .. } = &setup;
    let (vault, owner) = (&scene.vault, alice.address());
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("a deposit reads the reserve if the asset is the reward", alice, vault.deposit(u(5), owner),
            &["QUEUE", "UNPAID"], &["EPOCH", "INDEX", "POSITIONS[alice]"]),
        rule("a withdrawal does not read the reserve", alice, vault.redeem(u(5), owner, owner),
            &[], &["EPOCH", "INDEX", "POSITIONS[alice]"]),
        rule("funding reads the principal if the asset is the reward", keeper, vault.fund(u(5)),
            &["EPOCH", "UNPAID"], &["QUEUE"]),
    ]).await?;
    let setup = Setup::new(Tokens::AssetIsYield).await?;
    let Setup { scene, keeper, .. } = &setup;
    let sale = scene.vault.swapExactAmountOut(keeper.address(), u(1), U256::MAX, Bytes::new());
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("a sale reads the principal if the asset is sold", keeper, sale, &["EPOCH", "UNPAID"], &["QUEUE"]),
    ]).await
}

#[rustfmt::skip]
async fn owner_functions_touch_the_slots_of_the_plan() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let Setup { scene, bob, airdrop, .. } = &setup;
    let (vault, owner) = (&scene.vault, scene.chain.payer());
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("setting a pair reads the owner", owner, vault.setLiquidationPair(*airdrop.address(), Address::ZERO),
            &["OWNER"], &["PAIRS[airdrop]"]),
        rule("an offer changes the pending owner", owner, vault.transferOwnership(bob.address()),
            &["OWNER"], &["PENDING_OWNER"]),
    ]).await?;
    owner.send(vault.transferOwnership(bob.address())).await?;
    setup.expect(WITHIN_THE_EPOCH, vec![
        rule("accepting changes both", bob, vault.acceptOwnership(), &[], &["OWNER", "PENDING_OWNER"]),
        rule("renouncing changes both", owner, vault.renounceOwnership(), &[], &["OWNER", "PENDING_OWNER"]),
    ]).await
}

async fn each_view_reads_the_slots_of_its_subject() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    let (vault, airdrop) = (&setup.scene.vault, *setup.airdrop.address());
    let (alice, bob, carol) = (setup.alice.address(), setup.bob.address(), setup.carol.address());
    setup.expect_reads(vault.totalSupply(), &["EPOCH"]).await?;
    setup.expect_reads(vault.totalAssets(), &["EPOCH"]).await?;
    setup.expect_reads(vault.balanceOf(alice), &["POSITIONS[alice]"]).await?;
    setup.expect_reads(vault.allowance(alice, bob), &["ALLOWANCES[alice, bob]"]).await?;
    setup.expect_reads(vault.nonces(alice), &["NONCES[alice]"]).await?;
    setup.expect_reads(vault.maxDeposit(alice), &["EPOCH"]).await?;
    setup.expect_reads(vault.maxWithdraw(alice), &["EPOCH", "POSITIONS[alice]"]).await?;
    setup.expect_reads(vault.previewDeposit(u(1)), &["EPOCH"]).await?;
    setup.expect_reads(vault.earned(alice), &["EPOCH", "INDEX", "POSITIONS[alice]"]).await?;
    setup.expect_reads(vault.reserve(), &["QUEUE", "UNPAID"]).await?;
    setup.expect_reads(vault.queued(), &["QUEUE", "EPOCH", "INDEX"]).await?;
    setup.expect_reads(vault.epoch(), &[]).await?;
    setup.expect_reads(vault.computeExactAmountIn(u(1)), &["QUEUE"]).await?;
    setup.expect_reads(vault.lastAuctionAt(), &["QUEUE"]).await?;
    setup.expect_reads(vault.owner(), &["OWNER"]).await?;
    setup.expect_reads(vault.pendingOwner(), &["PENDING_OWNER"]).await?;
    setup.expect_reads(vault.isLiquidationPair(airdrop, alice), &["PAIRS[airdrop]"]).await?;
    let both = ["CLAIMERS[alice, carol]", "CLAIMERS[alice, anyone]"];
    setup.expect_reads(vault.isClaimer(alice, carol), &both).await
}

async fn views_of_the_configuration_read_no_slot() -> Result<()> {
    let setup = Setup::new(Tokens::Different).await?;
    for view in reentrant_views() {
        setup.expect_reads(transaction(setup.scene.vault.address(), view), &[]).await?;
    }
    Ok(())
}

async fn a_creation_fills_the_queue_and_the_owner() -> Result<()> {
    let (queue, owner) = (u(0), u(4));
    let scene = Scene::new(Tokens::Different).await?;
    assert_eq!(filled_by_creation(&scene).await?, BTreeSet::from([queue]));
    let scene = Scene::with(Tokens::Different, |settings| settings.owner = Address::repeat_byte(9)).await?;
    assert_eq!(filled_by_creation(&scene).await?, BTreeSet::from([queue, owner]));
    Ok(())
}

async fn a_pair_keeps_its_last_sale_in_one_slot() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.person("buyer").await?.address();
    // It returns the word 32 to every call: the amount for sale, the target, and the offset of empty `bytes`.
    let source = create(&scene.chain, &returns_words(&[u(32), u(0)])).await?;
    let settings = pair_scene::settings(source, *scene.reward.address(), *scene.yield_token.address());
    let pair = scene.chain.market().await?.create_pair(scene.chain.payer(), &settings).await?;
    let slots = async |call| slots_of(&scene, pair.address(), 2 * PERIOD, buyer, call).await;

    let last_sale = BTreeSet::from([u(0)]);
    let sale = slots(pair.swapExactAmountOut(buyer, u(1), U256::MAX, Bytes::new()).into_request()).await?;
    assert_eq!((sale.reads, sale.writes), (BTreeSet::new(), last_sale.clone()));
    for view in [pair.lastAuctionAt().into_request(), pair.computeExactAmountIn(u(1)).into_request()] {
        let Slots { reads, writes } = slots(view).await?;
        assert_eq!((reads, writes), (last_sale.clone(), BTreeSet::new()));
    }
    for view in
        [pair.source().into_request(), pair.target().into_request(), pair.maxAmountOut().into_request()]
    {
        let Slots { reads, writes } = slots(view).await?;
        assert_eq!((reads, writes), Default::default());
    }
    Ok(())
}
