//! ArbSys: the chain itself, and messages to L1 (Nitro v3.10.0 `precompiles/ArbSys.go`). Nothing reads the messages here.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results, revert};
use crate::{
    arbos::{native_token_owners, storage::Fault},
    contracts::abi::ArbSys as abi,
};
use revm::{
    Database,
    context_interface::{JournalTr, journaled_state::account::JournaledAccountTr},
    primitives::{Address, Bytes, U256, address, ruint::aliases::U160},
};

/// ArbSys adds this to the version of ArbOS.
const FIRST_NITRO_VERSION: u64 = 55;
/// Added to the address of an L1 contract that sends messages to L2.
const L1_ALIAS_OFFSET: Address = address!("1111000000000000000000000000000000001111");
/// Number of past blocks that `arbBlockHash` covers.
const HASHES: u64 = 256;
/// Slot of the size of a set of addresses.
const SET_SIZE: u64 = 0;

pub struct ArbSys;

impl Precompile for ArbSys {
    type Calls = abi::ArbSysCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbSysCalls::mapL1SenderContractAddressToL2Alias(_) => Purity::Pure,
            abi::ArbSysCalls::sendTxToL1(_) | abi::ArbSysCalls::withdrawEth(_) => Purity::Payable,
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
            // Deprecated: true for calls by the first contract of a transaction, too.
            Method::isTopLevelCall(_) => results((ctx.transaction.callers.len() <= 1,)),
            Method::mapL1SenderContractAddressToL2Alias(call) => results((alias(call.sender),)),
            // Only transactions that come from L1 have an alias as their sender.
            Method::wasMyCallersAddressAliased(_) => results((false,)),
            Method::myCallersAddressWithoutAliasing(_) => {
                results((ctx.transaction.callers.last().copied().unwrap_or_default(),))
            }
            Method::sendTxToL1(call) => send(ctx, call.destination, call.data),
            Method::withdrawEth(call) => send(ctx, call.destination, Bytes::new()),
            Method::sendMerkleTreeState(_) => {
                if !ctx.caller.is_zero() {
                    return Err(plain_revert());
                }
                let (size, root, parts) = ctx.state.sends()?;
                results((U256::from(size), root, parts))
            }
        }
    }
}

fn alias(sender: Address) -> Address {
    let offset = U160::from_be_bytes(L1_ALIAS_OFFSET.into_array());
    let alias = U160::from_be_bytes(sender.into_array()).wrapping_add(offset);
    Address::from(alias.to_be_bytes::<20>())
}

fn block_hash<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, requested: U256) -> MethodResult<DB> {
    let current = ctx.transaction.l2_block_number;
    let number = u64::try_from(requested).ok();
    match number.filter(|number| *number < current && current - number <= HASHES) {
        Some(number) => results((ctx.state.journal.db_mut().block_hash(number).map_err(Fault::Database)?,)),
        None => Err(revert(abi::InvalidBlockNumber { requested, current: U256::from(current) })),
    }
}

/// Adds a message to the tree of messages to L1, burns its value, and returns its number.
fn send<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    destination: Address,
    data: Bytes,
) -> MethodResult<DB> {
    let value = ctx.value;
    if !value.is_zero() && ctx.state.get_u64(&native_token_owners(), SET_SIZE)? > 0 {
        return Err(plain_revert());
    }
    let (block, l1_block) = (U256::from(ctx.transaction.l2_block_number), ctx.block.number);
    let time = ctx.block.timestamp;
    let mut message = [ctx.caller.as_slice(), destination.as_slice()].concat();
    for word in [block, l1_block, time, value] {
        message.extend(word.to_be_bytes::<32>());
    }
    message.extend(&data);
    let hash = ctx.state.keccak(&message)?;
    let nodes = ctx.state.add_send(hash)?;
    let size = ctx.state.send_count()?;
    burn_value(ctx)?;
    for node in nodes {
        let position = node.position();
        ctx.emit(&abi::SendMerkleUpdate { reserved: U256::ZERO, hash: node.hash, position })?;
    }
    let position = U256::from(size - 1);
    ctx.emit(&abi::L2ToL1Tx {
        caller: ctx.caller,
        destination,
        hash: hash.into(),
        position,
        arbBlockNum: block,
        ethBlockNum: l1_block,
        timestamp: time,
        callvalue: value,
        data,
    })?;
    results((position,))
}

/// Removes the value of the call, which the precompile has received.
fn burn_value<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> Result<(), Fault<DB::Error>> {
    let mut account = ctx.state.journal.load_account_mut(ctx.address).map_err(Fault::Database)?;
    match account.data.decr_balance(ctx.value) {
        true => Ok(()),
        false => Err(plain_revert()),
    }
}
