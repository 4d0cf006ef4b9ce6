//! Sets of addresses in the state of ArbOS (Nitro `arbos/addressSet/addressSet.go`): slot 0 is the size,
//! members follow, and a child space maps each member to its place.

use super::storage::{Space, State, StateResult, key, to_u64};
use revm::{
    context_interface::JournalTr,
    primitives::{Address, B256},
};

const SIZE: u64 = 0;

fn places(set: &Space) -> Space {
    set.child(&[0])
}

pub fn contains<J: JournalTr>(state: &mut State<J>, set: &Space, address: Address) -> StateResult<bool, J> {
    Ok(!state.get(&places(set), address.into_word())?.is_zero())
}

/// At most `limit` members, in no particular order.
pub fn members<J: JournalTr>(state: &mut State<J>, set: &Space, limit: u64) -> StateResult<Vec<Address>, J> {
    let size = state.get_u64(set, SIZE)?.min(limit);
    (1..=size).map(|place| state.get_address(set, place)).collect()
}

pub fn add<J: JournalTr>(state: &mut State<J>, set: &Space, address: Address) -> StateResult<(), J> {
    if contains(state, set, address)? {
        return Ok(());
    }
    let place = state.get_u64(set, SIZE)? + 1;
    state.set(&places(set), address.into_word(), key(place))?;
    state.set_address(set, place, address)?;
    state.get_u64(set, SIZE)?;
    state.set_u64(set, SIZE, place)
}

/// Removes a member; the last member takes its place.
pub fn remove<J: JournalTr>(state: &mut State<J>, set: &Space, address: Address) -> StateResult<(), J> {
    let places = places(set);
    let place = to_u64(state.get(&places, address.into_word())?);
    if place == 0 {
        return Ok(());
    }
    state.set(&places, address.into_word(), B256::ZERO)?;
    let size = state.get_u64(set, SIZE)?;
    if place < size {
        let last = state.get(set, key(size))?;
        state.set(set, key(place), last)?;
        state.set(&places, last, key(place))?;
    }
    state.set(set, key(size), B256::ZERO)?;
    state.get_u64(set, SIZE)?;
    state.set_u64(set, SIZE, size - 1)
}
