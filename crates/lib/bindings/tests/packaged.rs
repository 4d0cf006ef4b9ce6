//! The packaged JSON ABIs, compiled by solc, contain exactly the items that `sol!` reads in the same interfaces.
//! Compared by selectors and event hashes.

use std::{collections::BTreeSet, fs, path::Path};

use alloy::{
    json_abi::JsonAbi,
    primitives::{B256, Selector},
    sol_types::SolInterface,
};
use anyhow::Result;
use weir_bindings::{
    IEntry::IEntryErrors,
    IFactory::{IFactoryCalls, IFactoryErrors, IFactoryEvents},
    IFlashSwapCallback::IFlashSwapCallbackCalls,
    ILiquidationPair::{ILiquidationPairCalls, ILiquidationPairErrors, ILiquidationPairEvents},
    ILiquidationSource::{ILiquidationSourceCalls, ILiquidationSourceEvents},
    IPair::{IPairCalls, IPairErrors, IPairEvents},
    IRouter::{IRouterCalls, IRouterErrors, IRouterEvents},
    IToken::{ITokenCalls, ITokenErrors, ITokenEvents},
    IVault::{IVaultCalls, IVaultErrors, IVaultEvents},
};

/// Selectors and event hashes of one interface.
#[derive(Debug, PartialEq, Eq)]
struct Items {
    functions: BTreeSet<Selector>,
    errors: BTreeSet<Selector>,
    events: BTreeSet<B256>,
}

impl Items {
    fn packaged(interface: &str) -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("abi/generated");
        let abi: JsonAbi =
            serde_json::from_str(&fs::read_to_string(folder.join(interface).with_extension("json"))?)?;
        Ok(Self {
            functions: abi.functions().map(|function| function.selector()).collect(),
            errors: abi.errors().map(|error| error.selector()).collect(),
            events: abi.events().map(|event| event.selector()).collect(),
        })
    }
}

/// All selectors of an interface's calls or errors.
fn selectors<I: SolInterface>() -> BTreeSet<Selector> {
    I::selectors().map(Selector::new).collect()
}

fn items(functions: BTreeSet<Selector>, errors: BTreeSet<Selector>, events: &[[u8; 32]]) -> Items {
    Items { functions, errors, events: events.iter().map(B256::from).collect() }
}

#[test]
fn packaged_abis_and_bindings_have_the_same_items() -> Result<()> {
    let (vault, pair) = (IVaultEvents::SELECTORS, IPairEvents::SELECTORS);
    let (factory, router, token) =
        (IFactoryEvents::SELECTORS, IRouterEvents::SELECTORS, ITokenEvents::SELECTORS);
    let (shared, source) = (ILiquidationPairEvents::SELECTORS, ILiquidationSourceEvents::SELECTORS);
    let none = BTreeSet::new();
    let bound = [
        ("IVault", items(selectors::<IVaultCalls>(), selectors::<IVaultErrors>(), vault)),
        ("IPair", items(selectors::<IPairCalls>(), selectors::<IPairErrors>(), pair)),
        ("IFactory", items(selectors::<IFactoryCalls>(), selectors::<IFactoryErrors>(), factory)),
        ("IRouter", items(selectors::<IRouterCalls>(), selectors::<IRouterErrors>(), router)),
        ("IToken", items(selectors::<ITokenCalls>(), selectors::<ITokenErrors>(), token)),
        ("IEntry", items(none.clone(), selectors::<IEntryErrors>(), &[])),
        (
            "ILiquidationPair",
            items(selectors::<ILiquidationPairCalls>(), selectors::<ILiquidationPairErrors>(), shared),
        ),
        ("ILiquidationSource", items(selectors::<ILiquidationSourceCalls>(), none.clone(), source)),
        ("IFlashSwapCallback", items(selectors::<IFlashSwapCallbackCalls>(), none, &[])),
    ];
    for (interface, items) in bound {
        assert_eq!(Items::packaged(interface)?, items, "{interface}");
    }
    Ok(())
}
