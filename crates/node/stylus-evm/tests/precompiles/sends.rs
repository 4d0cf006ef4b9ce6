//! ArbSys: messages to L1, and the Merkle tree that keeps them.

use crate::{calldata_gas, common::*};
use alloy_sol_types::{SolCall, SolEvent};
use revm::primitives::{Address, B256, U256, keccak256};
use stylus_evm::{abi::ArbSys, *};

/// Sends a message without value, and returns its outcome.
fn send(chain: &mut TestChain, data: &[u8]) -> Outcome {
    let call = ArbSys::sendTxToL1Call { destination: USER, data: data.to_vec().into() };
    chain.send(ARB_SYS, call.abi_encode(), 0)
}

/// The hash of a message from `USER` to `USER`: both addresses, then block, L1 block, time and value as words, and the data.
fn message(value: u128, data: &[u8]) -> B256 {
    let mut bytes = [USER.as_slice(), USER.as_slice()].concat();
    for number in [1_234, 77, u128::from(NOW), value] {
        bytes.extend(U256::from(number).to_be_bytes::<32>());
    }
    bytes.extend(data);
    keccak256(bytes)
}

fn pair(left: B256, right: B256) -> B256 {
    keccak256([left, right].concat())
}

fn logs<E: SolEvent>(outcome: &Outcome) -> Vec<E> {
    outcome.result.logs().iter().filter_map(|log| E::decode_log_data(&log.data).ok()).collect()
}

/// The state of the tree, which only the zero address may read.
fn tree(chain: &mut TestChain) -> (U256, B256, Vec<B256>) {
    let call = ArbSys::sendMerkleTreeStateCall {}.abi_encode();
    let mut tx = chain.transaction(ARB_SYS.into(), call, 0);
    (tx.caller, tx.nonce) = (Address::ZERO, 0);
    let out = output(chain.simulate(tx));
    let state = ArbSys::sendMerkleTreeStateCall::abi_decode_returns(&out).unwrap();
    (state.size, state.root, state.partials)
}

#[test]
fn messages_are_numbered_logged_and_kept_in_a_merkle_tree() {
    let mut chain = TestChain::new();
    assert_eq!(tree(&mut chain), (U256::ZERO, B256::ZERO, vec![]));
    let leaves: Vec<B256> = (0..5u8).map(|number| keccak256(message(0, &[number]))).collect();
    let (first, second) = (pair(leaves[0], leaves[1]), pair(leaves[2], leaves[3]));
    let four = pair(first, second);
    // The nodes that each message completes: level, last leaf, hash.
    let completed = [vec![], vec![(1, 1, first)], vec![], vec![(1, 3, second), (2, 3, four)], vec![]];
    for (number, nodes) in completed.into_iter().enumerate() {
        let outcome = send(&mut chain, &[number as u8]);
        let sent = &logs::<ArbSys::L2ToL1Tx>(&outcome)[0];
        assert_eq!((sent.caller, sent.destination), (USER, USER));
        assert_eq!(B256::from(sent.hash), message(0, &[number as u8]));
        assert_eq!((sent.arbBlockNum, sent.ethBlockNum), (U256::from(1_234), U256::from(77)));
        assert_eq!((sent.position, sent.timestamp), (U256::from(number), U256::from(NOW)));
        let updates: Vec<_> = logs::<ArbSys::SendMerkleUpdate>(&outcome)
            .into_iter()
            .map(|update| (update.reserved, update.position, update.hash))
            .collect();
        let expected: Vec<_> = nodes
            .into_iter()
            .map(|(level, leaf, hash)| (U256::ZERO, U256::from(level) << 192 | U256::from(leaf), hash))
            .collect();
        assert_eq!(updates, expected, "message {number}");
        let returned = ArbSys::sendTxToL1Call::abi_decode_returns(&output(outcome)).unwrap();
        assert_eq!(returned, U256::from(number));
    }
    let filled = pair(pair(leaves[4], B256::ZERO), B256::ZERO);
    let parts = vec![leaves[4], B256::ZERO, four];
    assert_eq!(tree(&mut chain), (U256::from(5), pair(four, filled), parts));
    let info = header(&mut chain);
    assert_eq!((info.send_count, info.send_root), (5, pair(four, filled)), "the header shows the tree");
    let foreign = chain.send(ARB_SYS, ArbSys::sendMerkleTreeStateCall {}.abi_encode(), 0);
    assert!(!foreign.result.is_success(), "only the zero address reads the tree");
}

fn header(chain: &mut TestChain) -> HeaderInfo {
    let storage = chain.db.cache.accounts[&ARBOS_STATE].storage.clone();
    HeaderInfo::read(|slot| storage.get(&slot).copied().unwrap_or_default())
}

#[test]
fn the_value_of_a_message_is_burned() {
    let mut chain = TestChain::new();
    let before = chain.balance(USER);
    let call = ArbSys::withdrawEthCall { destination: USER }.abi_encode();
    let outcome = chain.send(ARB_SYS, call, 5);
    let sent = &logs::<ArbSys::L2ToL1Tx>(&outcome)[0];
    assert_eq!((sent.callvalue, B256::from(sent.hash)), (U256::from(5), message(5, &[])));
    assert_eq!(before - chain.balance(USER), U256::from(5));
    assert_eq!(chain.balance(ARB_SYS), U256::ZERO);
}

/// By hand, for a message with one byte of data. The number 0: opening the state 800, four words of arguments; the hash of
/// 169 bytes 30 + 6 · 6; the size read and written; the part written; the size read; the event with its data of six
/// words and its four topics; the result. The number 1 merges one level: read the part, hash two words, clear the part
/// (5000), and the event of the node (four topics, no data).
#[test]
fn a_message_costs_its_hash_its_tree_and_its_events() {
    let mut chain = TestChain::new();
    let call = ArbSys::sendTxToL1Call { destination: USER, data: vec![7].into() }.abi_encode();
    let mut gas = || execution_gas(&send(&mut chain, &[7])) - calldata_gas(&call);
    // Data of the event: caller, block, L1 block, time, value, offset, length, and a word of data.
    let event = 375 + 4 * 375 + 8 * 8 * 32;
    let always = 800 + 4 * 3 + (30 + 6 * 6) + 800 + 20_000 + 20_000 + 800 + event + 3;
    assert_eq!(gas(), always);
    assert_eq!(gas(), always + 800 + 42 + 5_000 + 375 + 4 * 375);
    // The third finds an empty part of its level, which it reads.
    assert_eq!(gas(), always + 800);
}
