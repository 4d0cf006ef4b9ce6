//! ArbAggregator: batch posters, and where they are paid (Nitro v3.10.0 `precompiles/ArbAggregator.go`).
//! Nobody posts batches here, so nobody is paid.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::{
    arbos::{
        address_set, chain_owners,
        pricing::{BATCH_POSTER, batch_posters},
        storage::Fault,
    },
    contracts::abi::ArbAggregator as abi,
};
use revm::{
    Database,
    primitives::{Address, U256},
};

const MAX_POSTERS: u64 = 65_536;

pub struct ArbAggregator;

impl Precompile for ArbAggregator {
    type Calls = abi::ArbAggregatorCalls;

    fn purity(call: &Self::Calls) -> Purity {
        use abi::ArbAggregatorCalls as Method;
        match call {
            Method::addBatchPoster(_) | Method::setFeeCollector(_) | Method::setTxBaseFee(_) => Purity::Write,
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbAggregatorCalls as Method;
        match call {
            Method::getPreferredAggregator(_) => results((BATCH_POSTER, true)),
            Method::getDefaultAggregator(_) => results((BATCH_POSTER,)),
            Method::getBatchPosters(_) => {
                results((address_set::members(&mut ctx.state, &batch_posters(), MAX_POSTERS)?,))
            }
            Method::addBatchPoster(call) => {
                require_owner(ctx)?;
                ctx.state.add_batch_poster(call.newBatchPoster)?;
                results(())
            }
            Method::getFeeCollector(call) => {
                results((ctx.state.fee_collector(call.batchPoster)?.ok_or_else(plain_revert)?,))
            }
            Method::setFeeCollector(call) => set_collector(ctx, call.batchPoster, call.newFeeCollector),
            Method::getTxBaseFee(_) => results((U256::ZERO,)),
            Method::setTxBaseFee(_) => results(()),
        }
    }
}

fn require_owner<DB: Database>(ctx: &mut PrecompileContext<'_, DB>) -> Result<(), Fault<DB::Error>> {
    match address_set::contains(&mut ctx.state, &chain_owners(), ctx.caller)? {
        true => Ok(()),
        false => Err(plain_revert()),
    }
}

/// Only the poster, its collector or an owner of the chain can change the collector.
fn set_collector<DB: Database>(
    ctx: &mut PrecompileContext<'_, DB>,
    poster: Address,
    new: Address,
) -> MethodResult<DB> {
    let old = ctx.state.fee_collector(poster)?.ok_or_else(plain_revert)?;
    if ctx.caller != poster && ctx.caller != old {
        require_owner(ctx)?;
    }
    ctx.state.set_fee_collector(poster, new)?;
    results(())
}
