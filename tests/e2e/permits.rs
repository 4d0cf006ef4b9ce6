//! Tests of approvals of shares by signature: EIP-2612 in the domain that EIP-5267 returns,
//! signed by accounts and by contracts (ERC-1271).

use alloy::{
    primitives::{Address, B256, Bytes, Signature, U256},
    providers::Provider,
    rpc::types::TransactionRequest,
    sol,
    sol_types::{SolCall, SolValue},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use serde_json::{Value, json};
use weir_bindings::IVault;
use weir_client::Account;
use weir_devnode::Devnode;
use weir_harness::Chain;

use crate::{
    evm::{create, returns_nothing, returns_word, reverts_with},
    logs::{log, logs},
    reverts::{reverts, reverts_at},
    scene::{EPOCH, Scene, Tokens, transaction, u},
    signer::{Owner, Permit, Signed, domain, vault_domain},
    trial::{on_any_chain, with_solidity, with_time_control},
};

/// Stake of the owner.
const STAKE: u128 = 1_000;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(any_account_can_send_a_permit),
        on_any_chain(a_permit_replaces_the_allowance),
        on_any_chain(a_permit_cannot_be_replayed),
        on_any_chain(permits_are_used_in_the_order_of_their_nonces),
        with_time_control(a_permit_expires_after_its_last_second),
        on_any_chain(only_the_lower_of_two_signatures_is_accepted),
        on_any_chain(a_permit_signed_by_another_account_reverts),
        on_any_chain(no_signed_field_can_be_changed),
        on_any_chain(an_invalid_signature_never_counts_as_the_zero_address),
        on_any_chain(a_permit_for_the_zero_address_reverts_and_is_not_consumed),
        on_any_chain(a_permit_for_another_vault_reverts),
        with_solidity(on_any_chain(a_contract_can_sign_by_erc_1271)),
        with_time_control(an_account_with_code_and_a_key_can_sign_with_its_key),
        on_any_chain(an_account_can_sign_with_65_bytes),
        with_time_control(a_permit_for_the_same_vault_on_another_chain_reverts),
        on_any_chain(the_domain_follows_eip_5267),
        with_time_control(a_wallet_can_sign_typed_data_for_the_domain),
    ]
}

/// A vault, an owner with a stake, a spender, and a relayer who sends permits.
struct Setup {
    scene: Scene,
    owner: Owner,
    spender: Account,
    relayer: Account,
}

impl Setup {
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

    /// The permit that the owner signs in most tests.
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

    /// The transaction that sends a permit.
    fn request(&self, call: IVault::permit_0Call) -> TransactionRequest {
        transaction(self.scene.vault.address(), call.abi_encode())
    }

    async fn expect(&self, allowance: U256, nonce: u128) -> Result<()> {
        let (owner, spender) = (self.owner.address(), self.spender.address());
        assert_eq!(self.scene.vault.allowance(owner, spender).call().await?, allowance);
        assert_eq!(self.scene.vault.nonces(owner).call().await?, u(nonce));
        Ok(())
    }

    /// Checks that `signed` reverts because its signature recovers to another signer of `permit`.
    async fn expect_wrong_signer(&self, signed: &Signed, permit: &Permit) -> Result<()> {
        let error = signed.wrong_signer_error(permit, &vault_domain(&self.scene))?;
        assert_ne!(error.signer, permit.owner);
        reverts(&self.scene, &self.relayer, self.request(signed.call()), error).await
    }
}

async fn any_account_can_send_a_permit() -> Result<()> {
    let setup = Setup::new().await?;
    let (owner, spender) = (setup.owner.address(), setup.spender.address());
    let signed = setup.sign(&setup.permit())?;
    let receipt = setup.relayer.send(setup.request(signed.call())).await?;
    let approval = IVault::Approval { owner, spender, value: u(500) };
    assert_eq!(logs(&receipt), [log(setup.scene.vault.address(), &approval)]);
    setup.expect(u(500), 1).await?;
    setup.spender.send(setup.scene.vault.transferFrom(owner, spender, u(200))).await?;
    setup.spender.send(setup.scene.vault.withdraw(u(300), spender, owner)).await?;
    setup.expect(u(0), 1).await?;
    assert_eq!(setup.scene.shares(&setup.spender).await?, u(200));
    assert_eq!(setup.scene.asset.balance(spender).await?, u(300));
    Ok(())
}

