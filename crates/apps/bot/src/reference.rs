//! References to contracts and tokens in arguments: an address or a name.
//! The caller of this crate looks names up; `weir bot` does so in the deployment record.

use std::{
    fmt::{self, Display, Formatter},
    str::FromStr,
};

use alloy::primitives::Address;
use anyhow::{Result, bail};
use weir_units::parse_address;

use crate::price::ETHER;

/// An address or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    Address(Address),
    Name(String),
}

impl FromStr for Reference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("0x") {
            return match parse_address(text)? {
                ETHER => Err("the zero address is not a contract".into()),
                address => Ok(Self::Address(address)),
            };
        }
        if text.is_empty() {
            return Err("the address or name is empty".into());
        }
        Ok(Self::Name(text.to_owned()))
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl Reference {
    /// Replaces a name by the address that `find` returns.
    ///
    /// # Errors
    /// The error of `find`.
    pub fn resolve(&mut self, find: impl Fn(&str) -> Result<Address>) -> Result<()> {
        if let Self::Name(name) = self {
            *self = Self::Address(find(name)?);
        }
        Ok(())
    }

    /// Returns the address.
    ///
    /// # Errors
    /// If the name has not been resolved.
    pub fn address(&self) -> Result<Address> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Name(name) => bail!("{name:?} is not an address, and the name has not been looked up"),
        }
    }
}

/// Parses a token: `ether`, an address or a name.
///
/// # Errors
/// Those of [`Reference::from_str`].
pub fn parse_token(text: &str) -> Result<Reference, String> {
    match text.to_ascii_lowercase().as_str() {
        "ether" | "eth" => Ok(Reference::Address(ETHER)),
        _ => text.parse(),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn references_are_addresses_or_names() {
        let known = Address::repeat_byte(7);
        let find = |name: &str| if name == "savings" { Ok(known) } else { Err(anyhow!("no {name}")) };
        for text in ["savings", &known.to_string()] {
            let mut reference: Reference = text.parse().unwrap();
            reference.resolve(find).unwrap();
            assert_eq!(reference.address().unwrap(), known, "{text}");
        }
        let mut unknown: Reference = "other".parse().unwrap();
        assert!(unknown.address().is_err() && unknown.resolve(find).is_err());
        assert_eq!(parse_token("Ether"), Ok(Reference::Address(ETHER)));
        for text in ["", "0x12", "0x0000000000000000000000000000000000000000"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
