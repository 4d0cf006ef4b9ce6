//! Tests of unusual calldata: too short, too long, with dirty bits, with an unknown selector, or with ether.
//! Decoding follows Solidity where wallets and contracts rely on it.

use std::iter::repeat_n;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    sol_types::{SolCall, SolError, SolValue},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IERC20::IERC20Calls, IEntry, IToken, IVault, IVault::IVaultCalls};
use weir_client::Account;

use crate::{
    logs::{log, logs},
    reverts::{call_reverts, reverts},
    scene::{Scene, TOKEN, Tokens, transaction, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_unknown_selector_reverts_by_name),
        on_any_chain(calldata_shorter_than_a_selector_counts_as_selector_zero),
        on_any_chain(short_calldata_reverts_and_bytes_after_the_arguments_are_ignored),
        on_any_chain(an_address_with_dirty_upper_bits_reverts),
        on_any_chain(flash_swap_data_is_decoded_as_by_solidity),
        on_any_chain(an_attribution_suffix_changes_nothing),
        on_any_chain(no_function_accepts_ether),
        on_any_chain(short_calldata_changes_nothing),
        on_any_chain(the_test_token_decodes_calldata_in_the_same_way),
        on_any_chain(the_supply_of_the_test_token_cannot_overflow),
    ]
}

/// A function of the ABI: its selector and the types of its arguments.
struct Function {
    selector: [u8; 4],
    signature: &'static str,
    arguments: Vec<&'static str>,
}

fn function(selector: [u8; 4], signature: &'static str) -> Result<Function> {
    let inner = signature.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let inner = inner.with_context(|| format!("{signature} is not a signature"))?;
    let arguments = if inner.is_empty() { vec![] } else { inner.split(',').collect() };
    Ok(Function { selector, signature, arguments })
}

/// Every function of the vault.
fn vault_functions() -> Result<Vec<Function>> {
    let selectors = IVaultCalls::SELECTORS.iter().zip(IVaultCalls::SIGNATURES);
    selectors.map(|(selector, signature)| function(*selector, signature)).collect()
}

/// Every function of the test token.
fn token_functions() -> Result<Vec<Function>> {
    let selectors = IERC20Calls::SELECTORS.iter().zip(IERC20Calls::SIGNATURES);
    let functions = selectors.map(|(selector, signature)| function(*selector, signature));
    functions.chain([function(IToken::mintCall::SELECTOR, IToken::mintCall::SIGNATURE)]).collect()
}

fn invalid(calldata: &[u8]) -> Vec<u8> {
    IEntry::InvalidCalldata { length: U256::from(calldata.len()) }.abi_encode()
}

/// Whether a call of `to` with this calldata reverts with `InvalidCalldata`.
async fn is_invalid(account: &Account, to: Address, calldata: Vec<u8>) -> Result<bool> {
    let invalid = invalid(&calldata);
    match account.simulate(transaction(to, calldata)).await {
        Ok(_) => Ok(false),
        Err(error) => {
            let data = error.revert_data().with_context(|| format!("no revert data: {error}"))?;
            ensure!(!data.is_empty(), "the call reverts without data");
            Ok(data == invalid)
        }
    }
}

async fn an_unknown_selector_reverts_by_name() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let known = vault_functions()?;
    let neighbours = known.iter().flat_map(|function| {
        (0..32).map(|bit| u32::from_be_bytes(function.selector) ^ (1 << bit)).map(u32::to_be_bytes)
    });
    let mut tried = 0;
    for selector in neighbours.chain([[0; 4], [0xff; 4]]).step_by(7) {
        if known.iter().any(|function| function.selector == selector) {
            continue;
        }
        let unknown = IEntry::UnknownSelector { selector: selector.into() }.abi_encode();
        let call = transaction(scene.vault.address(), selector.to_vec());
        call_reverts(&anyone, call, &unknown).await?;
        tried += 1;
    }
    assert!(tried > 200, "{tried}");

    let selector = [0xde, 0xad, 0xbe, 0xef];
    for arguments in [0, 32, 1_000] {
        let calldata: Vec<u8> = selector.into_iter().chain(repeat_n(0, arguments)).collect();
        let unknown = IEntry::UnknownSelector { selector: selector.into() };
        reverts(&scene, &anyone, transaction(scene.vault.address(), calldata), unknown).await?;
    }
    Ok(())
}

