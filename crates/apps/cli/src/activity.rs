//! Whether a vault's programs can run, as the chain's precompile ArbWasm says.
use weir_client::Node;

use alloy::{primitives::Address, providers::Provider, sol_types::SolInterface};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use weir_bindings::{
    IArbWasm::{IArbWasmErrors, programTimeLeftCall},
    Program,
    deploy::ARB_WASM,
};

use weir_units::Seconds;

/// What the code of a Stylus program begins with (Nitro `state/stylus.go`).
const STYLUS: [u8; 3] = [0xef, 0xf0, 0x00];

/// Whether a vault's programs can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Both can, for so many seconds at least.
    Active { seconds_left: u64 },
    /// One of them cannot.
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
    /// That of a vault of these programs: its own and its extension.
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

    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::Active { seconds_left } => format!("active for {} more", Seconds(*seconds_left).rough()),
            Self::Inactive(inactive) => inactive.words(),
        }
    }
}

impl Inactive {
    /// For scripts.
    pub fn document(&self) -> Value {
        json!({ "program": self.program.name(), "address": self.address, "why": self.why })
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let Self { program, why, .. } = self;
        match program {
            Program::Extension => {
                format!("extension inactive: deposits, withdrawals and claims work, little else ({why})")
            }
            _ => format!("inactive: withdrawals by the lifeboat ({why})"),
        }
    }
}

/// What to do about a token that is a Stylus program and cannot run; `None` if it is none, or can run.
///
/// # Errors
/// If the node does not answer.
pub async fn inactive_token(node: &Node, token: Address) -> Result<Option<String>> {
    let code = node.provider.get_code_at(token).await?;
    if !code.starts_with(&STYLUS) {
        return Ok(None);
    }
    Ok(time_left(node, token).await?.err().map(|why| {
        format!(
            "the token {token} does not answer: it is a Stylus program, too, and {why}; {}",
            how_to_activate(token)
        )
    }))
}

/// How anyone activates a program again.
pub fn how_to_activate(program: Address) -> String {
    format!(
        "anyone can activate it: cast send {ARB_WASM} \"activateProgram(address)\" {program} --value 0.01ether (most of it comes \
         back)"
    )
}

/// How long the program can run without keep-alive, in seconds; or why it cannot.
async fn time_left(node: &Node, program: Address) -> Result<Result<u64, String>> {
    let error = match node.reader(ARB_WASM).in_next_block().ask(programTimeLeftCall { program }).await {
        Ok(seconds) => return Ok(Ok(seconds)),
        Err(error) => error,
    };
    match error.revert_data().map(|data| IArbWasmErrors::abi_decode(&data)) {
        Some(Ok(inactive)) => Ok(Err(why(&inactive))),
        _ => Err(anyhow!(error).context("ArbWasm does not answer as on Arbitrum")),
    }
}

/// The reason in ArbWasm's error, in words.
fn why(inactive: &IArbWasmErrors) -> String {
    match inactive {
        IArbWasmErrors::ProgramExpired(expired) => {
            let days = expired.ageInSeconds / 86_400;
            format!("it has expired: it was activated {days} days ago, and nobody kept it alive")
        }
        IArbWasmErrors::ProgramNeedsUpgrade(upgrade) => format!(
            "the chain's Stylus version is {} now, and it was activated for {}",
            upgrade.stylusVersion, upgrade.version
        ),
        _ => "it was never activated".into(),
    }
}

#[cfg(test)]
mod tests {
    use weir_bindings::IArbWasm::{ProgramExpired, ProgramNeedsUpgrade, ProgramNotActivated};

    use super::*;

    #[test]
    fn each_reason_is_told_in_words() {
        for (error, word) in [
            (IArbWasmErrors::ProgramExpired(ProgramExpired { ageInSeconds: 366 * 86_400 }), "366 days"),
            (
                IArbWasmErrors::ProgramNeedsUpgrade(ProgramNeedsUpgrade { version: 2, stylusVersion: 3 }),
                "version is 3 now, and it was activated for 2",
            ),
            (IArbWasmErrors::ProgramNotActivated(ProgramNotActivated {}), "never activated"),
        ] {
            assert!(why(&error).contains(word), "{}", why(&error));
        }
    }
}
