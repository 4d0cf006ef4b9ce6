//! ArbOwnerPublic: public views of the chain's owners and settings (Nitro v3.10.0 `precompiles/ArbOwnerPublic.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::{
    arbos::{
        address_set, chain_owners, features, native_token_owners,
        pricing::{l1, l1_pricing},
        slots,
        storage::{Space, key},
        transaction_filterers,
    },
    contracts::abi::ArbOwnerPublic as abi,
};
use revm::{
    Database,
    primitives::{Address, U256},
};

const MAX_MEMBERS: u64 = 65_536;
/// Slot of all switches, and the bit of the one for EIP-7623.
const SWITCHES: u64 = 0;
const CALLDATA_PRICE_INCREASE: u8 = 1;

pub struct ArbOwnerPublic;

impl Precompile for ArbOwnerPublic {
    type Calls = abi::ArbOwnerPublicCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbOwnerPublicCalls::rectifyChainOwner(_) => Purity::Write,
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbOwnerPublicCalls as Method;
        let (root, l1_pricing) = (Space::root(), l1_pricing());
        match call {
            Method::isChainOwner(call) => is_member(ctx, &chain_owners(), call.addr),
            Method::getAllChainOwners(_) => members(ctx, &chain_owners()),
            Method::rectifyChainOwner(call) => rectify(ctx, call.ownerToRectify),
            Method::isNativeTokenOwner(call) => is_member(ctx, &native_token_owners(), call.addr),
            Method::getAllNativeTokenOwners(_) => members(ctx, &native_token_owners()),
            Method::getNativeTokenManagementFrom(_) => number(ctx, &root, slots::NATIVE_TOKENS_FROM),
            Method::isTransactionFilterer(call) => is_member(ctx, &transaction_filterers(), call.filterer),
            Method::getAllTransactionFilterers(_) => members(ctx, &transaction_filterers()),
            Method::getTransactionFilteringFrom(_) => number(ctx, &root, slots::FILTERING_FROM),
            Method::getFilteredFundsRecipient(_) => address(ctx, slots::FILTERED_FUNDS_RECIPIENT),
            Method::getNetworkFeeAccount(_) => address(ctx, slots::NETWORK_FEE_ACCOUNT),
            Method::getInfraFeeAccount(_) => address(ctx, slots::INFRA_FEE_ACCOUNT),
            Method::getBrotliCompressionLevel(_) => number(ctx, &root, slots::BROTLI_LEVEL),
            Method::getParentGasFloorPerToken(_) => number(ctx, &l1_pricing, l1::GAS_FLOOR_PER_TOKEN),
            Method::getScheduledUpgrade(_) => {
                let upgrade = ctx.state.scheduled_upgrade()?;
                results((upgrade.version, upgrade.timestamp))
            }
            Method::isCalldataPriceIncreaseEnabled(_) => {
                let switches = ctx.state.get(&features(), key(SWITCHES))?;
                results((switches[31] & CALLDATA_PRICE_INCREASE != 0,))
            }
            Method::getMaxStylusContractFragments(_) => {
                results((U256::from(ctx.state.parameters()?.max_fragments),))
            }
            Method::getCollectTips(_) => results((ctx.state.collects_tips()?,)),
        }
    }
}

pub(super) fn is_member<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    set: &Space,
    address: Address,
) -> MethodResult<DB> {
    results((address_set::contains(&mut ctx.state, set, address)?,))
}

pub(super) fn members<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, set: &Space) -> MethodResult<DB> {
    results((address_set::members(&mut ctx.state, set, MAX_MEMBERS)?,))
}

/// An address in the root space.
pub(super) fn address<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, slot: u64) -> MethodResult<DB> {
    results((ctx.state.get_address(&Space::root(), slot)?,))
}

fn number<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, space: &Space, slot: u64) -> MethodResult<DB> {
    results((ctx.state.get_u64(space, slot)?,))
}

/// Repairs the record of an owner; reverts if there is nothing to repair.
fn rectify<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, owner: Address) -> MethodResult<DB> {
    if !address_set::rectify(&mut ctx.state, &chain_owners(), owner)? {
        return Err(plain_revert());
    }
    ctx.emit(&abi::ChainOwnerRectified { rectifiedOwner: owner })?;
    results(())
}
