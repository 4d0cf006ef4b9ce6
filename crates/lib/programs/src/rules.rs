//! The chain's rules for the time of programs, read from ArbWasm.
//! The chain's owner can change them.

use tokio::try_join;
use weir_bindings::{
    IArbWasm::{activationGasCall, expiryDaysCall, keepaliveDaysCall},
    deploy::ARB_WASM,
};
use weir_client::{Node, NodeError};
use weir_units::DAY;

/// Gas of an activation above this means that activations are paused: it is near the limit of a transaction
/// (32 million). `cargo stylus` draws the line there, too.
const PAUSED_ABOVE: u64 = 30_000_000;

/// The chain's rules for the time of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Seconds from its activation or renewal until a program expires.
    pub expiry: u64,
    /// Seconds from its activation or renewal until a program may be renewed.
    pub keepalive: u64,
    /// Whether no transaction can activate a program. Renewals still work.
    pub activations_paused: bool,
}

impl Rules {
    /// Reads the rules of the node's chain.
    ///
    /// # Errors
    /// If the node does not answer, or has no ArbWasm.
    pub async fn of(node: &Node) -> Result<Self, NodeError> {
        let arb_wasm = node.reader(ARB_WASM);
        let (expiry, keepalive, activation_gas) = try_join!(
            arb_wasm.ask(expiryDaysCall {}),
            arb_wasm.ask(keepaliveDaysCall {}),
            activation_gas(node)
        )?;
        Ok(Self {
            expiry: u64::from(expiry) * DAY,
            keepalive: u64::from(keepalive) * DAY,
            activations_paused: activation_gas > PAUSED_ABOVE,
        })
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
        let rules = Rules { expiry: 365 * DAY, keepalive: 31 * DAY, activations_paused: false };
        let activated = 1_735_689_600;
        assert_eq!(rules.renewable_at(activated + 365 * DAY), activated + 31 * DAY);
        assert_eq!(rules.renewable_at(u64::MAX), u64::MAX - 365 * DAY, "no overflow");
    }
}
