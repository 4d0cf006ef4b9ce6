//! Decodes revert data into text: the custom error with its arguments.
//! Knows the errors of Weir's programs, of the Stylus deployer and of ArbWasm.

use std::fmt::Debug;

use alloy::{
    primitives::hex,
    sol_types::{Panic, Revert, SolError, SolInterface},
};

use crate::{
    IArbWasm::IArbWasmErrors, IFactory::IFactoryErrors, IPair::IPairErrors, IRouter::IRouterErrors,
    IStylusDeployer::IStylusDeployerErrors, IToken::ITokenErrors, IVault::IVaultErrors,
};

/// Decodes the error in `data` with its arguments. Returns unknown data in hex.
///
/// If the Stylus deployer reports a failed constructor, the constructor's own error is decoded.
pub fn explain(data: &[u8]) -> String {
    if let Ok(IStylusDeployerErrors::ContractInitializationError(error)) =
        IStylusDeployerErrors::abi_decode(data)
    {
        return format!("the constructor reverted: {}", explain(&error.data));
    }
    if let Ok(error) = Revert::abi_decode(data) {
        return format!("Error({:?})", error.reason);
    }
    if let Ok(error) = Panic::abi_decode(data) {
        return format!("Panic({:#x})", error.code);
    }
    decoded::<IVaultErrors>(data)
        .or_else(|| decoded::<IPairErrors>(data))
        .or_else(|| decoded::<IFactoryErrors>(data))
        .or_else(|| decoded::<IRouterErrors>(data))
        .or_else(|| decoded::<ITokenErrors>(data))
        .or_else(|| decoded::<IStylusDeployerErrors>(data))
        .or_else(|| decoded::<IArbWasmErrors>(data))
        .unwrap_or_else(|| format!("unknown error, data {}", hex::encode_prefixed(data)))
}

/// Formats an error without its variant, which repeats its name: `ZeroAmount`, not `ZeroAmount(ZeroAmount)`.
fn decoded<E: SolInterface + Debug>(data: &[u8]) -> Option<String> {
    let text = format!("{:?}", E::abi_decode(data).ok()?);
    match text.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')')) {
        Some(inner) => Some(inner.to_owned()),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        primitives::{Address, U256},
        sol_types::SolError,
    };

    use super::*;
    use crate::{IEntry, IStylusDeployer, IVault};

    #[test]
    fn an_error_is_shown_by_its_name_and_arguments() {
        let error = IVault::ERC4626ExceededMaxMint {
            receiver: Address::ZERO,
            shares: U256::from(7),
            max: U256::from(5),
        };
        let text = explain(&error.abi_encode());
        assert!(
            text.starts_with("ERC4626ExceededMaxMint {") && text.ends_with("shares: 7, max: 5 }"),
            "{text}"
        );
    }

    #[test]
    fn a_constructor_error_is_decoded_from_the_deployer_error() {
        let inner = IEntry::AlreadyInitialized {}.abi_encode();
        let error =
            IStylusDeployer::ContractInitializationError { newContract: Address::ZERO, data: inner.into() };
        assert_eq!(explain(&error.abi_encode()), "the constructor reverted: AlreadyInitialized");
    }

    #[test]
    fn reason_strings_and_unknown_data_are_shown() {
        assert_eq!(explain(&Revert::from("no").abi_encode()), "Error(\"no\")");
        assert_eq!(explain(&[1, 2, 3]), "unknown error, data 0x010203");
    }
}
