//! Sets of addresses in the state of ArbOS (Nitro `arbos/addressSet/addressSet.go`): slot 0 is the size,
//! members follow, and a child space maps each member to its place.

use super::storage::{Space, State, StateResult, key, to_u64};
use revm::{
    context_interface::JournalTr,
    primitives::{Address, B256, U256},
};

const SIZE: u64 = 0;

fn places(set: &Space) -> Space {
    set.child(&[0])
}

/// The slots of a set with one member.
pub fn initial(set: &Space, member: Address) -> [(U256, U256); 3] {
    let word = member.into_word();
    [(set.slot(key(SIZE)), U256::ONE), (set.slot(key(1)), word.into()), (places(set).slot(word), U256::ONE)]
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

/// Repairs the place of a member. Returns false if it is right, or if the address is no member.
pub fn rectify<J: JournalTr>(state: &mut State<J>, set: &Space, address: Address) -> StateResult<bool, J> {
    if !contains(state, set, address)? {
        return Ok(false);
    }
    let place = to_u64(state.get(&places(set), address.into_word())?);
    let at_place = state.get_address(set, place)?;
    let size = state.get_u64(set, SIZE)?;
    if at_place == address && place <= size {
        return Ok(false);
    }
    state.set(&places(set), address.into_word(), B256::ZERO)?;
    add(state, set, address)?;
    Ok(true)
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
