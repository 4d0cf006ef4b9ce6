//! A vault's code: what it was created with.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use super::{Kind, Origin, bounds::MAX_TEXT, bytes::Fields, proxy};
use crate::{host::bytes::to_be_bytes, math::auction::MAX_RECORDED_PRICE};

/// What a vault's calls need of what it was created with. It never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultConfig {
    /// The vault's second program, for functions that are called seldom.
    pub extension: Address,
    /// The token that is staked.
    pub asset: Address,
    /// The token that rewards are paid in and the auction takes in. May be the asset.
    pub reward: Address,
    /// The token that is sold. May be the asset, not the reward.
    pub yield_token: Address,
    /// When the vault was created, and epoch 0 began (Unix seconds).
    pub deployed_at: u64,
    /// Length of an epoch in seconds.
    pub epoch_length: u32,
    /// Target period of the auction in seconds.
    pub target_period: u32,
    /// Part of the surplus that a sale holds back, as a wad below 1e18.
    pub smoothing: u64,
    /// Decimals of the asset, which the shares have too.
    pub decimals: u8,
}

impl VaultConfig {
    /// Bytes of an encoded configuration.
    pub const LENGTH: usize = 4 * 20 + 8 + 4 + 4 + 8 + 1;

    /// Its fields in their order, big-endian, without padding.
    pub fn encode(&self) -> Vec<u8> {
        [
            self.extension.as_slice(),
            self.asset.as_slice(),
            self.reward.as_slice(),
            self.yield_token.as_slice(),
            &self.deployed_at.to_be_bytes(),
            &self.epoch_length.to_be_bytes(),
            &self.target_period.to_be_bytes(),
            &self.smoothing.to_be_bytes(),
            &[self.decimals],
        ]
        .concat()
    }

    /// The configuration that [`encode`](Self::encode) encoded.
    #[inline(always)]
    pub fn decode(bytes: &[u8; Self::LENGTH]) -> Self {
        Self::read(&mut Fields::new(bytes))
    }

    #[inline(always)]
    fn read(fields: &mut Fields) -> Self {
        Self {
            extension: fields.address(),
            asset: fields.address(),
            reward: fields.address(),
            yield_token: fields.address(),
            deployed_at: fields.u64(),
            epoch_length: fields.u32(),
            target_period: fields.u32(),
            smoothing: fields.u64(),
            decimals: fields.u8(),
        }
    }

    /// Whether asset and reward are one token, so that its balance holds principal and reserve.
    pub fn asset_is_reward(&self) -> bool {
        self.asset == self.reward
    }

    /// Whether asset and yield token are one token, so that its surplus is for sale.
    pub fn asset_is_yield(&self) -> bool {
        self.asset == self.yield_token
    }
}

/// What a vault's code holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultCode<'a> {
    /// The program that it delegates to.
    pub program: Address,
    /// The EVM contract that it delegates to while the program cannot run.
    pub lifeboat: Address,
    /// What its calls need.
    pub config: VaultConfig,
    /// What created it.
    pub origin: Origin,
    /// The first word of its slot 0: price and time of the last sale, as it was created with.
    pub first_sale: U256,
    /// The first owner; may be zero.
    pub owner: Address,
    /// Name of the share token: at most 255 bytes.
    pub name: &'a [u8],
    /// Symbol of the share token: at most 255 bytes.
    pub symbol: &'a [u8],
}

/// Offset of the first sale, 32 bytes.
pub const FIRST_SALE: usize = proxy::VAULT_LENGTH + VaultConfig::LENGTH + 20 + 8;
/// Offset of the first owner, 20 bytes.
pub const OWNER: usize = FIRST_SALE + 32;
/// Offset of name and symbol, each a byte with the length and as many bytes.
const TEXTS: usize = OWNER + 20;

/// Bit of the last sale's time, u40, in the vault's slot 0 (QUEUE); what is queued has the bits below.
pub const SALE_TIME_AT: usize = 112;
/// Bit of the last sale's price, u104, in the vault's slot 0.
pub const SALE_PRICE_AT: usize = 152;

/// The first word of a vault's slot 0: nothing queued, and a last sale at this price (base units of the reward token) and time
/// (Unix seconds). A price above 2^104 − 1 counts as that, and a time above 2^40 − 1 (the year 36 812) too.
pub fn first_queue(price: U256, time: u64) -> U256 {
    let time = time.min((1 << (SALE_PRICE_AT - SALE_TIME_AT)) - 1);
    price.min(MAX_RECORDED_PRICE) << SALE_PRICE_AT | U256::from(time) << SALE_TIME_AT
}

impl<'a> VaultCode<'a> {
    /// Bytes of the shortest code: name and symbol are empty.
    pub const MIN_LENGTH: usize = TEXTS + 2;
    /// Bytes of the longest code: name and symbol have 255 each.
    pub const MAX_LENGTH: usize = Self::MIN_LENGTH + 2 * MAX_TEXT;