async fn calldata_shorter_than_a_selector_counts_as_selector_zero() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    for length in 0..4 {
        let calldata = IVault::syncCall::SELECTOR[..length].to_vec();
        let unknown = IEntry::UnknownSelector { selector: [0; 4].into() };
        reverts(&scene, &anyone, transaction(scene.vault.address(), calldata), unknown).await?;
    }
    Ok(())
}

async fn short_calldata_reverts_and_bytes_after_the_arguments_are_ignored() -> Result<()> {
    const MOST_WORDS: usize = 9;
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = scene.vault.address();
    for Function { selector, signature, arguments } in vault_functions()? {
        for words in 0..=MOST_WORDS {
            for more in [0, 1, 31] {
                let calldata: Vec<u8> = selector.into_iter().chain(repeat_n(0, 32 * words + more)).collect();
                let is_invalid = is_invalid(&anyone, vault, calldata).await.context(signature)?;
                ensure!(is_invalid == (words < arguments.len()), "{signature} with {words} words and {more}");
            }
        }
    }
    Ok(())
}

async fn an_address_with_dirty_upper_bits_reverts() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let mut tried = 0;
    for Function { selector, signature, arguments } in vault_functions()? {
        for (number, _) in arguments.iter().enumerate().filter(|(_, kind)| **kind == "address") {
            // The lowest and the highest of the upper bits.
            for dirty in [11, 0] {
                let mut calldata = [selector.to_vec(), vec![0; 32 * arguments.len()]].concat();
                calldata[4 + 32 * number + dirty] = if dirty == 0 { 0x80 } else { 1 };
                let invalid = invalid(&calldata);
                let call = transaction(scene.vault.address(), calldata);
                call_reverts(&anyone, call, &invalid).await.context(signature)?;
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "{tried}");
    Ok(())
}

async fn flash_swap_data_is_decoded_as_by_solidity() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let buyer = scene.person("buyer").await?;
    let vault = scene.vault.address();
    let swap = |length: usize| {
        let call = IVault::swapExactAmountOutCall {
            receiver: buyer.address(),
            amountOut: u(1),
            amountInMax: U256::ZERO,
            flashSwapData: vec![7; length].into(),
        };
        call.abi_encode()
    };
    const OFFSET: usize = 4 + 3 * 32;
    const LENGTH: usize = OFFSET + 32;
    let good = swap(33);
    let with = |at: usize, value: U256| {
        let mut calldata = good.clone();
        calldata[at..at + 32].copy_from_slice(&value.to_be_bytes::<32>());
        calldata
    };
    let mut accepted: Vec<_> =
        [0, 1, 31, 32, 33, 300].map(|length| (format!("{length} bytes of data"), swap(length))).into();
    accepted.extend([
        ("without its padding".into(), good[..good.len() - 31].to_vec()),
        ("with bytes after it".into(), [good.as_slice(), b"suffix"].concat()),
        ("an offset into the head".into(), with(OFFSET, U256::from(64))),
        ("a length up to the end".into(), with(LENGTH, U256::from(64))),
    ]);
    for (what, calldata) in accepted {
        ensure!(!is_invalid(&buyer, vault, calldata).await?, "{what} reverts");
    }
    let rejected = [
        ("cut by a byte of data", good[..good.len() - 32].to_vec()),
        ("cut after the length", good[..LENGTH + 32].to_vec()),
        ("without a length", good[..LENGTH].to_vec()),
        ("an offset at the end", with(OFFSET, U256::from(good.len() - 4))),
        ("an offset beyond all", with(OFFSET, U256::MAX)),
        ("an offset that overflows 32 bits", with(OFFSET, U256::from((1_u64 << 32) + 128))),
        ("a length that is too long", with(LENGTH, U256::from(65))),
        ("a length beyond all", with(LENGTH, U256::MAX)),
        ("a length that overflows 32 bits", with(LENGTH, U256::from((1_u64 << 32) + 33))),
    ];
    for (what, calldata) in rejected {
        ensure!(is_invalid(&buyer, vault, calldata).await?, "{what} is accepted");
    }
    Ok(())
}

