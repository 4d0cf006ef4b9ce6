//! Calldata that is not what a function takes: cut, too long, garbled, for nobody, or with ether.

use std::iter::repeat_n;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, U256},
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir_bindings::{IERC20::IERC20Calls, IEntry, IToken, IVault, IVault::IVaultCalls};
use weir_harness::Account;

use crate::{
    refusal::{expect_revert, refused},
    scene::{Scene, TOKEN, Tokens, transaction, u},
    trial::on_any_chain,
};

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(an_unknown_selector_is_refused_by_name),
        on_any_chain(calldata_shorter_than_a_selector_counts_as_selector_zero),
        on_any_chain(every_function_takes_calldata_of_one_length_only),
        on_any_chain(an_address_with_anything_above_its_160_bits_is_refused),
        on_any_chain(the_data_of_a_swap_has_to_be_canonically_encoded),
        on_any_chain(no_function_takes_ether),
        on_any_chain(garbled_calldata_changes_nothing),
        on_any_chain(a_token_refuses_as_strictly),
        on_any_chain(a_token_s_supply_cannot_overflow),
    ]
}

/// A function of the ABI: its selector, and the types of its arguments.
struct Function {
    selector: [u8; 4],
    signature: &'static str,
    arguments: Vec<&'static str>,
}

fn function(selector: [u8; 4], signature: &'static str) -> Result<Function> {
    let inner = signature.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let inner = inner.with_context(|| format!("{signature} is no signature"))?;
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

/// Calls `to` with a selector and this many zero bytes behind it; tells whether that was refused as invalid calldata.
async fn is_invalid(account: &Account, to: Address, calldata: Vec<u8>) -> Result<bool> {
    let invalid = invalid(&calldata);
    match account.simulate(transaction(to, calldata)).await {
        Ok(_) => Ok(false),
        Err(refusal) => {
            let data = refusal.revert_data().with_context(|| format!("no revert data: {refusal}"))?;
            ensure!(!data.is_empty(), "it reverts without a word");
            Ok(data == invalid)
        }
    }
}

async fn an_unknown_selector_is_refused_by_name() -> Result<()> {
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
        expect_revert(&anyone, call, &unknown).await?;
        tried += 1;
    }
    assert!(tried > 200, "{tried}");

    let selector = [0xde, 0xad, 0xbe, 0xef];
    for arguments in [0, 32, 1_000] {
        let calldata: Vec<u8> = selector.into_iter().chain(repeat_n(0, arguments)).collect();
        let unknown = IEntry::UnknownSelector { selector: selector.into() };
        refused(&scene, &anyone, transaction(scene.vault.address(), calldata), unknown).await?;
    }
    Ok(())
}

async fn calldata_shorter_than_a_selector_counts_as_selector_zero() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    for length in 0..4 {
        let calldata = IVault::syncCall::SELECTOR[..length].to_vec();
        let unknown = IEntry::UnknownSelector { selector: [0; 4].into() };
        refused(&scene, &anyone, transaction(scene.vault.address(), calldata), unknown).await?;
    }
    Ok(())
}

async fn every_function_takes_calldata_of_one_length_only() -> Result<()> {
    const MOST_WORDS: usize = 6;
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = scene.vault.address();
    for Function { selector, signature, arguments } in vault_functions()? {
        // Zeros are no canonical encoding of `bytes`.
        let takes = (!arguments.contains(&"bytes")).then_some(arguments.len());
        for words in 0..=MOST_WORDS {
            let calldata: Vec<u8> = selector.into_iter().chain(repeat_n(0, 32 * words)).collect();
            let refused = is_invalid(&anyone, vault, calldata.clone()).await.context(signature)?;
            ensure!(refused == (takes != Some(words)), "{signature} with {words} words");
            let one_more = [calldata, vec![0]].concat();
            let refused = is_invalid(&anyone, vault, one_more).await.context(signature)?;
            ensure!(refused, "{signature} with {words} words and a byte");
        }
    }
    Ok(())
}

