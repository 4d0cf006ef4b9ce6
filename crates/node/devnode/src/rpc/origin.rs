//! Which web pages may use the node.
//!
//! A browser keeps pages of other origins from reading answers over HTTP, but connects WebSockets for any
//! page: there the node itself must look at the origin. And a page can make the name it was loaded from
//! resolve to this machine (DNS rebinding), so a node on a loopback address answers to no foreign names.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{HOST, ORIGIN},
};
use std::net::IpAddr;

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

impl Cors {
    /// Whether whoever sends these headers may open a WebSocket. Clients that are no browsers name no origin.
    pub fn lets_in(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(ORIGIN) else { return true };
        match self {
            Self::Any => true,
            Self::Origin(allowed) => origin == allowed || is_own(origin, headers),
            Self::Off => is_own(origin, headers),
        }
    }
}

/// Whether a page of this origin was loaded from where it connects to.
fn is_own(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), headers.get(HOST).map(HeaderValue::to_str)) else {
        return false;
    };
    origin.strip_prefix("http://").is_some_and(|name| name.eq_ignore_ascii_case(host))
}

/// Whether the client asks for this machine by its address or as localhost, or does not say.
pub fn names_this_machine(headers: &HeaderMap) -> bool {
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
    fn pages_of_other_origins_are_let_in_only_when_allowed() {
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
            let told = [&own, &other, &opaque, &program].map(|headers| cors.lets_in(headers));
            assert_eq!(told, expected, "{cors:?}");
        }
    }

    #[test]
    fn this_machine_has_its_addresses_and_localhost() {
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
            assert_eq!(names_this_machine(&headers(None, host)), expected, "{host}");
        }
    }
}
