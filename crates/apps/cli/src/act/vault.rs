//! The vault that a command works with: found by name or address, and checked to be genuine.
//! It knows whether its programs can run, because without them only the lifeboat's functions work.

use alloy::{
    primitives::Address,
    providers::{DynProvider, Provider},
};
use anyhow::Result;
use weir::clones::VaultCode;
use weir_bindings::{
    IVault::{self, IVaultInstance},
    Program,
};
use weir_client::Node;

use super::ActArguments;
use crate::{
    activity::Activity,
    exit::Failure,
    genuine::{self, Verdict},
    output::Output,
    targets,
    token::Token,
};

/// A vault, its tokens, and whether its programs can run.
pub struct VaultHandle {
    pub contract: IVaultInstance<DynProvider>,
    pub asset: Token,
    pub reward: Token,
    pub activity: Activity,
}

impl VaultHandle {
    /// Finds and checks the vault.
    ///
    /// # Errors
    /// If there is no vault, it is not genuine, or the node does not answer.
    pub async fn find(word: &str, arguments: &ActArguments, node: &Node, output: Output) -> Result<Self> {
        let address = targets::one(word, &arguments.folder, node.chain_id)?.address;
        let code = node.provider.get_code_at(address).await?;
        let Some(code) = VaultCode::decode(&code) else {
            return Err(Failure::check(format!(
                "the contract at {address} on chain {} is not a vault of this build: check the address",
                node.chain_id
            ))
            .into());
        };
        let verdict = genuine::check_unless(arguments.anyway, node, address).await?;
        if verdict != Verdict::Genuine {
            output.note(format_args!("warning: the vault's code and address are {}", verdict.words()));
        }
        let (asset, reward) = Token::of_vault(node, &code.config).await;
        let activity = Activity::of(node, [code.program, code.config.extension]).await?;
        Ok(Self { contract: IVault::new(address, node.provider.clone()), asset, reward, activity })
    }

    pub fn address(&self) -> Address {
        *self.contract.address()
    }

    /// Checks that `program` can run. For functions that the lifeboat does not have.
    ///
    /// # Errors
    /// If it cannot run.
    pub fn check_program(&self, program: Program) -> Result<(), Failure> {
        let Some(inactive) = self.activity.inactive() else { return Ok(()) };
        if program == Program::Vault && inactive.program == Program::Extension {
            return Ok(());
        }
        let (why, how) = (&inactive.why, &inactive.how);
        Err(Failure::rejected(format!(
            "the vault's program cannot run: {why}; stakes and rewards can still be withdrawn (weir exit), and {how}"
        )))
    }
}
