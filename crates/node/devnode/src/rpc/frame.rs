//! JSON-RPC 2.0 framing: requests and batches in, responses out.

use super::error::{INVALID_REQUEST, PARSE_ERROR, RpcError};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// Requests that one batch may hold (geth's default, `BatchRequestLimit`).
pub const MAX_BATCH: usize = 1_000;

/// What a body holds.
#[derive(Debug)]
pub enum Body<'a> {
    Single(Result<Request<'a>, RpcError>),
    Batch(Vec<Result<Request<'a>, RpcError>>),
}

/// One call.
#[derive(Debug)]
pub struct Request<'a> {
    /// Absent in a notification, which is executed and not answered.
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

/// An id that is null is an id: only a request without any is a notification.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

/// The answer to one call.
#[derive(Debug, Serialize)]
pub struct Response {
    jsonrpc: &'static str,
    id: Box<RawValue>,
    #[serde(flatten)]
    answer: Answer,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Result(Box<RawValue>),
    Error(RpcError),
}

impl Response {
    /// Answers the request with this id; without one (it could not be read) the id is null.
    pub fn new(id: Option<&RawValue>, result: Result<Box<RawValue>, RpcError>) -> Self {
        let id = id.map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned);
        let answer = match result {
            Ok(result) => Answer::Result(result),
            Err(error) => Answer::Error(error),
        };
        Self { jsonrpc: "2.0", id, answer }
    }
}

/// Reads a body.
///
/// # Errors
/// It is not JSON, or a batch that is empty or too long.
pub fn parse(body: &[u8]) -> Result<Body<'_>, RpcError> {
    let unreadable =
        |error: serde_json::Error| RpcError::new(PARSE_ERROR, format!("the body is not JSON: {error}"));
    if body.trim_ascii_start().first() != Some(&b'[') {
        let raw: &RawValue = serde_json::from_slice(body).map_err(unreadable)?;
        return Ok(Body::Single(request(raw)));
    }
    let batch: Vec<&RawValue> = serde_json::from_slice(body).map_err(unreadable)?;
    match batch.len() {
        0 => Err(RpcError::new(INVALID_REQUEST, "empty batch: a batch holds at least one request")),
        1..=MAX_BATCH => Ok(Body::Batch(batch.into_iter().map(request).collect())),
        many => {
            let text = format!("batch too large: it holds {many} requests, the most is {MAX_BATCH}");
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
