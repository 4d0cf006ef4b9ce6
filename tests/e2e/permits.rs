//! Approvals of shares by signature (EIP-2612), in the domain that EIP-5267 tells.

use alloy::{
    primitives::{Address, B256, Signature, U256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::json;
use weir_bindings::IVault;
use weir_devnode::Devnode;
use weir_harness::{Account, Chain};

use crate::{
    logs::{log, logs},
    refusal::{refused, refused_at},
    scene::{EPOCH, Scene, Tokens, transaction, u},
    signer::{Owner, Permit, Signed, domain, vault_domain},
    trial::{on_any_chain, with_time_control},
};

/// What the owner has staked.
const STAKE: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_permit_approves_whoever_sends_it),
        on_any_chain(a_permit_replaces_the_allowance_also_by_nothing),
        on_any_chain(a_permit_cannot_be_replayed),
        on_any_chain(permits_are_used_in_the_order_of_their_nonces),
        with_time_control(a_permit_holds_through_its_last_second_and_no_longer),
        on_any_chain(of_the_two_signatures_that_there_are_only_the_lower_is_taken),
        on_any_chain(a_permit_by_anybody_but_the_owner_is_refused),
        on_any_chain(nothing_that_was_signed_can_be_changed),
        on_any_chain(what_is_no_signature_never_speaks_for_nobody),
        on_any_chain(a_permit_for_nobody_is_refused_and_not_used_up),
        on_any_chain(a_permit_for_another_vault_is_refused),
        with_time_control(a_permit_for_the_same_vault_on_another_chain_is_refused),
        on_any_chain(the_domain_is_told_as_eip_5267_has_it),
        with_time_control(a_wallet_signs_what_the_domain_tells_it),
    ]
}

/// A vault, an owner who has staked, a spender, and somebody who sends permits.
struct Stage {
    scene: Scene,
    owner: Owner,
    spender: Account,
    relayer: Account,
}

impl Stage {
    async fn new() -> Result<Self> {
        Self::on(Chain::from_environment().await?).await
    }

    async fn on(chain: Chain) -> Result<Self> {
        let scene = Scene::on(chain, Tokens::Different, |_| ()).await?;
        let owner = Owner::new(&scene.chain, "owner").await?;
        let (spender, relayer) = (scene.person("spender").await?, scene.person("relayer").await?);
        let giver = scene.staker("giver", STAKE).await?;
        scene.watch(owner.address());
        giver.send(scene.vault.deposit(u(STAKE), owner.address())).await?;
        Ok(Self { scene, owner, spender, relayer })
    }

    /// What the owner signs in most tests.
    fn permit(&self) -> Permit {
        Permit {
            owner: self.owner.address(),
            spender: self.spender.address(),
            value: u(500),
            nonce: U256::ZERO,
            deadline: U256::MAX,
        }
    }

    fn sign(&self, permit: &Permit) -> Result<Signed> {
        self.owner.sign(permit, &vault_domain(&self.scene))
    }

    /// The transaction that uses it.
    fn request(&self, call: IVault::permitCall) -> TransactionRequest {
        transaction(self.scene.vault.address(), call.abi_encode())
    }

    async fn expect(&self, allowance: U256, nonce: u128) -> Result<()> {
        let (owner, spender) = (self.owner.address(), self.spender.address());
        assert_eq!(self.scene.vault.allowance(owner, spender).call().await?, allowance);
        assert_eq!(self.scene.vault.nonces(owner).call().await?, u(nonce));
        Ok(())
    }

    /// It is refused, for its signature is taken for one of `permit` by somebody else.
    async fn expect_mistaken(&self, signed: &Signed, permit: &Permit) -> Result<()> {
        let error = signed.mistaken_for(permit, &vault_domain(&self.scene))?;
        assert_ne!(error.signer, permit.owner);
        refused(&self.scene, &self.relayer, self.request(signed.call()), error).await
    }
}

async fn a_permit_approves_whoever_sends_it() -> Result<()> {
    let stage = Stage::new().await?;
    let (owner, spender) = (stage.owner.address(), stage.spender.address());
    let signed = stage.sign(&stage.permit())?;
    let receipt = stage.relayer.send(stage.request(signed.call())).await?;
    let approval = IVault::Approval { owner, spender, value: u(500) };
    assert_eq!(logs(&receipt), [log(stage.scene.vault.address(), &approval)]);
    stage.expect(u(500), 1).await?;
    stage.spender.send(stage.scene.vault.transferFrom(owner, spender, u(200))).await?;
    stage.spender.send(stage.scene.vault.withdraw(u(300), spender, owner)).await?;
    stage.expect(u(0), 1).await?;
    assert_eq!(stage.scene.shares(&stage.spender).await?, u(200));
    assert_eq!(stage.scene.asset.balance(spender).await?, u(300));
    Ok(())
}

async fn a_permit_replaces_the_allowance_also_by_nothing() -> Result<()> {
    let stage = Stage::new().await?;
    for (nonce, value) in [(0, U256::MAX), (1, u(3)), (2, u(0))] {
        let signed = stage.sign(&Permit { nonce: u(nonce), value, ..stage.permit() })?;
        stage.relayer.send(stage.request(signed.call())).await?;
        stage.expect(value, nonce + 1).await?;
    }
    Ok(())
}

