//! A minimal JSON-RPC client over one open connection.
//! It does little work of its own, since the node is measured.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A client of one node.
pub struct Wire {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

#[derive(Deserialize)]
struct RpcResponse {
    result: Option<Value>,
    error: Option<Value>,
}

impl Wire {
    pub async fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), address })
    }

    /// The result of a request; `params` is JSON.
    ///
    /// # Errors
    /// The node returns an error, or does not respond.
    pub async fn ask(&mut self, method: &str, params: &str) -> Result<Value> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let response: RpcResponse = serde_json::from_slice(&self.post(&body).await?)?;
        match response.error {
            Some(error) => bail!("{method} failed at {}: {error}", self.address),
            None => Ok(response.result.unwrap_or_default()),
        }
    }

    /// The result of a request that returns a number.
    pub async fn number(&mut self, method: &str, params: &str) -> Result<u64> {
        let result = self.ask(method, params).await?;
        let digits = result.as_str().and_then(|text| text.strip_prefix("0x"));
        let digits = digits.with_context(|| format!("{method} returned {result}, not a number"))?;
        Ok(u64::from_str_radix(digits, 16)?)
    }

    async fn post(&mut self, body: &str) -> Result<Vec<u8>> {
        let request = format!(
            "POST / HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let mut answer = vec![0; self.length().await?];
        self.stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    /// Reads the head of a response; returns the length of the body.
    async fn length(&mut self) -> Result<usize> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                bail!("{} closed the connection", self.address);
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                return length.context("the response has no length");
            }
            if let Some(digits) = line.strip_prefix("content-length:") {
                length = Some(digits.trim().parse()?);
            }
        }
    }
}
