//! The accounts of a new chain, without those that its operator funds.

use crate::{
    arbos::{
        VERSION, pricing,
        programs::{initial_data_pricer, initial_parameters},
        slots,
        storage::{STATE_ADDRESS, Space, key},
    },
    contracts::{CREATE2_FACTORY, DEPLOYER, MARKER_CODE, PRECOMPILES},
};
use revm::{
    primitives::{Address, Bytes, U256, bytes},
    state::{AccountInfo, Bytecode},
};

/// One account of the genesis state.
#[derive(Clone, Debug)]
pub struct GenesisAccount {
    pub address: Address,
    pub info: AccountInfo,
    pub storage: Vec<(U256, U256)>,
}

/// The proxy's code: CREATE2 with the first word of calldata as salt and the rest as init code.
const CREATE2_FACTORY_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);

/// The accounts of an Arbitrum chain before its first block.
/// The chain has no owner; anyone can become one by `ArbDebug.becomeChainOwner`.
pub fn genesis() -> impl Iterator<Item = GenesisAccount> {
    let marker = || Bytes::from_static(&MARKER_CODE);
    let precompiles = PRECOMPILES.into_iter().map(move |address| contract(address, 0, marker()));
    precompiles.chain([
        contract(DEPLOYER, 1, marker()),
        contract(CREATE2_FACTORY, 1, CREATE2_FACTORY_CODE),
        arbos_state(),
    ])
}

fn contract(address: Address, nonce: u64, code: Bytes) -> GenesisAccount {
    let code = Bytecode::new_raw(code);
    let info = AccountInfo { nonce, code_hash: code.hash_slow(), code: Some(code), ..Default::default() };
    GenesisAccount { address, info, storage: Vec::new() }
}

fn arbos_state() -> GenesisAccount {
    let root = Space::root();
    let mut storage = vec![
        (root.slot(key(slots::VERSION)), U256::from(VERSION)),
        // The public chains collect tips since September 2026; a fresh Nitro chain does not.
        (root.slot(key(slots::COLLECT_TIPS)), U256::ONE),
        (root.slot(key(slots::BROTLI_LEVEL)), U256::ONE),
    ];
    storage.extend(pricing::initial());
    let (pricer, values) = initial_data_pricer();
    let (parameters, word) = initial_parameters();
    storage.push((parameters.slot(key(0)), word.into()));
    storage.extend(values.map(|(slot, value)| (pricer.slot(key(slot)), U256::from(value))));
    storage.retain(|(_, value)| !value.is_zero());
    let info = AccountInfo { nonce: 1, ..Default::default() };
    GenesisAccount { address: STATE_ADDRESS, info, storage }
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::primitives::{b256, keccak256};

    /// The code hash that tools expect (the code at 0x4e59…956C on any chain that has it).
    #[test]
    fn the_create2_factory_has_its_well_known_code() {
        let hash = b256!("2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989");
        assert_eq!(keccak256(&CREATE2_FACTORY_CODE), hash);
        assert_eq!(CREATE2_FACTORY_CODE.len(), 69);
    }
}
