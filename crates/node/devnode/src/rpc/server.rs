//! The HTTP endpoint: answers JSON-RPC by POST and opens WebSockets by GET.
//! Decides which web pages may use it.

use super::{
    error::{INVALID_REQUEST, RpcError},
    frame::Response as RpcResponse,
    limits::MAX_BODY_BYTES,
    node::Node,
    origin::{Cors, has_local_host},
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

/// The time in which a client must send a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Endpoint {
    node: Node,
    cors: Cors,
    /// Whether only this machine can connect: then the endpoint rejects other host names.
    is_local: bool,
}

/// The router of a node that listens on `host`.
pub fn router(node: Node, cors: &Cors, host: IpAddr) -> Router {
    let endpoint = Endpoint { node, cors: cors.clone(), is_local: host.is_loopback() };
    let router = Router::new()
        .route("/", post(answer).get(open_socket))
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
    if endpoint.is_local && !has_local_host(request.headers()) {
        let text = "invalid host specified: use localhost or this machine's address\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

async fn open_socket(
    State(endpoint): State<Endpoint>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) if headers.contains_key(UPGRADE) => return rejection.into_response(),
        Err(_) => return hint(),
    };
    if !endpoint.cors.allows(&headers) {
        let text = "origin not allowed: start the node with --cors to let web pages of this origin connect\n";
        return (StatusCode::FORBIDDEN, text).into_response();
    }
    let Some(permit) = endpoint.node.socket_permit() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many connections: close some\n").into_response();
    };
    socket::limited(upgrade).on_upgrade(|socket| async move {
        let _permit = permit;
        socket::serve(socket, endpoint.node).await;
    })
}

fn hint() -> Response {
    let text = "This is a JSON-RPC endpoint: send requests by POST with content type application/json, or open a \
                WebSocket.\n";
    (StatusCode::METHOD_NOT_ALLOWED, text).into_response()
}

async fn answer(State(endpoint): State<Endpoint>, request: Request) -> Response {
    if !is_json(request.headers()) {
        let text = "invalid content type, only application/json is supported\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let body = match timeout(BODY_TIMEOUT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return body_error(&rejection),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive\n").into_response(),
    };
    match endpoint.node.answer(&body, None).await {
        Some(text) => json(StatusCode::OK, text),
        None => StatusCode::OK.into_response(),
    }
}

/// Requiring a JSON content type keeps pages of other origins out: browsers send it only after a CORS preflight.
fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = value.split(';').next().unwrap_or_default().trim();
    ["application/json", "application/json-rpc", "application/jsonrequest"]
        .iter()
        .any(|accepted| media.eq_ignore_ascii_case(accepted))
}

fn body_error(rejection: &BytesRejection) -> Response {
    let status = rejection.status();
    let text = if status == StatusCode::PAYLOAD_TOO_LARGE {
        format!("content length too large: the limit is {MAX_BODY_BYTES} bytes; split the batch")
    } else {
        format!("cannot read the body: {rejection}")
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
