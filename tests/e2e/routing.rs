//! Which program has which function: each of the interface is in one program, and no other selector is answered.
//! `abi::functions` finds functions outside of the interface by the numbers in a program's code.

use std::collections::BTreeSet;

use alloy::{
    primitives::{Address, Selector, U256, aliases::U192},
    providers::Provider,
    sol_types::{SolCall, SolError},
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir::clones::VaultCode;
use weir_bindings::{
    IERC20::IERC20Calls, IEntry::UnknownSelector, IFactory::IFactoryCalls, IPair::IPairCalls,
    IRouter::IRouterCalls, IToken::mintCall, IVault, IVault::IVaultCalls,
};
use weir_harness::PairSettings;

use crate::{
    reverts::call_reverts,
    scene::{FIRST_PRICE, PERIOD, Scene, Tokens, transaction},
    trial::on_any_chain,
};

/// Selector of `stylus_constructor()`.
const CONSTRUCTOR: Selector = Selector::new([0x55, 0x85, 0x25, 0x8d]);
/// More words than any function has arguments.
const ARGUMENTS: [u8; 12 * 32] = [0; 12 * 32];

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(every_function_of_the_interface_is_routed_to_one_program),
        on_any_chain(neighbors_of_selectors_revert_by_name),
    ]
}

/// A contract, and the selectors that it has to answer.
struct Contract {
    name: &'static str,
    address: Address,
    selectors: BTreeSet<Selector>,
}

fn contract(name: &'static str, address: Address, selectors: &[[u8; 4]]) -> Contract {
    Contract { name, address, selectors: selectors.iter().map(|selector| Selector::new(*selector)).collect() }
}

/// The vault of the scene, and a contract of each other program.
async fn contracts(scene: &Scene) -> Result<[Contract; 5]> {
    let (market, vault) = (scene.chain.market().await?, scene.vault.address());
    let settings = PairSettings {
        source: vault,
        tokenIn: *scene.reward.address(),
        tokenOut: *scene.asset.address(),
        targetAuctionPeriod: PERIOD,
        targetAuctionPrice: U192::from(FIRST_PRICE),
        smoothingFactor: U256::ZERO,
    };
    let pair = market.create_pair(scene.chain.payer(), &settings).await?.address();
    let mut token = contract("IToken", *scene.asset.address(), IERC20Calls::SELECTORS);
    token.selectors.insert(mintCall::SELECTOR.into());
    Ok([
        contract("IVault", vault, IVaultCalls::SELECTORS),
        contract("IPair", pair, IPairCalls::SELECTORS),
        contract("IFactory", *market.factory.address(), IFactoryCalls::SELECTORS),
        contract("IRouter", *market.router.address(), IRouterCalls::SELECTORS),
        token,
    ])
}

/// Whether `account` reverts this call with `error`.
async fn reverts_with(scene: &Scene, account: Address, calldata: Vec<u8>, error: Vec<u8>) -> Result<bool> {
    match scene.chain.payer().simulate(transaction(account, calldata)).await {
        Ok(_) => Ok(false),
        Err(failure) => {
            Ok(failure.revert_data().with_context(|| format!("no revert data: {failure}"))? == error)
        }
    }
}

async fn every_function_of_the_interface_is_routed_to_one_program() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    let market = scene.chain.market().await?;
    for Contract { name, address, selectors } in contracts(&scene).await? {
        for selector in selectors {
            let unknown = UnknownSelector { selector }.abi_encode();
            let calldata = [selector.as_slice(), &ARGUMENTS].concat();
            let is_unknown = reverts_with(&scene, address, calldata, unknown).await?;
            ensure!(!is_unknown, "{name} does not answer {selector}");
        }
    }

    let code = scene.chain.provider().get_code_at(scene.vault.address()).await?;
    let config = VaultCode::config(&code).context("a vault's code")?.encode();
    for (selector, signature) in IVaultCalls::SELECTORS.iter().zip(IVaultCalls::SIGNATURES) {
        let calldata = [&selector[..], &ARGUMENTS, &config].concat();
        // Called itself, the vault's own program reverts where it would pass the call on to the extension.
        let not_a_vault = IVault::NotAVault {}.abi_encode();
        let is_in_vault = !reverts_with(&scene, market.vault_program, calldata.clone(), not_a_vault).await?;
        let unknown = UnknownSelector { selector: selector.into() }.abi_encode();
        let is_in_extension = !reverts_with(&scene, market.extension, calldata, unknown).await?;
        ensure!(
            is_in_vault != is_in_extension,
            "{signature}: in the vault {is_in_vault}, in the extension {is_in_extension}"
        );
    }
    Ok(())
}

async fn neighbors_of_selectors_revert_by_name() -> Result<()> {
    let scene = Scene::new(Tokens::Different).await?;
    for Contract { name, address, selectors } in contracts(&scene).await? {
        let is_clone = matches!(name, "IVault" | "IPair");
        let constructor = (!is_clone).then_some(CONSTRUCTOR);
        let known: BTreeSet<_> = selectors.into_iter().chain(constructor).collect();
        let neighbors = known.iter().chain([&CONSTRUCTOR]).flat_map(|selector| {
            let number = u32::from_be_bytes(selector.0);
            [number, number.wrapping_sub(1), number.wrapping_add(1), number.swap_bytes()]
                .map(u32::to_be_bytes)
        });
        let unknown = neighbors.chain([[0; 4], [0xff; 4]]).map(Selector::new);
        for selector in unknown.filter(|selector| !known.contains(selector)) {
            let call = transaction(address, [selector.as_slice(), &ARGUMENTS].concat());
            let error = UnknownSelector { selector }.abi_encode();
            let tried = call_reverts(scene.chain.payer(), call, &error).await;
            tried.with_context(|| format!("{name} is called with {selector}"))?;
        }
    }
    Ok(())
}
