//! EIP-2612 permits and the EIP-712 domain they are signed in.

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolError, SolStruct};
use weir::abi::{
    IERC20::{ERC20InsufficientAllowance, ERC20InvalidSpender, approveCall as tokenApproveCall},
    IVault::*,
};

use crate::{
    chain::log,
    signer::{CHAIN_ID, Permit, Signer, domain, other_signature},
    world::{ALICE, ASSET, BOB, IConstructors::vaultCall, T0, VAULT, World, settings, u},
};

fn scene() -> (World, Signer) {
    let world = World::new();
    let signer = Signer::new(7, &world.chain);
    (world, signer)
}

fn permit(signer: &Signer) -> Permit {
    Permit { owner: signer.address(), spender: BOB, value: u(500), nonce: u(0), deadline: u(T0.into()) }
}

#[test]
fn a_permit_approves_once_and_says_so() {
    let (world, signer) = scene();
    let owner = signer.address();
    world.ok(ALICE, signer.sign(&permit(&signer)));
    assert_eq!(world.logs(), [log(Approval { owner, spender: BOB, value: u(500) })]);
    assert_eq!(world.view(allowanceCall { owner, spender: BOB }), u(500));
    assert_eq!(world.view(noncesCall { owner }), u(1));
}

#[test]
fn a_permit_replaces_the_allowance_also_by_nothing() {
    let (world, signer) = scene();
    let owner = signer.address();
    for (nonce, value) in [(0, U256::MAX), (1, u(3)), (2, u(0))] {
        world.ok(ALICE, signer.sign(&Permit { nonce: u(nonce), value, ..permit(&signer) }));
        assert_eq!(world.view(allowanceCall { owner, spender: BOB }), value);
    }
    assert_eq!(world.view(noncesCall { owner }), u(3));
}

/// Whoever the vault takes for the signer, it is not the owner.
fn refused_for_its_signer(world: &World, call: permitCall) {
    let refusal = world.send(ALICE, call.abi_encode()).expect_err("another signer");
    assert_eq!(refusal[..4], ERC2612InvalidSigner::SELECTOR);
    assert_eq!(refusal[48..68], call.owner[..]);
    assert_ne!(ERC2612InvalidSigner::abi_decode(&refusal).expect("its arguments").signer, call.owner);
}

#[test]
fn a_permit_cannot_be_replayed() {
    let (world, signer) = scene();
    let signed = signer.sign(&permit(&signer));
    world.ok(ALICE, signed.clone());
    refused_for_its_signer(&world, signed);
}

#[test]
fn nothing_that_was_signed_can_be_changed() {
    let (world, signer) = scene();
    let signed = signer.sign(&permit(&signer));
    for changed in [
        permitCall { spender: ALICE, ..signed.clone() },
        permitCall { value: u(501), ..signed.clone() },
        permitCall { deadline: u(u128::from(T0) + 1), ..signed.clone() },
        permitCall { v: 27 + 28 - signed.v, ..signed.clone() },
        permitCall { owner: ALICE, ..signed.clone() },
    ] {
        refused_for_its_signer(&world, changed);
    }
    assert_eq!(world.view(noncesCall { owner: signer.address() }), u(0));
    world.ok(ALICE, signed);
}

#[test]
fn a_permit_for_another_chain_vault_name_or_nonce_is_refused() {
    let (world, signer) = scene();
    let permit = permit(&signer);
    for other in [
        domain("Weir Vault", CHAIN_ID + 1, VAULT),
        domain("Weir Vault", CHAIN_ID, ASSET),
        domain("Weir", CHAIN_ID, VAULT),
    ] {
        refused_for_its_signer(&world, signer.sign_hash(&permit, permit.eip712_signing_hash(&other)));
    }
    refused_for_its_signer(&world, signer.sign(&Permit { nonce: u(1), ..permit }));
}

#[test]
fn a_permit_holds_through_its_last_second_and_no_longer() {
    let (world, signer) = scene();
    let deadline = u(u128::from(T0) + 60);
    let signed = signer.sign(&Permit { deadline, ..permit(&signer) });
    world.at(61);
    world.refused(ALICE, signed.clone(), ERC2612ExpiredSignature { deadline });
    world.at(60);
    world.ok(ALICE, signed);
}

