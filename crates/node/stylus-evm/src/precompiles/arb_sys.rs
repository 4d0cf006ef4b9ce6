//! ArbSys: the chain itself (Nitro `precompiles/ArbSys.go`). What concerns L1 is not offered.

use super::{
    abi::ArbSys as abi,
    dispatch::{Answer, Call, Precompile, Purity, results, revert},
};
use crate::arbos::{VERSION, storage::Fault};
use revm::{
    Database,
    context_interface::JournalTr,
    primitives::{Address, U256, address, ruint::aliases::U160},
};

/// Nitro counts its versions from here.
const FIRST_NITRO_VERSION: u64 = 55;
/// Added to the address of an L1 contract that sends messages here.
const L1_ALIAS_OFFSET: Address = address!("1111000000000000000000000000000000001111");
/// How far back block hashes go.
const HASHES: u64 = 256;

pub struct ArbSys;

impl Precompile for ArbSys {
    type Calls = abi::ArbSysCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbSysCalls::mapL1SenderContractAddressToL2Alias(_) => Purity::Pure,
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(host: &mut Call<'_, DB>, call: Self::Calls) -> Answer<DB> {
        use abi::ArbSysCalls as Method;
        match call {
            Method::arbBlockNumber(_) => results((U256::from(host.chain.l2_block_number),)),
            Method::arbBlockHash(call) => block_hash(host, call.arbBlockNum),
            Method::arbChainID(_) => results((U256::from(host.chain.environment.chain_id),)),
            Method::arbOSVersion(_) => results((U256::from(FIRST_NITRO_VERSION + VERSION),)),
            Method::getStorageGasAvailable(_) => results((U256::ZERO,)),
            Method::mapL1SenderContractAddressToL2Alias(call) => {
                let offset = U160::from_be_bytes(L1_ALIAS_OFFSET.into_array());
                let alias = U160::from_be_bytes(call.sender.into_array()).wrapping_add(offset);
                results((Address::from(alias.to_be_bytes::<20>()),))
            }
        }
    }
}

fn block_hash<DB: Database>(host: &mut Call<'_, DB>, requested: U256) -> Answer<DB> {
    let current = host.chain.l2_block_number;
    let number = u64::try_from(requested).ok();
    match number.filter(|number| *number < current && current - number <= HASHES) {
        Some(number) => results((host.state.journal.db_mut().block_hash(number).map_err(Fault::Database)?,)),
        None => Err(revert(abi::InvalidBlockNumber { requested, current: U256::from(current) })),
    }
}
