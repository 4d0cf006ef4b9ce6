//! Prices of the host functions (Nitro `crates/arbutil/src/pricing.rs` and `crates/arbutil/src/evm/mod.rs`).

use super::{Gas, Ink};

/// Base price of a host function.
pub const HOSTIO: Ink = Ink(8_400);
/// Each pointer that a host function reads or writes through.
pub const PTR: Ink = Ink(5_040);
/// An access to the chain.
pub const API: Ink = Ink(59_673);
/// A 256-bit division or remainder.
pub const DIV: Ink = Ink(20_000);
/// A 256-bit modular addition.
pub const ADD_MOD: Ink = Ink(21_000);
/// A 256-bit modular multiplication.
pub const MUL_MOD: Ink = Ink(24_100);

/// A storage slot not yet touched in this transaction (EIP-2929).
pub const COLD_SLOAD: Gas = Gas(2_100);
/// An account not yet touched in this transaction (EIP-2929).
pub const COLD_ACCOUNT: Gas = Gas(2_600);
/// A slot or account already touched in this transaction (EIP-2929).
pub const WARM_ACCESS: Gas = Gas(100);
/// Minimum gas left for a storage write (EIP-2200).
pub const SSTORE_SENTRY: Gas = Gas(2_300);
/// TLOAD and TSTORE (EIP-1153).
pub const TRANSIENT: Gas = Gas(100);
/// Minimum gas left for an access to the storage cache, regardless of its price.
pub const CACHE_ACCESS_SENTRY: Gas = Gas(10);
/// Loading the code of an account: EXTCODESIZE of EIP-150, once for each 24 576 bytes of the maximum code size.
pub const LOAD_CODE: Gas = Gas(700);
/// CREATE and CREATE2, before the init code runs.
pub const CREATE: Gas = Gas(32_000);
/// Hashing by CREATE2, per word of init code.
pub const CREATE2_WORD: u64 = 6;
/// A call that sends value (EIP-150 schedule).
pub const CALL_VALUE: Gas = Gas(9_000);
/// A call that sends value to an account that does not exist.
pub const CALL_NEW_ACCOUNT: Gas = Gas(25_000);
/// Additional gas for the callee if value is sent.
pub const CALL_STIPEND: Gas = Gas(2_300);

const LOG_TOPIC: u64 = 375;
const LOG_BYTE: u64 = 8;

/// `HOSTIO` and this number of pointers.
pub const fn with_pointers(pointers: u64) -> Ink {
    Ink(HOSTIO.0 + PTR.0 * pointers)
}

/// `HOSTIO`, this number of pointers, and `API`.
pub const fn api_with_pointers(pointers: u64) -> Ink {
    Ink(with_pointers(pointers).0 + API.0)
}

/// Bytes written into the program's memory.
pub fn write(bytes: u32) -> Ink {
    PTR + Ink(30) * u64::from(bytes.saturating_sub(32))
}

/// Bytes read from the program's memory.
pub fn read(bytes: u32) -> Ink {
    Ink(16_381) + Ink(55) * u64::from(bytes.saturating_sub(32))
}

/// keccak256 of this number of bytes.
pub fn keccak(bytes: u32) -> Ink {
    let words = u64::from(bytes).div_ceil(32);
    Ink(121_800) + Ink(21_000) * words.saturating_sub(2)
}

/// Exponentiation by a big-endian exponent: its leading zero bytes make it cheaper.
pub fn pow(exponent: &[u8; 32]) -> Ink {
    let zeros = exponent.iter().take_while(|byte| **byte == 0).count() as u64;
    Ink(3_000) + Ink(17_500) * (33 - zeros)
}

/// LOG0 to LOG4 with `data_bytes` of data (topics not counted).
pub fn log(topics: u32, data_bytes: u32) -> Gas {
    Gas((1 + u64::from(topics)) * LOG_TOPIC + u64::from(data_bytes) * LOG_BYTE)
}

/// The nth (from 1) read of a storage slot in one call of a program (Nitro `crates/arbutil/src/evm/storage.rs`).
pub const fn nth_storage_read(n: u64) -> Gas {
    match n {
        0..=32 => Gas(0),
        33..=128 => Gas(2),
        _ => Gas(10),
    }
}

/// The nth (from 1) write of a storage slot in one call of a program (same source).
pub const fn nth_storage_write(n: u64) -> Gas {
    match n {
        0..=8 => Gas(0),
        9..=64 => Gas(7),
        _ => Gas(10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_first_word_cost_more() {
        assert_eq!(write(32), Ink(5_040));
        assert_eq!(write(100), Ink(5_040 + 30 * 68));
        assert_eq!(read(0), Ink(16_381));
        assert_eq!(read(64), Ink(16_381 + 55 * 32));
    }

    #[test]
    fn keccak_counts_words_beyond_two() {
        assert_eq!(keccak(64), Ink(121_800));
        assert_eq!(keccak(65), Ink(142_800));
    }

    #[test]
    fn pow_gets_cheaper_with_each_leading_zero_byte_of_the_exponent() {
        let mut exponent = [0; 32];
        assert_eq!(pow(&exponent), Ink(3_000 + 17_500));
        exponent[31] = 1;
        assert_eq!(pow(&exponent), Ink(3_000 + 2 * 17_500));
        exponent[0] = 1;
        assert_eq!(pow(&exponent), Ink(3_000 + 33 * 17_500));
    }
}
