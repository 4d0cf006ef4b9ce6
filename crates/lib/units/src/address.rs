//! Addresses as people write them. A wrong checksum (ERC-55) is a typing error, and rejected.
//! Addresses in one case have no checksum.

use alloy_primitives::Address;

/// Reads an address.
///
/// # Errors
/// A sentence, if the text is no address of 20 bytes in hex, or is in both cases with a wrong checksum.
pub fn parse_address(text: &str) -> Result<Address, String> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let address: Address =
        text.parse().map_err(|_| format!("{text:?} is no address: write 0x and 40 hex digits"))?;
    let has = |is_case: fn(&char) -> bool| digits.chars().any(|digit| is_case(&digit));
    let has_checksum = has(|digit| digit.is_ascii_lowercase()) && has(|digit| digit.is_ascii_uppercase());
    if has_checksum && address.to_checksum(None) != format!("0x{digits}") {
        return Err(format!("{text} has a wrong checksum: a digit is mistyped, or its case is"));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors of ERC-55.
    #[test]
    fn addresses_with_a_right_checksum_or_none_are_read() {
        for text in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            "0xde709f2102306220921060314715629080e2fb77",
            " 0x27B1FDB04752BBC536007A920D24ACB045561C26 ",
        ] {
            assert!(parse_address(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_an_error() {
        let error = parse_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee").unwrap_err();
        assert!(error.contains("wrong checksum"), "{error}");
        assert!(parse_address("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed").is_err());
        for text in ["", "0x", "0x12", "savings", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAedff"] {
            assert!(parse_address(text).unwrap_err().contains("40 hex digits"), "{text}");
        }
    }
}
