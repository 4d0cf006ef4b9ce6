//! What a pair was created with. It never changes, so it is in the clone's code and not in storage: the clone appends it to
//! the calldata of every call, where reading it costs almost nothing.

use alloy_primitives::Address;

use crate::components::auction::Terms;

/// Who sells what for what, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The contract whose balance is sold: an `ILiquidationSource`.
    pub source: Address,
    /// The token that the price is paid in.
    pub token_in: Address,
    /// The token that is sold.
    pub token_out: Address,
    /// Target period and smoothing.
    pub terms: Terms,
}

const TOKEN_IN: usize = 20;
const TOKEN_OUT: usize = 40;
const PERIOD: usize = 60;
const SMOOTHING: usize = 68;

impl Setup {
    /// Bytes of an encoded setup.
    pub const LENGTH: usize = 76;

    /// Source, tokens, period and smoothing (`uint64`, big-endian) without padding.
    pub fn encode(&self) -> [u8; Self::LENGTH] {
        let mut bytes = [0; Self::LENGTH];
        bytes[..TOKEN_IN].copy_from_slice(self.source.as_slice());
        bytes[TOKEN_IN..TOKEN_OUT].copy_from_slice(self.token_in.as_slice());
        bytes[TOKEN_OUT..PERIOD].copy_from_slice(self.token_out.as_slice());
        bytes[PERIOD..SMOOTHING].copy_from_slice(&self.terms.target_period.to_be_bytes());
        bytes[SMOOTHING..].copy_from_slice(&self.terms.smoothing.to_be_bytes());
        bytes
    }

    /// The setup that [`encode`](Self::encode) wrote.
    pub fn decode(bytes: &[u8; Self::LENGTH]) -> Self {
        let address = |at: usize| Address::from_slice(&bytes[at..at + Address::len_bytes()]);
        let number = |at: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&bytes[at..at + 8]);
            u64::from_be_bytes(eight)
        };
        Self {
            source: address(0),
            token_in: address(TOKEN_IN),
            token_out: address(TOKEN_OUT),
            terms: Terms { target_period: number(PERIOD), smoothing: number(SMOOTHING) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setup_decodes_as_encoded() {
        let setup = Setup {
            source: Address::repeat_byte(1),
            token_in: Address::repeat_byte(2),
            token_out: Address::repeat_byte(3),
            terms: Terms { target_period: 0x0405060708090a0b, smoothing: u64::MAX },
        };
        assert_eq!(Setup::decode(&setup.encode()), setup);
    }
}
