//! Prints the interface for `cargo stylus export-abi`, and the constructor for `cargo stylus deploy`.

fn main() {
    let text = match std::env::args().nth(1).as_deref() {
        Some("constructor") => {
            "constructor(address pairTemplate, address vaultTemplate, address vaultExtension, address vaultLifeboat)"
        }
        _ => include_str!("../../../abi/generated/IFactory.sol"),
    };
    print!("{text}");
}
