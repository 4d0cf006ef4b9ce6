//! EIP-2612: approvals by signature, in the EIP-712 domain that EIP-5267 tells.
//!
//! Chain id and address are those of the call, never stored ones: on a fork no signature for the other chain holds.

use alloy_primitives::{Address, B256, U256, address, b256};
use stylus_sdk::{host::VM, stylus_core::*};

use super::{
    call::{self, Way},
    calldata::{Reply, Words},
    revert::Revert,
    storage::Slot,
    word::unpack_address,
};
use crate::abi::IVault::{
    ECDSAInvalidSignature, ECDSAInvalidSignatureS, ERC2612ExpiredSignature, ERC2612InvalidSigner,
};

/// Tag of the map from owners to how many permits of theirs were used.
const NONCES: u32 = 3;
/// Version of the domain.
const VERSION: &[u8] = b"1";
/// The EVM's precompile that recovers signers.
const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");

/// `keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")`.
const DOMAIN_TYPE: B256 = b256!("8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f");
/// `keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)")`.
const PERMIT_TYPE: B256 = b256!("6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9");
/// Half the order of secp256k1, rounded down: the largest `s` of the two that sign the same.
const HALF_ORDER: U256 =
    U256::from_limbs([0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff]);

/// What an owner signs, but for the nonce.
#[derive(Clone, Copy, Debug)]
pub struct Permit {
    /// Whose tokens.
    pub owner: Address,
    /// Who may spend them.
    pub spender: Address,
    /// How much, in base units.
    pub value: U256,
    /// The last second, Unix time, at which the permit can be used.
    pub deadline: U256,
}

/// A signature on secp256k1.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// 27 or 28.
    pub v: u64,
    /// The point's x.
    pub r: U256,
    /// At most half the order: of the two signatures that there are, only one is taken.
    pub s: U256,
}

impl Signature {
    /// The arguments `v`, `r` and `s`, of which the first is number `first`.
    ///
    /// # Errors
    /// `InvalidCalldata` if `v` is no `uint8`.
    pub fn decode(words: Words, first: usize) -> Result<Self, Revert> {
        Ok(Self { v: words.small(first, 8)?, r: words.uint(first + 1), s: words.uint(first + 2) })
    }
}

/// The permits of the program that runs in `vm`.
#[derive(Clone)]
pub struct Permits {
    vm: VM,
}

/// What EIP-5267's `eip712Domain` tells: name, version, chain id and address.
pub struct Domain {
    name: Vec<u8>,
    chain_id: u64,
    contract: Address,
}

impl Permits {
    /// The permits of the program that runs in `vm`.
    pub fn new(vm: VM) -> Self {
        Self { vm }
    }

    /// How many permits of `owner`'s were used: the number of the next.
    pub fn nonce(&self, owner: Address) -> U256 {
        Slot::of_account(NONCES, owner).load(&self.vm)
    }

    /// The domain that is signed in, of a token called `name`.
    pub fn domain(&self, name: Vec<u8>) -> Domain {
        Domain { name, chain_id: self.vm.chain_id(), contract: self.vm.contract_address() }
    }

    /// The hash of [`domain`](Self::domain).
    pub fn domain_separator(&self, name: Vec<u8>) -> B256 {
        let Domain { name, chain_id, contract } = self.domain(name);
        let mut data = Vec::new();
        (DOMAIN_TYPE, self.vm.native_keccak256(&name), self.vm.native_keccak256(VERSION)).encode(&mut data);
        (u128::from(chain_id), contract).encode(&mut data);
        self.vm.native_keccak256(&data)
    }

    /// Uses up a permit of a token called `name`: its nonce never serves again.
    ///
    /// # Errors
    /// `ERC2612ExpiredSignature`, `ECDSAInvalidSignatureS`, `ECDSAInvalidSignature`, `ERC2612InvalidSigner`.
    pub fn consume(&mut self, name: Vec<u8>, permit: Permit, signature: Signature) -> Result<(), Revert> {
        let Permit { owner, spender, value, deadline } = permit;
        if U256::from(self.vm.block_timestamp()) > deadline {
            return Err(ERC2612ExpiredSignature { deadline }.into());
        }
        let nonces = Slot::of_account(NONCES, owner);
        let nonce = nonces.load(&self.vm);
        nonces.store(&self.vm, nonce + U256::ONE);

        let mut message = Vec::new();
        (PERMIT_TYPE, owner, spender).encode(&mut message);
        (value, nonce, deadline).encode(&mut message);
        let mut digest = vec![0x19, 0x01];
        (self.domain_separator(name), self.vm.native_keccak256(&message)).encode(&mut digest);
        let digest = self.vm.native_keccak256(&digest);
        let signer = self.recover(digest, signature)?;
        if signer != owner {
            return Err(ERC2612InvalidSigner { signer, owner }.into());
        }
        Ok(())
    }

    /// Who signed `digest`; never the zero address.
    fn recover(&self, digest: B256, Signature { v, r, s }: Signature) -> Result<Address, Revert> {
        if s > HALF_ORDER {
            return Err(ECDSAInvalidSignatureS { s: s.into() }.into());
        }
        let mut data = Vec::new();
        (digest, U256::from(v), (r, s)).encode(&mut data);
        let outcome = call::make(&self.vm, Way::Static, ECRECOVER, &data);
        if !outcome.is_success || outcome.length != 32 {
            return Err(ECDSAInvalidSignature {}.into());
        }
        Ok(unpack_address(call::first_word(&self.vm)))
    }
}

/// `(bytes1 fields, string name, string version, uint256 chainId, address contract, bytes32 salt, uint256[] extensions)`
/// with the first four fields of an EIP-712 domain in use, no salt and no extensions.
impl Reply for Domain {
    fn encode(&self, out: &mut Vec<u8>) {
        const HEAD: u128 = 7 * 32;
        const FIELDS: u8 = 0b1111;
        let name_size = 32 + self.name.len().next_multiple_of(32) as u128;
        let version_at = HEAD + name_size;
        B256::right_padding_from(&[FIELDS]).encode(out);
        (HEAD, version_at, u128::from(self.chain_id)).encode(out);
        (self.contract, U256::ZERO, version_at + 64).encode(out);
        for text in [&self.name, VERSION] {
            (text.len() as u128).encode(out);
            out.extend_from_slice(text);
            out.resize(out.len().next_multiple_of(32), 0);
        }
        0u128.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;
    use alloy_sol_types::SolCall;

    use super::*;
    use crate::abi::IVault::eip712DomainCall;

    #[test]
    fn the_type_hashes_are_those_of_the_types() {
        let domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let permit = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
        assert_eq!((DOMAIN_TYPE, PERMIT_TYPE), (keccak256(domain), keccak256(permit)));
    }

    #[test]
    fn a_domain_is_encoded_as_alloy_decodes_it() {
        for name in
            ["", "Weir", "exactly thirty-two bytes, really", "longer than the thirty-two bytes of a word"]
        {
            let contract = Address::repeat_byte(7);
            let mut data = Vec::new();
            Domain { name: name.into(), chain_id: 42_161, contract }.encode(&mut data);
            let domain = eip712DomainCall::abi_decode_returns_validate(&data).unwrap();
            assert_eq!(domain.fields.0, [0x0f]);
            assert_eq!((domain.name.as_str(), domain.version.as_str()), (name, "1"));
            assert_eq!((domain.chainId, domain.verifyingContract), (U256::from(42_161), contract));
            assert_eq!((domain.salt, domain.extensions.len()), (B256::ZERO, 0));
        }
    }
}
