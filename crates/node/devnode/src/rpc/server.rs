//! HTTP: one endpoint that takes JSON-RPC by POST, and opens WebSockets.

use super::{
    dispatch::Node,
    error::{INVALID_REQUEST, RpcError},
    frame::Response as RpcResponse,
    origin::{Cors, names_this_machine},
    socket,
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        DefaultBodyLimit, FromRequest, Request, State,
        rejection::BytesRejection,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CONTENT_TYPE, UPGRADE},
    },
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::post,
};
use std::{net::IpAddr, time::Duration};
use tokio::time::timeout;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// Bytes that a body may have (geth's default).
pub const MAX_BODY_BYTES: usize = 5 * 1024 * 1024;

/// How long a client may take to send a body.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

/// What the endpoint needs to know.
#[derive(Clone)]
struct Endpoint {
    node: Node,
    cors: Cors,
    /// Only this machine can connect, so only its own names are meant.
    is_local: bool,
}

/// The endpoint, for a node that listens on `host`.
pub fn router(node: Node, cors: &Cors, host: IpAddr) -> Router {
    let endpoint = Endpoint { node, cors: cors.clone(), is_local: host.is_loopback() };
    let router = Router::new()
        .route("/", post(answer).get(connect))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(endpoint.clone(), check_host))
        .with_state(endpoint);
    let origin = match cors {
        Cors::Off => return router,
        Cors::Any => AllowOrigin::any(),
        Cors::Origin(origin) => AllowOrigin::exact(origin.clone()),
    };
    router.layer(
        CorsLayer::new().allow_origin(origin).allow_methods([Method::POST]).allow_headers([CONTENT_TYPE]),
    )
}

async fn check_host(State(endpoint): State<Endpoint>, request: Request, next: Next) -> Response {
    if endpoint.is_local && !names_this_machine(request.headers()) {
        let text = "invalid host specified: use localhost or this machine's address\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

/// GET: opens a WebSocket.
async fn connect(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) if headers.contains_key(UPGRADE) => return rejection.into_response(),
        Err(_) => return hint(),
    };
    if !endpoint.cors.lets_in(&headers) {
        let text = "origin not allowed: start the node with --cors to let web pages of this origin connect\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let Some(place) = endpoint.node.place_for_socket() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections: close some\n").into_response();
    };
    socket::limited(upgrade).on_upgrade(|socket| async move {
        let _place = place;
        socket::serve(socket, endpoint.node).await;
    })
}

fn hint() -> Response {
    let text = "This is a JSON-RPC endpoint: send requests by POST with content type application/json, or open a \
                WebSocket.\n";
    (StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

/// POST: answers a body.
async fn answer(State(endpoint): State<Endpoint>, request: Request) -> Response {
    if !is_json(request.headers()) {
        let text = "invalid content type, only application/json is supported\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let body = match timeout(BODY_PATIENCE, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return refuse(&rejection),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive\n").into_response(),
    };
    match endpoint.node.answer(&body, None).await {
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
