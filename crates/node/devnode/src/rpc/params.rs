//! The parameters of a request, read one by one.
//! Errors name the parameter and the reason.

use super::error::RpcError;
use alloy_primitives::U256;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

/// Parameters by position.
#[derive(Debug)]
pub struct Params {
    values: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Params {
    /// Parses the `params` of a request: an array, or nothing.
    ///
    /// # Errors
    /// The parameters are neither.
    pub fn parse(raw: Option<&RawValue>) -> Result<Self, RpcError> {
        let values = match raw.map(|raw| serde_json::from_str(raw.get())) {
            None | Some(Ok(Value::Null)) => Vec::new(),
            Some(Ok(Value::Array(values))) => values,
            _ => return Err(RpcError::params("non-array args: \"params\" must be an array")),
        };
        Ok(Self { values: values.into_iter(), taken: 0 })
    }

    /// The next parameter, which is required.
    ///
    /// # Errors
    /// The parameter is missing or has another type.
    pub fn next<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, RpcError> {
        let index = self.taken;
        self.optional(name)?
            .ok_or_else(|| RpcError::params(format!("missing value for required argument {index} ({name})")))
    }

    /// The next parameter; `None` if it is missing or null.
    ///
    /// # Errors
    /// The parameter has another type.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, RpcError> {
        let index = self.taken;
        self.taken += 1;
        match self.values.next() {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value)
                .map(Some)
                .map_err(|error| RpcError::params(format!("invalid argument {index} ({name}): {error}"))),
        }
    }

    /// Checks that no parameters are left.
    ///
    /// # Errors
    /// There are more parameters than the method has.
    pub fn end(self) -> Result<(), RpcError> {
        if self.values.len() > 0 {
            let most = self.taken;
            return Err(RpcError::params(format!("too many arguments, want at most {most}")));
        }
        Ok(())
    }
}

/// A whole number: a JSON number, hexadecimal with `0x`, or decimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value", bound(deserialize = "Self: TryFrom<Value, Error = String>"))]
pub struct Quantity<T>(pub T);

impl TryFrom<Value> for Quantity<U256> {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let parsed = match &value {
            Value::Number(number) => number.as_u64().map(U256::from),
            Value::String(text) => text.parse().ok().filter(|_| !text.is_empty()),
            _ => None,
        };
        parsed
            .map(Self)
            .ok_or_else(|| format!("{value} is not a whole number (decimal, or hexadecimal with 0x)"))
    }
}

impl TryFrom<Value> for Quantity<u64> {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        let Quantity(number) = Quantity::<U256>::try_from(value)?;
        number.try_into().map(Self).map_err(|_| format!("{number} does not fit into 64 bits"))
    }
}
