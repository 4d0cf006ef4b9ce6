//! A vault that is acted on: found by name or address, checked to be genuine, with its tokens.
//! Whether its programs can run is known, since that decides what works.

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
    activity::{Activity, how_to_activate},
    exit::Failure,
    genuine::{self, Verdict},
    output::Output,
    targets,
    token::Token,
};

/// A vault, its tokens, and whether its programs can run.
pub struct Place {
    pub vault: IVaultInstance<DynProvider>,
    pub asset: Token,
    pub reward: Token,
    pub activity: Activity,
}

impl Place {
    /// Finds the vault, and checks it.
    ///
    /// # Errors
    /// If there is none, it is not genuine, or the node does not answer.
    pub async fn find(word: &str, arguments: &ActArguments, node: &Node, output: Output) -> Result<Self> {
        let address = targets::one(word, &arguments.folder, node.chain_id)?.address;
        let code = node.provider.get_code_at(address).await?;
        let Some(code) = VaultCode::decode(&code) else {
            return Err(Failure::check(format!(
                "the contract at {address} on chain {} is not a vault of this build: is the address right?",
                node.chain_id
            ))
            .into());
        };
        check(node, address, arguments.anyway, output).await?;
        let (asset, reward) = Token::of_vault(node, &code.config).await;
        let activity = Activity::of(node, [code.program, code.config.extension]).await?;
        Ok(Self { vault: IVault::new(address, node.provider.clone()), asset, reward, activity })
    }

    pub fn address(&self) -> Address {
        *self.vault.address()
    }

    /// Checks that `program` can run, for functions that the lifeboat does not have.
    ///
    /// # Errors
    /// If it cannot.
    pub fn needs(&self, program: Program) -> Result<(), Failure> {
        let Activity::Inactive(inactive) = &self.activity else { return Ok(()) };
        if program == Program::Vault && inactive.program == Program::Extension {
            return Ok(());
        }
        let (why, how) = (&inactive.why, how_to_activate(inactive.address));
        Err(Failure::rejected(format!(
            "the vault's program cannot run: {why}; stakes and rewards can still leave (weir exit), and {how}"
        )))
    }
}

/// Checks that the vault at `address` is genuine, unless `anyway` allows another.
async fn check(node: &Node, address: Address, anyway: bool, output: Output) -> Result<()> {
    match genuine::judge_vault(node, address).await? {
        Verdict::Genuine => Ok(()),
        Verdict::Forged(why) if !anyway => {
            let why = format!("{why}; --anyway calls it nevertheless, and it decides what happens then");
            Err(Failure::check(why).into())
        }
        verdict => {
            output.note(format_args!("warning: the vault's code and address are {}", verdict.words()));
            Ok(())
        }
    }
}
