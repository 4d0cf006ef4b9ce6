//! The kinds of Stylus code: the prefix of the code of an account determines its kind.

use crate::deploy::{FRAGMENT_PREFIX, PREFIX, ROOT_PREFIX};

/// Whether code runs as a Stylus program when called: it has the prefix of a program or of a root, and one more byte.
pub fn is_program(code: &[u8]) -> bool {
    is_classic(code) || is_root(code)
}

/// Whether code is a program in one account.
pub fn is_classic(code: &[u8]) -> bool {
    code.len() > PREFIX.len() && code.starts_with(&PREFIX)
}

/// Whether code is the root of a program in fragments.
pub fn is_root(code: &[u8]) -> bool {
    code.len() > ROOT_PREFIX.len() && code.starts_with(&ROOT_PREFIX)
}

/// Whether code is a fragment of a program.
pub fn is_fragment(code: &[u8]) -> bool {
    code.len() > FRAGMENT_PREFIX.len() && code.starts_with(&FRAGMENT_PREFIX)
}

/// Whether EIP-3541 allows this code although it begins with EF: it is a program, a fragment or a root.
pub fn is_component(code: &[u8]) -> bool {
    let [first, second, kind] = PREFIX;
    code.len() > PREFIX.len() && code[..2] == [first, second] && (kind..=kind + 2).contains(&code[2])
}
