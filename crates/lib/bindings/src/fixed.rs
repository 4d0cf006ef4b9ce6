//! Fixed addresses: the contracts that clones run are at addresses that follow from their code, the same on every chain.
//! Nobody can put other code there, at any time, so the address alone proves what ever ran at it.
//!
//! They are created by CREATE2 (EIP-1014) with salt 0 by the deterministic deployment proxy, a contract without owner or
//! storage (<https://github.com/Arachnid/deterministic-deployment-proxy>). The address holds the hash of the init code,
//! and the init code returns one constant code.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256, address, bytes, keccak256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result, bail};
use weir_artifacts::{Program, init_code, lifeboat};

use crate::deploy::{activation, code_of, data_fee, with_margin};

/// The deterministic deployment proxy. It has this address on every chain that has it.
pub const CREATE2_DEPLOYER: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");
/// Its code: CREATE2 with the first word of calldata as salt and the rest as init code.
pub const CREATE2_DEPLOYER_CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
);
/// The transaction that creates the proxy on a chain without it. Its signature was chosen, not made with a key, so
/// [`CREATE2_DEPLOYER_SENDER`] can send nothing else.
pub const CREATE2_DEPLOYER_TRANSACTION: Bytes = bytes!(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
);
/// The sender of [`CREATE2_DEPLOYER_TRANSACTION`].
pub const CREATE2_DEPLOYER_SENDER: Address = address!("3fAB184622Dc19b6109349B94811493BF2a45362");
/// What that transaction can cost at most, in wei: 100 000 gas at 100 gwei.
pub const CREATE2_DEPLOYER_WEI: u64 = 10_000_000_000_000_000;

/// A contract that clones run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixed {
    /// A Stylus program without a constructor: `vault`, `extension` or `pair`.
    Program(Program),
    /// The EVM contract that vaults run while their program cannot run.
    Lifeboat,
}

impl Fixed {
    /// All that clones run.
    pub const ALL: [Self; 4] = [
        Self::Program(Program::Pair),
        Self::Program(Program::Vault),
        Self::Program(Program::Extension),
        Self::Lifeboat,
    ];

    /// Its name: that of the program, or `lifeboat`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Program(program) => program.name(),
            Self::Lifeboat => "lifeboat",
        }
    }

    /// A few words for people.
    pub fn words(self) -> String {
        match self {
            Self::Program(program) => format!("program {}", program.name()),
            Self::Lifeboat => "lifeboat".into(),
        }
    }

    /// Its code on chain.
    ///
    /// # Errors
    /// If it is a program that has not been built.
    pub fn code(self) -> Result<Vec<u8>> {
        match self {
            Self::Program(program) => code_of(program),
            Self::Lifeboat => Ok(lifeboat::code().to_vec()),
        }
    }

    /// Its address on every chain.
    ///
    /// # Errors
    /// As [`code`](Self::code).
    pub fn address(self) -> Result<Address> {
        Ok(CREATE2_DEPLOYER.create2(B256::ZERO, keccak256(self.init_code()?)))
    }

    /// The transaction that creates it. It reverts if the contract exists.
    ///
    /// # Errors
    /// As [`code`](Self::code).
    pub fn creation(self) -> Result<TransactionRequest> {
        let input = [B256::ZERO.as_slice(), &self.init_code()?].concat();
        Ok(TransactionRequest::default().with_to(CREATE2_DEPLOYER).with_input(input))
    }

    fn init_code(self) -> Result<Bytes> {
        match self {
            Self::Program(program) => Ok(init_code(&code_of(program)?)),
            Self::Lifeboat => Ok(lifeboat::creation_code().clone()),
        }
    }
}

/// Creates a contract that clones run, unless it exists, and activates its program, unless it is active. Returns its
/// address. `send` signs a transaction for the payer, sends it, and returns its receipt.
///
/// # Errors
/// If its program has not been built, or the chain rejects a transaction.
pub async fn deploy(
    provider: &impl Provider,
    contract: Fixed,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<Address> {
    let address = contract.address()?;
    if provider.get_code_at(address).await?.is_empty() {
        create_deployer(provider, &send).await?;
        send(contract.creation()?).await?;
    }
    if let Fixed::Program(_) = contract {
        let fee = data_fee(provider, &contract.code()?).await?;
        if !fee.is_zero() {
            send(activation(address, with_margin(fee))).await?;
        }
    }
    Ok(address)
}

/// Creates the deterministic deployment proxy on a chain without it, such as a bare Nitro node.
///
/// # Errors
/// If the chain rejects a transaction, or accepts only transactions for its chain id (EIP-155).
pub async fn create_deployer(
    provider: &impl Provider,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<()> {
    if has_deployer(provider).await? {
        return Ok(());
    }
    if !provider.get_code_at(CREATE2_DEPLOYER).await?.is_empty() {
        bail!("another contract is at {CREATE2_DEPLOYER}, where the CREATE2 deployer is on other chains");
    }
    let needed = U256::from(CREATE2_DEPLOYER_WEI);
    let funds = needed.saturating_sub(provider.get_balance(CREATE2_DEPLOYER_SENDER).await?);
    if !funds.is_zero() {
        send(TransactionRequest::default().with_to(CREATE2_DEPLOYER_SENDER).with_value(funds)).await?;
    }
    let sent = provider.send_raw_transaction(&CREATE2_DEPLOYER_TRANSACTION).await;
    let pending = sent.context(
        "the chain has no CREATE2 deployer at 0x4e59b44847b379578588920cA78FbF26c0B4956C and rejects the transaction \
         that creates it everywhere: ask its operator to allow transactions without a chain id",
    )?;
    if !pending.get_receipt().await?.status() {
        bail!(
            "the transaction that creates the CREATE2 deployer at {CREATE2_DEPLOYER} failed, and cannot be repeated"
        );
    }
    Ok(())
}

/// Whether the chain has the deterministic deployment proxy.
///
/// # Errors
/// If the node does not answer.
pub async fn has_deployer(provider: &impl Provider) -> Result<bool> {
    Ok(provider.get_code_at(CREATE2_DEPLOYER).await? == CREATE2_DEPLOYER_CODE)
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{Transaction, TxEnvelope, transaction::SignerRecoverable},
        eips::eip2718::Decodable2718,
    };

    use super::*;

    #[test]
    fn the_transaction_creates_the_deployer_at_its_address() {
        let tx = TxEnvelope::decode_2718(&mut &CREATE2_DEPLOYER_TRANSACTION[..]).unwrap();
        assert_eq!(tx.recover_signer().unwrap(), CREATE2_DEPLOYER_SENDER);
        assert_eq!(CREATE2_DEPLOYER_SENDER.create(tx.nonce()), CREATE2_DEPLOYER);
        assert!(tx.input().ends_with(&CREATE2_DEPLOYER_CODE));
        assert_eq!(u128::from(tx.gas_limit()) * tx.max_fee_per_gas(), CREATE2_DEPLOYER_WEI.into());
        assert_eq!(tx.chain_id(), None, "it is valid on every chain");
    }
}
