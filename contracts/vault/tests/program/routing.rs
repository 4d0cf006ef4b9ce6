//! Which calldata reaches which function, and what is refused before any function runs.

use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use alloy_primitives::{Bytes, FixedBytes, U256};
use alloy_sol_types::{SolCall, SolError, SolInterface, SolValue};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IERC20::transferCall as tokenTransferCall,
    IEntry::{InvalidCalldata, ReentrantCall, UnknownSelector, ValueNotAccepted},
    IVault::{self, IVaultCalls},
};

use crate::{
    chain::{Chain, Message},
    signer::{Permit, Signer},
    world::{
        ALICE, ASSET, BOB, IConstructors::vaultCall, KEEPER, PERIOD, RECEIVER, REWARD, VAULT, World, YIELD,
        constructor, settings, u,
    },
};

/// A function with arguments with which it succeeds in [`busy_vault`].
struct Function {
    signature: &'static str,
    selector: [u8; 4],
    calldata: Vec<u8>,
    /// Whether return data is one encoding, the canonical one, of the declared type.
    returns: fn(&[u8]) -> bool,
}

fn function<C: SolCall>(call: C) -> Function {
    Function {
        signature: C::SIGNATURE,
        selector: C::SELECTOR,
        calldata: call.abi_encode(),
        returns: |data| {
            C::abi_decode_returns_validate(data).is_ok_and(|value| C::abi_encode_returns(&value) == data)
        },
    }
}

/// Every function of the interface, called by Alice.
fn functions() -> Vec<Function> {
    use IVault::*;
    let amount = u(5);
    vec![
        function(nameCall {}),
        function(symbolCall {}),
        function(decimalsCall {}),
        function(totalSupplyCall {}),
        function(balanceOfCall { account: ALICE }),
        function(allowanceCall { owner: ALICE, spender: BOB }),
        function(approveCall { spender: BOB, value: amount }),
        function(transferCall { to: BOB, value: amount }),
        function(transferFromCall { from: BOB, to: ALICE, value: amount }),
        function(permit()),
        function(noncesCall { owner: ALICE }),
        function(DOMAIN_SEPARATORCall {}),
        function(eip712DomainCall {}),
        function(assetCall {}),
        function(totalAssetsCall {}),
        function(convertToSharesCall { assets: amount }),
        function(convertToAssetsCall { shares: amount }),
        function(maxDepositCall { receiver: ALICE }),
        function(maxMintCall { receiver: ALICE }),
        function(maxWithdrawCall { owner: ALICE }),
        function(maxRedeemCall { owner: ALICE }),
        function(previewDepositCall { assets: amount }),
        function(previewMintCall { shares: amount }),
        function(previewWithdrawCall { assets: amount }),
        function(previewRedeemCall { shares: amount }),
        function(depositCall { assets: amount, receiver: ALICE }),
        function(depositWithPermitCall {
            assets: amount,
            receiver: ALICE,
            deadline: amount,
            v: 27,
            r: FixedBytes::ZERO,
            s: FixedBytes::ZERO,
        }),
        function(mintCall { shares: amount, receiver: ALICE }),
        function(withdrawCall { assets: amount, receiver: ALICE, owner: BOB }),
        function(redeemCall { shares: amount, receiver: ALICE, owner: BOB }),
        function(rewardCall {}),
        function(earnedCall { account: ALICE }),
        function(claimCall { receiver: ALICE }),
        function(claimForCall { account: BOB }),
        function(exitCall { receiver: ALICE }),
        function(fundCall { amount }),
        function(syncCall {}),
        function(epochLengthCall {}),
        function(epochCall {}),
        function(epochStartCall {}),
        function(epochEndCall {}),
        function(epochRewardCall {}),
        function(queuedCall {}),
        function(rewardIndexCall {}),
        function(reserveCall {}),
        function(yieldTokenCall {}),
        function(sourceCall {}),
        function(tokenInCall {}),
        function(tokenOutCall {}),
        function(targetCall {}),
        function(maxAmountOutCall {}),
        function(computeExactAmountInCall { amountOut: amount }),
        function(swapExactAmountOutCall {
            receiver: RECEIVER,
            amountOut: amount,
            amountInMax: U256::MAX,
            flashSwapData: Bytes::from_static(b"data that is longer than one word of the ABI"),
        }),
        function(targetAuctionPeriodCall {}),
        function(smoothingFactorCall {}),
        function(lastAuctionAtCall {}),
        function(lastAuctionPriceCall {}),
        function(computeTimeForPriceCall { price: amount }),
        function(liquidatableBalanceOfCall { tokenOut: ASSET }),
        function(transferTokensOutCall { sender: BOB, receiver: BOB, tokenOut: ASSET, amountOut: amount }),
        function(verifyTokensInCall {
            tokenIn: REWARD,
            amountIn: amount,
            transferTokensOutData: Bytes::from_static(b"data that is longer than one word of the ABI"),
        }),
        function(targetOfCall { tokenIn: REWARD }),
        function(isLiquidationPairCall { tokenOut: ASSET, liquidationPair: ALICE }),
        function(ownerCall {}),
        function(pendingOwnerCall {}),
        function(transferOwnershipCall { newOwner: BOB }),
        function(acceptOwnershipCall {}),
        function(renounceOwnershipCall {}),
        function(extensionDelegateCall {}),
        function(setLiquidationPairCall { tokenOut: ASSET, liquidationPair: ALICE }),
    ]
}

