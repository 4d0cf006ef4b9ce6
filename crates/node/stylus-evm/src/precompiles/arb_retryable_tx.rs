//! ArbRetryableTx: tickets of messages from L1 (Nitro v3.10.0 `precompiles/ArbRetryableTx.go`).
//! There is no L1 here, so there are no tickets.

use super::dispatch::{MethodResult, Precompile, PrecompileContext, Purity, results, revert};
use crate::{
    arbos::storage::{Fault, Space, key},
    contracts::abi::ArbRetryableTx as abi,
};
use revm::{
    Database,
    primitives::{Address, B256, U256},
};

const LIFETIME_SECONDS: u64 = 7 * 24 * 60 * 60;
/// Slot of the time at which a ticket expires, in the space of the ticket.
const TIMEOUT: u64 = 5;

pub struct ArbRetryableTx;

impl Precompile for ArbRetryableTx {
    type Calls = abi::ArbRetryableTxCalls;

    fn purity(call: &Self::Calls) -> Purity {
        use abi::ArbRetryableTxCalls as Method;
        match call {
            Method::getLifetime(_)
            | Method::getTimeout(_)
            | Method::getBeneficiary(_)
            | Method::getCurrentRedeemer(_) => Purity::View,
            _ => Purity::Write,
        }
    }

    fn run<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, call: Self::Calls) -> MethodResult<DB> {
        use abi::ArbRetryableTxCalls as Method;
        match call {
            Method::getLifetime(_) => results((U256::from(LIFETIME_SECONDS),)),
            Method::getCurrentRedeemer(_) => results((Address::ZERO,)),
            Method::submitRetryable(_) => Err(revert(abi::NotCallable {})),
            Method::getTimeout(call) => Err(no_ticket(ctx, call.ticketId)),
            Method::getBeneficiary(call) => Err(no_ticket(ctx, call.ticketId)),
            Method::cancel(call) => Err(no_ticket(ctx, call.ticketId)),
            Method::keepalive(call) => Err(no_ticket(ctx, call.ticketId)),
            Method::redeem(call) => {
                // Nitro first reads the size of the ticket, then the ticket.
                look_up(ctx, call.ticketId)?;
                Err(no_ticket(ctx, call.ticketId))
            }
        }
    }
}

/// Looks for a ticket; the result is the error that there is none.
fn no_ticket<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, ticket: B256) -> Fault<DB::Error> {
    match look_up(ctx, ticket) {
        Ok(()) => revert(abi::NoTicketWithID {}),
        Err(fault) => fault,
    }
}

fn look_up<DB: Database>(ctx: &mut PrecompileContext<'_, DB>, ticket: B256) -> Result<(), Fault<DB::Error>> {
    let tickets = Space::root().child(&[2]);
    ctx.state.get(&tickets.child(ticket.as_slice()), key(TIMEOUT)).map(drop)
}
