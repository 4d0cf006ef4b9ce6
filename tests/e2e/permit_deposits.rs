//! Deposits with a signed approval of the asset, OpenZeppelin's ERC20Permit: `depositWithPermit`.

use alloy::{
    primitives::{Address, B256, U256},
    providers::DynProvider,
    rpc::types::TransactionRequest,
    sol_types::Eip712Domain,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_harness::{Action, Chain, Token};

use crate::{
    logs::{log, logs},
    refusal::{refused, refused_at},
    scene::{EPOCH, Scene, u},
    signer::{Owner, Permit, Signed, domain},
    trial::{on_any_chain, with_solidity, with_time_control},
    wild::phantom_vault,
};

/// What the owner has.
const WEALTH: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    [
        on_any_chain(a_signature_is_all_the_approval_that_a_deposit_needs),
        on_any_chain(a_permit_that_somebody_used_before_keeps_no_deposit_out),
        on_any_chain(a_permit_that_was_never_given_is_refused_in_the_asset_s_own_words),
        with_time_control(a_permit_that_has_expired_is_refused_in_the_asset_s_own_words),
        on_any_chain(with_an_allowance_the_permit_does_not_matter),
        on_any_chain(whoever_sends_another_s_permit_deposits_nothing_of_the_other_s),
        on_any_chain(a_permit_that_only_seems_to_be_used_moves_nobody_s_tokens),
    ]
    .into_iter()
    .map(with_solidity)
    .collect()
}

/// A vault whose asset takes permits, and an owner who has approved nothing.
struct Stage {
    scene: Scene,
    /// The asset's permits: they have the signatures of the vault's own.
    asset: IVault::IVaultInstance<DynProvider>,
    owner: Owner,
}

impl Stage {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let address = chain.create_solidity("PermitToken", &[]).await?;
        let asset = IVault::new(address, chain.provider().clone());
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let scene = Scene::of([Token::at(&chain, address), reward, yield_token], chain, |_| ()).await?;
        let owner = Owner::new(&scene.chain, "owner").await?;
        scene.watch(owner.address());
        scene.asset.mint(&scene.chain, owner.address(), u(WEALTH)).await?;
        Ok(Self { scene, asset, owner })
    }

    fn domain(&self) -> Eip712Domain {
        domain("Permit Token", self.scene.chain.chain_id(), *self.asset.address())
    }

    /// The owner's signed approval of `value` for the vault.
    fn sign(&self, value: u128, deadline: U256) -> Result<Signed> {
        let (owner, spender) = (self.owner.address(), self.scene.vault.address());
        let permit = Permit { owner, spender, value: u(value), nonce: U256::ZERO, deadline };
        self.owner.sign(&permit, &self.domain())
    }

    /// A deposit of `assets` with it, for the owner.
    fn deposit(&self, assets: u128, signed: &Signed) -> TransactionRequest {
        let (v, r, s) = signed.parts();
        let receiver = self.owner.address();
        self.scene.vault.depositWithPermit(u(assets), receiver, signed.deadline, v, r, s).into_request()
    }

    /// Somebody else uses it up.
    async fn use_up(&self, signed: &Signed) -> Result<()> {
        let (v, r, s) = signed.parts();
        let Signed { owner, spender, value, deadline, .. } = *signed;
        self.scene.arrange(self.asset.permit(owner, spender, value, deadline, v, r, s)).await
    }

    /// What the asset says of an account that has not approved enough.
    fn not_approved(&self, allowance: u128, needed: u128) -> IERC20::ERC20InsufficientAllowance {
        let spender = self.scene.vault.address();
        IERC20::ERC20InsufficientAllowance { spender, allowance: u(allowance), needed: u(needed) }
    }

    async fn expect_staked(&self, shares: u128, allowance: u128) -> Result<()> {
        let (owner, vault) = (self.owner.address(), self.scene.vault.address());
        assert_eq!(self.scene.vault.balanceOf(owner).call().await?, u(shares));
        assert_eq!(self.scene.asset.balance(owner).await?, u(WEALTH - shares));
        assert_eq!(self.scene.asset.allowance(owner, vault).call().await?, u(allowance));
        Ok(())
    }
}

async fn a_signature_is_all_the_approval_that_a_deposit_needs() -> Result<()> {
    let stage = Stage::new().await?;
    let (owner, vault, asset) = (stage.owner.address(), stage.scene.vault.address(), *stage.asset.address());
    assert_eq!(stage.asset.DOMAIN_SEPARATOR().call().await?, stage.domain().separator());
    let receipt = stage.owner.account.send(stage.deposit(600, &stage.sign(600, U256::MAX)?)).await?;
    let approved = IERC20::Approval { owner, spender: vault, value: u(600) };
    let paid = IERC20::Transfer { from: owner, to: vault, value: u(600) };
    let minted = IVault::Transfer { from: Address::ZERO, to: owner, value: u(600) };
    let deposit = IVault::Deposit { sender: owner, owner, assets: u(600), shares: u(600) };
    let expected = [log(asset, &approved), log(asset, &paid), log(vault, &minted), log(vault, &deposit)];
    assert_eq!(logs(&receipt), expected);
    assert_eq!(stage.asset.nonces(owner).call().await?, u(1));
    stage.expect_staked(600, 0).await
}

