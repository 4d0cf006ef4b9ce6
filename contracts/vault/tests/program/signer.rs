//! An account with a key, and the EVM's precompile that tells who signed.

use alloy_primitives::{Address, B256, Signature, U256, address, keccak256};
use alloy_sol_types::{SolStruct, SolValue, eip712_domain, sol};
use k256::ecdsa::SigningKey;
use weir::abi::IVault::permitCall;

use crate::{
    chain::{Chain, Message},
    world::VAULT,
};

sol! {
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");
/// The order of secp256k1.
const ORDER: U256 =
    U256::from_limbs([0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff]);
/// What the test VM says of its chain.
pub const CHAIN_ID: u64 = 42_161;

/// An account whose key is known.
pub struct Signer(SigningKey);

impl Signer {
    /// Account `number`; on a chain that recovers signers.
    pub fn new(number: u8, chain: &Chain) -> Self {
        chain.stand_in(ECRECOVER, |_, message: &Message| Ok(recover(&message.data)));
        Self(SigningKey::from_slice(&[number; 32]).expect("a key"))
    }

    pub fn address(&self) -> Address {
        Address::from_private_key(&self.0)
    }

    /// The signed permit, in the domain of the usual vault.
    pub fn sign(&self, permit: &Permit) -> permitCall {
        self.sign_hash(permit, permit.eip712_signing_hash(&domain("Weir Vault", CHAIN_ID, VAULT)))
    }

    /// The permit with a signature of `hash`.
    pub fn sign_hash(&self, permit: &Permit, hash: B256) -> permitCall {
        let (signature, recovery) = self.0.sign_prehash_recoverable(hash.as_slice()).expect("a signature");
        let signature = Signature::from((signature, recovery)).normalized_s();
        let Permit { owner, spender, value, deadline, .. } = permit.clone();
        permitCall {
            owner,
            spender,
            value,
            deadline,
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
        }
    }
}

/// The domain of a vault's permits, made by alloy.
pub fn domain(name: &'static str, chain_id: u64, vault: Address) -> alloy_sol_types::Eip712Domain {
    eip712_domain! { name: name, version: "1", chain_id: chain_id, verifying_contract: vault, }
}

/// The other signature of the same hash by the same key.
pub fn other_signature(permit: permitCall) -> permitCall {
    let s = ORDER - U256::from_be_bytes(permit.s.0);
    permitCall { v: 27 + 28 - permit.v, s: s.into(), ..permit }
}

/// What the precompile answers: the signer, or nothing.
fn recover(data: &[u8]) -> Vec<u8> {
    let (hash, v, r, s) = <(B256, U256, U256, U256)>::abi_decode_params(data).expect("four words");
    if v != U256::from(27) && v != U256::from(28) {
        return Vec::new();
    }
    let signature = Signature::new(r, s, v == U256::from(28));
    match signature.recover_from_prehash(&hash) {
        Ok(key) => Address::from_raw_public_key(&key.to_encoded_point(false).as_bytes()[1..]).abi_encode(),
        Err(_) => Vec::new(),
    }
}

#[test]
fn the_precompile_recovers_who_signed_and_says_nothing_otherwise() {
    let chain = Chain::default();
    let signer = Signer::new(1, &chain);
    let hash = keccak256("anything");
    let permit = Permit {
        owner: signer.address(),
        spender: VAULT,
        value: U256::ZERO,
        nonce: U256::ZERO,
        deadline: U256::ZERO,
    };
    let signed = signer.sign_hash(&permit, hash);
    let data = |v: u8| (hash, U256::from(v), signed.r, signed.s).abi_encode_params();
    assert_eq!(recover(&data(signed.v)), signer.address().abi_encode());
    assert_ne!(recover(&data(27 + 28 - signed.v)), signer.address().abi_encode());
    assert_eq!(recover(&data(29)), Vec::<u8>::new());
}