    /// The code. Name and symbol must have at most 255 bytes each.
    pub fn encode(&self) -> Vec<u8> {
        let Origin { factory, number } = self.origin;
        [
            &proxy::of_vault(self.program, self.lifeboat)[..],
            &self.config.encode(),
            factory.as_slice(),
            &number.to_be_bytes(),
            &to_be_bytes(self.first_sale),
            self.owner.as_slice(),
            &[self.name.len() as u8],
            self.name,
            &[self.symbol.len() as u8],
            self.symbol,
        ]
        .concat()
    }

    /// Init code that creates it.
    pub fn init_code(&self) -> Vec<u8> {
        Kind::Vault.init_code(&self.encode())
    }

    /// What `code` holds, if it is that of a vault.
    pub fn decode(code: &'a [u8]) -> Option<Self> {
        let ([program, lifeboat], rest) = proxy::parse_vault(code)?;
        if code.len() < Self::MIN_LENGTH {
            return None;
        }
        let mut fields = Fields::new(rest);
        let decoded = Self {
            program,
            lifeboat,
            config: VaultConfig::read(&mut fields),
            origin: Origin { factory: fields.address(), number: fields.u64() },
            first_sale: fields.u256(),
            owner: fields.address(),
            name: fields.text()?,
            symbol: fields.text()?,
        };
        fields.is_at_end().then_some(decoded)
    }

    /// The configuration in `code`, which is known to be that of a vault.
    pub fn config(code: &[u8]) -> Option<VaultConfig> {
        code.get(proxy::VAULT_LENGTH..)?.first_chunk().map(VaultConfig::decode)
    }

    /// Name and symbol in `code`, which is known to be that of a vault.
    pub fn texts(code: &'a [u8]) -> Option<[&'a [u8]; 2]> {
        let mut fields = Fields::new(code.get(TEXTS..)?);
        Some([fields.text()?, fields.text()?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clones::prologue;

    fn vault() -> VaultCode<'static> {
        VaultCode {
            program: Address::repeat_byte(9),
            lifeboat: Address::repeat_byte(7),
            config: VaultConfig {
                extension: Address::repeat_byte(1),
                asset: Address::repeat_byte(2),
                reward: Address::repeat_byte(3),
                yield_token: Address::repeat_byte(4),
                deployed_at: 0x0405060708090a0b,
                epoch_length: 0x0c0d0e0f,
                target_period: u32::MAX,
                smoothing: u64::MAX,
                decimals: 6,
            },
            origin: Origin { factory: Address::repeat_byte(5), number: 8 },
            first_sale: U256::from(7) << 112,
            owner: Address::repeat_byte(6),
            name: b"Weir Vault",
            symbol: b"wVLT",
        }
    }

    #[test]
    fn a_configuration_decodes_as_encoded() {
        let config = vault().config;
        let bytes = config.encode();
        assert_eq!(bytes.len(), VaultConfig::LENGTH);
        assert_eq!(VaultConfig::decode(bytes.first_chunk().unwrap()), config);
    }

    #[test]
    fn a_code_decodes_as_encoded_and_nothing_else_does() {
        let long = [b'n'; 255];
        for (name, symbol) in [(&b""[..], &b""[..]), (b"Weir Vault", b"wVLT"), (&long, &long)] {
            let vault = VaultCode { name, symbol, ..vault() };
            let code = vault.encode();
            assert_eq!(VaultCode::decode(&code), Some(vault.clone()));
            assert_eq!(VaultCode::config(&code), Some(vault.config));
            assert_eq!(VaultCode::texts(&code), Some([name, symbol]));
            assert_eq!(VaultCode::decode(&code[..code.len() - 1]), None);
            assert_eq!(VaultCode::decode(&[code.as_slice(), &[0]].concat()), None);
            assert!(code.len() > super::super::PairCode::LENGTH);
        }
        for changed in [0, 5, 17, 38, 88, 89, 100, 155] {
            let mut other = vault().encode();
            other[changed] ^= 1;
            assert_eq!(VaultCode::decode(&other), None, "{changed}");
        }
    }

    #[test]
    fn a_time_or_price_above_its_field_counts_as_the_largest() {
        let [time, price] = [SALE_TIME_AT, SALE_PRICE_AT].map(|at| U256::ONE << at);
        assert_eq!(first_queue(U256::from(3), 5), price * U256::from(3) + time * U256::from(5));
        assert_eq!(first_queue(U256::ZERO, u64::MAX), price - time);
        assert_eq!(first_queue(U256::MAX, 0), U256::ZERO - price);
    }

    /// That it runs is for the end-to-end tests to show: these are the offsets that it uses.
    #[test]
    fn the_prologue_loads_first_sale_and_owner_where_the_code_has_them() {
        let (vault, code) = (vault(), vault().encode());
        assert_eq!(vault.init_code()[prologue::VAULT.len()..], code);
        assert_eq!(code[FIRST_SALE..][..32], vault.first_sale.to_be_bytes::<32>());
        assert_eq!(code[OWNER..][..20], vault.owner[..]);
    }
}
