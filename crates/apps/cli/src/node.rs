//! The argument that names a node, and the connection to it.
//! Errors keep the exit code of a node that does not answer.

use anyhow::Result;
use clap::Args;
use weir_client::{Endpoint, Node, Patience};

use crate::exit::Failure;

/// Which node.
#[derive(Clone, Debug, Args)]
pub struct NodeArguments {
    /// Node to use, over HTTP: `weir devnode`, a Nitro node, or a public one.
    #[arg(long, value_name = "URL", env = "WEIR_RPC_URL", default_value = "http://127.0.0.1:8547")]
    pub rpc_url: String,
}

impl NodeArguments {
    /// Connects, and asks for the chain's id.
    ///
    /// # Errors
    /// If the URL is wrong, or no node answers there.
    pub async fn connect(&self) -> Result<Node> {
        Ok(Node::connect(&self.endpoint()?, Patience::default()).await?)
    }

    /// The URL, checked.
    ///
    /// # Errors
    /// If it is no URL of a node.
    pub fn endpoint(&self) -> Result<Endpoint, Failure> {
        self.rpc_url.parse().map_err(|error| Failure::usage(format!("--rpc-url is wrong: {error}")))
    }
}
