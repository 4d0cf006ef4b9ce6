//! Prints the interface for `cargo stylus export-abi`.

fn main() {
    print!("{}", include_str!("../../../abi/generated/IVault.sol"));
}
