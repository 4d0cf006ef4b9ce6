//! Deploys programs: creates, activates and constructs them.
//!
//! Sends the Stylus deployer the same calls as `cargo stylus deploy` and its library `stylus-tools` 0.10; a test
//! compares them (`crates/node/devnode/tests/tools`). The library is not used here: it needs another major version of
//! alloy, a WASM engine, Docker and OpenSSL, prints to the terminal, and does not support chains without a Stylus
//! deployer.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use alloy::{
    contract::Error as ContractError,
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, address, keccak256, map::HashMap},
    providers::Provider,
    rpc::types::{
        TransactionReceipt, TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol_types::{SolCall, SolEvent},
};
use anyhow::{Context, Result, bail};
use weir_artifacts::{CODE_LIMIT, Program, init_code, on_chain_code};

use crate::{IArbWasm, IConstructors, IFactory, IStylusDeployer};

/// The precompile that activates programs.
pub const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");
/// The Stylus deployer's usual address.
pub const STYLUS_DEPLOYER: Address = address!("cEcba2F1DC234f70Dd89F2041029807F8D03A990");
/// Selector of `stylus_constructor()`.
const CONSTRUCTOR_SELECTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// Percent of the data fee to send: it may rise before the transaction runs, and the excess is refunded.
const DATA_FEE_MARGIN_PERCENT: u64 = 120;

/// A deployed contract.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Address of the contract.
    pub address: Address,
    /// Receipt of the transaction that ran the constructor; without one, of that which created the contract.
    pub receipt: TransactionReceipt,
}

/// Arguments of a factory's `createVault`.
pub type VaultSettings = IFactory::createVaultCall;

/// The contracts that a factory's clones run. In a genuine factory they are at their [fixed](crate::fixed) addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Templates {
    /// The program `pair`.
    pub pair: Address,
    /// The program `vault`.
    pub vault: Address,
    /// The program `extension`, a vault's second program.
    pub extension: Address,
    /// A vault's lifeboat, an EVM contract.
    pub lifeboat: Address,
}

/// Calldata of a test token's constructor.
pub fn token_constructor(name: &str, symbol: &str, decimals: u8) -> Bytes {
    constructor(&IConstructors::tokenCall { name: name.into(), symbol: symbol.into(), decimals })
}

/// Calldata of a factory's constructor: the contracts that its clones run.
pub fn factory_constructor(templates: Templates) -> Bytes {
    constructor(&IConstructors::factoryCall {
        pairTemplate: templates.pair,
        vaultTemplate: templates.vault,
        vaultExtension: templates.extension,
        vaultLifeboat: templates.lifeboat,
    })
}

/// Calldata of a router's constructor.
pub fn router_constructor(factory: Address) -> Bytes {
    constructor(&IConstructors::routerCall { liquidationPairFactory: factory })
}

fn constructor(arguments: &impl SolCall) -> Bytes {
    let mut data = arguments.abi_encode();
    data[..4].copy_from_slice(&CONSTRUCTOR_SELECTOR);
    data.into()
}

/// How a program is deployed on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// One transaction through the Stylus deployer, so no other account can run the constructor first.
    StylusDeployer,
    /// Three transactions on a chain without that deployer (a bare Nitro node): create, activate, construct.
    ThreeSteps,
}

impl Method {
    /// The method that the chain of `provider` supports.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn on(provider: &impl Provider) -> Result<Self> {
        let deployer = provider.get_code_at(STYLUS_DEPLOYER).await?;
        Ok(if deployer.is_empty() { Self::ThreeSteps } else { Self::StylusDeployer })
    }

    /// The first transaction of a deployment: the whole deployment, or only the creation.
    pub fn first(self, code: &[u8], constructor: Bytes, data_fee: U256) -> TransactionRequest {
        if self == Self::ThreeSteps {
            return TransactionRequest::default().with_deploy_code(init_code(code));
        }
        let call = IStylusDeployer::deployCall {
            bytecode: init_code(code),
            initData: constructor,
            initValue: U256::ZERO,
            salt: Default::default(),
        };
        transaction(STYLUS_DEPLOYER, call.abi_encode()).with_value(data_fee)
    }

    /// The address that the [`first`](Self::first) transaction created.
    ///
    /// # Errors
    /// If it created none.
    pub fn created(self, receipt: &TransactionReceipt) -> Result<Address> {
        let created = match self {
            Self::ThreeSteps => receipt.contract_address,
            Self::StylusDeployer => receipt
                .logs()
                .iter()
                .filter(|log| log.address() == STYLUS_DEPLOYER)
                .find_map(|log| IStylusDeployer::ContractDeployed::decode_log(&log.inner).ok())
                .map(|deployed| deployed.deployedContract),
        };
        created.with_context(|| format!("transaction {} created no contract", receipt.transaction_hash))
    }
}

