//! Prices out of files and HTTP answers: a decimal number as it stands, or one at a place in JSON.

use std::{fs, io::Read, path::Path, time::SystemTime};

use alloy::transports::http::reqwest::{Client, Url};
use serde_json::Value;
use weir_units::{Decimal, Rational};

use super::source::SourceError;

/// Bytes of a document that are read at most.
const MAX_BYTES: usize = 1 << 20;

/// Reads a price from a file; gives it with the file's age in seconds by this machine's clock.
pub fn from_file(path: &Path, pointer: Option<&str>) -> Result<(Rational, u64), SourceError> {
    let silent =
        |error: std::io::Error| SourceError::Silent(format!("cannot read {}: {error}", path.display()));
    let file = fs::File::open(path).map_err(silent)?;
    let written = file.metadata().and_then(|metadata| metadata.modified()).map_err(silent)?;
    let mut text = String::new();
    file.take(MAX_BYTES as u64).read_to_string(&mut text).map_err(silent)?;
    // A file written in the future by a clock that is off is as good as new.
    let age = SystemTime::now().duration_since(written).map_or(0, |age| age.as_secs());
    Ok((number_in(&text, pointer)?, age))
}

/// Asks an HTTP endpoint for a price; the client has the time limit.
pub async fn from_http(client: &Client, url: &Url, pointer: Option<&str>) -> Result<Rational, SourceError> {
    let silent = |error: alloy::transports::http::reqwest::Error| {
        let why =
            if error.is_timeout() { "it took too long".into() } else { error.without_url().to_string() };
        SourceError::Silent(why)
    };
    let mut answer = client.get(url.clone()).send().await.map_err(silent)?;
    if !answer.status().is_success() {
        return Err(SourceError::Silent(format!("HTTP status {}", answer.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(silent)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::NotANumber(format!("the answer has more than {MAX_BYTES} bytes")));
        }
    }
    let text =
        String::from_utf8(bytes).map_err(|_| SourceError::NotANumber("the answer is no text".into()))?;
    number_in(&text, pointer)
}

fn number_in(text: &str, pointer: Option<&str>) -> Result<Rational, SourceError> {
    let Some(pointer) = pointer else { return positive(text) };
    let json: Value = serde_json::from_str(text)
        .map_err(|error| SourceError::NotANumber(format!("it is no JSON: {error}")))?;
    match json.pointer(pointer) {
        Some(Value::String(number)) => positive(number),
        // A number is taken as it is printed: its shortest form, which is what it was for up to 15 digits.
        Some(Value::Number(number)) => positive(&number.to_string()),
        Some(other) => Err(SourceError::NotANumber(format!("at {pointer} there is {}", kind(other)))),
        None => Err(SourceError::NotANumber(format!("there is nothing at {pointer}"))),
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
        Value::Bool(_) => "a truth value",
        Value::Array(_) => "a list",
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
    fn numbers_are_found_in_json_as_text_and_as_numbers() {
        let json = r#"{"data": [{"price": "0.1"}, {"price": 1.1}], "whole": 3}"#;
        for (pointer, expected) in [("/data/0/price", "0.1"), ("/data/1/price", "1.1"), ("/whole", "3")] {
            assert_eq!(number_in(json, Some(pointer)), Ok(number(expected)), "{pointer}");
        }
        assert_eq!(number_in(" 12.5\n", None), Ok(number("12.5")));
    }

    #[test]
    fn what_is_no_price_is_a_lie() {
        let json = r#"{"null": null, "zero": 0, "below": -1, "text": "NaN", "list": []}"#;
        for pointer in ["/null", "/zero", "/below", "/text", "/list", "/missing"] {
            let error = number_in(json, Some(pointer)).expect_err(pointer);
            assert!(error.is_lie(), "{pointer}: {error}");
        }
        assert!(number_in("<html>", None).is_err_and(|error| error.is_lie()));
        assert!(number_in("{", Some("/a")).is_err_and(|error| error.is_lie()));
    }

    #[test]
    fn a_missing_file_is_silent() {
        let error = from_file(Path::new("/no/such/file"), None).expect_err("there is none");
        assert!(!error.is_lie(), "{error}");
    }
}
