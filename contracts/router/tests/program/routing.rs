//! Which calldata reaches which function, and what is refused before any function runs.

use std::collections::BTreeSet;

use alloy_primitives::{FixedBytes, U256};
use alloy_sol_types::{SolCall, SolError, SolInterface, SolValue};
use weir::abi::{
    IEntry::{InvalidCalldata, UnknownSelector, ValueNotAccepted},
    IRouter::*,
};

use crate::{
    chain::Message,
    world::{BOB, BUYER, PAIR, ROUTER, World, u},
};

/// Every function, in a call that succeeds when the pair makes it, and the addresses among its arguments.
fn calls() -> Vec<(Vec<u8>, &'static [usize])> {
    let swap = swapExactAmountOutCall {
        liquidationPair: PAIR,
        receiver: BOB,
        amountOut: u(1),
        amountInMax: U256::MAX,
        deadline: U256::MAX,
    };
    let callback = flashSwapCallbackCall {
        sender: ROUTER,
        amountIn: u(1),
        amountOut: u(1),
        flashSwapData: BUYER.abi_encode().into(),
    };
    vec![(swap.abi_encode(), &[0, 1]), (callback.abi_encode(), &[0])]
}

#[test]
fn every_function_of_the_interface_is_routed() {
    let routed: BTreeSet<[u8; 4]> = calls()
        .into_iter()
        .map(|(data, _)| {
            assert!(World::new().send(PAIR, data.clone()).is_ok(), "{data:?}");
            data[..4].try_into().expect("four bytes")
        })
        .collect();
    assert_eq!(routed, IRouterCalls::selectors().collect());
}

#[test]
fn what_is_no_call_of_a_function_is_refused() {
    let world = World::new();
    let unknown = UnknownSelector { selector: FixedBytes([0xff; 4]) }.abi_encode();
    assert_eq!(world.send(PAIR, vec![0xff; 36]), Err(unknown));
    for (data, addresses) in calls() {
        for length in 4..data.len() {
            let refusal = InvalidCalldata { length: U256::from(length) }.abi_encode();
            assert_eq!(world.send(PAIR, data[..length].to_vec()), Err(refusal));
        }
        let longer = [data.as_slice(), &[0]].concat();
        let refusal = InvalidCalldata { length: U256::from(longer.len()) }.abi_encode();
        assert_eq!(world.send(PAIR, longer), Err(refusal));
        for argument in addresses {
            let mut dirty = data.clone();
            dirty[4 + 32 * argument + 11] = 1;
            let refusal = InvalidCalldata { length: U256::from(data.len()) }.abi_encode();
            assert_eq!(world.send(PAIR, dirty), Err(refusal));
        }
        let message = Message { value: u(1), ..Message::new(PAIR, ROUTER, data) };
        assert_eq!(world.chain.transact(message), Err(ValueNotAccepted { value: u(1) }.abi_encode()));
    }
}
