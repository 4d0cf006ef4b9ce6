//! Tests of `depositWithPermit`: deposits with a signed approval of the asset.
//! The asset is OpenZeppelin's ERC20Permit.

use alloy::{
    primitives::{Address, B256, U256},
    providers::DynProvider,
    rpc::types::TransactionRequest,
    sol_types::Eip712Domain,
};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IVault};
use weir_client::Action;
use weir_harness::{Chain, Token};

use crate::{
    logs::{log, logs},
    reverts::{reverts, reverts_at},
    scene::{EPOCH, Scene, u},
    signer::{Owner, Permit, Signed, domain},
    trial::{on_any_chain, with_solidity, with_time_control},
    wild::phantom_vault,
};

/// The owner's balance.
const WEALTH: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    [
        on_any_chain(a_deposit_needs_only_a_signature),
        on_any_chain(a_permit_used_by_another_account_does_not_block_the_deposit),
        on_any_chain(a_forged_permit_reverts_with_the_error_of_the_asset),
        with_time_control(an_expired_permit_reverts_with_the_error_of_the_asset),
        on_any_chain(with_a_sufficient_allowance_the_permit_does_not_matter),
        on_any_chain(the_permit_of_another_account_moves_none_of_its_tokens),
        on_any_chain(a_permit_that_only_seems_to_succeed_moves_no_tokens),
    ]
    .into_iter()
    .map(with_solidity)
    .collect()
}

/// A vault whose asset accepts permits, and an owner without approvals.
struct Setup {
    scene: Scene,
    /// The asset through the vault's interface: the functions of permits are the same.
    asset: IVault::IVaultInstance<DynProvider>,
    owner: Owner,
}

impl Setup {
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

    /// A deposit of `assets` for the owner with this permit.
    fn deposit(&self, assets: u128, signed: &Signed) -> TransactionRequest {
        let (v, r, s) = signed.parts();
        let receiver = self.owner.address();
        self.scene.vault.depositWithPermit(u(assets), receiver, signed.deadline, v, r, s).into_request()
    }

    /// Another account uses the permit.
    async fn use_up(&self, signed: &Signed) -> Result<()> {
        let (v, r, s) = signed.parts();
        let Signed { owner, spender, value, deadline, .. } = *signed;
        self.scene.send_as_payer(self.asset.permit_0(owner, spender, value, deadline, v, r, s)).await
    }

    async fn expect_staked(&self, shares: u128, allowance: u128) -> Result<()> {
        let (owner, vault) = (self.owner.address(), self.scene.vault.address());
        assert_eq!(self.scene.vault.balanceOf(owner).call().await?, u(shares));
        assert_eq!(self.scene.asset.balance(owner).await?, u(WEALTH - shares));
        assert_eq!(self.scene.asset.allowance(owner, vault).call().await?, u(allowance));
        Ok(())
    }
}

async fn a_deposit_needs_only_a_signature() -> Result<()> {
    let setup = Setup::new().await?;
    let (owner, vault, asset) = (setup.owner.address(), setup.scene.vault.address(), *setup.asset.address());
    assert_eq!(setup.asset.DOMAIN_SEPARATOR().call().await?, setup.domain().separator());
    let receipt = setup.owner.account.send(setup.deposit(600, &setup.sign(600, U256::MAX)?)).await?;
    let approved = IERC20::Approval { owner, spender: vault, value: u(600) };
    let paid = IERC20::Transfer { from: owner, to: vault, value: u(600) };
    let minted = IVault::Transfer { from: Address::ZERO, to: owner, value: u(600) };
    let deposit = IVault::Deposit { sender: owner, owner, assets: u(600), shares: u(600) };
    let expected = [log(asset, &approved), log(asset, &paid), log(vault, &minted), log(vault, &deposit)];
    assert_eq!(logs(&receipt), expected);
    assert_eq!(setup.asset.nonces(owner).call().await?, u(1));
    setup.expect_staked(600, 0).await
}

async fn a_permit_used_by_another_account_does_not_block_the_deposit() -> Result<()> {
    let setup = Setup::new().await?;
    let signed = setup.sign(600, U256::MAX)?;
    setup.use_up(&signed).await?;
    assert_eq!(setup.asset.nonces(setup.owner.address()).call().await?, u(1));
    setup.owner.account.send(setup.deposit(600, &signed)).await?;
    setup.expect_staked(600, 0).await
}