/// The on-chain code of `program`.
///
/// # Errors
/// If the program has not been built, or is too large for a chain.
pub fn code_of(program: Program) -> Result<Vec<u8>> {
    // Compression takes a tenth of a second.
    static CODES: Mutex<BTreeMap<&str, Vec<u8>>> = Mutex::new(BTreeMap::new());
    let mut codes = CODES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(code) = codes.get(program.name()) {
        return Ok(code.clone());
    }
    let code = on_chain_code(&program.wasm()?);
    if code.len() > CODE_LIMIT {
        bail!(
            "the program {} takes {} bytes on chain, more than the limit of {CODE_LIMIT}: make it smaller",
            program.name(),
            code.len()
        );
    }
    codes.insert(program.name(), code.clone());
    Ok(code)
}

/// The transaction that activates the code at `program`. Any excess over the data fee is refunded.
pub fn activation(program: Address, data_fee: U256) -> TransactionRequest {
    let call = IArbWasm::activateProgramCall { program };
    transaction(ARB_WASM, call.abi_encode()).with_value(data_fee)
}

/// The transaction that runs the constructor of a created and activated program.
pub fn construction(program: Address, constructor: &Bytes) -> TransactionRequest {
    transaction(program, constructor.to_vec())
}

/// The value to send for a data fee: it may rise before the transaction runs, and the excess is refunded.
pub fn with_margin(data_fee: U256) -> U256 {
    data_fee * U256::from(DATA_FEE_MARGIN_PERCENT) / U256::from(100)
}

/// Deploys `program` and runs its constructor, in the [`Method`] that the chain supports.
///
/// An empty `constructor` runs none, as for the programs that clones run. `send` signs a transaction for the payer,
/// sends it, and returns its receipt.
///
/// # Errors
/// If the program has not been built, cannot be activated on this chain, or its constructor reverts.
pub async fn deploy(
    provider: &impl Provider,
    program: Program,
    constructor: Bytes,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<Deployment> {
    let code = code_of(program)?;
    let fee = data_fee(provider, &code)
        .await
        .with_context(|| format!("cannot simulate the activation of the program {}", program.name()))?;
    let fee = with_margin(fee);
    let method = Method::on(provider).await?;
    let receipt = send(method.first(&code, constructor.clone(), fee)).await?;
    let address = method.created(&receipt)?;
    if method == Method::StylusDeployer {
        return Ok(Deployment { address, receipt });
    }
    if !fee.is_zero() {
        send(activation(address, fee)).await?;
    }
    if constructor.is_empty() {
        return Ok(Deployment { address, receipt });
    }
    let receipt = send(construction(address, &constructor)).await?;
    Ok(Deployment { address, receipt })
}

fn transaction(to: Address, input: Vec<u8>) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(input)
}

/// Whether a chain can run a program with this code now, if it is deployed.
///
/// # Errors
/// If the node does not answer.
pub async fn is_active(provider: &impl Provider, code: &[u8]) -> Result<bool> {
    let arb_wasm = IArbWasm::new(ARB_WASM, provider);
    match arb_wasm.codehashVersion(keccak256(code)).call().await {
        Ok(_) => Ok(true),
        Err(error) if is_revert(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whether a call reverted, with or without data; other errors come from the node or the connection.
fn is_revert(error: &ContractError) -> bool {
    /// The code of an error of a call that reverted (geth, `internal/ethapi/errors.go`).
    const REVERTED: i64 = 3;
    match error {
        ContractError::TransportError(error) => {
            error.as_error_resp().is_some_and(|payload| payload.code == REVERTED)
        }
        _ => false,
    }
}

/// The data fee for activating `code` now, in wei: 0 if the same code is already active.
///
/// Simulates `activateProgram` with the code placed at an unused address by a state override, as `cargo stylus check`
/// does.
///
/// # Errors
/// If the node does not answer, or the code cannot be activated.
pub async fn data_fee(provider: &impl Provider, code: &[u8]) -> Result<U256> {
    if is_active(provider, code).await? {
        return Ok(U256::ZERO);
    }
    let program = Address::repeat_byte(0x71);
    let payer = Address::repeat_byte(0x72);
    let mut overrides: StateOverride = HashMap::default();
    overrides.insert(program, AccountOverride { code: Some(code.to_vec().into()), ..Default::default() });
    overrides.insert(payer, AccountOverride { balance: Some(U256::MAX), ..Default::default() });
    let call = TransactionRequest::default()
        .with_from(payer)
        .with_to(ARB_WASM)
        .with_value(U256::from(10).pow(U256::from(18)))
        .with_input(IArbWasm::activateProgramCall { program }.abi_encode());
    match provider.call(call).overrides(overrides).await {
        Ok(returned) => Ok(IArbWasm::activateProgramCall::abi_decode_returns(&returned)?.dataFee),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constructor_selector_is_stylus_constructor() {
        assert_eq!(keccak256("stylus_constructor()")[..4], CONSTRUCTOR_SELECTOR);
    }
}
