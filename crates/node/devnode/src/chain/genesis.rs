//! The first block: Arbitrum's genesis accounts and the funded development accounts.
//! Used for a new chain and for a reset.

use crate::{
    accounts::DevAccount,
    config::ChainConfig,
    ledger::{
        Ledger,
        account::Account,
        clock::{Clock, system_seconds},
        state::State,
    },
};
use alloy_primitives::U256;
use stylus_evm::{ARBOS_STATE, activation_gas_slot};

/// Pauses or opens the activation of programs, as an owner of the chain does by `ArbOwner.setWasmActivationGas`.
pub fn pause_activations(state: &mut State, paused: bool) {
    let gas = if paused { U256::from(u64::MAX) } else { U256::ZERO };
    state.set_slot(ARBOS_STATE, activation_gas_slot(), gas);
}

/// A chain with only its first block.
pub fn genesis(config: &ChainConfig, accounts: &[DevAccount]) -> Ledger {
    let mut state = State::default();
    for account in stylus_evm::genesis() {
        if let Some(code) = account.info.code.clone() {
            state.add_code(code);
        }
        state.set_account(account.address, (&account.info).into());
        for (slot, value) in account.storage {
            state.set_slot(account.address, slot, value);
        }
    }
    for account in accounts {
        let before = state.account(account.address());
        state.set_account(account.address(), Account { balance: config.balance, ..before });
    }
    if config.activations_paused {
        pause_activations(&mut state, true);
    }
    let timestamp = config.genesis_timestamp.unwrap_or_else(system_seconds);
    Ledger::new(state, Clock::starting_at(timestamp), timestamp, config.kept_states)
}