/// A permit that is good once.
fn permit() -> IVault::permitCall {
    let signer = Signer::new(7, &Chain::default());
    let owner = signer.address();
    signer.sign(&Permit { owner, spender: BOB, value: u(5), nonce: U256::ZERO, deadline: U256::MAX })
}

/// Those whose answer is fixed by the constructor.
const FIXED: [[u8; 4]; 14] = [
    IVault::extensionDelegateCall::SELECTOR,
    IVault::nameCall::SELECTOR,
    IVault::symbolCall::SELECTOR,
    IVault::decimalsCall::SELECTOR,
    IVault::assetCall::SELECTOR,
    IVault::rewardCall::SELECTOR,
    IVault::epochLengthCall::SELECTOR,
    IVault::yieldTokenCall::SELECTOR,
    IVault::sourceCall::SELECTOR,
    IVault::tokenInCall::SELECTOR,
    IVault::tokenOutCall::SELECTOR,
    IVault::targetCall::SELECTOR,
    IVault::targetAuctionPeriodCall::SELECTOR,
    IVault::smoothingFactorCall::SELECTOR,
];

/// A vault in which there is something to do for everybody: stakes, allowances, rewards, and yield for sale to a
/// receiver that pays. Alice owns the vault, is about to own it once more, and sells the asset's surplus.
fn busy_vault() -> World {
    let world = World::with(&vaultCall { owner: ALICE, ..settings() });
    Signer::new(7, &world.chain);
    world.chain.stand_in(ALICE, |_, _| Ok(Vec::new()));
    world.ok(ALICE, IVault::transferOwnershipCall { newOwner: ALICE });
    world.ok(ALICE, IVault::setLiquidationPairCall { tokenOut: ASSET, liquidationPair: ALICE });
    world.stake(ALICE, 64);
    world.stake(BOB, 64);
    world.fund(1_000_000);
    world.ok(BOB, IVault::approveCall { spender: ALICE, value: u(1000) });
    for token in [ASSET, REWARD] {
        world.give(token, ALICE, u(1000));
    }
    world.donate(ASSET, u(1000));
    world.donate(YIELD, u(1000));
    world.donate(REWARD, u(7));
    world.give(REWARD, RECEIVER, U256::MAX >> 8);
    world.chain.stand_in(RECEIVER, |chain, message| {
        let swap = weir::abi::IFlashSwapCallback::flashSwapCallbackCall::abi_decode_validate(&message.data)
            .expect("the only call that the receiver gets");
        let payment = tokenTransferCall { to: VAULT, value: swap.amountIn }.abi_encode();
        chain.deliver(Message::new(RECEIVER, REWARD, payment))
    });
    world.at(u64::from(PERIOD));
    world
}

