//! JSON-RPC over one connection that is kept open, with as little of its own as can be: the node is measured.

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
struct Reply {
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
    /// If the node refuses it, or does not answer.
    pub async fn ask(&mut self, method: &str, params: &str) -> Result<Value> {
        let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#);
        let reply: Reply = serde_json::from_slice(&self.post(&body).await?)?;
        match reply.error {
            Some(error) => bail!("{} refused {method}: {error}", self.address),
            None => Ok(reply.result.unwrap_or_default()),
        }
    }

    /// A result that is a number.
    pub async fn number(&mut self, method: &str, params: &str) -> Result<u64> {
        let result = self.ask(method, params).await?;
        let digits = result.as_str().and_then(|text| text.strip_prefix("0x"));
        let digits = digits.with_context(|| format!("{method} gave {result}, which is no number"))?;
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

    /// Reads the head of an answer; gives the length of what follows.
    async fn length(&mut self) -> Result<usize> {
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await? == 0 {
                bail!("{} closed the connection", self.address);
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                return length.context("an answer without a length");
            }
            if let Some(digits) = line.strip_prefix("content-length:") {
                length = Some(digits.trim().parse()?);
            }
        }
    }
}
