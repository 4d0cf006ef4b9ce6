//! The funded accounts of a development chain, and their signatures.
//!
//! The first is Nitro's development account; the others come from the mnemonic that all Ethereum test nodes use. Their
//! keys are public: never use them on a chain with value.

use alloy_consensus::{SignableTransaction, TxEnvelope, TypedTransaction};
use alloy_primitives::{Address, B256, Signature, U256, b256};
use bip32::{ChildNumber, XPrv, secp256k1::ecdsa::SigningKey};
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha512;

/// The key that Nitro's `--dev` mode funds.
pub const NITRO_DEV_KEY: B256 = b256!("b6b15c8cb491557369f3c7d2c287b053eb229daa9c22138887752191c9520659");

/// The phrase of the other accounts, at `m/44'/60'/0'/0/i`.
pub const MNEMONIC: &str = "test test test test test test test test test test test junk";

/// An account whose key the node holds.
#[derive(Clone)]
pub struct DevAccount {
    address: Address,
    signer: SigningKey,
}

impl std::fmt::Debug for DevAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevAccount").field("address", &self.address).finish_non_exhaustive()
    }
}

impl DevAccount {
    fn new(signer: SigningKey) -> Self {
        Self { address: Address::from_private_key(&signer), signer }
    }

    pub const fn address(&self) -> Address {
        self.address
    }

    pub fn key(&self) -> B256 {
        B256::from_slice(&self.signer.to_bytes())
    }

    /// Signs a digest, deterministically (RFC 6979), so that the same transaction always has the same hash.
    ///
    /// # Errors
    /// The curve library rejects the digest, which is not expected.
    pub fn sign_digest(&self, digest: B256) -> Result<Signature, String> {
        let (signature, parity) = self
            .signer
            .sign_prehash_recoverable(digest.as_slice())
            .map_err(|error| format!("cannot sign for {}: {error}", self.address))?;
        Ok(Signature::from((signature, parity)))
    }

    /// Signs a transaction.
    ///
    /// # Errors
    /// As [`sign_digest`](Self::sign_digest).
    pub fn sign(&self, tx: TypedTransaction) -> Result<TxEnvelope, String> {
        let signature = self.sign_digest(tx.signature_hash())?;
        Ok(TxEnvelope::new_unhashed(tx, signature))
    }
}

/// Nitro's development account, then `count` accounts of [`MNEMONIC`].
pub fn dev_accounts(count: u32) -> Vec<DevAccount> {
    let nitro = SigningKey::from_slice(NITRO_DEV_KEY.as_slice()).expect("the constant is a valid key");
    // The seed of a phrase without a password (BIP-39).
    let seed: [u8; 64] = pbkdf2_hmac_array::<Sha512, 64>(MNEMONIC.as_bytes(), b"mnemonic", 2048);
    let parent = "m/44'/60'/0'/0".parse().expect("the constant is a valid path");
    let parent = XPrv::derive_from_path(seed, &parent).expect("the seed has 64 bytes");
    let derived = (0..count).map(|index| {
        let child = ChildNumber::new(index, false).and_then(|number| parent.derive_child(number));
        DevAccount::new(child.expect("indices below 2^31 have keys").private_key().clone())
    });
    std::iter::once(DevAccount::new(nitro)).chain(derived).collect()
}

/// A transaction of an impersonated `sender`.
///
/// Its signature is not valid: it contains the sender as `r`, so that equal transactions of two senders have different
/// hashes.
pub fn impersonate(tx: TypedTransaction, sender: Address) -> TxEnvelope {
    let signature = Signature::new(U256::from_be_slice(sender.as_slice()), U256::from(1), false);
    TxEnvelope::new_unhashed(tx, signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::address;

    #[test]
    fn accounts_match_those_of_nitro_and_anvil() {
        let accounts: Vec<_> = dev_accounts(10).iter().map(DevAccount::address).collect();
        assert_eq!(accounts.len(), 11);
        assert_eq!(accounts[0], address!("3f1Eae7D46d88F08fc2F8ed27FCb2AB183EB2d0E"));
        assert_eq!(accounts[1], address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"));
        assert_eq!(accounts[2], address!("70997970C51812dc3A010C7d01b50e0d17dc79C8"));
        assert_eq!(accounts[10], address!("a0Ee7A142d267C1f36714E4a8F75612F20a79720"));
    }
}