fn invalid(length: usize) -> Vec<u8> {
    InvalidCalldata { length: U256::from(length) }.abi_encode()
}

#[test]
fn the_table_of_these_tests_has_every_function_of_the_interface() {
    let table: BTreeSet<_> = functions().iter().map(|function| function.selector).collect();
    assert_eq!(table, IVaultCalls::selectors().collect());
    assert_eq!(table.len(), functions().len());
}

#[test]
fn every_function_of_the_interface_is_routed_and_answers_with_its_type() {
    for Function { signature, calldata, returns, .. } in functions() {
        let data = busy_vault().send(ALICE, calldata).unwrap_or_else(|data| panic!("{signature}: {data:?}"));
        assert!(returns(&data), "{signature}: {data:?}");
    }
}

#[test]
fn a_selector_that_no_function_has_is_refused_by_name() {
    let world = World::new();
    let known: BTreeSet<_> = IVaultCalls::selectors().chain([CONSTRUCTOR_SELECTOR]).collect();
    let neighbours = known.iter().flat_map(|selector| {
        let number = u32::from_be_bytes(*selector);
        [number.wrapping_sub(1), number.wrapping_add(1), number.swap_bytes()].map(u32::to_be_bytes)
    });
    for selector in neighbours.chain([[0; 4], [0xff; 4]]).filter(|selector| !known.contains(selector)) {
        for arguments in [&[][..], &[0; 32], &[0xff; 33]] {
            let refusal = UnknownSelector { selector: FixedBytes(selector) }.abi_encode();
            assert_eq!(world.send(ALICE, [&selector, arguments].concat()), Err(refusal));
        }
    }
}

#[test]
fn calldata_without_a_whole_selector_counts_as_selector_zero() {
    let world = World::new();
    let selector = IVault::totalSupplyCall::SELECTOR;
    for length in 0..4 {
        let refusal = UnknownSelector { selector: FixedBytes::ZERO }.abi_encode();
        assert_eq!(world.send(ALICE, selector[..length].to_vec()), Err(refusal), "{length}");
    }
}

#[test]
fn arguments_cut_short_at_any_byte_are_refused_with_the_length() {
    let world = busy_vault();
    for Function { signature, calldata, .. } in functions() {
        for length in 4..calldata.len() {
            assert_eq!(world.send(ALICE, calldata[..length].to_vec()), Err(invalid(length)), "{signature}");
        }
    }
}

#[test]
fn bytes_left_over_are_refused_with_the_length() {
    let world = busy_vault();
    for Function { signature, calldata, .. } in functions() {
        for extra in [1, 31, 32, 64] {
            let longer = [calldata.as_slice(), &vec![0; extra]].concat();
            assert_eq!(world.send(ALICE, longer), Err(invalid(calldata.len() + extra)), "{signature}");
        }
    }
}

