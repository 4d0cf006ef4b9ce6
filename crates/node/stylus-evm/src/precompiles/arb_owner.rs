//! ArbOwner: settings for the owners of the chain (Nitro v3.10.0 `precompiles/ArbOwner.go`).
//! docs/devnode.md lists the functions that are missing.

use super::{
    arb_owner_public::{address, is_member, members},
    dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results},
};
use crate::{
    arbos::{
        address_set, chain_owners,
        pricing::{l1, l1_pricing},
        programs::cache_managers,
        slots,
        storage::{Fault, Space, key},
    },
    contracts::abi::ArbOwner as abi,
    pricing::parameters::Parameters,
};
use revm::{
    Database,
    primitives::{Address, B256},
};

pub struct ArbOwner;

impl Precompile for ArbOwner {
    type Calls = abi::ArbOwnerCalls;

    fn purity(call: &Self::Calls) -> Purity {
        use abi::ArbOwnerCalls as Method;
        match call {
            Method::isChainOwner(_) | Method::getAllChainOwners(_) | Method::getNetworkFeeAccount(_) => {
                Purity::View
            }
            _ => Purity::Write,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbOwnerCalls as Method;
        let root = Space::root();
        match call {
            Method::isChainOwner(call) => return is_member(ctx, &chain_owners(), call.addr),
            Method::getAllChainOwners(_) => return members(ctx, &chain_owners()),
            Method::getNetworkFeeAccount(_) => return address(ctx, slots::NETWORK_FEE_ACCOUNT),
            Method::addChainOwner(call) => add_owner(ctx, call.newOwner)?,
            Method::removeChainOwner(call) => remove_owner(ctx, call.ownerToRemove)?,
            Method::setNetworkFeeAccount(call) => {
                ctx.state.set_address(&root, slots::NETWORK_FEE_ACCOUNT, call.newNetworkFeeAccount)?
            }
            Method::setL1PricePerUnit(call) => {
                ctx.state.set(&l1_pricing(), key(l1::PRICE_PER_UNIT), B256::from(call.pricePerUnit))?
            }
            Method::scheduleArbOSUpgrade(call) => {
                ctx.state.set_u64(&root, slots::UPGRADE_VERSION, call.newVersion)?;
                ctx.state.set_u64(&root, slots::UPGRADE_TIMESTAMP, call.timestamp)?;
            }
            Method::addWasmCacheManager(call) => {
                address_set::add(&mut ctx.state, &cache_managers(), call.manager)?
            }
            Method::removeWasmCacheManager(call) => remove(ctx, &cache_managers(), call.manager)?,
            Method::setWasmActivationGas(call) => ctx.state.set_activation_gas(call.gas)?,
            Method::setCollectTips(call) => {
                ctx.state.set_u64(&root, slots::COLLECT_TIPS, call.collectTips.into())?
            }
            parameter => set_parameter(ctx, parameter)?,
        }
        results(())
    }
}

/// Changes a parameter of Stylus. All of them share one word.
fn set_parameter<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    call: abi::ArbOwnerCalls,
) -> Result<(), Fault<DB::Error>> {
    let mut parameters = ctx.state.parameters()?;
    match apply(&mut parameters, call) {
        true => ctx.state.set_parameters(parameters),
        false => Err(plain_revert()),
    }
}

/// Returns false if the call sets no parameter of Stylus.
fn apply(parameters: &mut Parameters, call: abi::ArbOwnerCalls) -> bool {
    use abi::ArbOwnerCalls as Method;
    match call {
        Method::setWasmFreePages(call) => parameters.free_pages = call.pages,
        Method::setWasmPageGas(call) => parameters.page_gas = call.gas,
        Method::setWasmPageLimit(call) => parameters.page_limit = call.limit,
        Method::setWasmMinInitGas(call) => {
            parameters.set_min_init_gas(call.gas.into(), call.cached.into());
        }
        Method::setWasmInitCostScalar(call) => parameters.set_init_cost_percent(call.percent),
        Method::setWasmExpiryDays(call) => parameters.expiry_days = call.numDays,
        Method::setWasmKeepaliveDays(call) => parameters.keepalive_days = call.numDays,
        Method::setWasmBlockCacheSize(call) => parameters.block_cache_size = call.count,
        Method::setWasmMaxSize(call) => parameters.max_wasm_bytes = call.size,
        Method::setMaxStylusContractFragments(call) => parameters.max_fragments = call.maxFragments,
        _ => return false,
    }
    true
}

fn add_owner<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    owner: Address,
) -> Result<(), Fault<DB::Error>> {
    address_set::add(&mut ctx.state, &chain_owners(), owner)?;
    ctx.emit(&abi::ChainOwnerAdded { owner })
}

fn remove_owner<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    owner: Address,
) -> Result<(), Fault<DB::Error>> {
    remove(ctx, &chain_owners(), owner)?;
    ctx.emit(&abi::ChainOwnerRemoved { owner })
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
