//! The argument `--rpc-url`, and the connection to that node.
//! Used by all commands except `bot`, which has its own arguments.

use anyhow::Result;
use clap::Args;
use weir_client::{Endpoint, Node, Patience};

use crate::exit::Failure;

/// Names the node.
#[derive(Clone, Debug, Args)]
pub struct NodeArguments {
    /// HTTP URL of the node: `weir devnode`, a Nitro node, or a public one.
    #[arg(long, value_name = "URL", env = "WEIR_RPC_URL", default_value = "http://127.0.0.1:8547")]
    pub rpc_url: String,
}

impl NodeArguments {
    /// Connects to the node and reads the chain id.
    ///
    /// # Errors
    /// If the URL is wrong, or no node answers there.
    pub async fn connect(&self) -> Result<Node> {
        Ok(Node::connect(&self.endpoint()?, Patience::default()).await?)
    }

    /// The parsed URL.
    ///
    /// # Errors
    /// If it is not the URL of a node.
    pub fn endpoint(&self) -> Result<Endpoint, Failure> {
        self.rpc_url.parse().map_err(|error| Failure::usage(format!("--rpc-url is wrong: {error}")))
    }
}