#[test]
fn an_address_with_dirty_padding_is_refused() {
    let world = busy_vault();
    let mut seen = 0;
    for Function { signature, calldata, .. } in functions() {
        for (at, _) in types(signature).enumerate().filter(|(_, name)| *name == "address") {
            for byte in [0, 11] {
                let mut dirty = calldata.clone();
                dirty[4 + 32 * at + byte] = 1;
                assert_eq!(
                    world.send(ALICE, dirty),
                    Err(invalid(calldata.len())),
                    "{signature}, argument {at}"
                );
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2 * 37, "addresses among the arguments of all functions");
}

#[test]
fn flash_swap_data_must_be_canonical() {
    let world = busy_vault();
    let swap = |data: &[u8]| {
        IVault::swapExactAmountOutCall {
            receiver: RECEIVER,
            amountOut: u(5),
            amountInMax: U256::MAX,
            flashSwapData: Bytes::copy_from_slice(data),
        }
        .abi_encode()
    };
    let good = swap(b"hello");
    let with = |at: usize, value: U256| {
        let mut data = good.clone();
        data[4 + 32 * at..4 + 32 * (at + 1)].copy_from_slice(&value.to_be_bytes::<32>());
        data
    };
    let mut dirty = good.clone();
    *dirty.last_mut().expect("not empty") = 1;
    let bad = [
        ("the offset points past the data", with(3, u(160))),
        ("the offset points into the head", with(3, u(96))),
        ("the offset is not a multiple of 32", with(3, u(129))),
        ("the offset is absurd", with(3, U256::MAX)),
        ("the length is more than there is", with(4, u(33))),
        ("the length is less than there is", with(4, u(0))),
        ("the length is absurd", with(4, U256::MAX)),
        ("the length is absurd in 32 bits", with(4, u(0xffff_ffe1))),
        ("the length is absurd in 31 bits", with(4, u(0x7fff_ffff))),
        ("the padding is dirty", dirty),
    ];
    for (what, data) in bad {
        assert_eq!(world.send(ALICE, data.clone()), Err(invalid(data.len())), "{what}");
    }
    assert!(world.send(ALICE, good).is_ok());
}

#[test]
fn ether_is_refused_by_every_function_before_anything_else() {
    let world = busy_vault();
    let refusal = ValueNotAccepted { value: u(1) }.abi_encode();
    let unknown = vec![0xff; 4];
    let calls = functions().into_iter().map(|function| function.calldata);
    for data in calls.chain([constructor(&settings()), unknown, Vec::new()]) {
        let message = Message { value: u(1), ..Message::new(ALICE, VAULT, data) };
        assert_eq!(world.chain.transact(message), Err(refusal.clone()));
    }
}

/// What the vault answers to `calls` when it is called in the middle of a flash swap.
fn answers_during_a_swap(calls: Vec<Vec<u8>>) -> Vec<Result<Vec<u8>, Vec<u8>>> {
    let world = busy_vault();
    let answers = Rc::new(RefCell::new(Vec::new()));
    let seen = answers.clone();
    world.chain.stand_in(RECEIVER, move |chain, _| {
        for data in &calls {
            let answer = chain.deliver(Message::new(RECEIVER, VAULT, data.clone()));
            seen.borrow_mut().push(answer);
        }
        let payment = tokenTransferCall { to: VAULT, value: U256::MAX >> 70 }.abi_encode();
        chain.deliver(Message::new(RECEIVER, REWARD, payment))
    });
    // An hour after the deployment the price is the first price; what is paid above it is queued as well.
    let swap = IVault::swapExactAmountOutCall {
        receiver: RECEIVER,
        amountOut: u(5),
        amountInMax: U256::MAX,
        flashSwapData: Bytes::from_static(b"x"),
    };
    world.chain.call(KEEPER, VAULT, &swap).map_err(|data| format!("{data:?}")).expect("the swap itself");
    answers.take()
}

#[test]
fn nothing_that_moves_value_and_no_view_of_what_moves_can_be_called_while_the_vault_is_at_work() {
    let calls: Vec<_> = functions()
        .into_iter()
        .filter(|function| !FIXED.contains(&function.selector))
        .map(|function| function.calldata)
        .chain([constructor(&settings()), vec![0xff; 4]])
        .collect();
    let count = calls.len();
    assert_eq!(answers_during_a_swap(calls), vec![Err(ReentrantCall {}.abi_encode()); count]);
}

#[test]
fn a_flash_swap_receiver_may_ask_which_token_it_owes_and_to_whom() {
    let calls = [IVault::tokenInCall {}.abi_encode(), IVault::targetCall {}.abi_encode()];
    let answers = answers_during_a_swap(calls.to_vec());
    assert_eq!(answers, vec![Ok(REWARD.abi_encode()), Ok(VAULT.abi_encode())]);
}

/// Names of the arguments' types.
fn types(signature: &str) -> impl Iterator<Item = &str> {
    let (_, arguments) = signature.split_once('(').expect("a signature");
    arguments.trim_end_matches(')').split(',')
}
