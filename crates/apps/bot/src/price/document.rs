//! Prices from files and HTTP endpoints.
//! A document is a decimal number, or JSON with one at the place that a JSON pointer names.

use std::{fs, io::Read, path::Path, time::SystemTime};

use alloy::transports::http::reqwest::{Client, Url};
use serde_json::Value;
use weir_units::{Decimal, Rational};

use super::source::SourceError;

/// Maximum size of a document.
const MAX_BYTES: usize = 1 << 20;

/// Reads a price from a file. Returns it with the file's age in seconds, by this machine's clock.
pub fn from_file(path: &Path, pointer: Option<&str>) -> Result<(Rational, u64), SourceError> {
    let unavailable =
        |error: std::io::Error| SourceError::Unavailable(format!("cannot read {}: {error}", path.display()));
    let file = fs::File::open(path).map_err(unavailable)?;
    let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(unavailable)?;
    let mut text = String::new();
    file.take(MAX_BYTES as u64).read_to_string(&mut text).map_err(unavailable)?;
    // A timestamp in the future, from a wrong clock, counts as age 0.
    let age = SystemTime::now().duration_since(written).map_or(0, |age| age.as_secs());
    Ok((number_in(&text, pointer)?, age))
}

/// Reads a price from an HTTP endpoint. The client has the time limit.
pub async fn from_http(client: &Client, url: &Url, pointer: Option<&str>) -> Result<Rational, SourceError> {
    let unavailable = |error: alloy::transports::http::reqwest::Error| {
        let reason = if error.is_timeout() { "timeout".into() } else { error.without_url().to_string() };
        SourceError::Unavailable(reason)
    };
    let mut response = client.get(url.clone()).send().await.map_err(unavailable)?;
    if !response.status().is_success() {
        return Err(SourceError::Unavailable(format!("HTTP status {}", response.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::NotANumber(format!("the response has more than {MAX_BYTES} bytes")));
        }
    }
    let text =
        String::from_utf8(bytes).map_err(|_| SourceError::NotANumber("the response is not text".into()))?;
    number_in(&text, pointer)
}

fn number_in(text: &str, pointer: Option<&str>) -> Result<Rational, SourceError> {
    let Some(pointer) = pointer else { return positive(text) };
    let json: Value = serde_json::from_str(text)
        .map_err(|error| SourceError::NotANumber(format!("invalid JSON: {error}")))?;
    match json.pointer(pointer) {
        Some(Value::String(number)) => positive(number),
        // JSON numbers are doubles here: their shortest form is exact for up to 15 digits.
        Some(Value::Number(number)) => positive(&number.to_string()),
        Some(other) => Err(SourceError::NotANumber(format!("{pointer} is {}", kind(other)))),
        None => Err(SourceError::NotANumber(format!("{pointer} does not exist"))),
    }
}

fn positive(text: &str) -> Result<Rational, SourceError> {
    let price = text.parse::<Decimal>()?.rational();
    if *price.numer() == 0u8.into() {
        return Err(SourceError::NotPositive(text.trim().into()));
    }
    Ok(price)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
        Value::Number(_) | Value::String(_) => "a number or text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Rational {
        text.parse::<Decimal>().expect("a number").rational()
    }

    #[test]
    fn json_numbers_and_strings_are_read() {
        let json = r#"{"data": [{"price": "0.1"}, {"price": 1.1}], "whole": 3}"#;
        for (pointer, expected) in [("/data/0/price", "0.1"), ("/data/1/price", "1.1"), ("/whole", "3")] {
            assert_eq!(number_in(json, Some(pointer)), Ok(number(expected)), "{pointer}");
        }
        assert_eq!(number_in(" 12.5\n", None), Ok(number("12.5")));
    }

    #[test]
    fn other_contents_are_invalid() {
        let json = r#"{"null": null, "zero": 0, "below": -1, "text": "NaN", "list": []}"#;
        for pointer in ["/null", "/zero", "/below", "/text", "/list", "/missing"] {
            let error = number_in(json, Some(pointer)).expect_err(pointer);
            assert!(error.is_invalid(), "{pointer}: {error}");
        }
        assert!(number_in("<html>", None).is_err_and(|error| error.is_invalid()));
        assert!(number_in("{", Some("/a")).is_err_and(|error| error.is_invalid()));
    }

    #[test]
    fn missing_files_are_unavailable() {
        let error = from_file(Path::new("/no/such/file"), None).expect_err("a missing file");
        assert!(!error.is_invalid(), "{error}");
    }
}