async fn a_permit_cannot_be_replayed() -> Result<()> {
    let stage = Stage::new().await?;
    let signed = stage.sign(&stage.permit())?;
    stage.relayer.send(stage.request(signed.call())).await?;
    stage.spender.send(stage.scene.vault.withdraw(u(500), stage.spender.address(), signed.owner)).await?;
    stage.expect_mistaken(&signed, &Permit { nonce: u(1), ..stage.permit() }).await?;
    stage.expect(u(0), 1).await
}

async fn permits_are_used_in_the_order_of_their_nonces() -> Result<()> {
    let stage = Stage::new().await?;
    let second = stage.sign(&Permit { nonce: u(1), value: u(7), ..stage.permit() })?;
    stage.expect_mistaken(&second, &Permit { value: u(7), ..stage.permit() }).await?;
    let first = stage.sign(&stage.permit())?;
    for signed in [first, second] {
        stage.relayer.send(stage.request(signed.call())).await?;
    }
    stage.expect(u(7), 2).await
}

async fn a_permit_holds_through_its_last_second_and_no_longer() -> Result<()> {
    let stage = Stage::new().await?;
    let deadline = U256::from(stage.scene.start + EPOCH);
    let first = stage.sign(&Permit { deadline, ..stage.permit() })?;
    stage.scene.act(EPOCH, &stage.relayer, stage.request(first.call())).await?;
    let late = stage.sign(&Permit { deadline, nonce: u(1), ..stage.permit() })?;
    let expired = IVault::ERC2612ExpiredSignature { deadline };
    refused_at(&stage.scene, EPOCH + 1, &stage.relayer, stage.request(late.call()), expired).await?;
    stage.expect(u(500), 1).await
}

async fn of_the_two_signatures_that_there_are_only_the_lower_is_taken() -> Result<()> {
    let stage = Stage::new().await?;
    let signed = stage.sign(&stage.permit())?;
    let other = signed.other();
    // It is a true signature of the owner's: OpenZeppelin's rule, not the curve, keeps it out.
    let owner = other.mistaken_for(&stage.permit(), &vault_domain(&stage.scene))?.signer;
    assert_eq!(owner, stage.owner.address());
    let malleable = IVault::ECDSAInvalidSignatureS { s: other.signature.s().into() };
    refused(&stage.scene, &stage.relayer, stage.request(other.call()), malleable).await?;
    stage.relayer.send(stage.request(signed.call())).await?;
    stage.expect(u(500), 1).await
}

async fn a_permit_by_anybody_but_the_owner_is_refused() -> Result<()> {
    let stage = Stage::new().await?;
    let thief = Owner::new(&stage.scene.chain, "thief").await?;
    let signed = thief.sign(&stage.permit(), &vault_domain(&stage.scene))?;
    let error = IVault::ERC2612InvalidSigner { signer: thief.address(), owner: stage.owner.address() };
    refused(&stage.scene, &thief.account, stage.request(signed.call()), error).await?;
    stage.expect(u(0), 0).await
}

async fn nothing_that_was_signed_can_be_changed() -> Result<()> {
    let stage = Stage::new().await?;
    let (permit, signed) = (stage.permit(), stage.sign(&stage.permit())?);
    let relayer = stage.relayer.address();
    for changed in [
        Permit { owner: relayer, ..permit.clone() },
        Permit { spender: relayer, ..permit.clone() },
        Permit { value: u(501), ..permit.clone() },
        Permit { deadline: U256::MAX - u(1), ..permit.clone() },
    ] {
        let Permit { owner, spender, value, deadline, .. } = changed;
        let forged = Signed { owner, spender, value, deadline, ..signed.clone() };
        stage.expect_mistaken(&forged, &changed).await?;
    }
    let parity = !signed.signature.v();
    let signature = Signature::new(signed.signature.r(), signed.signature.s(), parity);
    stage.expect_mistaken(&Signed { signature, ..signed }, &permit).await?;
    stage.expect(u(0), 0).await
}

async fn what_is_no_signature_never_speaks_for_nobody() -> Result<()> {
    let stage = Stage::new().await?;
    let signed = stage.sign(&stage.permit())?.call();
    let nothing = B256::ZERO;
    for bad in [
        IVault::permitCall { v: 0, ..signed.clone() },
        IVault::permitCall { v: 1, ..signed.clone() },
        IVault::permitCall { v: 29, ..signed.clone() },
        IVault::permitCall { r: nothing, ..signed.clone() },
        IVault::permitCall { s: nothing, ..signed.clone() },
        // `ecrecover` answers nothing here, which must not be read as the zero address.
        IVault::permitCall { owner: Address::ZERO, r: nothing, s: nothing, ..signed.clone() },
    ] {
        refused(&stage.scene, &stage.relayer, stage.request(bad), IVault::ECDSAInvalidSignature {}).await?;
    }
    let zero = Permit { owner: Address::ZERO, ..stage.permit() };
    let forged = Signed { owner: Address::ZERO, ..stage.sign(&zero)? };
    let error = IVault::ERC2612InvalidSigner { signer: stage.owner.address(), owner: Address::ZERO };
    refused(&stage.scene, &stage.relayer, stage.request(forged.call()), error).await
}

