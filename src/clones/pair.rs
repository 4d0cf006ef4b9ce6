//! A pair's code: what it was created with.

use alloc::vec::Vec;

use alloy_primitives::{Address, U256};

use super::{Kind, Origin, bytes::Fields, proxy};
use crate::host::bytes::to_be_bytes;

/// Who sells what for what, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairConfig {
    /// The contract whose balance is sold: an `ILiquidationSource`.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
    /// Target period in seconds.
    pub target_period: u64,
    /// Part of the balance that a sale holds back, as a wad below 1e18.
    pub smoothing: u64,
}

impl PairConfig {
    /// Bytes of an encoded configuration.
    pub const LENGTH: usize = 3 * 20 + 2 * 8;

    /// Its fields in their order, big-endian, without padding.
    pub fn encode(&self) -> Vec<u8> {
        let Self { source, token_in, token_out, target_period, smoothing } = self;
        [
            source.as_slice(),
            token_in.as_slice(),
            token_out.as_slice(),
            &target_period.to_be_bytes(),
            &smoothing.to_be_bytes(),
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
            source: fields.address(),
            token_in: fields.address(),
            token_out: fields.address(),
            target_period: fields.u64(),
            smoothing: fields.u64(),
        }
    }
}

/// What a pair's code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairCode {
    /// The program that it delegates to.
    pub program: Address,
    /// What its calls need.
    pub config: PairConfig,
    /// What created it.
    pub origin: Origin,
    /// The first word of its slot 0: price and time of the last sale, as it was created with.
    pub first_sale: U256,
}

/// Offset of the first sale, 32 bytes.
pub const FIRST_SALE: usize = proxy::PAIR_LENGTH + PairConfig::LENGTH + 20 + 8;

impl PairCode {
    /// Bytes of a pair's code.
    pub const LENGTH: usize = FIRST_SALE + 32;

    /// The code.
    pub fn encode(&self) -> Vec<u8> {
        let Origin { factory, number } = self.origin;
        [
            &proxy::of_pair(self.program)[..],
            &self.config.encode(),
            factory.as_slice(),
            &number.to_be_bytes(),
            &to_be_bytes(self.first_sale),
        ]
        .concat()
    }

    /// Init code that creates it.
    pub fn init_code(&self) -> Vec<u8> {
        Kind::Pair.init_code(&self.encode())
    }

    /// What `code` holds, if it is that of a pair.
    pub fn decode(code: &[u8]) -> Option<Self> {
        let (program, rest) = proxy::parse_pair(code)?;
        if code.len() != Self::LENGTH {
            return None;
        }
        let mut fields = Fields::new(rest);
        Some(Self {
            program,
            config: PairConfig::read(&mut fields),
            origin: Origin { factory: fields.address(), number: fields.u64() },
            first_sale: fields.u256(),
        })
    }

    /// The configuration in `code`, which is known to be that of a pair.
    pub fn config(code: &[u8]) -> Option<PairConfig> {
        code.get(proxy::PAIR_LENGTH..)?.first_chunk().map(PairConfig::decode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clones::prologue;

    fn pair() -> PairCode {
        PairCode {
            program: Address::repeat_byte(9),
            config: PairConfig {
                source: Address::repeat_byte(1),
                token_in: Address::repeat_byte(2),
                token_out: Address::repeat_byte(3),
                target_period: 0x0405060708090a0b,
                smoothing: u64::MAX,
            },
            origin: Origin { factory: Address::repeat_byte(4), number: 8 },
            first_sale: U256::from(5) << 64,
        }
    }

    #[test]
    fn a_configuration_decodes_as_encoded() {
        let config = pair().config;
        let bytes = config.encode();
        assert_eq!(PairConfig::decode(bytes.first_chunk().unwrap()), config);
        assert_eq!(bytes.len(), PairConfig::LENGTH);
    }

    #[test]
    fn a_code_decodes_as_encoded_and_nothing_else_does() {
        let code = pair().encode();
        assert_eq!(code.len(), PairCode::LENGTH);
        assert_eq!(PairCode::decode(&code), Some(pair()));
        assert_eq!(PairCode::config(&code), Some(pair().config));
        assert_eq!(PairCode::decode(&code[1..]), None);
        assert_eq!(PairCode::decode(&[code.as_slice(), &[0]].concat()), None);
        for changed in [0, 5, 17, 38, 52] {
            let mut other = code.clone();
            other[changed] ^= 1;
            assert_eq!(PairCode::decode(&other), None, "{changed}");
        }
    }

    /// That it runs is for the end-to-end tests to show: this is the offset that it uses.
    #[test]
    fn the_prologue_loads_the_first_sale_where_the_code_has_it() {
        let (init_code, code) = (pair().init_code(), pair().encode());
        assert_eq!(init_code[prologue::PAIR.len()..], code);
        assert_eq!(code[FIRST_SALE..], pair().first_sale.to_be_bytes::<32>());
    }
}