async fn an_attribution_suffix_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", TOKEN).await?;
    let who = staker.address();
    // ERC-8021, which viem's `dataSuffix` appends; and the sender of ERC-2771.
    let suffixes = [&b"\x07baseapp\x80\x21\x80\x21\x80\x21"[..], &[0xaa; 20]];
    for suffix in suffixes {
        let deposit = IVault::depositCall { assets: u(TOKEN / 2), receiver: who }.abi_encode();
        let deposit = transaction(scene.vault.address(), [&deposit, suffix].concat());
        let receipt = staker.send(deposit).await?;
        let plain = IVault::Deposit { sender: who, owner: who, assets: u(TOKEN / 2), shares: u(TOKEN / 2) };
        assert_eq!(logs(&receipt).last(), Some(&log(scene.vault.address(), &plain)));
    }
    let calldata = [&IVault::ownerCall {}.abi_encode()[..], b"suffix"].concat();
    // A function of the extension, which gets the same calldata.
    let owner = staker.simulate(transaction(scene.vault.address(), calldata)).await?;
    assert_eq!(owner.as_ref(), Address::ZERO.abi_encode());
    assert_eq!(scene.shares(&staker).await?, u(TOKEN));
    Ok(())
}

async fn no_function_accepts_ether() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = scene.vault.address();
    let not_accepted = |wei: u64| IEntry::ValueNotAccepted { value: U256::from(wei) };
    for Function { selector, signature, arguments } in vault_functions()? {
        let calldata = [selector.to_vec(), vec![0; 32 * arguments.len()]].concat();
        let call = transaction(vault, calldata).with_value(U256::ONE);
        call_reverts(&anyone, call, &not_accepted(1).abi_encode()).await.context(signature)?;
    }
    let plain = transaction(vault, vec![]).with_value(U256::from(7));
    reverts(&scene, &anyone, plain, not_accepted(7)).await?;
    let sync = transaction(vault, IVault::syncCall {}.abi_encode()).with_value(U256::from(1));
    reverts(&scene, &anyone, sync, not_accepted(1)).await
}

async fn short_calldata_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 2 * TOKEN).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(TOKEN), who)).await?;
    let deposit = IVault::depositCall { assets: u(TOKEN), receiver: who }.abi_encode();
    let withdraw = IVault::withdrawCall { assets: u(TOKEN), receiver: who, owner: who }.abi_encode();
    for calldata in [
        deposit[..deposit.len() - 1].to_vec(),
        deposit[..deposit.len() - 12].to_vec(),
        withdraw[..withdraw.len() - 32].to_vec(),
        IVault::depositCall::SELECTOR.to_vec(),
    ] {
        let error = IEntry::InvalidCalldata { length: U256::from(calldata.len()) };
        reverts(&scene, &staker, transaction(scene.vault.address(), calldata), error).await?;
    }
    Ok(())
}

async fn the_test_token_decodes_calldata_in_the_same_way() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let token = *scene.asset.address();
    let unknown = IEntry::UnknownSelector { selector: IVault::depositCall::SELECTOR.into() };
    let call = transaction(token, IVault::depositCall::SELECTOR.to_vec());
    reverts(&scene, &anyone, call, unknown).await?;
    let plain = transaction(token, vec![]).with_value(U256::ONE);
    reverts(&scene, &anyone, plain, IEntry::ValueNotAccepted { value: U256::ONE }).await?;
    for Function { selector, signature, arguments } in token_functions()? {
        for words in 0..=4 {
            let calldata = [selector.to_vec(), vec![0; 32 * words]].concat();
            let rejected = is_invalid(&anyone, token, calldata).await.context(signature)?;
            ensure!(rejected == (words < arguments.len()), "{signature} with {words} words");
        }
    }
    Ok(())
}

async fn the_supply_of_the_test_token_cannot_overflow() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    scene.asset.mint(&scene.chain, anyone.address(), U256::MAX - u(5)).await?;
    let mint = IToken::mintCall { to: anyone.address(), value: u(6) }.abi_encode();
    let overflow = IToken::SupplyOverflow { supply: U256::MAX - u(5), minted: u(6) };
    reverts(&scene, &anyone, transaction(*scene.asset.address(), mint), overflow).await?;
    scene.asset.mint(&scene.chain, anyone.address(), u(5)).await?;
    assert_eq!(scene.asset.balance(anyone.address()).await?, U256::MAX);
    Ok(())
}