async fn a_permit_replaces_the_allowance() -> Result<()> {
    let setup = Setup::new().await?;
    for (nonce, value) in [(0, U256::MAX), (1, u(3)), (2, u(0))] {
        let signed = setup.sign(&Permit { nonce: u(nonce), value, ..setup.permit() })?;
        setup.relayer.send(setup.request(signed.call())).await?;
        setup.expect(value, nonce + 1).await?;
    }
    Ok(())
}

async fn a_permit_cannot_be_replayed() -> Result<()> {
    let setup = Setup::new().await?;
    let signed = setup.sign(&setup.permit())?;
    setup.relayer.send(setup.request(signed.call())).await?;
    setup.spender.send(setup.scene.vault.withdraw(u(500), setup.spender.address(), signed.owner)).await?;
    setup.expect_wrong_signer(&signed, &Permit { nonce: u(1), ..setup.permit() }).await?;
    setup.expect(u(0), 1).await
}

async fn permits_are_used_in_the_order_of_their_nonces() -> Result<()> {
    let setup = Setup::new().await?;
    let second = setup.sign(&Permit { nonce: u(1), value: u(7), ..setup.permit() })?;
    setup.expect_wrong_signer(&second, &Permit { value: u(7), ..setup.permit() }).await?;
    let first = setup.sign(&setup.permit())?;
    for signed in [first, second] {
        setup.relayer.send(setup.request(signed.call())).await?;
    }
    setup.expect(u(7), 2).await
}

async fn a_permit_expires_after_its_last_second() -> Result<()> {
    let setup = Setup::new().await?;
    let deadline = U256::from(setup.scene.start + EPOCH);
    let first = setup.sign(&Permit { deadline, ..setup.permit() })?;
    setup.scene.send_at(EPOCH, &setup.relayer, setup.request(first.call())).await?;
    let late = setup.sign(&Permit { deadline, nonce: u(1), ..setup.permit() })?;
    let expired = IVault::ERC2612ExpiredSignature { deadline };
    reverts_at(&setup.scene, EPOCH + 1, &setup.relayer, setup.request(late.call()), expired).await?;
    setup.expect(u(500), 1).await
}

async fn only_the_lower_of_two_signatures_is_accepted() -> Result<()> {
    let setup = Setup::new().await?;
    let signed = setup.sign(&setup.permit())?;
    let other = signed.high_s();
    // The owner's signature is valid on the curve; OpenZeppelin's rule rejects it.
    let owner = other.wrong_signer_error(&setup.permit(), &vault_domain(&setup.scene))?.signer;
    assert_eq!(owner, setup.owner.address());
    let malleable = IVault::ECDSAInvalidSignatureS { s: other.signature.s().into() };
    reverts(&setup.scene, &setup.relayer, setup.request(other.call()), malleable).await?;
    setup.relayer.send(setup.request(signed.call())).await?;
    setup.expect(u(500), 1).await
}

async fn a_permit_signed_by_another_account_reverts() -> Result<()> {
    let setup = Setup::new().await?;
    let thief = Owner::new(&setup.scene.chain, "thief").await?;
    let signed = thief.sign(&setup.permit(), &vault_domain(&setup.scene))?;
    let error = IVault::ERC2612InvalidSigner { signer: thief.address(), owner: setup.owner.address() };
    reverts(&setup.scene, &thief.account, setup.request(signed.call()), error).await?;
    setup.expect(u(0), 0).await
}

async fn no_signed_field_can_be_changed() -> Result<()> {
    let setup = Setup::new().await?;
    let (permit, signed) = (setup.permit(), setup.sign(&setup.permit())?);
    let relayer = setup.relayer.address();
    for changed in [
        Permit { owner: relayer, ..permit.clone() },
        Permit { spender: relayer, ..permit.clone() },
        Permit { value: u(501), ..permit.clone() },
        Permit { deadline: U256::MAX - u(1), ..permit.clone() },
    ] {
        let Permit { owner, spender, value, deadline, .. } = changed;
        let forged = Signed { owner, spender, value, deadline, ..signed.clone() };
        setup.expect_wrong_signer(&forged, &changed).await?;
    }
    let parity = !signed.signature.v();
    let signature = Signature::new(signed.signature.r(), signed.signature.s(), parity);
    setup.expect_wrong_signer(&Signed { signature, ..signed }, &permit).await?;
    setup.expect(u(0), 0).await
}

