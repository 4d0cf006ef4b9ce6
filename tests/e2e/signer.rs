//! Accounts that sign permits (EIP-2612) and send transactions.
//! Domains and digests are computed here, independently of the contract.

use std::borrow::Cow;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Signature, U256, keccak256},
    rpc::types::TransactionRequest,
    signers::{SignerSync, local::PrivateKeySigner},
    sol,
    sol_types::{Eip712Domain, SolStruct},
};
use anyhow::Result;
use weir_bindings::IVault;
use weir_client::Account;
use weir_harness::Chain;

use crate::scene::Scene;

sol! {
    /// The message that an owner signs.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

/// Ether that an account gets for its transactions, in wei: a tenth of an ether.
const ALLOWANCE: u64 = 100_000_000_000_000_000;
/// The order of secp256k1 (SEC 2, 2.4.1).
const ORDER: U256 =
    U256::from_limbs([0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff]);

/// An account with a known key.
pub struct Owner {
    pub account: Account,
    key: PrivateKeySigner,
}

impl Owner {
    /// A new account with ether. Its key is derived from the name and the payer.
    pub async fn new(chain: &Chain, name: &str) -> Result<Self> {
        let key = keccak256(format!("weir test signer {name} of {}", chain.payer().address()));
        let key = PrivateKeySigner::from_bytes(&key)?;
        let ether = TransactionRequest::default().with_to(key.address()).with_value(U256::from(ALLOWANCE));
        chain.payer().send(ether).await?;
        let account = Account::new(chain.provider().clone(), chain.chain_id(), key.clone()).await?;
        Ok(Self { account, key })
    }

    pub fn address(&self) -> Address {
        self.key.address()
    }

    /// Signs a permit in this domain.
    pub fn sign(&self, permit: &Permit, domain: &Eip712Domain) -> Result<Signed> {
        let signature = self.key.sign_hash_sync(&permit.eip712_signing_hash(domain))?;
        let Permit { owner, spender, value, deadline, .. } = *permit;
        let signature = signature.normalized_s();
        Ok(Signed { owner, spender, value, deadline, signature })
    }
}

/// A permit with its signature, the arguments of `permit`.
#[derive(Clone, Debug)]
pub struct Signed {
    pub owner: Address,
    pub spender: Address,
    pub value: U256,
    pub deadline: U256,
    pub signature: Signature,
}

impl Signed {
    /// `v`, `r` and `s`.
    pub fn parts(&self) -> (u8, B256, B256) {
        (27 + u8::from(self.signature.v()), self.signature.r().into(), self.signature.s().into())
    }

    /// A call of a vault's `permit` with `v`, `r` and `s`.
    pub fn call(&self) -> IVault::permit_0Call {
        let (v, r, s) = self.parts();
        let Self { owner, spender, value, deadline, .. } = *self;
        IVault::permit_0Call { owner, spender, value, deadline, v, r, s }
    }

    /// A call of a vault's `permit` with the 65 bytes of the signature.
    pub fn bytes_call(&self) -> IVault::permit_1Call {
        let Self { owner, spender, value, deadline, .. } = *self;
        IVault::permit_1Call { owner, spender, value, deadline, signature: self.signature.as_bytes().into() }
    }

    /// The other signature of the same hash by the same key: the one with the higher `s`.
    pub fn high_s(&self) -> Self {
        let signature = Signature::new(self.signature.r(), ORDER - self.signature.s(), !self.signature.v());
        Self { signature, ..self.clone() }
    }

    /// The error for this signature if it is checked against `permit`: it recovers to another signer.
    pub fn wrong_signer_error(
        &self,
        permit: &Permit,
        domain: &Eip712Domain,
    ) -> Result<IVault::ERC2612InvalidSigner> {
        let hash = permit.eip712_signing_hash(domain);
        let signer = self.signature.recover_address_from_prehash(&hash)?;
        Ok(IVault::ERC2612InvalidSigner { signer, owner: permit.owner })
    }
}

/// The domain of the permits of a scene's vault, computed independently.
pub fn vault_domain(scene: &Scene) -> Eip712Domain {
    domain("Weir Staked Asset", scene.chain.chain_id(), scene.vault.address())
}

/// An EIP-712 domain of version 1.
pub fn domain(name: &str, chain_id: u64, contract: Address) -> Eip712Domain {
    let (name, version) = (Cow::from(name.to_owned()), Cow::from("1"));
    Eip712Domain::new(Some(name), Some(version), Some(U256::from(chain_id)), Some(contract), None)
}
