//! The limits of the JSON-RPC server: how large requests may be, and how many things a client may keep open.
//! Several have geth's default value, named in parentheses.

/// Bytes of a request body or WebSocket message (`defaultBodyLimit`).
pub const MAX_BODY_BYTES: usize = 5 * 1024 * 1024;
/// Requests in one batch (`BatchRequestLimit`).
pub const MAX_BATCH_REQUESTS: usize = 1_000;
/// Bytes of responses after which the rest of a batch fails (`BatchResponseMaxSize`).
pub const MAX_BATCH_RESPONSE_BYTES: usize = 25_000_000;

/// Open connections; others wait until one is closed.
pub const MAX_CONNECTIONS: usize = 512;
/// Open WebSockets.
pub const MAX_SOCKETS: usize = 512;
/// Requests of one WebSocket that run at the same time; others wait until one is answered.
pub const MAX_RUNNING_REQUESTS: usize = 64;
/// Subscriptions of one WebSocket.
pub const MAX_SUBSCRIPTIONS: usize = 128;
/// Installed filters of all clients.
pub const MAX_FILTERS: usize = 10_000;
