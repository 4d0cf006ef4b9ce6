//! HTTP: one endpoint that takes JSON-RPC by POST.

use super::{
    dispatch::Node,
    error::{INVALID_REQUEST, RpcError},
    frame::Response as RpcResponse,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Bytes that a body may have (geth's default).
pub const MAX_BODY_BYTES: usize = 5 * 1024 * 1024;

/// Which web pages may use the node from a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// None but those of the node's own address, as browsers do by themselves.
    #[default]
    Off,
    /// All.
    Any,
    /// Those of this origin, such as `http://localhost:3000`.
    Origin(HeaderValue),
}

/// The endpoint.
pub fn router(node: Node, cors: &Cors) -> Router {
    let router = Router::new()
        .route("/", post(answer).get(hint))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(node);
    let origin = match cors {
        Cors::Off => return router,
        Cors::Any => AllowOrigin::any(),
        Cors::Origin(origin) => AllowOrigin::exact(origin.clone()),
    };
    router.layer(
        CorsLayer::new().allow_origin(origin).allow_methods([Method::POST]).allow_headers([CONTENT_TYPE]),
    )
}

async fn hint() -> Response {
    let text = "This is a JSON-RPC endpoint: send requests by POST with content type application/json.\n";
    (StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

async fn answer(
    State(node): State<Node>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !is_json(&headers) {
        let text = "invalid content type, only application/json is supported\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return refuse(&rejection),
    };
    match node.answer(&body).await {
        Some(text) => json(StatusCode::OK, text),
        None => StatusCode::OK.into_response(),
    }
}

/// A page of another origin can send other content types without asking first; this one it cannot.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = value.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/json-rpc", "application/jsonrequest"]
        .iter()
        .any(|accepted| media.eq_ignore_ascii_case(accepted))
}

fn refuse(rejection: &BytesRejection) -> Response {
    let status = rejection.status();
    let text = if status == StatusCode::PAYLOAD_TOO_LARGE {
        format!("content length too large: a body may have {MAX_BODY_BYTES} bytes; split the batch")
    } else {
        format!("the body could not be read: {rejection}")
    };
    let response = RpcResponse::new(None, Err(RpcError::new(INVALID_REQUEST, text)));
    json(status, serde_json::to_string(&response).unwrap_or_default())
}

fn json(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
