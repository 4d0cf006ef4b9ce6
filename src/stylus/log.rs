//! Logs: the events of `abi/`, encoded word by word.

use alloc::vec::Vec;

use alloy_primitives::{B256, FixedBytes};
use alloy_sol_types::SolEvent;

use super::encode::Encode;
use crate::host::Host;

/// Emits the event `E`. Its signature and the first `words` make up `topics` topics; the rest is data.
pub fn emit<E: SolEvent>(host: &Host, topics: usize, words: impl Encode) {
    let mut data = signature::<E>();
    words.encode(&mut data);
    host.emit_log(&data, topics);
}

/// The hash of the event's signature: its first topic.
pub fn signature<E: SolEvent>() -> Vec<u8> {
    let [a, b, c, d] = const { quarters(E::SIGNATURE_HASH) };
    from_quarters(a, b, c, d)
}

/// The hash is passed as numbers, which are part of the code: a byte of constant data costs 0.75 gas on every call of the
/// program.
#[inline(never)]
fn from_quarters(a: u64, b: u64, c: u64, d: u64) -> Vec<u8> {
    let mut data = Vec::with_capacity(320);
    data.extend_from_slice(
        [a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes(), d.to_le_bytes()].as_flattened(),
    );
    data
}

const fn quarters(FixedBytes(bytes): B256) -> [u64; 4] {
    let (eights, _) = bytes.as_chunks::<8>();
    [
        u64::from_le_bytes(eights[0]),
        u64::from_le_bytes(eights[1]),
        u64::from_le_bytes(eights[2]),
        u64::from_le_bytes(eights[3]),
    ]
}
