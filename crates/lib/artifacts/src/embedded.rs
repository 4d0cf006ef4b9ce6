//! The programs inside the binary, for an installed `weir` without a checkout.
//! They are those of `target/wasm` at the time of compiling.

use crate::Program;

macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/wasm/", $name, ".wasm"))
    };
}

/// The deployed WASM of a program.
pub fn wasm(program: Program) -> &'static [u8] {
    match program {
        Program::Extension => built!("extension"),
        Program::Factory => built!("factory"),
        Program::Pair => built!("pair"),
        Program::Router => built!("router"),
        Program::Token => built!("token"),
        Program::Vault => built!("vault"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::wasm_folder;

    #[test]
    fn the_programs_in_the_binary_are_those_that_were_built() {
        for program in Program::ALL {
            let built = fs::read(wasm_folder().join(program.name()).with_extension("wasm")).unwrap();
            assert_eq!(wasm(program), built, "{}", program.name());
        }
    }
}