#[test]
fn of_the_two_signatures_that_there_are_only_the_lower_is_taken() {
    let (world, signer) = scene();
    let other = other_signature(signer.sign(&permit(&signer)));
    world.refused(ALICE, other.clone(), ECDSAInvalidSignatureS { s: other.s });
}

#[test]
fn a_signature_that_is_none_is_refused_and_never_speaks_for_nobody() {
    let (world, signer) = scene();
    let signed = signer.sign(&permit(&signer));
    for bad in [
        permitCall { v: 0, ..signed.clone() },
        permitCall { v: 29, ..signed.clone() },
        permitCall { r: B256::ZERO, ..signed.clone() },
        permitCall { s: B256::ZERO, ..signed.clone() },
        permitCall { owner: Address::ZERO, r: B256::ZERO, s: B256::ZERO, ..signed.clone() },
    ] {
        world.refused(ALICE, bad, ECDSAInvalidSignature {});
    }
}

#[test]
fn a_permit_for_nobody_is_refused_as_an_approval_is() {
    let (world, signer) = scene();
    let signed = signer.sign(&Permit { spender: Address::ZERO, ..permit(&signer) });
    world.refused(ALICE, signed, ERC20InvalidSpender { spender: Address::ZERO });
    assert_eq!(world.view(noncesCall { owner: signer.address() }), u(0));
}

#[test]
fn the_domain_is_told_as_eip_5267_has_it_whatever_the_name() {
    for name in ["", "Weir Vault", "a name that is longer than the thirty-two bytes of one word"] {
        let world = World::with(&vaultCall { name: name.into(), ..settings() });
        let told = world.view(eip712DomainCall {});
        assert_eq!((told.fields.0, told.name.as_str(), told.version.as_str()), ([0x0f], name, "1"));
        assert_eq!((told.chainId, told.verifyingContract), (U256::from(CHAIN_ID), VAULT));
        assert_eq!((told.salt, told.extensions), (B256::ZERO, Vec::new()));
        let separator = world.view(DOMAIN_SEPARATORCall {});
        assert_eq!(separator, domain(name, CHAIN_ID, VAULT).hash_struct());
    }
}

fn deposit_with_permit(assets: U256) -> depositWithPermitCall {
    let (r, s) = (B256::with_last_byte(1), B256::with_last_byte(2));
    depositWithPermitCall { assets, receiver: BOB, deadline: u(9), v: 27, r, s }
}

#[test]
fn a_deposit_with_permit_hands_the_signature_to_the_asset_as_it_came() {
    let world = World::new();
    world.give(ASSET, ALICE, u(5));
    assert_eq!(world.ok(ALICE, deposit_with_permit(u(5))), u(5));
    let depositWithPermitCall { deadline, v, r, s, .. } = deposit_with_permit(u(5));
    let handed = permitCall { owner: ALICE, spender: VAULT, value: u(5), deadline, v, r, s };
    assert_eq!(world.chain.messages_to(ASSET)[0].data, handed.abi_encode());
    assert_eq!(world.view(balanceOfCall { account: BOB }), u(5));
}

#[test]
fn a_deposit_survives_a_permit_that_somebody_else_used_before() {
    // The real token knows no permit and refuses it; the allowance is there.
    let world = World::new();
    world.give(ASSET, ALICE, u(5));
    world.ok(ALICE, deposit_with_permit(u(5)));
    assert_eq!(world.view(totalSupplyCall {}), u(5));
}

#[test]
fn a_deposit_with_a_permit_that_gave_no_allowance_is_refused_by_the_asset() {
    let world = World::new();
    world.give(ASSET, ALICE, u(5));
    let nothing = tokenApproveCall { spender: VAULT, value: u(4) };
    world.chain.call(ALICE, ASSET, &nothing).expect("approve");
    let refusal = ERC20InsufficientAllowance { spender: VAULT, allowance: u(4), needed: u(5) };
    world.refused(ALICE, deposit_with_permit(u(5)), refusal);
}