async fn a_permit_that_somebody_used_before_keeps_no_deposit_out() -> Result<()> {
    let stage = Stage::new().await?;
    let signed = stage.sign(600, U256::MAX)?;
    stage.use_up(&signed).await?;
    assert_eq!(stage.asset.nonces(stage.owner.address()).call().await?, u(1));
    stage.owner.account.send(stage.deposit(600, &signed)).await?;
    stage.expect_staked(600, 0).await
}

async fn a_permit_that_was_never_given_is_refused_in_the_asset_s_own_words() -> Result<()> {
    let stage = Stage::new().await?;
    let thief = Owner::new(&stage.scene.chain, "thief").await?;
    let signed = stage.sign(600, U256::MAX)?;
    let permit = Permit {
        owner: signed.owner,
        spender: signed.spender,
        value: signed.value,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let forged = thief.sign(&permit, &stage.domain())?;
    let sender = &stage.owner.account;
    // Signed by another; for another amount; the other of the two signatures; no signature at all.
    for (assets, signed) in [(600, &forged), (601, &signed), (600, &signed.other())] {
        let refusal = stage.not_approved(0, assets);
        refused(&stage.scene, sender, stage.deposit(assets, signed), refusal).await?;
    }
    let (vault, zero) = (&stage.scene.vault, B256::ZERO);
    let nothing = vault.depositWithPermit(u(600), signed.owner, U256::MAX, 27, zero, zero);
    refused(&stage.scene, sender, nothing, stage.not_approved(0, 600)).await?;
    stage.expect_staked(0, 0).await
}

async fn a_permit_that_has_expired_is_refused_in_the_asset_s_own_words() -> Result<()> {
    let stage = Stage::new().await?;
    let deadline = U256::from(stage.scene.start + EPOCH);
    let signed = stage.sign(600, deadline)?;
    let (sender, late) = (&stage.owner.account, stage.deposit(600, &signed));
    refused_at(&stage.scene, EPOCH + 1, sender, late, stage.not_approved(0, 600)).await?;
    // Used in time, if by another, it is an allowance, and those do not expire.
    let stage = Stage::new().await?;
    let signed = stage.sign(600, U256::from(stage.scene.start + EPOCH))?;
    stage.scene.chain.set_time(stage.scene.start + EPOCH).await?;
    stage.use_up(&signed).await?;
    stage.scene.act(EPOCH + 1, &stage.owner.account, stage.deposit(600, &signed)).await?;
    stage.expect_staked(600, 0).await
}

async fn with_an_allowance_the_permit_does_not_matter() -> Result<()> {
    let stage = Stage::new().await?;
    stage.owner.account.send(stage.scene.asset.approve(stage.scene.vault.address(), u(700))).await?;
    // It would have been for more than is deposited: the allowance stays what the owner made it.
    let signed = stage.sign(900, U256::MAX)?;
    stage.owner.account.send(stage.deposit(600, &signed)).await?;
    stage.expect_staked(600, 100).await?;
    refused(&stage.scene, &stage.owner.account, stage.deposit(101, &signed), stage.not_approved(100, 101))
        .await
}

async fn whoever_sends_another_s_permit_deposits_nothing_of_the_other_s() -> Result<()> {
    let stage = Stage::new().await?;
    let thief = stage.scene.person("thief").await?;
    let signed = stage.sign(600, U256::MAX)?;
    let (v, r, s) = signed.parts();
    let theft = || stage.scene.vault.depositWithPermit(u(600), thief.address(), signed.deadline, v, r, s);
    refused(&stage.scene, &thief, theft(), stage.not_approved(0, 600)).await?;
    // Nor when the allowance is there: a deposit is always of the caller's own.
    stage.use_up(&signed).await?;
    refused(&stage.scene, &thief, theft(), stage.not_approved(0, 600)).await?;
    stage.expect_staked(0, 600).await
}

/// WETH9 has no permit and takes any call: the billion-dollar no-op of Multichain's router, January 2022
/// (dedaub.com/blog/phantom-functions-and-the-billion-dollar-no-op).
async fn a_permit_that_only_seems_to_be_used_moves_nobody_s_tokens() -> Result<()> {
    let (scene, wild) = phantom_vault().await?;
    let victim = scene.staker("victim", WEALTH).await?;
    let thief = scene.person("thief").await?;
    assert_eq!(scene.asset.allowance(victim.address(), scene.vault.address()).call().await?, U256::MAX);
    let nothing = B256::ZERO;
    let theft = scene.vault.depositWithPermit(u(600), thief.address(), U256::MAX, 27, nothing, nothing);
    refused(&scene, &thief, theft, wild.not_approved(&scene, 600)).await?;
    let deposit = scene.vault.depositWithPermit(u(600), victim.address(), U256::MAX, 27, nothing, nothing);
    victim.send(deposit).await?;
    assert_eq!(scene.shares(&victim).await?, u(600));
    assert_eq!(scene.asset.balance(victim.address()).await?, u(WEALTH - 600));
    Ok(())
}
