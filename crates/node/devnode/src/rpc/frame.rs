//! JSON-RPC 2.0 framing: parses requests and batches, and builds responses.
//! It knows no methods.

use super::{
    error::{INVALID_REQUEST, PARSE_ERROR, RpcError},
    limits::MAX_BATCH_REQUESTS,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The content of a body.
#[derive(Debug)]
pub enum Body<'a> {
    Single(Result<Request<'a>, RpcError>),
    Batch(Vec<Result<Request<'a>, RpcError>>),
}

/// One request.
#[derive(Debug)]
pub struct Request<'a> {
    /// `None` for a notification, which is executed but not answered.
    pub id: Option<&'a RawValue>,
    pub method: String,
    pub params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawRequest<'a> {
    jsonrpc: Option<String>,
    #[serde(borrow, default, deserialize_with = "present")]
    id: Option<&'a RawValue>,
    method: Option<String>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

/// Reads the id. A null id is an id: only a request without the field is a notification.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// The answer to one request.
#[derive(Debug, Serialize)]
pub struct Response {
    jsonrpc: &'static str,
    id: Box<RawValue>,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Result(Box<RawValue>),
    Error(RpcError),
}

impl Response {
    /// The response to the request with this id; null if the id could not be read.
    pub fn new(id: Option<&RawValue>, result: Result<Box<RawValue>, RpcError>) -> Self {
        let id = id.map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned);
        let outcome = match result {
            Ok(result) => Outcome::Result(result),
            Err(error) => Outcome::Error(error),
        };
        Self { jsonrpc: "2.0", id, outcome }
    }
}

/// Parses a body.
///
/// # Errors
/// The body is not JSON, or is a batch that is empty or too long.
pub fn parse(body: &[u8]) -> Result<Body<'_>, RpcError> {
    let not_json =
        |error: serde_json::Error| RpcError::new(PARSE_ERROR, format!("the body is not JSON: {error}"));
    if body.trim_ascii_start().first() != Some(&b'[') {
        let raw: &RawValue = serde_json::from_slice(body).map_err(not_json)?;
        return Ok(Body::Single(request(raw)));
    }
    let batch: Vec<&RawValue> = serde_json::from_slice(body).map_err(not_json)?;
    match batch.len() {
        0 => Err(RpcError::new(INVALID_REQUEST, "empty batch: send at least one request")),
        1..=MAX_BATCH_REQUESTS => Ok(Body::Batch(batch.into_iter().map(request).collect())),
        many => {
            let text = format!("batch too large: it has {many} requests, the limit is {MAX_BATCH_REQUESTS}");
            Err(RpcError::new(INVALID_REQUEST, text))
        }
    }
}

fn request(raw: &RawValue) -> Result<Request<'_>, RpcError> {
    let invalid = |what: &str| RpcError::new(INVALID_REQUEST, format!("invalid request: {what}"));
    let request: RawRequest<'_> = serde_json::from_str(raw.get())
        .map_err(|_| invalid("it must be an object with \"jsonrpc\", \"id\", \"method\" and \"params\""))?;
    if request.jsonrpc.as_deref() != Some("2.0") {
        return Err(invalid("\"jsonrpc\" must be \"2.0\""));
    }
    let method = request.method.ok_or_else(|| invalid("\"method\" is missing"))?;
    if request.id.is_some_and(|id| id.get().starts_with(['{', '['])) {
        return Err(invalid("\"id\" must be a number or a string"));
    }
    Ok(Request { id: request.id, method, params: request.params })
}