async fn an_address_with_anything_above_its_160_bits_is_refused() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let mut tried = 0;
    for Function { selector, signature, arguments } in vault_functions()? {
        for (number, _) in arguments.iter().enumerate().filter(|(_, kind)| **kind == "address") {
            // The lowest bit that is too much, and the highest.
            for dirty in [11, 0] {
                let mut calldata = [selector.to_vec(), vec![0; 32 * arguments.len()]].concat();
                calldata[4 + 32 * number + dirty] = if dirty == 0 { 0x80 } else { 1 };
                let invalid = invalid(&calldata);
                let call = transaction(scene.vault.address(), calldata);
                expect_revert(&anyone, call, &invalid).await.context(signature)?;
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "{tried}");
    Ok(())
}

async fn the_data_of_a_swap_has_to_be_canonically_encoded() -> Result<()> {
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
    for length in [0, 1, 31, 32, 33, 300] {
        assert!(!is_invalid(&buyer, vault, swap(length)).await?, "{length} bytes of data");
    }
    const OFFSET: usize = 4 + 3 * 32;
    const LENGTH: usize = OFFSET + 32;
    let good = swap(33);
    let mut bad = vec![
        ("cut by a byte", good[..good.len() - 1].to_vec()),
        ("cut by a word", good[..good.len() - 32].to_vec()),
        ("cut behind the length", good[..LENGTH + 32].to_vec()),
        ("without a length", good[..LENGTH].to_vec()),
        ("longer by a byte", [good.as_slice(), &[0]].concat()),
        ("longer by a word", [good.as_slice(), &[0; 32]].concat()),
    ];
    for (what, at, bytes) in [
        ("an offset that points elsewhere", OFFSET, U256::from(160)),
        ("an offset of nothing", OFFSET, U256::ZERO),
        ("an offset beyond all", OFFSET, U256::MAX),
        ("a length that is too short", LENGTH, U256::ZERO),
        ("a length that is too long", LENGTH, U256::from(65)),
        ("a length beyond all", LENGTH, U256::MAX),
        ("a length that overflows 32 bits", LENGTH, U256::from((1_u64 << 32) + 33)),
    ] {
        let mut garbled = good.clone();
        garbled[at..at + 32].copy_from_slice(&bytes.to_be_bytes::<32>());
        bad.push((what, garbled));
    }
    let mut padded = good.clone();
    *padded.last_mut().context("no calldata")? = 1;
    bad.push(("dirty padding", padded));
    for (what, calldata) in bad {
        ensure!(is_invalid(&buyer, vault, calldata).await?, "{what} was taken");
    }
    Ok(())
}

async fn no_function_takes_ether() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let vault = scene.vault.address();
    let not_accepted = |wei: u64| IEntry::ValueNotAccepted { value: U256::from(wei) };
    for Function { selector, signature, arguments } in vault_functions()? {
        let calldata = [selector.to_vec(), vec![0; 32 * arguments.len()]].concat();
        let call = transaction(vault, calldata).with_value(U256::ONE);
        expect_revert(&anyone, call, &not_accepted(1).abi_encode()).await.context(signature)?;
    }
    let plain = transaction(vault, vec![]).with_value(U256::from(7));
    refused(&scene, &anyone, plain, not_accepted(7)).await?;
    let sync = transaction(vault, IVault::syncCall {}.abi_encode()).with_value(U256::from(1));
    refused(&scene, &anyone, sync, not_accepted(1)).await
}

async fn garbled_calldata_changes_nothing() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let staker = scene.staker("staker", 2 * TOKEN).await?;
    let who = staker.address();
    staker.send(scene.vault.deposit(u(TOKEN), who)).await?;
    let deposit = IVault::depositCall { assets: u(TOKEN), receiver: who }.abi_encode();
    let withdraw = IVault::withdrawCall { assets: u(TOKEN), receiver: who, owner: who }.abi_encode();
    for calldata in [
        deposit[..deposit.len() - 1].to_vec(),
        deposit[..deposit.len() - 12].to_vec(),
        [deposit.as_slice(), &[0; 32]].concat(),
        withdraw[..withdraw.len() - 32].to_vec(),
        [withdraw.as_slice(), &[0]].concat(),
        IVault::syncCall::SELECTOR.into_iter().chain([0]).collect(),
    ] {
        let error = IEntry::InvalidCalldata { length: U256::from(calldata.len()) };
        refused(&scene, &staker, transaction(scene.vault.address(), calldata), error).await?;
    }
    Ok(())
}

async fn a_token_refuses_as_strictly() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    let token = *scene.asset.address();
    let unknown = IEntry::UnknownSelector { selector: IVault::depositCall::SELECTOR.into() };
    let call = transaction(token, IVault::depositCall::SELECTOR.to_vec());
    refused(&scene, &anyone, call, unknown).await?;
    let plain = transaction(token, vec![]).with_value(U256::ONE);
    refused(&scene, &anyone, plain, IEntry::ValueNotAccepted { value: U256::ONE }).await?;
    for Function { selector, signature, arguments } in token_functions()? {
        for words in 0..=4 {
            let calldata = [selector.to_vec(), vec![0; 32 * words]].concat();
            let refused = is_invalid(&anyone, token, calldata).await.context(signature)?;
            ensure!(refused == (words != arguments.len()), "{signature} with {words} words");
        }
    }
    Ok(())
}

async fn a_token_s_supply_cannot_overflow() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let anyone = scene.person("anyone").await?;
    scene.asset.mint(&scene.chain, anyone.address(), U256::MAX - u(5)).await?;
    let mint = IToken::mintCall { to: anyone.address(), value: u(6) }.abi_encode();
    let overflow = IToken::SupplyOverflow { supply: U256::MAX - u(5), minted: u(6) };
    refused(&scene, &anyone, transaction(*scene.asset.address(), mint), overflow).await?;
    scene.asset.mint(&scene.chain, anyone.address(), u(5)).await?;
    assert_eq!(scene.asset.balance(anyone.address()).await?, U256::MAX);
    Ok(())
}
