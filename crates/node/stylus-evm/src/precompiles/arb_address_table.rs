//! ArbAddressTable: gives addresses short names (Nitro v3.10.0 `precompiles/ArbAddressTable.go`).

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, plain_revert, results};
use crate::{
    arbos::address_table::{Item, compress, decompress},
    contracts::abi::ArbAddressTable as abi,
};
use revm::{
    Database,
    primitives::{Bytes, U256},
};

pub struct ArbAddressTable;

impl Precompile for ArbAddressTable {
    type Calls = abi::ArbAddressTableCalls;

    fn purity(call: &Self::Calls) -> Purity {
        match call {
            abi::ArbAddressTableCalls::compress(_) | abi::ArbAddressTableCalls::register(_) => Purity::Write,
            _ => Purity::View,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbAddressTableCalls as Method;
        match call {
            Method::addressExists(call) => results((ctx.state.index_of(call.addr)?.is_some(),)),
            Method::compress(call) => {
                let index = ctx.state.index_of(call.addr)?;
                let item = index.map_or(Item::Address(call.addr), Item::Index);
                results((Bytes::from(compress(item)),))
            }
            Method::decompress(call) => expand(ctx, &call.buf, call.offset),
            Method::lookup(call) => {
                let index = ctx.state.index_of(call.addr)?.ok_or_else(plain_revert)?;
                results((U256::from(index),))
            }
            Method::lookupIndex(call) => {
                let index = u64::try_from(call.index).map_err(|_| plain_revert())?;
                results((ctx.state.address_at(index)?.ok_or_else(plain_revert)?,))
            }
            Method::register(call) => results((U256::from(ctx.state.register_address(call.addr)?),)),
            Method::size(_) => results((U256::from(ctx.state.table_size()?),)),
        }
    }
}

/// The address that the bytes from `offset` stand for, and the number of these bytes.
fn expand<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, bytes: &[u8], offset: U256) -> MethodResult<DB> {
    let offset = usize::try_from(offset).ok();
    let rest = offset.and_then(|offset| bytes.get(offset..)).ok_or_else(plain_revert)?;
    let (item, size) = decompress(rest).ok_or_else(plain_revert)?;
    let address = match item {
        Item::Address(address) => address,
        Item::Index(index) => ctx.state.address_at(index)?.ok_or_else(plain_revert)?,
    };
    results((address, U256::from(size)))
}
