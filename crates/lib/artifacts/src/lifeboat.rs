//! The compiled lifeboat.
//! `scripts/lifeboat` writes it to `lifeboat/Lifeboat.json`, with the compiler and its settings.

use std::sync::LazyLock;

use alloy_primitives::{Bytes, hex};
use serde_json::Value;

/// Compiled in, and parsed by a test, so `expect` cannot fail at run time.
static ARTEFACT: LazyLock<Artefact> = LazyLock::new(|| {
    let text = include_str!("../../../../lifeboat/Lifeboat.json");
    let document: Value = serde_json::from_str(text).expect("scripts/lifeboat writes JSON");
    let bytes = |field: &str| {
        let code = document[field].as_str().expect("scripts/lifeboat writes the code");
        hex::decode(code).expect("scripts/lifeboat writes it in hex").into()
    };
    Artefact { creation_code: bytes("creationCode"), code: bytes("code") }
});

struct Artefact {
    creation_code: Bytes,
    code: Bytes,
}

/// The lifeboat's init code. It has no constructor and needs no activation.
pub fn creation_code() -> &'static Bytes {
    &ARTEFACT.creation_code
}

/// The lifeboat's code on chain.
pub fn code() -> &'static Bytes {
    &ARTEFACT.code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_creation_code_ends_with_code_that_a_chain_accepts() {
        assert!(creation_code().ends_with(code()));
        assert!(!code().is_empty() && code().len() <= crate::CODE_LIMIT);
        // EIP-3541 rejects it, and it would mark a Stylus program.
        assert_ne!(code()[0], 0xef);
    }
}
