//! Prints the interface for `cargo stylus export-abi`, and the constructor for `cargo stylus deploy`.

fn main() {
    let text = match std::env::args().nth(1).as_deref() {
        Some("constructor") => "constructor(string name, string symbol, uint8 decimals)",
        _ => include_str!("../../../abi/generated/IToken.sol"),
    };
    print!("{text}");
}
