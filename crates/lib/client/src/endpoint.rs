//! The URL of a node. It is shown without what may be a secret: user, path and query, where providers put their keys.
//! Only HTTP is spoken.

use std::{
    fmt::{self, Debug, Display, Formatter},
    str::FromStr,
};

use alloy::transports::http::reqwest::Url;

/// Shorter parts of a URL are no keys, and occur in ordinary words.
const SHORTEST_SECRET: usize = 8;

/// Where a node is.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// The text is no URL of a node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no URL of a node ({0}): write one such as http://127.0.0.1:8547")]
pub struct EndpointError(String);

impl Endpoint {
    /// With every part, to connect by.
    pub fn url(&self) -> Url {
        self.0.clone()
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        matches!(self.0.host_str(), Some("localhost" | "127.0.0.1" | "[::1]" | "0.0.0.0"))
    }

    /// `text` without the secrets of this URL: errors repeat what they are about.
    pub fn redact(&self, text: &str) -> String {
        let shown = self.to_string();
        let mut text = text.replace(self.0.as_str(), &shown);
        let queries: Vec<_> = self.0.query_pairs().collect();
        let parts = self.0.path().split('/').chain(queries.iter().map(|(_, value)| value.as_ref()));
        let parts = parts.chain([self.0.username()]).chain(self.0.password());
        for secret in parts.filter(|part| part.len() >= SHORTEST_SECRET) {
            text = text.replace(secret, "…");
        }
        text
    }
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url: Url = text.trim().parse().map_err(|error| EndpointError(format!("{error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError("it does not begin with http:// or https://".into()));
        }
        Ok(Self(url))
    }
}

/// Scheme, host and port; `/…` for the rest.
impl Display for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.0.scheme(), self.0.host_str().unwrap_or_default())?;
        if let Some(port) = self.0.port() {
            write!(f, ":{port}")?;
        }
        let is_bare = self.0.path() == "/" && self.0.query().is_none();
        if is_bare { Ok(()) } else { f.write_str("/…") }
    }
}

impl Debug for Endpoint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_url_are_never_shown() {
        for text in [
            "https://arb.example/v2/0123456789abcdef",
            "https://arb.example/?key=0123456789abcdef",
            "https://user:0123456789abcdef@arb.example/",
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            for shown in
                [endpoint.to_string(), format!("{endpoint:?}"), endpoint.redact(&format!("for {text}: no"))]
            {
                assert!(
                    !shown.contains("0123456789abcdef") && shown.contains("arb.example"),
                    "{text}: {shown}"
                );
            }
            assert!(
                !endpoint.redact("key 0123456789abcdef is over its limit").contains("789abcdef"),
                "{text}"
            );
        }
        assert_eq!("http://127.0.0.1:8547".parse::<Endpoint>().unwrap().to_string(), "http://127.0.0.1:8547");
    }

    #[test]
    fn only_http_urls_are_endpoints() {
        for text in ["", "localhost:8547", "ftp://a", "ws://127.0.0.1:8548", "127.0.0.1"] {
            assert!(text.parse::<Endpoint>().is_err(), "{text}");
        }
    }

    #[test]
    fn local_urls_are_known() {
        for (text, is_local) in [
            ("http://127.0.0.1:8547", true),
            ("http://localhost", true),
            ("http://[::1]:8547", true),
            ("https://localhost.example", false),
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().is_local(), is_local, "{text}");
        }
    }
}
