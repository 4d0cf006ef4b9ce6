//! EIP-2612: approvals by signature, in the EIP-712 domain that EIP-5267 describes.
//! Chain id and address are read in each call and never stored, so a signature does not count on a fork of the chain.

use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256, U256, address, b256};
use alloy_sol_types::sol_data;

use crate::{
    abi::{
        IERC1271::isValidSignatureCall,
        IVault::{
            ECDSAInvalidSignature, ECDSAInvalidSignatureS, ERC2612ExpiredSignature, ERC2612InvalidSigner,
        },
    },
    host::{CallKind, Host, bytes::from_be_bytes},
    stylus::{
        encode::{Encode, Returns, calldata, put_bytes, put_tail},
        entry::Selector,
        revert::{Revert, require},
        slot::Slot,
        word::unpack_address,
    },
};

/// Tag of the map from owners to the number of their permits that were used.
const NONCES: u32 = 3;
/// The domain's version.
const VERSION: &[u8] = b"1";
/// The EVM's precompile that recovers the signer of a hash.
const ECRECOVER: Address = address!("0000000000000000000000000000000000000001");

/// `keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")`.
const DOMAIN_TYPE: B256 = b256!("8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f");
/// `keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)")`.
const PERMIT_TYPE: B256 = b256!("6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9");
/// Half the order of secp256k1, rounded down. Of the two values of `s` that sign the same hash, the other is above it.
const HALF_ORDER: U256 =
    U256::from_limbs([0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff]);

/// What an owner signs, except the nonce.
#[derive(Clone, Copy, Debug)]
pub struct Permit {
    /// Whose tokens may be spent.
    pub owner: Address,
    /// Who may spend them.
    pub spender: Address,
    /// Base units.
    pub value: U256,
    /// The last second in which the permit is valid (Unix time).
    pub deadline: U256,
}

/// What `isValidSignature` returns for a signature that it accepts (ERC-1271): its own selector, as `bytes4`.
const ACCEPTED: U256 = U256::from_limbs([0, 0, 0, (isValidSignatureCall::ID as u64) << 32]);

/// A signature on secp256k1.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// 27 or 28.
    pub v: u8,
    /// The x coordinate of the signature's point.
    pub r: B256,
    /// At most half the order of the curve, so that no signature can be altered into a second valid one.
    pub s: B256,
}

impl Signature {
    /// The signature in 65 bytes: r, s, v.
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ([r, s], &[v]) = bytes.as_chunks::<32>() else { return None };
        Some(Self { v, r: r.into(), s: s.into() })
    }

    /// Its 65 bytes: r, s, v.
    pub fn bytes(self) -> Vec<u8> {
        [&self.r[..], &self.s[..], &[self.v]].concat()
    }
}

/// The permits of the contract that runs in `host`.
#[derive(Clone)]
pub struct Permits {
    host: Host,
}

/// The EIP-712 domain, as `eip712Domain` (EIP-5267) returns it.
pub struct Domain {
    name: Vec<u8>,
    chain_id: u64,
    contract: Address,
}

impl Permits {
    /// The permits of the contract that runs in `host`.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// The nonce of `owner`'s next permit: the number of those used.
    pub fn nonce(&self, owner: Address) -> U256 {
        Slot::of_account(NONCES, owner).load(&self.host)
    }

    /// The domain of a token with this name.
    pub fn domain(&self, name: Vec<u8>) -> Domain {
        Domain { name, chain_id: self.host.chain_id(), contract: self.host.contract_address() }
    }

    /// The hash of [`domain`](Self::domain).
    pub fn domain_separator(&self, name: Vec<u8>) -> B256 {
        let Domain { name, chain_id, contract } = self.domain(name);
        let mut data = Vec::new();
        (DOMAIN_TYPE, self.host.keccak256(&name), self.host.keccak256(VERSION)).encode(&mut data);
        (chain_id, contract).encode(&mut data);
        self.host.keccak256(&data)
    }

