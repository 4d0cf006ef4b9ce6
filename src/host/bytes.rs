//! Numbers as the VM has them: 32 bytes, the highest first.
//! Both directions go by eight bytes at a time; `ruint` goes byte by byte, which takes ten times the gas.

use alloy_primitives::U256;

/// The number's 32 bytes, the highest first.
#[inline(never)]
pub fn to_be_bytes(number: U256) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (eight, limb) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(number.as_limbs().iter().rev()) {
        *eight = limb.to_be_bytes();
    }
    bytes
}

/// The number of these 32 bytes, the highest first.
#[inline(never)]
pub fn from_be_bytes(bytes: &[u8; 32]) -> U256 {
    let mut limbs = [0; 4];
    for (limb, eight) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *limb = u64::from_be_bytes(*eight);
    }
    U256::from_limbs(limbs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bytes_match_ruint(limbs: [u64; 4]) {
            let number = U256::from_limbs(limbs);
            prop_assert_eq!(to_be_bytes(number), number.to_be_bytes::<32>());
            prop_assert_eq!(from_be_bytes(&to_be_bytes(number)), number);
        }
    }
}
