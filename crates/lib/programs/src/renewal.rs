//! Renews programs: when one is due, what that costs, and the transaction that does it.
//! A renewal costs the data fee of the program's machine code, and works while activations are paused.

use alloy::{
    eips::BlockId,
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, hex, map::HashMap},
    providers::Provider,
    rpc::types::{
        TransactionReceipt, TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol_types::{SolCall, SolEvent},
};
use weir_bindings::{
    IArbWasm::{ProgramLifetimeExtended, codehashKeepaliveCall},
    deploy::ARB_WASM,
};
use weir_client::{Node, NodeError};

use crate::{Inactive, Lifetime, Rules};

/// Most that is paid for one renewal without asking, in wei: 0.01 ether, about a hundred times the usual cost.
pub const MAX_COST: u64 = 10_000_000_000_000_000;

/// When a program is to be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Now,
    /// From this time on, in Unix seconds.
    Later(u64),
    /// Never: it has to be activated again.
    Never(Inactive),
}

impl Due {
    /// When a program with this lifetime is to be renewed: when it may be, and has at most `left` seconds if that is
    /// given.
    pub fn of(lifetime: &Lifetime, rules: &Rules, left: Option<u64>, now: u64) -> Self {
        let expires = match lifetime {
            Lifetime::Active { expires } => *expires,
            Lifetime::Inactive(inactive) => return Self::Never(*inactive),
        };
        let wanted = left.map_or(0, |left| expires.saturating_sub(left));
        let at = rules.renewable_at(expires).max(wanted);
        if at <= now { Self::Now } else { Self::Later(at) }
    }
}

/// The transaction that renews the program with this code hash. The value above the data fee is refunded.
pub fn renewal(code_hash: B256, value: U256) -> TransactionRequest {
    let call = codehashKeepaliveCall { codehash: code_hash };
    TransactionRequest::default().with_to(ARB_WASM).with_input(call.abi_encode()).with_value(value)
}

/// The data fee that a mined renewal paid, in wei; 0 if it renewed nothing.
pub fn data_fee_paid(receipt: &TransactionReceipt) -> U256 {
    let mut logs = receipt.logs().iter().filter(|log| log.address() == ARB_WASM);
    let event = logs.find_map(|log| ProgramLifetimeExtended::decode_log(&log.inner).ok());
    event.map_or(U256::ZERO, |event| event.dataFee)
}

/// Where the simulation places [`SIMULATOR`].
const SIMULATOR_ADDRESS: Address = address!("7373737373737373737373737373737373737373");
/// Renews the code hashes of its calldata one after the other, with one ether each, and returns what each cost: its own
/// balance before minus after, or 2^256 - 1 if the renewal reverts.
///
/// ```text
/// mstore(0, selector << 224)
/// for i in 0, 32, … calldatasize:
///     mstore(4, calldataload(i))
///     before = selfbalance()
///     ok = call(gas, 0x71, 1 ether, 0, 36, 0, 0)
///     mstore(64 + i, (before - selfbalance()) | (ok - 1))
/// return(64, calldatasize)
/// ```
const SIMULATOR: [u8; 68] = hex!(
    "630000000060e01b5f52" // the selector, which `simulator` fills in
    "5f5b803614603f57" // i = 0; the loop begins at 0x0b and ends at 0x3f
    "8035600452"
    "475f5f60245f670de0b6b3a764000060715af1"
    "478203906001900317"
    "8260400152"
    "50602001600b56"
    "5b366040f3"
);

/// The data fee of renewing each program now, in wei, in this order: each renewal raises the price for the next.
/// `None` for a program that cannot be renewed now.
///
/// # Errors
/// If the node does not answer.
pub async fn data_fees(node: &Node, code_hashes: &[B256]) -> Result<Vec<Option<U256>>, NodeError> {
    if code_hashes.is_empty() {
        return Ok(Vec::new());
    }
    let simulator =
        AccountOverride { code: Some(simulator()), balance: Some(U256::MAX >> 1), ..Default::default() };
    let overrides: StateOverride = HashMap::from_iter([(SIMULATOR_ADDRESS, simulator)]);
    let request = TransactionRequest::default().with_to(SIMULATOR_ADDRESS).with_input(code_hashes.concat());
    let returned = node.provider.call(request).block(BlockId::pending()).overrides(overrides).await?;
    if returned.len() != 32 * code_hashes.len() {
        return Err(NodeError::Answer(format!(
            "the simulation of renewals returned {} bytes",
            returned.len()
        )));
    }
    let fees = returned.chunks(32).map(U256::from_be_slice);
    Ok(fees.map(|fee| (fee != U256::MAX).then_some(fee)).collect())
}

fn simulator() -> Bytes {
    let mut code = SIMULATOR;
    code[1..5].copy_from_slice(&codehashKeepaliveCall::SELECTOR);
    code.to_vec().into()
}

#[cfg(test)]
mod tests {
    use weir_units::DAY;

    use super::*;

    const NOW: u64 = 1_767_225_600;
    const RULES: Rules =
        Rules { expiry: 365 * DAY, keepalive: 31 * DAY, stylus_version: 3, activation_gas: 0 };

    fn due(days_left: u64, left: Option<u64>) -> Due {
        let lifetime = Lifetime::Active { expires: NOW + days_left * DAY };
        Due::of(&lifetime, &RULES, left.map(|days| days * DAY), NOW)
    }

    #[test]
    fn a_program_is_due_once_it_may_be_renewed() {
        assert_eq!(due(365, None), Due::Later(NOW + 31 * DAY));
        assert_eq!(due(335, None), Due::Later(NOW + DAY));
        assert_eq!(due(334, None), Due::Now);
        assert_eq!(due(0, None), Due::Now);
    }

    #[test]
    fn a_program_with_more_time_than_wanted_waits() {
        assert_eq!(due(100, Some(90)), Due::Later(NOW + 10 * DAY));
        assert_eq!(due(90, Some(90)), Due::Now);
        // It may not be renewed before 31 days, whatever is wanted.
        assert_eq!(due(365, Some(1_000)), Due::Later(NOW + 31 * DAY));
    }

    #[test]
    fn an_expired_program_is_never_due() {
        let expired = Inactive::Expired { at: NOW - 1 };
        assert_eq!(Due::of(&Lifetime::Inactive(expired), &RULES, None, NOW), Due::Never(expired));
    }
}
