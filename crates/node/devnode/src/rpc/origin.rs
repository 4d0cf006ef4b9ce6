//! Decides which web pages may use the node.
//!
//! Browsers keep pages of other origins from reading HTTP responses, but open WebSockets for any page, so the node
//! checks the origin itself. A page can also make its own host name resolve to this machine (DNS rebinding), so a node
//! on a loopback address rejects other host names.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{HOST, ORIGIN},
};
use std::net::IpAddr;

/// The web pages that may use the node from a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// Only those of the node's own address, which browsers always allow.
    #[default]
    Off,
    /// All.
    Any,
    /// Also those of this origin, such as `http://localhost:3000`.
    Origin(HeaderValue),
}

impl Cors {
    /// Whether a client with these headers may open a WebSocket. Clients other than browsers send no origin.
    pub fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        match self {
            Self::Any => true,
            Self::Origin(allowed) => origin == allowed || is_own(origin, headers),
            Self::Off => is_own(origin, headers),
        }
    }
}

/// Whether a page of this origin was loaded from the address that it connects to.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), headers.get(HOST).map(HeaderValue::to_str)) else {
        return false;
    };
    origin.strip_prefix("http://").is_some_and(|name| name.eq_ignore_ascii_case(host))
}

/// Whether the host header is an IP address, localhost, or missing.
pub fn has_local_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST) else { return true };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.strip_prefix('[') {
        Some(ipv6) => ipv6.split(']').next().unwrap_or_default(),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse::<IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&'static str>, host: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn other_origins_are_rejected_unless_allowed() {
        let own = headers(Some("http://localhost:8547"), "localhost:8547");
        let other = headers(Some("http://localhost:3000"), "localhost:8547");
        let opaque = headers(Some("null"), "localhost:8547");
        let program = headers(None, "localhost:8547");
        let one = Cors::Origin(HeaderValue::from_static("http://localhost:3000"));
        for (cors, expected) in [
            (Cors::Off, [true, false, false, true]),
            (Cors::Any, [true, true, true, true]),
            (one, [true, true, false, true]),
        ] {
            let allowed = [&own, &other, &opaque, &program].map(|headers| cors.allows(headers));
            assert_eq!(allowed, expected, "{cors:?}");
        }
    }

    #[test]
    fn local_hosts_are_ip_addresses_and_localhost() {
        for (host, expected) in [
            ("127.0.0.1:8547", true),
            ("localhost", true),
            ("node.LOCALHOST:1", true),
            ("[::1]:8547", true),
            ("192.168.0.7:8547", true),
            ("evil.example:8547", false),
            ("localhost.evil.example", false),
            ("", false),
        ] {
            assert_eq!(has_local_host(&headers(None, host)), expected, "{host}");
        }
    }
}