async fn an_invalid_signature_never_counts_as_the_zero_address() -> Result<()> {
    let setup = Setup::new().await?;
    let signed = setup.sign(&setup.permit())?.call();
    let nothing = B256::ZERO;
    for bad in [
        IVault::permit_0Call { v: 0, ..signed.clone() },
        IVault::permit_0Call { v: 1, ..signed.clone() },
        IVault::permit_0Call { v: 29, ..signed.clone() },
        IVault::permit_0Call { r: nothing, ..signed.clone() },
        IVault::permit_0Call { s: nothing, ..signed.clone() },
        // `ecrecover` returns nothing here, which must not count as the zero address.
        IVault::permit_0Call { owner: Address::ZERO, r: nothing, s: nothing, ..signed.clone() },
    ] {
        reverts(&setup.scene, &setup.relayer, setup.request(bad), IVault::ECDSAInvalidSignature {}).await?;
    }
    let zero = Permit { owner: Address::ZERO, ..setup.permit() };
    let forged = Signed { owner: Address::ZERO, ..setup.sign(&zero)? };
    let error = IVault::ERC2612InvalidSigner { signer: setup.owner.address(), owner: Address::ZERO };
    reverts(&setup.scene, &setup.relayer, setup.request(forged.call()), error).await
}

async fn a_permit_for_the_zero_address_reverts_and_is_not_consumed() -> Result<()> {
    let setup = Setup::new().await?;
    let spender = Address::ZERO;
    let signed = setup.sign(&Permit { spender, ..setup.permit() })?;
    let error = IVault::ERC20InvalidSpender { spender };
    reverts(&setup.scene, &setup.relayer, setup.request(signed.call()), error).await?;
    setup.expect(u(0), 0).await
}

sol!(
    #[sol(rpc)]
    interface ISigningWallet {
        function accept(bytes calldata signature) external;
    }
);

async fn a_contract_can_sign_by_erc_1271() -> Result<()> {
    let setup = Setup::new().await?;
    let (chain, vault) = (&setup.scene.chain, &setup.scene.vault);
    let owner = setup.owner.address().abi_encode();
    let wallet =
        ISigningWallet::new(chain.create_solidity("SigningWallet", &owner).await?, chain.provider().clone());
    let (spender, address) = (setup.spender.address(), *wallet.address());
    let permit = |nonce| Permit { owner: address, nonce, ..setup.permit() };
    let allowance = async || vault.allowance(address, spender).call().await;

    // Signed by the key of the wallet's owner: as v, r, s, and as bytes.
    let signed = setup.sign(&permit(u(0)))?;
    setup.relayer.send(setup.request(signed.call())).await?;
    assert_eq!(allowance().await?, u(500));
    let signed = setup.sign(&Permit { value: u(7), ..permit(u(1)) })?;
    setup.relayer.send(transaction(vault.address(), signed.bytes_call().abi_encode())).await?;
    assert_eq!(allowance().await?, u(7));

    // Signed by bytes that are not a signature on any curve.
    let signature = Bytes::from(vec![0x5a; 300]);
    let by_bytes = || vault.permit_1(address, spender, u(9), U256::MAX, signature.clone());
    reverts(&setup.scene, &setup.relayer, by_bytes(), IVault::ECDSAInvalidSignature {}).await?;
    chain.payer().send(wallet.accept(signature.clone())).await?;
    setup.relayer.send(by_bytes()).await?;
    assert_eq!(allowance().await?, u(9));
    assert_eq!(vault.nonces(address).call().await?, u(3));

    // A signature by another key reverts, and so does any signature of a contract that returns something else.
    let thief = Owner::new(chain, "thief").await?;
    let forged = thief.sign(&permit(u(3)), &vault_domain(&setup.scene))?;
    let error = forged.wrong_signer_error(&permit(u(3)), &vault_domain(&setup.scene))?;
    reverts(&setup.scene, &setup.relayer, setup.request(forged.call()), error).await?;
    for code in [returns_word(u(1)), returns_word(U256::from(0x1626ba7e)), returns_nothing()] {
        let liar = create(chain, &code).await?;
        let call = vault.permit_1(liar, spender, u(9), U256::MAX, signature.clone());
        reverts(&setup.scene, &setup.relayer, call, IVault::ECDSAInvalidSignature {}).await?;
    }
    Ok(())
}

/// EIP-7702: the account's code may reject what its key signs.
async fn an_account_with_code_and_a_key_can_sign_with_its_key() -> Result<()> {
    let setup = Setup::new().await?;
    let code = Bytes::from(reverts_with(IVault::ZeroAmount {}));
    let provider = setup.scene.chain.provider();
    let _: Value = provider.raw_request("anvil_setCode".into(), (setup.owner.address(), code)).await?;
    let signed = setup.sign(&setup.permit())?;
    setup.relayer.send(setup.request(signed.call())).await?;
    setup.expect(u(500), 1).await
}

