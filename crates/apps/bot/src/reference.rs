//! A contract or token on the command line: an address, or a name that the caller of this crate looks up.
//! The command line looks names up in its deployment record.

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
                ETHER => Err("the zero address is no contract".into()),
                address => Ok(Self::Address(address)),
            };
        }
        if text.is_empty() {
            return Err("there is neither an address nor a name".into());
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
    /// The same by its address; `find` looks a name up.
    ///
    /// # Errors
    /// Those of `find`.
    pub fn resolve(&mut self, find: impl Fn(&str) -> Result<Address>) -> Result<()> {
        if let Self::Name(name) = self {
            *self = Self::Address(find(name)?);
        }
        Ok(())
    }

    /// Its address.
    ///
    /// # Errors
    /// If it is still a name.
    pub fn address(&self) -> Result<Address> {
        match self {
            Self::Address(address) => Ok(*address),
            Self::Name(name) => bail!("{name:?} is no address: nothing is known by that name"),
        }
    }
}

/// Reads a token: `ether`, an address or a name.
///
/// # Errors
/// As a [`Reference`].
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
    fn a_reference_is_an_address_or_a_name_to_look_up() {
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
