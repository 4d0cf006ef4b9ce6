//! HTTP clients, for nodes and for every other server that Weir asks.
//! TLS is by ring: the library's default, aws-lc, takes a minute longer to compile.

use std::{sync::Once, time::Duration};

use alloy::transports::http::reqwest::Client;

use crate::ConnectError;

/// A client that waits for `timeout` at most.
///
/// # Errors
/// If the system has no trusted certificates.
pub fn http_client(timeout: Duration) -> Result<Client, ConnectError> {
    static PROVIDER: Once = Once::new();
    // It fails if the process has one already, which is as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = Client::builder().timeout(timeout).build();
    client.map_err(|error| ConnectError::NoClient(error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::{io::Write, net::TcpListener, thread};

    use crate::{ConnectError, Endpoint, Node, NodeError, Patience};

    /// A server that answers in plain text whatever it is asked.
    fn plain_server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = (&stream).write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            }
        });
        address.to_string()
    }

    #[tokio::test]
    async fn a_failure_of_tls_keeps_its_cause() {
        let endpoint: Endpoint = format!("https://{}", plain_server()).parse().unwrap();
        let error = Node::connect(&endpoint, Patience::default()).await.unwrap_err();
        let ConnectError::NoAnswer { error: NodeError::Transport(cause), .. } = error else {
            panic!("another error: {error}")
        };
        assert!(cause.contains("corrupt message"), "{cause}");
    }
}
