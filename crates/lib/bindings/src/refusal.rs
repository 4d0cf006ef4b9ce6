//! Revert data in words: which custom error it is, with its arguments.

use std::fmt::Debug;

use alloy::{
    primitives::hex,
    sol_types::{Panic, Revert, SolError, SolInterface},
};

use crate::{
    IArbWasm::IArbWasmErrors, IFactory::IFactoryErrors, IPair::IPairErrors, IRouter::IRouterErrors,
    IStylusDeployer::IStylusDeployerErrors, IToken::ITokenErrors, IVault::IVaultErrors,
};

/// The error that `data` encodes, with its arguments; else the data itself in hex.
///
/// An error that a deployment passes on from a constructor is named in its stead.
pub fn explain(data: &[u8]) -> String {
    if let Ok(IStylusDeployerErrors::ContractInitializationError(error)) =
        IStylusDeployerErrors::abi_decode(data)
    {
        return format!("the constructor refused: {}", explain(&error.data));
    }
    if let Ok(error) = Revert::abi_decode(data) {
        return format!("Error({:?})", error.reason);
    }
    if let Ok(error) = Panic::abi_decode(data) {
        return format!("Panic({:#x})", error.code);
    }
    named::<IVaultErrors>(data)
        .or_else(|| named::<IPairErrors>(data))
        .or_else(|| named::<IFactoryErrors>(data))
        .or_else(|| named::<IRouterErrors>(data))
        .or_else(|| named::<ITokenErrors>(data))
        .or_else(|| named::<IStylusDeployerErrors>(data))
        .or_else(|| named::<IArbWasmErrors>(data))
        .unwrap_or_else(|| format!("unknown error, data {}", hex::encode_prefixed(data)))
}

/// `ZeroAmount` of what is printed as `ZeroAmount(ZeroAmount)`: the variant repeats the error's name.
fn named<E: SolInterface + Debug>(data: &[u8]) -> Option<String> {
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
    fn an_error_is_named_once_with_its_arguments() {
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
    fn what_a_constructor_refused_is_named_through_the_deployer() {
        let inner = IEntry::AlreadyInitialized {}.abi_encode();
        let error =
            IStylusDeployer::ContractInitializationError { newContract: Address::ZERO, data: inner.into() };
        assert_eq!(explain(&error.abi_encode()), "the constructor refused: AlreadyInitialized");
    }

    #[test]
    fn strings_and_unknown_data_are_shown_as_they_are() {
        assert_eq!(explain(&Revert::from("no").abi_encode()), "Error(\"no\")");
        assert_eq!(explain(&[1, 2, 3]), "unknown error, data 0x010203");
    }
}
