//! Sends a transaction, and says in the contracts' own words why one was refused.

use std::fmt::{Debug, Display};

use alloy::{
    primitives::Address,
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::{SolEvent, SolInterface},
};
use anyhow::{Result, anyhow};
use weir_bindings::{IEntry::IEntryErrors, IVault::IVaultErrors};
use weir_harness::{Account, SendError};

/// Sends it and waits for its receipt. `what` names it in an error: `step 3: the deposit of s1`.
///
/// # Errors
/// If it is refused or reverts.
pub async fn send(
    account: &Account,
    request: TransactionRequest,
    what: impl Display,
) -> Result<TransactionReceipt> {
    account.send(request).await.map_err(|error| anyhow!("{what} was refused: {}", reason(&error)))
}

/// The only event of a kind that `contract` logged in a transaction, if it did.
pub fn event<E: SolEvent>(receipt: &TransactionReceipt, contract: Address) -> Option<E> {
    let logs = receipt.logs().iter().filter(|log| log.address() == contract);
    logs.filter_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data).next()
}

fn reason(error: &SendError) -> String {
    let Some(data) = error.revert_data() else {
        return error.to_string();
    };
    let vault = IVaultErrors::abi_decode(&data).map(|error| named(&error));
    let entry = || IEntryErrors::abi_decode(&data).map(|error| named(&error));
    vault.or_else(|_| entry()).unwrap_or_else(|_| format!("{error}, revert data {data}"))
}

/// `ZeroAmount` of what is printed as `ZeroAmount(ZeroAmount)`: the variant repeats the error's name.
fn named(error: &impl Debug) -> String {
    let text = format!("{error:?}");
    match text.split_once('(').and_then(|(_, inner)| inner.strip_suffix(')')) {
        Some(inner) => inner.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::U256;
    use weir_bindings::IVault;

    use super::*;

    #[test]
    fn an_error_of_the_vault_is_named_once_with_its_arguments() {
        let error = IVault::ERC4626ExceededMaxMint {
            receiver: Address::ZERO,
            shares: U256::from(7),
            max: U256::from(5),
        };
        let text = named(&IVaultErrors::ERC4626ExceededMaxMint(error));
        assert!(
            text.starts_with("ERC4626ExceededMaxMint {") && text.ends_with("shares: 7, max: 5 }"),
            "{text}"
        );
    }
}
