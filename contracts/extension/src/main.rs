//! Prints the interface for `cargo stylus export-abi`: the vault's, of which the extension runs a part.

fn main() {
    print!("{}", include_str!("../../../abi/generated/IVault.sol"));
}
