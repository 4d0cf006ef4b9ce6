//! The program `factory`. The functions themselves are in `weir::factory`.

use weir::{
    abi::{IConstructors::factoryCall, IFactory::*},
    factory::{Factory, PairOrder},
    vault::Settings,
};

weir::program! {
    Factory as factory, call;

    constructor factoryCall { pair_template, vault_template, vault_extension } =>
        factory.construct(pair_template, vault_template, vault_extension)?;

    guarded {
        // Pairs
        createPairCall(source, token_in, token_out, target_period, target_price, smoothing) =>
            factory.create_pair(&PairOrder { source, token_in, token_out, target_period, target_price, smoothing })?,
        allPairsCall(index) => factory.pair(index)?,
        totalPairsCall() => factory.total_pairs(),
        deployedPairsCall(pair) => factory.is_pair(pair),

        // Vaults
        createVaultCall(
            asset, reward, yield_token, epoch_length, target_period, target_price, smoothing, name, symbol, owner
        ) => factory.create_vault(
            &Settings {
                asset, reward, yield_token, epoch_length, target_period, target_price, smoothing, name, symbol, owner,
            },
            call.arguments.bytes(),
        )?,
        allVaultsCall(index) => factory.vault(index)?,
        totalVaultsCall() => factory.total_vaults(),
        deployedVaultsCall(vault) => factory.is_vault(vault),

        // What clones are made of
        pairTemplateCall() => factory.pair_template(),
        vaultTemplateCall() => factory.vault_template(),
        vaultExtensionCall() => factory.vault_extension(),
    }
}
