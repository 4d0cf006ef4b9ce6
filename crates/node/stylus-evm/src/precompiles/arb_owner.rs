//! ArbOwner and ArbOwnerPublic: owners of the chain, their settings, and public views of both
//! (Nitro `precompiles/ArbOwner.go`, `ArbOwnerPublic.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::{
    arbos::{
        L1_PRICE_PER_UNIT, address_set, chain_owners, l1_pricing,
        programs::cache_managers,
        slots,
        storage::{Fault, Space, key},
    },
    contracts::abi,
};
use revm::{
    Database,
    primitives::{Address, B256},
};

const MAX_OWNERS: u64 = 65_536;

pub struct ArbOwner;

impl Precompile for ArbOwner {
    type Calls = abi::ArbOwner::ArbOwnerCalls;

    fn purity(call: &Self::Calls) -> Purity {
        use abi::ArbOwner::ArbOwnerCalls as Method;
        match call {
            Method::isChainOwner(_) | Method::getAllChainOwners(_) | Method::getNetworkFeeAccount(_) => {
                Purity::View
            }
            _ => Purity::Write,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbOwner::ArbOwnerCalls as Method;
        let root = Space::root();
        let state = &mut ctx.state;
        match call {
            Method::isChainOwner(call) => return is_owner(ctx, call.addr),
            Method::getAllChainOwners(_) => return owners(ctx),
            Method::getNetworkFeeAccount(_) => return network_fee_account(ctx),
            Method::addChainOwner(call) => address_set::add(state, &chain_owners(), call.newOwner)?,
            Method::removeChainOwner(call) => remove(ctx, &chain_owners(), call.ownerToRemove)?,
            Method::setNetworkFeeAccount(call) => {
                state.set_address(&root, slots::NETWORK_FEE_ACCOUNT, call.newNetworkFeeAccount)?
            }
            Method::setL1PricePerUnit(call) => {
                state.set(&l1_pricing(), key(L1_PRICE_PER_UNIT), B256::from(call.pricePerUnit))?
            }
            Method::scheduleArbOSUpgrade(call) => {
                state.set_u64(&root, slots::UPGRADE_VERSION, call.newVersion)?;
                state.set_u64(&root, slots::UPGRADE_TIMESTAMP, call.timestamp)?;
            }
            Method::addWasmCacheManager(call) => address_set::add(state, &cache_managers(), call.manager)?,
            Method::removeWasmCacheManager(call) => remove(ctx, &cache_managers(), call.manager)?,
            Method::setWasmActivationGas(call) => state.set_activation_gas(call.gas)?,
        }
        results(())
    }
}

/// ArbOwnerPublic.
pub struct Public;

impl Precompile for Public {
    type Calls = abi::ArbOwnerPublic::ArbOwnerPublicCalls;

    fn purity(_: &Self::Calls) -> Purity {
        Purity::View
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbOwnerPublic::ArbOwnerPublicCalls as Method;
        match call {
            Method::isChainOwner(call) => is_owner(ctx, call.addr),
            Method::getAllChainOwners(_) => owners(ctx),
            Method::getNetworkFeeAccount(_) => network_fee_account(ctx),
            Method::getScheduledUpgrade(_) => {
                let root = Space::root();
                let version = ctx.state.get_u64(&root, slots::UPGRADE_VERSION)?;
                let timestamp = ctx.state.get_u64(&root, slots::UPGRADE_TIMESTAMP)?;
                results((version, timestamp))
            }
        }
    }
}

fn is_owner<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, address: Address) -> MethodResult<DB> {
    results((address_set::contains(&mut ctx.state, &chain_owners(), address)?,))
}

fn owners<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    results((address_set::members(&mut ctx.state, &chain_owners(), MAX_OWNERS)?,))
}

fn network_fee_account<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> MethodResult<DB> {
    results((ctx.state.get_address(&Space::root(), slots::NETWORK_FEE_ACCOUNT)?,))
}

/// Reverts if the address is not in the set.
fn remove<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    set: &Space,
    address: Address,
) -> Result<(), Fault<DB::Error>> {
    if !address_set::contains(&mut ctx.state, set, address)? {
        return Err(plain_revert());
    }
    address_set::remove(&mut ctx.state, set, address)
}
