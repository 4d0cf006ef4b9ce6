//! A value of a TOML or JSON file that may stand in quotes or not: `7`, `0.9` or `"7 days"`.
//! All quantities are read from files by it.

use std::{
    fmt::{self, Display, Formatter},
    marker::PhantomData,
    str::FromStr,
};

use serde::{
    Deserializer,
    de::{Error, Visitor},
};

/// Digits that a floating-point number surely keeps as they were written.
const FLOAT_DIGITS: usize = 15;

/// Reads a `T` from the text of the value.
pub struct Written<T> {
    expected: &'static str,
    quantity: PhantomData<T>,
}

impl<T: FromStr<Err: Display>> Written<T> {
    /// Reads a `T`; `expected` describes it in an error.
    pub fn parse<'de, D: Deserializer<'de>>(deserializer: D, expected: &'static str) -> Result<T, D::Error> {
        deserializer.deserialize_any(Self { expected, quantity: PhantomData })
    }
}

impl<T: FromStr<Err: Display>> Visitor<'_> for Written<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_i64<E: Error>(self, whole: i64) -> Result<T, E> {
        self.visit_str(&whole.to_string())
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<T, E> {
        self.visit_str(&whole.to_string())
    }

    /// The shortest text of this float: as it was written, unless it has more than 15 digits.
    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        let text = value.to_string();
        if text.bytes().filter(u8::is_ascii_digit).count() > FLOAT_DIGITS {
            return Err(E::custom("write a number of so many digits in quotes"));
        }
        self.visit_str(&text)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use crate::{Decimal, Seconds};

    #[derive(Debug, Deserialize)]
    struct Holder<T> {
        value: T,
    }

    fn read<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, String> {
        let holder = toml::from_str::<Holder<T>>(&format!("value = {text}"));
        holder.map(|holder| holder.value).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_float_is_kept_as_written_or_rejected() {
        for text in ["0.9", "0.3", "\"0.3\"", "0.123456789", "3"] {
            assert_eq!(read::<Decimal>(text).unwrap(), text.trim_matches('"').parse().unwrap(), "{text}");
        }
        assert!(read::<Decimal>("0.1234567890123456789").unwrap_err().contains("in quotes"));
        for text in ["-0.5", "nan", "inf", "true", "\"a\""] {
            assert!(read::<Decimal>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_with_and_without_quotes() {
        assert_eq!(read("90"), Ok(Seconds(90)));
        assert_eq!(read("\"1.5 h\""), Ok(Seconds(5_400)));
        assert!(read::<Seconds>("-5").is_err());
        assert_eq!(serde_json::from_str::<Seconds>("18446744073709551615").unwrap(), Seconds(u64::MAX));
    }
}
