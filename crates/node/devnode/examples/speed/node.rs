//! The nodes that are compared: started as programs, asked for their memory, stopped.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::wire::Wire;

/// How long a node may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);

/// A program that is a node, and how it is called.
#[derive(Clone, Debug)]
pub struct Program {
    pub name: &'static str,
    path: PathBuf,
    options: &'static [&'static str],
}

impl Program {
    pub fn anvil(path: &Path) -> Self {
        Self { name: "anvil", path: path.to_owned(), options: &["--silent"] }
    }

    pub fn ours(path: &Path) -> Self {
        Self { name: "weir-devnode", path: path.to_owned(), options: &["--quiet"] }
    }

    /// What it says its version is.
    pub fn version(&self) -> Result<String> {
        let output = Command::new(&self.path).arg("--version").output();
        let output = output.with_context(|| format!("cannot run {}", self.path.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    }

    /// Starts it on a free port; gives it with the time until it answered.
    ///
    /// # Errors
    /// If it cannot be run, ends at once, or does not answer.
    pub async fn start(&self) -> Result<(Node, Duration)> {
        let address = free_address()?;
        let begin = Instant::now();
        let child = Command::new(&self.path)
            .args(["--port", &address.port().to_string()])
            .args(self.options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let child = child.with_context(|| format!("cannot run {}", self.path.display()))?;
        let mut node = Node { name: self.name, address, child, chain_id: 0 };
        while begin.elapsed() < PATIENCE {
            if let Some(status) = node.child.try_wait()? {
                bail!("{} ended at once: {status}", self.name);
            }
            if let Ok(mut wire) = node.wire().await {
                node.chain_id = wire.number("eth_chainId", "[]").await?;
                return Ok((node, begin.elapsed()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{} did not answer within {PATIENCE:?}", self.name)
    }
}

/// A node that runs; it is stopped when this is dropped.
pub struct Node {
    pub name: &'static str,
    pub address: SocketAddr,
    pub chain_id: u64,
    child: Child,
}

impl Node {
    pub async fn wire(&self) -> Result<Wire> {
        Wire::connect(self.address).await
    }

    /// Its resident memory in MiB.
    pub fn memory_mib(&self) -> Result<f64> {
        let output = Command::new("ps").args(["-o", "rss=", "-p", &self.child.id().to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let kib: f64 = text.trim().parse().with_context(|| format!("{} has gone", self.name))?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
