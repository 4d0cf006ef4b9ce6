//! The lifeboat, compiled: what `scripts/lifeboat` makes of `lifeboat/Lifeboat.sol`, with the compiler and its settings.

use std::sync::LazyLock;

use alloy_primitives::{Bytes, hex};
use serde_json::Value;

/// The artefact. It is a part of this build, and a test reads it.
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

/// Init code that creates the lifeboat. It has no constructor and needs no activation.
pub fn creation_code() -> &'static Bytes {
    &ARTEFACT.creation_code
}

/// Its code on chain.
pub fn code() -> &'static Bytes {
    &ARTEFACT.code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creation_ends_with_the_code_and_the_code_is_one_that_a_chain_accepts() {
        assert!(creation_code().ends_with(code()));
        assert!(!code().is_empty() && code().len() <= crate::CODE_LIMIT);
        // EIP-3541; and a Stylus program begins so.
        assert_ne!(code()[0], 0xef);
    }
}
