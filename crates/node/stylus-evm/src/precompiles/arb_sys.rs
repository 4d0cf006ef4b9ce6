//! ArbSys: the chain itself (Nitro `precompiles/ArbSys.go`), without messages to and from L1.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results, revert};
use crate::{
    arbos::storage::Fault,
    contracts::abi::ArbSys as abi,
};
use revm::{
    Database,
    context_interface::JournalTr,
    primitives::{Address, U256, address, ruint::aliases::U160},
};

/// ArbSys adds this to the version of ArbOS.
const FIRST_NITRO_VERSION: u64 = 55;
/// Added to the address of an L1 contract that sends messages to L2.
const L1_ALIAS_OFFSET: Address = address!("1111000000000000000000000000000000001111");
/// Number of past blocks that `arbBlockHash` covers.
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

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbSysCalls as Method;
        match call {
            Method::arbBlockNumber(_) => results((U256::from(ctx.transaction.l2_block_number),)),
            Method::arbBlockHash(call) => block_hash(ctx, call.arbBlockNum),
            Method::arbChainID(_) => results((U256::from(ctx.transaction.environment.chain_id),)),
            Method::arbOSVersion(_) => {
                let version = ctx.state.version()?;
                results((U256::from(FIRST_NITRO_VERSION + version),))
            }
            Method::getStorageGasAvailable(_) => results((U256::ZERO,)),
            Method::mapL1SenderContractAddressToL2Alias(call) => {
                let offset = U160::from_be_bytes(L1_ALIAS_OFFSET.into_array());
                let alias = U160::from_be_bytes(call.sender.into_array()).wrapping_add(offset);
                results((Address::from(alias.to_be_bytes::<20>()),))
            }
        }
    }
}

fn block_hash<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, requested: U256) -> MethodResult<DB> {
    let current = ctx.transaction.l2_block_number;
    let number = u64::try_from(requested).ok();
    match number.filter(|number| *number < current && current - number <= HASHES) {
        Some(number) => results((ctx.state.journal.db_mut().block_hash(number).map_err(Fault::Database)?,)),
        None => Err(revert(abi::InvalidBlockNumber { requested, current: U256::from(current) })),
    }
}
