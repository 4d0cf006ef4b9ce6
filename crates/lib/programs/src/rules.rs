//! The chain's rules for programs, read from ArbWasm: which run, how long, and whether new ones can be activated.
//! The chain's owner can change them.

use tokio::try_join;
use weir_bindings::{
    IArbWasm::{activationGasCall, expiryDaysCall, keepaliveDaysCall, stylusVersionCall},
    deploy::ARB_WASM,
};
use weir_client::{Node, NodeError};
use weir_units::DAY;

/// Gas of an activation above this means that activations are paused: it is near the limit of a transaction
/// (32 million). `cargo stylus` draws the line there, too.
const PAUSED_ABOVE: u64 = 30_000_000;

/// The chain's rules for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Seconds from its activation or renewal until a program expires.
    pub expiry: u64,
    /// Seconds from its activation or renewal until a program may be renewed.
    pub keepalive: u64,
    /// Programs must be activated for this version of Stylus.
    pub stylus_version: u16,
    /// Gas that each activation burns in addition to its own.
    pub activation_gas: u64,
}

/// The rules of ArbOS 61 before any owner changes them.
impl Default for Rules {
    fn default() -> Self {
        Self { expiry: 365 * DAY, keepalive: 31 * DAY, stylus_version: 3, activation_gas: 0 }
    }
}

impl Rules {
    /// Reads the rules of the node's chain.
    ///
    /// # Errors
    /// If the node does not answer, or has no ArbWasm.
    pub async fn of(node: &Node) -> Result<Self, NodeError> {
        let arb_wasm = node.reader(ARB_WASM);
        let (expiry, keepalive, stylus_version, activation_gas) = try_join!(
            arb_wasm.ask(expiryDaysCall {}),
            arb_wasm.ask(keepaliveDaysCall {}),
            arb_wasm.ask(stylusVersionCall {}),
            activation_gas(node)
        )?;
        Ok(Self {
            expiry: u64::from(expiry) * DAY,
            keepalive: u64::from(keepalive) * DAY,
            stylus_version,
            activation_gas,
        })
    }

    /// Whether no transaction can activate a program, as on the public chains since October 2026. Renewals still work.
    pub const fn activations_paused(&self) -> bool {
        self.activation_gas > PAUSED_ABOVE
    }

    /// When a program that expires at `expires` may be renewed.
    pub const fn renewable_at(&self, expires: u64) -> u64 {
        expires.saturating_add(self.keepalive).saturating_sub(self.expiry)
    }
}

/// The gas that the chain's owner adds to each activation. Chains below ArbOS 59 have no such function.
async fn activation_gas(node: &Node) -> Result<u64, NodeError> {
    match node.reader(ARB_WASM).ask(activationGasCall {}).await {
        Err(error) if error.is_answer() => Ok(0),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_may_be_renewed_31_days_after_its_activation() {
        let rules = Rules::default();
        let activated = 1_735_689_600;
        assert_eq!(rules.renewable_at(activated + 365 * DAY), activated + 31 * DAY);
        assert_eq!(rules.renewable_at(u64::MAX), u64::MAX - 365 * DAY, "no overflow");
    }
}
