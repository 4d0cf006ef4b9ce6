//! Compares the ledger with a model that keeps a full copy of every state.
//! Random histories write, mine, take snapshots and revert, on a chain that keeps few states.

use super::{Ledger, account::Account, block::BlockRecord, clock::Clock, state::State};
use alloy_eips::BlockId;
use alloy_primitives::{Address, B256, KECCAK256_EMPTY, U256};
use proptest::prelude::*;
use std::collections::BTreeMap;

const KEPT: u64 = 4;
const ADDRESSES: u8 = 3;
const SLOTS: u64 = 3;

#[derive(Clone, Debug)]
enum Action {
    SetAccount {
        address: u8,
        balance: u64,
    },
    SetSlot {
        address: u8,
        slot: u64,
        value: u64,
    },
    ClearStorage {
        address: u8,
    },
    Mine,
    Snapshot,
    /// Reverts to the snapshot with this index, counted from the latest, if there is one.
    Revert {
        back: usize,
    },
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        4 => (0..ADDRESSES, 0..3_u64).prop_map(|(address, balance)| Action::SetAccount { address, balance }),
        6 => (0..ADDRESSES, 0..SLOTS, 0..3_u64)
            .prop_map(|(address, slot, value)| Action::SetSlot { address, slot, value }),
        1 => (0..ADDRESSES).prop_map(|address| Action::ClearStorage { address }),
        6 => Just(Action::Mine),
        2 => Just(Action::Snapshot),
        1 => (0..4_usize).prop_map(|back| Action::Revert { back }),
    ]
}

/// A state as plain maps of the balances and slots that are not zero.
#[derive(Clone, Debug, Default, PartialEq)]
struct Plain {
    balances: BTreeMap<u8, u64>,
    slots: BTreeMap<(u8, u64), u64>,
}

#[derive(Default)]
struct Model {
    now: Plain,
    /// The state after each block.
    blocks: Vec<Plain>,
    snapshots: Vec<(u64, Plain, usize)>,
}

fn address(index: u8) -> Address {
    Address::with_last_byte(index + 1)
}

/// Reads a whole state through functions that read an account and a slot.
fn read_all(account: impl Fn(Address) -> Account, slot: impl Fn(Address, U256) -> U256) -> Plain {
    let mut plain = Plain::default();
    for index in 0..ADDRESSES {
        let balance: u64 = account(address(index)).balance.to();
        if balance != 0 {
            plain.balances.insert(index, balance);
        }
        for at in 0..SLOTS {
            let value: u64 = slot(address(index), U256::from(at)).to();
            if value != 0 {
                plain.slots.insert((index, at), value);
            }
        }
    }
    plain
}

/// Builds a state from scratch, to compare digests.
fn build(plain: &Plain) -> State {
    let mut state = State::default();
    for (&(index, slot), &value) in &plain.slots {
        state.set_slot(address(index), U256::from(slot), U256::from(value));
    }
    for (&index, &balance) in &plain.balances {
        state.set_account(address(index), Account { balance: U256::from(balance), ..Account::EMPTY });
    }
    state
}

fn apply(ledger: &mut Ledger, model: &mut Model, action: Action) {
    match action {
        Action::SetAccount { address: index, balance } => {
            let account = Account { balance: U256::from(balance), nonce: 0, code_hash: KECCAK256_EMPTY };
            ledger.state.set_account(address(index), account);
            model.now.balances.insert(index, balance);
            model.now.balances.retain(|_, balance| *balance != 0);
        }
        Action::SetSlot { address: index, slot, value } => {
            ledger.state.set_slot(address(index), U256::from(slot), U256::from(value));
            model.now.slots.insert((index, slot), value);
            model.now.slots.retain(|_, value| *value != 0);
        }
        Action::ClearStorage { address: index } => {
            ledger.state.clear_storage(address(index));
            model.now.slots.retain(|&(owner, _), _| owner != index);
        }
        Action::Mine => {
            ledger.push_empty(ledger.latest().timestamp);
            model.blocks.push(model.now.clone());
        }
        Action::Snapshot => {
            let id = ledger.snapshot();
            model.snapshots.push((id, model.now.clone(), model.blocks.len()));
        }
        Action::Revert { back } => {
            let Some(index) = model.snapshots.len().checked_sub(back + 1) else { return };
            let (id, state, blocks) = model.snapshots[index].clone();
            assert!(ledger.revert(id));
            model.snapshots.truncate(index);
            model.now = state;
            model.blocks.truncate(blocks);
        }
    }
}

fn check(ledger: &Ledger, model: &Model) {
    let now = read_all(|at| ledger.state.account(at), |at, slot| ledger.state.slot(at, slot));
    assert_eq!(now, model.now);
    assert_eq!(ledger.state.digest(), build(&model.now).digest());
    assert_eq!(ledger.head() + 1, model.blocks.len() as u64);
    for (number, expected) in model.blocks.iter().enumerate().take(model.blocks.len() - 1) {
        let Ok(point) = ledger.point(BlockId::from(number as u64)) else { continue };
        assert!(ledger.head() - number as u64 <= KEPT, "older states are not available");
        let then = read_all(
            |at| ledger.state.account_at(point.mark, at),
            |at, slot| ledger.state.slot_at(point.mark, at, slot),
        );
        assert_eq!(&then, expected, "block {number}");
        assert_eq!(ledger.header(number as u64).unwrap().state_root, build(expected).digest());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..Default::default() })]

    #[test]
    fn kept_states_and_snapshots_match_the_model(actions in prop::collection::vec(action(), 1..120)) {
        let mut ledger = Ledger::new(State::default(), Clock::starting_at(1), 1, KEPT);
        let mut model = Model { blocks: vec![Plain::default()], ..Default::default() };
        for action in actions {
            apply(&mut ledger, &mut model, action);
            check(&ledger, &model);
        }
    }
}

#[test]
fn only_the_last_states_can_be_read() {
    let mut ledger = Ledger::new(State::default(), Clock::starting_at(1), 1, KEPT);
    for value in 1..=20 {
        ledger.state.set_slot(address(0), U256::ZERO, U256::from(value));
        ledger.push_empty(1);
    }
    for number in 0..=20 {
        assert_eq!(ledger.point(BlockId::from(number)).is_ok(), number >= 20 - KEPT, "block {number}");
    }
}

#[test]
fn empty_block_takes_less_than_200_bytes() {
    let block = size_of::<BlockRecord>();
    let index_entry = size_of::<(B256, u64)>();
    assert!(block + 2 * index_entry < 200, "{block} bytes, and {index_entry} bytes per index entry");
}