    /// Uses up a permit of a token with this name: its nonce is never valid again.
    ///
    /// # Errors
    /// `ERC2612ExpiredSignature`, `ECDSAInvalidSignatureS`, `ECDSAInvalidSignature`, `ERC2612InvalidSigner`.
    pub fn consume(&mut self, name: Vec<u8>, permit: Permit, signature: &[u8]) -> Result<(), Revert> {
        let Permit { owner, spender, value, deadline } = permit;
        let now = U256::from(self.host.block_timestamp());
        require(now <= deadline, ERC2612ExpiredSignature { deadline })?;
        let nonces = Slot::of_account(NONCES, owner);
        let nonce = nonces.load(&self.host);
        nonces.store(&self.host, nonce + U256::ONE);

        let mut message = Vec::new();
        (PERMIT_TYPE, owner, spender).encode(&mut message);
        (value, nonce, deadline).encode(&mut message);
        let mut digest = vec![0x19, 0x01];
        (self.domain_separator(name), self.host.keccak256(&message)).encode(&mut digest);
        self.check_signature(owner, self.host.keccak256(&digest), signature)
    }

    /// Reverts unless `owner` signed `digest`: by ECDSA, or as a contract does (ERC-1271). An account that has code and a key
    /// (EIP-7702) may do either.
    fn check_signature(&self, owner: Address, digest: B256, signature: &[u8]) -> Result<(), Revert> {
        let ecdsa = Signature::from_bytes(signature);
        let signer = ecdsa.and_then(|signature| self.recover(digest, signature));
        if signer == Some(owner) || self.is_accepted_by(owner, digest, signature) {
            return Ok(());
        }
        let Some(Signature { s, .. }) = ecdsa else {
            return Err(ECDSAInvalidSignature {}.into());
        };
        require(is_low(s), ECDSAInvalidSignatureS { s })?;
        match signer {
            Some(signer) => Err(ERC2612InvalidSigner { signer, owner }.into()),
            None => Err(ECDSAInvalidSignature {}.into()),
        }
    }

    /// The account that signed `digest`, never the zero address; `None` if the signature is not valid.
    fn recover(&self, digest: B256, Signature { v, r, s }: Signature) -> Option<Address> {
        if !is_low(s) {
            return None;
        }
        let mut data = Vec::new();
        (digest, v, (r, s)).encode(&mut data);
        let result = self.host.call(CallKind::StaticCall, ECRECOVER, &data);
        (result.is_success && result.length == 32).then(|| unpack_address(self.host.return_word()))
    }

    /// Whether `owner` is a contract that accepts the signature (ERC-1271).
    fn is_accepted_by(&self, owner: Address, digest: B256, signature: &[u8]) -> bool {
        let mut data = calldata(isValidSignatureCall::ID, digest);
        put_bytes(&mut data, 2, signature);
        let result = self.host.call(CallKind::StaticCall, owner, &data);
        result.is_success && result.length >= 32 && self.host.return_word() == ACCEPTED
    }
}

/// Whether `s` is the lower one of the two that sign the same hash.
fn is_low(s: B256) -> bool {
    from_be_bytes(&s) <= HALF_ORDER
}

/// The results of `eip712Domain`.
type DomainTypes = (
    sol_data::FixedBytes<1>,
    sol_data::String,
    sol_data::String,
    sol_data::Uint<256>,
    sol_data::Address,
    sol_data::FixedBytes<32>,
    sol_data::Array<sol_data::Uint<256>>,
);

impl Returns<DomainTypes> for Domain {}

/// `fields` says that name, version, chain id and address are used; there is no salt and there are no extensions.
impl Encode for Domain {
    fn encode(&self, out: &mut Vec<u8>) {
        const HEAD: u128 = 7 * 32;
        const FIELDS: u8 = 0b1111;
        let name_size = 32 + self.name.len().next_multiple_of(32) as u128;
        let version_at = HEAD + name_size;
        B256::right_padding_from(&[FIELDS]).encode(out);
        (HEAD, version_at, self.chain_id).encode(out);
        (self.contract, U256::ZERO, version_at + 64).encode(out);
        put_tail(out, &self.name);
        put_tail(out, VERSION);
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
    fn type_hashes_match_the_types() {
        let domain = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
        let permit = "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
        assert_eq!((DOMAIN_TYPE, PERMIT_TYPE), (keccak256(domain), keccak256(permit)));
    }

    #[test]
    fn a_domain_encodes_as_alloy_decodes_it() {
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