async fn an_account_can_sign_with_65_bytes() -> Result<()> {
    let setup = Setup::new().await?;
    let vault = setup.scene.vault.address();
    let signed = setup.sign(&setup.permit())?;
    let good = signed.bytes_call();
    for length in [0, 64, 66] {
        let mut signature = good.signature.to_vec();
        signature.resize(length, 0);
        let call = IVault::permit_1Call { signature: signature.into(), ..good.clone() };
        let call = transaction(vault, call.abi_encode());
        reverts(&setup.scene, &setup.relayer, call, IVault::ECDSAInvalidSignature {}).await?;
    }
    let (.., s) = signed.high_s().parts();
    let high = transaction(vault, signed.high_s().bytes_call().abi_encode());
    reverts(&setup.scene, &setup.relayer, high, IVault::ECDSAInvalidSignatureS { s }).await?;
    setup.relayer.send(transaction(vault, good.abi_encode())).await?;
    setup.expect(u(500), 1).await
}

async fn a_permit_for_another_vault_reverts() -> Result<()> {
    let setup = Setup::new().await?;
    let (chain, here) = (&setup.scene.chain, setup.scene.vault.address());
    for other in [
        domain("Weir Staked Asset", chain.chain_id(), Address::repeat_byte(9)),
        domain("Weir", chain.chain_id(), here),
        domain("Weir Staked Asset", chain.chain_id() + 1, here),
    ] {
        let signed = setup.owner.sign(&setup.permit(), &other)?;
        setup.expect_wrong_signer(&signed, &setup.permit()).await?;
    }
    setup.expect(u(0), 0).await
}

async fn a_permit_for_the_same_vault_on_another_chain_reverts() -> Result<()> {
    let node = |chain_id| Devnode::builder().chain_id(chain_id).genesis_timestamp(2_000_000_000);
    let one = Setup::on(Chain::at_a_standstill(node(42_161)).await?).await?;
    let other = Setup::on(Chain::at_a_standstill(node(42_170)).await?).await?;
    // Both chains have the same history: only the chain id differs.
    assert_eq!(one.scene.vault.address(), other.scene.vault.address());
    assert_eq!(one.owner.address(), other.owner.address());
    let signed = one.sign(&one.permit())?;
    other.expect_wrong_signer(&signed, &other.permit()).await?;
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

async fn the_domain_follows_eip_5267() -> Result<()> {
    for name in [
        "",
        "Weir",
        "exactly thirty-two bytes, really",
        "a name of more than the thirty-two bytes of one word",
    ] {
        let scene = Scene::with(Tokens::Different, |settings| settings.name = name.into()).await?;
        let actual = scene.vault.eip712Domain().call().await?;
        let (chain_id, vault) = (scene.chain.chain_id(), scene.vault.address());
        assert_eq!((actual.fields.0, actual.name.as_str(), actual.version.as_str()), ([0x0f], name, "1"));
        assert_eq!((actual.chainId, actual.verifyingContract), (U256::from(chain_id), vault));
        assert_eq!((actual.salt, actual.extensions), (B256::ZERO, vec![]));
        let separator = scene.vault.DOMAIN_SEPARATOR().call().await?;
        assert_eq!(separator, domain(name, chain_id, vault).separator(), "{name:?}");
    }
    Ok(())
}

/// As a wallet does: the node signs typed data in JSON, built from the domain that the vault returns.
async fn a_wallet_can_sign_typed_data_for_the_domain() -> Result<()> {
    let setup = Setup::new().await?;
    let (chain, vault) = (&setup.scene.chain, &setup.scene.vault);
    let owner = chain.payer().address();
    let domain = vault.eip712Domain().call().await?;
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
            "name": domain.name, "version": domain.version,
            "chainId": domain.chainId, "verifyingContract": domain.verifyingContract,
        },
        "message": {
            "owner": owner, "spender": setup.spender.address(), "value": "500",
            "nonce": vault.nonces(owner).call().await?, "deadline": U256::MAX,
        },
    });
    let text: String =
        chain.provider().raw_request("eth_signTypedData_v4".into(), (owner, data.to_string())).await?;
    let signature: Signature = text.parse().context("the node did not return a signature")?;
    ensure!(signature.normalize_s().is_none(), "a wallet returns the signature with the lower s");
    let Permit { spender, value, deadline, .. } = setup.permit();
    let signed = Signed { owner, spender, value, deadline, signature };
    setup.relayer.send(setup.request(signed.call())).await?;
    assert_eq!(vault.allowance(owner, spender).call().await?, u(500));
    Ok(())
}
