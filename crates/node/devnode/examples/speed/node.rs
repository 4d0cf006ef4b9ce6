//! The compared nodes as programs: starts and stops them, and measures their memory.
//! Each run uses a free port.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::wire::Wire;

/// The time limit for a node to start.
const TIMEOUT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);

/// The program of a node, and its options.
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

    /// The first line of `--version`.
    pub fn version(&self) -> Result<String> {
        let output = Command::new(&self.path).arg("--version").output();
        let output = output.with_context(|| format!("cannot run {}", self.path.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().next().unwrap_or_default().trim().to_owned())
    }

    /// Starts the program on a free port; returns the node and the time until its first response.
    ///
    /// # Errors
    /// The program cannot run, exits, or does not respond.
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
        while begin.elapsed() < TIMEOUT {
            if let Some(status) = node.child.try_wait()? {
                bail!("{} exited: {status}", self.name);
            }
            if let Ok(mut wire) = node.wire().await {
                node.chain_id = wire.number("eth_chainId", "[]").await?;
                return Ok((node, begin.elapsed()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("{} did not respond within {TIMEOUT:?}", self.name)
    }
}

/// A running node, stopped on drop.
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

    /// Resident memory in MiB.
    pub fn memory_mib(&self) -> Result<f64> {
        let output = Command::new("ps").args(["-o", "rss=", "-p", &self.child.id().to_string()]).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let kib: f64 = text.trim().parse().with_context(|| format!("{} has exited", self.name))?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Fails if the node has exited already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
