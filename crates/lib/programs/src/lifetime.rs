//! How long a program can run, or why it cannot: as ArbWasm answers.
//! Only ArbWasm decides; the code of the program says nothing about it.

use alloy::{primitives::Address, sol_types::SolInterface};
use weir_bindings::{
    IArbWasm::{IArbWasmErrors, expiryDaysCall, programTimeLeftCall},
    deploy::ARB_WASM,
};
use weir_client::{Node, NodeError};
use weir_units::{DAY, Moment, Seconds};

use crate::Rules;

/// The chain counts the time of programs in whole hours.
const HOUR: u64 = 3_600;

/// Whether a program can run. Times are in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// It can run until then, unless it is renewed.
    Active { expires: u64 },
    /// It cannot run.
    Inactive(Inactive),
}

/// Why a program cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inactive {
    /// It was not renewed in time.
    Expired {
        at: u64,
    },
    /// It was activated for an older version of Stylus than the chain's.
    Outdated {
        version: u16,
        stylus_version: u16,
    },
    NeverActivated,
}

impl Lifetime {
    /// When the program expires or has expired; `None` if another reason stops it.
    pub const fn expires(&self) -> Option<u64> {
        match self {
            Self::Active { expires } => Some(*expires),
            Self::Inactive(Inactive::Expired { at }) => Some(*at),
            Self::Inactive(_) => None,
        }
    }

    /// Seconds that it can run; `None` if it cannot.
    pub const fn seconds_left(&self, now: u64) -> Option<u64> {
        match self {
            Self::Active { expires } => Some(expires.saturating_sub(now)),
            Self::Inactive(_) => None,
        }
    }

    /// Why it cannot run; `None` if it can.
    pub const fn inactive(&self) -> Option<Inactive> {
        match self {
            Self::Active { .. } => None,
            Self::Inactive(inactive) => Some(*inactive),
        }
    }

    /// A few words for people: `active for another 357 days`.
    pub fn words(&self, now: u64) -> String {
        match self {
            Self::Active { expires } => {
                format!("active for another {}", Seconds(expires.saturating_sub(now)).rough())
            }
            Self::Inactive(inactive) => format!("cannot run: {}", inactive.words()),
        }
    }
}

impl Inactive {
    /// The reason as a clause: `it expired on 2026-01-01 00:00:00 UTC`.
    pub fn words(&self) -> String {
        match self {
            Self::Expired { at } => format!("it expired on {}", Moment(*at)),
            Self::Outdated { version, stylus_version } => format!(
                "it was activated for Stylus version {version}, and the chain now has version {stylus_version}"
            ),
            Self::NeverActivated => "it was never activated".into(),
        }
    }

    /// The reason as one word, for scripts.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Expired { .. } => "expired",
            Self::Outdated { .. } => "outdated",
            Self::NeverActivated => "not_activated",
        }
    }
}

/// What makes a program run again, as a clause: a command, or the advice to wait.
pub fn how_to_activate(program: Address, rules: &Rules) -> String {
    if rules.activations_paused() {
        return format!("the chain has activations paused: activate {program} when they are open again");
    }
    format!(
        "anyone can activate it: {} (most of the ether is refunded)",
        activation_command(&program.to_string())
    )
}

/// The command that activates the program at an address.
pub fn activation_command(program: &str) -> String {
    format!("cast send {ARB_WASM} \"activateProgram(address)\" {program} --value 0.01ether")
}

/// The lifetime of the program at `program` at `now`, the time of the next block.
///
/// # Errors
/// If the node does not answer, or has no ArbWasm.
pub async fn lifetime(node: &Node, program: Address, now: u64) -> Result<Lifetime, NodeError> {
    let arb_wasm = node.reader(ARB_WASM);
    let error = match arb_wasm.in_next_block().ask(programTimeLeftCall { program }).await {
        Ok(left) => return Ok(Lifetime::Active { expires: whole_hour(now.saturating_add(left)) }),
        Err(error) => error,
    };
    let inactive = match error.revert_data().map(|data| IArbWasmErrors::abi_decode(&data)) {
        Some(Ok(IArbWasmErrors::ProgramExpired(expired))) => {
            let expiry = u64::from(arb_wasm.ask(expiryDaysCall {}).await?) * DAY;
            let activated = now.saturating_sub(expired.ageInSeconds);
            Inactive::Expired { at: whole_hour(activated.saturating_add(expiry)) }
        }
        Some(Ok(IArbWasmErrors::ProgramNeedsUpgrade(upgrade))) => {
            Inactive::Outdated { version: upgrade.version, stylus_version: upgrade.stylusVersion }
        }
        Some(Ok(IArbWasmErrors::ProgramNotActivated(_))) => Inactive::NeverActivated,
        _ => return Err(error),
    };
    Ok(Lifetime::Inactive(inactive))
}

/// The nearest whole hour. Activations count from whole hours, so this is exact even if a block has been mined since
/// `now` was read.
const fn whole_hour(time: u64) -> u64 {
    time.saturating_add(HOUR / 2) / HOUR * HOUR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_explained() {
        for (inactive, words) in [
            (Inactive::Expired { at: 1_767_225_600 }, "expired on 2026-01-01 00:00:00 UTC"),
            (
                Inactive::Outdated { version: 2, stylus_version: 3 },
                "for Stylus version 2, and the chain now has version 3",
            ),
            (Inactive::NeverActivated, "never activated"),
        ] {
            assert!(inactive.words().contains(words), "{}", inactive.words());
        }
    }

    #[test]
    fn the_hour_of_expiry_is_exact_although_blocks_are_mined() {
        let hour = 1_767_225_600;
        for late in 0..60 {
            assert_eq!(whole_hour(hour + late), hour);
            assert_eq!(whole_hour(hour - late), hour);
        }
    }

    #[test]
    fn nobody_is_asked_to_activate_while_activations_are_paused() {
        let rules = |activation_gas| Rules { activation_gas, ..Rules::default() };
        assert!(how_to_activate(Address::ZERO, &rules(0)).contains("activateProgram(address)"));
        let paused = how_to_activate(Address::ZERO, &rules(u64::MAX));
        assert!(paused.contains("activations paused") && !paused.contains("cast send"), "{paused}");
    }
}