async fn a_permit_for_nobody_is_refused_and_not_used_up() -> Result<()> {
    let stage = Stage::new().await?;
    let spender = Address::ZERO;
    let signed = stage.sign(&Permit { spender, ..stage.permit() })?;
    let error = IVault::ERC20InvalidSpender { spender };
    refused(&stage.scene, &stage.relayer, stage.request(signed.call()), error).await?;
    stage.expect(u(0), 0).await
}

async fn a_permit_for_another_vault_is_refused() -> Result<()> {
    let stage = Stage::new().await?;
    let (chain, here) = (&stage.scene.chain, stage.scene.vault.address());
    for other in [
        domain("Weir Staked Asset", chain.chain_id(), Address::repeat_byte(9)),
        domain("Weir", chain.chain_id(), here),
        domain("Weir Staked Asset", chain.chain_id() + 1, here),
    ] {
        let signed = stage.owner.sign(&stage.permit(), &other)?;
        stage.expect_mistaken(&signed, &stage.permit()).await?;
    }
    stage.expect(u(0), 0).await
}

async fn a_permit_for_the_same_vault_on_another_chain_is_refused() -> Result<()> {
    let one = Stage::on(Chain::at_a_standstill(Devnode::builder().chain_id(42_161)).await?).await?;
    let other = Stage::on(Chain::at_a_standstill(Devnode::builder().chain_id(42_170)).await?).await?;
    // Both chains have had the same history: all but the chain id is one and the same.
    assert_eq!(one.scene.vault.address(), other.scene.vault.address());
    assert_eq!(one.owner.address(), other.owner.address());
    let signed = one.sign(&one.permit())?;
    other.expect_mistaken(&signed, &other.permit()).await?;
    one.relayer.send(one.request(signed.call())).await?;
    one.expect(u(500), 1).await?;
    other.expect(u(0), 0).await?;
    let separators = [
        one.scene.vault.DOMAIN_SEPARATOR().call().await?,
        other.scene.vault.DOMAIN_SEPARATOR().call().await?,
    ];
    assert_ne!(separators[0], separators[1]);
    Ok(())
}

async fn the_domain_is_told_as_eip_5267_has_it() -> Result<()> {
    for name in [
        "",
        "Weir",
        "exactly thirty-two bytes, really",
        "a name of more than the thirty-two bytes of one word",
    ] {
        let scene = Scene::with(Tokens::Different, |settings| settings.name = name.into()).await?;
        let told = scene.vault.eip712Domain().call().await?;
        let (chain_id, vault) = (scene.chain.chain_id(), scene.vault.address());
        assert_eq!((told.fields.0, told.name.as_str(), told.version.as_str()), ([0x0f], name, "1"));
        assert_eq!((told.chainId, told.verifyingContract), (U256::from(chain_id), vault));
        assert_eq!((told.salt, told.extensions), (B256::ZERO, vec![]));
        let separator = scene.vault.DOMAIN_SEPARATOR().call().await?;
        assert_eq!(separator, domain(name, chain_id, vault).separator(), "{name:?}");
    }
    Ok(())
}

/// As a wallet does it: typed data in JSON, made of what the vault tells, signed by the node for its own account.
async fn a_wallet_signs_what_the_domain_tells_it() -> Result<()> {
    let stage = Stage::new().await?;
    let (chain, vault) = (&stage.scene.chain, &stage.scene.vault);
    let owner = chain.payer().address();
    let told = vault.eip712Domain().call().await?;
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind });
    let data = json!({
        "types": {
            "EIP712Domain": [
                field("name", "string"), field("version", "string"),
                field("chainId", "uint256"), field("verifyingContract", "address"),
            ],
            "Permit": [
                field("owner", "address"), field("spender", "address"), field("value", "uint256"),
                field("nonce", "uint256"), field("deadline", "uint256"),
            ],
        },
        "primaryType": "Permit",
        "domain": {
            "name": told.name, "version": told.version,
            "chainId": told.chainId, "verifyingContract": told.verifyingContract,
        },
        "message": {
            "owner": owner, "spender": stage.spender.address(), "value": "500",
            "nonce": vault.nonces(owner).call().await?, "deadline": U256::MAX,
        },
    });
    let text: String =
        chain.provider().raw_request("eth_signTypedData_v4".into(), (owner, data.to_string())).await?;
    let signature: Signature = text.parse().context("the node's answer is no signature")?;
    ensure!(signature.normalize_s().is_none(), "wallets give the lower of the two");
    let Permit { spender, value, deadline, .. } = stage.permit();
    let signed = Signed { owner, spender, value, deadline, signature };
    stage.relayer.send(stage.request(signed.call())).await?;
    assert_eq!(vault.allowance(owner, spender).call().await?, u(500));
    Ok(())
}
