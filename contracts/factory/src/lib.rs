//! The program `factory`. The functions themselves are in `weir::factory`.

use weir::{
    abi::{IConstructors::factoryCall, IFactory::*},
    factory::{Factory, PairParams, VaultParams},
};

weir::program! {
    Factory as factory, call;

    constructor factoryCall { pair_template, vault_template, vault_extension, vault_lifeboat } =>
        factory.construct(pair_template, vault_template, vault_extension, vault_lifeboat)?;

    guarded {
        // Pairs
        createPairCall(source, token_in, token_out, target_period, target_price, smoothing) =>
            factory.create_pair(&PairParams { source, token_in, token_out, target_period, target_price, smoothing })?,
        allPairsCall(index) => factory.pair(index)?,
        totalPairsCall() => factory.total_pairs(),
        deployedPairsCall(pair) => factory.is_pair(pair),

        // Vaults
        createVaultCall(
            asset, reward, yield_token, epoch_length, target_period, target_price, smoothing, name, symbol, owner
        ) => factory.create_vault(&VaultParams {
            asset, reward, yield_token, epoch_length, target_period, target_price, smoothing, name, symbol, owner,
        })?,
        allVaultsCall(index) => factory.vault(index)?,
        totalVaultsCall() => factory.total_vaults(),
        deployedVaultsCall(vault) => factory.is_vault(vault),

        // What clones are made of
        pairTemplateCall() => factory.pair_template(),
        vaultTemplateCall() => factory.vault_template(),
        vaultExtensionCall() => factory.vault_extension(),
        vaultLifeboatCall() => factory.vault_lifeboat(),
    }
}