async fn a_forged_permit_reverts_with_the_error_of_the_asset() -> Result<()> {
    let setup = Setup::new().await?;
    let thief = Owner::new(&setup.scene.chain, "thief").await?;
    let signed = setup.sign(600, U256::MAX)?;
    let permit = Permit {
        owner: signed.owner,
        spender: signed.spender,
        value: signed.value,
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let forged = thief.sign(&permit, &setup.domain())?;
    let sender = &setup.owner.account;
    // The asset's error for a permit signed by another account, for another amount, with the higher s, and without a
    // signature.
    for (assets, signed) in [(600, &forged), (601, &signed)] {
        let error = signed.wrong_signer_error(&Permit { value: u(assets), ..permit }, &setup.domain())?;
        reverts(&setup.scene, sender, setup.deposit(assets, signed), error).await?;
    }
    let other = signed.high_s();
    let (.., s) = other.parts();
    let high = IVault::ECDSAInvalidSignatureS { s };
    reverts(&setup.scene, sender, setup.deposit(600, &other), high).await?;
    let (vault, zero) = (&setup.scene.vault, B256::ZERO);
    let nothing = vault.depositWithPermit(u(600), signed.owner, U256::MAX, 27, zero, zero);
    reverts(&setup.scene, sender, nothing, IVault::ECDSAInvalidSignature {}).await?;
    setup.expect_staked(0, 0).await
}

async fn an_expired_permit_reverts_with_the_error_of_the_asset() -> Result<()> {
    let setup = Setup::new().await?;
    let deadline = U256::from(setup.scene.start + EPOCH);
    let signed = setup.sign(600, deadline)?;
    let (sender, late) = (&setup.owner.account, setup.deposit(600, &signed));
    let expired = IVault::ERC2612ExpiredSignature { deadline };
    reverts_at(&setup.scene, EPOCH + 1, sender, late, expired).await?;
    // Used in time by another account, the permit is an allowance, which does not expire.
    let setup = Setup::new().await?;
    let signed = setup.sign(600, U256::from(setup.scene.start + EPOCH))?;
    setup.scene.chain.set_time(setup.scene.start + EPOCH).await?;
    setup.use_up(&signed).await?;
    setup.scene.send_at(EPOCH + 1, &setup.owner.account, setup.deposit(600, &signed)).await?;
    setup.expect_staked(600, 0).await
}

async fn with_a_sufficient_allowance_the_permit_does_not_matter() -> Result<()> {
    let setup = Setup::new().await?;
    setup.owner.account.send(setup.scene.asset.approve(setup.scene.vault.address(), u(700))).await?;
    // The permit is for more than is deposited: the allowance stays as the owner set it.
    let signed = setup.sign(900, U256::MAX)?;
    setup.owner.account.send(setup.deposit(600, &signed)).await?;
    setup.expect_staked(600, 100).await?;
    let permit = Permit {
        owner: signed.owner,
        spender: signed.spender,
        value: u(101),
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let error = signed.wrong_signer_error(&permit, &setup.domain())?;
    reverts(&setup.scene, &setup.owner.account, setup.deposit(101, &signed), error).await
}

async fn the_permit_of_another_account_moves_none_of_its_tokens() -> Result<()> {
    let setup = Setup::new().await?;
    let thief = setup.scene.person("thief").await?;
    let signed = setup.sign(600, U256::MAX)?;
    let (v, r, s) = signed.parts();
    let theft = || setup.scene.vault.depositWithPermit(u(600), thief.address(), signed.deadline, v, r, s);
    let permit = Permit {
        owner: thief.address(),
        spender: signed.spender,
        value: u(600),
        nonce: U256::ZERO,
        deadline: U256::MAX,
    };
    let error = || signed.wrong_signer_error(&permit, &setup.domain());
    reverts(&setup.scene, &thief, theft(), error()?).await?;
    // The allowance of the other account does not help: a deposit always takes the caller's tokens.
    setup.use_up(&signed).await?;
    reverts(&setup.scene, &thief, theft(), error()?).await?;
    setup.expect_staked(0, 600).await
}

/// WETH9 has no `permit` and accepts any call: Multichain's router, January 2022
/// (dedaub.com/blog/phantom-functions-and-the-billion-dollar-no-op).
async fn a_permit_that_only_seems_to_succeed_moves_no_tokens() -> Result<()> {
    let (scene, wild) = phantom_vault().await?;
    let victim = scene.staker("victim", WEALTH).await?;
    let thief = scene.person("thief").await?;
    assert_eq!(scene.asset.allowance(victim.address(), scene.vault.address()).call().await?, U256::MAX);
    let nothing = B256::ZERO;
    let theft = scene.vault.depositWithPermit(u(600), thief.address(), U256::MAX, 27, nothing, nothing);
    reverts(&scene, &thief, theft, wild.not_approved(&scene, 600)).await?;
    let deposit = scene.vault.depositWithPermit(u(600), victim.address(), U256::MAX, 27, nothing, nothing);
    victim.send(deposit).await?;
    assert_eq!(scene.shares(&victim).await?, u(600));
    assert_eq!(scene.asset.balance(victim.address()).await?, u(WEALTH - 600));
    Ok(())
}
