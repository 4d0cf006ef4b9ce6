//! Whether a vault's programs can run, asked of the precompile ArbWasm.
//! The chain stops running a program when its activation expires, or when the chain's Stylus version rises.

use alloy::{primitives::Address, providers::Provider, sol_types::SolInterface};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use weir_bindings::{
    IArbWasm::{IArbWasmErrors, programTimeLeftCall},
    Program,
    deploy::ARB_WASM,
};
use weir_client::Node;
use weir_units::Seconds;

/// The first bytes of a Stylus program's code (Nitro `state/stylus.go`).
const STYLUS_PREFIX: [u8; 3] = [0xef, 0xf0, 0x00];

/// Whether a vault's programs can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Both programs can run, for at least this time.
    Active { seconds_left: u64 },
    /// One of the programs cannot run.
    Inactive(Inactive),
}

/// A program that cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inactive {
    pub program: Program,
    pub address: Address,
    pub why: String,
}

impl Activity {
    /// Asks the node about a vault's program and extension.
    ///
    /// # Errors
    /// If the node does not answer, or has no ArbWasm.
    pub async fn of(node: &Node, [vault, extension]: [Address; 2]) -> Result<Self> {
        let mut least = u64::MAX;
        for (program, address) in [(Program::Vault, vault), (Program::Extension, extension)] {
            match time_left(node, address).await? {
                Ok(seconds) => least = least.min(seconds),
                Err(why) => return Ok(Self::Inactive(Inactive { program, address, why })),
            }
        }
        Ok(Self::Active { seconds_left: least })
    }

    /// A few words for people.
    pub fn words(&self) -> String {
        match self {
            Self::Active { seconds_left } => format!("active for another {}", Seconds(*seconds_left).rough()),
            Self::Inactive(inactive) => inactive.words(),
        }
    }
}

impl Inactive {
    /// The JSON for scripts.
    pub fn document(&self) -> Value {
        json!({ "program": self.program.name(), "address": self.address, "why": self.why })
    }

    /// A few words for people.
    pub fn words(&self) -> String {
        let Self { program, why, .. } = self;
        match program {
            Program::Extension => {
                format!("extension inactive: only deposits, withdrawals and claims work ({why})")
            }
            _ => format!("inactive: withdrawals by the lifeboat ({why})"),
        }
    }
}

/// The reason and the remedy if `token` is a Stylus program that cannot run; otherwise `None`.
///
/// # Errors
/// If the node does not answer.
pub async fn inactive_token(node: &Node, token: Address) -> Result<Option<String>> {
    let code = node.provider.get_code_at(token).await?;
    if !code.starts_with(&STYLUS_PREFIX) {
        return Ok(None);
    }
    Ok(time_left(node, token).await?.err().map(|why| {
        format!(
            "the token {token} does not answer: it is itself a Stylus program, and {why}; {}",
            how_to_activate(token)
        )
    }))
}

/// The command that activates a program again.
pub fn how_to_activate(program: Address) -> String {
    format!(
        "anyone can activate it: cast send {ARB_WASM} \"activateProgram(address)\" {program} --value 0.01ether (most \
         of the ether is refunded)"
    )
}

/// The time that the program can run without keep-alive, in seconds. The inner error is the reason why it cannot run.
async fn time_left(node: &Node, program: Address) -> Result<Result<u64, String>> {
    let error = match node.reader(ARB_WASM).in_next_block().ask(programTimeLeftCall { program }).await {
        Ok(seconds) => return Ok(Ok(seconds)),
        Err(error) => error,
    };
    match error.revert_data().map(|data| IArbWasmErrors::abi_decode(&data)) {
        Some(Ok(inactive)) => Ok(Err(why(&inactive))),
        _ => Err(anyhow!(error)
            .context("the node does not return a program's time left (ArbWasm.programTimeLeft)")),
    }
}

/// ArbWasm's error in words.
fn why(inactive: &IArbWasmErrors) -> String {
    match inactive {
        IArbWasmErrors::ProgramExpired(expired) => {
            let days = expired.ageInSeconds / 86_400;
            format!("it has expired: it was activated {days} days ago and not kept alive")
        }
        IArbWasmErrors::ProgramNeedsUpgrade(upgrade) => format!(
            "it was activated for Stylus version {}, and the chain now has version {}",
            upgrade.version, upgrade.stylusVersion
        ),
        _ => "it was never activated".into(),
    }
}

#[cfg(test)]
mod tests {
    use weir_bindings::IArbWasm::{ProgramExpired, ProgramNeedsUpgrade, ProgramNotActivated};

    use super::*;

    #[test]
    fn each_reason_is_explained() {
        for (error, word) in [
            (IArbWasmErrors::ProgramExpired(ProgramExpired { ageInSeconds: 366 * 86_400 }), "366 days"),
            (
                IArbWasmErrors::ProgramNeedsUpgrade(ProgramNeedsUpgrade { version: 2, stylusVersion: 3 }),
                "for Stylus version 2, and the chain now has version 3",
            ),
            (IArbWasmErrors::ProgramNotActivated(ProgramNotActivated {}), "never activated"),
        ] {
            assert!(why(&error).contains(word), "{}", why(&error));
        }
    }
}
