//! Deployment: a program is created, activated, and its constructor run.
//!
//! It asks the Stylus deployer for what the library `stylus-tools` 0.10 and `cargo stylus deploy` ask it for: a trial
//! compares them (`crates/node/devnode/tests/tools`). The library itself is not used here: it builds on another major version of
//! alloy, with a WASM engine, Docker and OpenSSL, prints to the terminal, and knows no chain without a Stylus deployer.

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, address, map::HashMap},
    providers::Provider,
    rpc::types::{
        TransactionReceipt, TransactionRequest,
        state::{AccountOverride, StateOverride},
    },
    sol_types::{SolCall, SolError, SolEvent},
};
use anyhow::{Context, Result, bail};
use weir_artifacts::{CODE_LIMIT, Program, init_code, lifeboat, on_chain_code};

use crate::{IArbWasm, IConstructors, IFactory, IStylusDeployer};

/// The precompile that activates programs.
pub const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");
/// The Stylus deployer's usual address.
pub const STYLUS_DEPLOYER: Address = address!("cEcba2F1DC234f70Dd89F2041029807F8D03A990");
/// Selector of `stylus_constructor()`.
const CONSTRUCTOR_SELECTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// Percent of the data fee that is sent: it may rise until the transaction runs, and what is left comes back.
const DATA_FEE_MARGIN_PERCENT: u64 = 120;

/// A contract that was deployed.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Where it is.
    pub address: Address,
    /// Receipt of the transaction that ran its constructor, or created it if it has none.
    pub receipt: TransactionReceipt,
}

/// What a factory creates a vault with.
pub type VaultSettings = IFactory::createVaultCall;

/// What a factory's clones run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Templates {
    /// The program `pair`.
    pub pair: Address,
    /// The program `vault`.
    pub vault: Address,
    /// The program `extension`, the vaults' second one.
    pub extension: Address,
    /// The vaults' lifeboat, an EVM contract ([`lifeboat_creation`]).
    pub lifeboat: Address,
}

/// The transaction that creates a lifeboat. It has no constructor and needs no activation.
pub fn lifeboat_creation() -> TransactionRequest {
    TransactionRequest::default().with_deploy_code(lifeboat::creation_code().clone())
}

/// A lifeboat's code on chain.
pub fn lifeboat_code() -> &'static Bytes {
    lifeboat::code()
}

/// Calldata of a test token's constructor.
pub fn token_constructor(name: &str, symbol: &str, decimals: u8) -> Bytes {
    constructor(&IConstructors::tokenCall { name: name.into(), symbol: symbol.into(), decimals })
}

/// Calldata of a factory's constructor: where what its clones run is.
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

/// How a program comes onto a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through the Stylus deployer: one transaction, so nobody can run the constructor in between.
    StylusDeployer,
    /// Where there is none (a bare Nitro node) in three: create, activate, construct.
    ThreeSteps,
}

impl Way {
    /// The way on the chain of `provider`.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn on(provider: &impl Provider) -> Result<Self> {
        let deployer = provider.get_code_at(STYLUS_DEPLOYER).await?;
        Ok(if deployer.is_empty() { Self::ThreeSteps } else { Self::StylusDeployer })
    }

    /// The first transaction of a deployment: all of it, or the creation alone.
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

    /// What the [`first`](Self::first) transaction created.
    ///
    /// # Errors
    /// If it created nothing.
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
        created.with_context(|| format!("transaction {} deployed nothing", receipt.transaction_hash))
    }
}

/// The code of `program` as it lies on chain.
///
/// # Errors
/// If it has not been built, or is larger than a chain takes.
pub fn code_of(program: Program) -> Result<Vec<u8>> {
    let code = on_chain_code(&program.wasm()?);
    if code.len() > CODE_LIMIT {
        bail!(
            "the program {} takes {} bytes on chain and the limit is {CODE_LIMIT}: build it smaller",
            program.name(),
            code.len()
        );
    }
    Ok(code)
}

/// The transaction that activates the code at `program`. What is above the data fee comes back.
pub fn activation(program: Address, data_fee: U256) -> TransactionRequest {
    let call = IArbWasm::activateProgramCall { program };
    transaction(ARB_WASM, call.abi_encode()).with_value(data_fee)
}

/// The transaction that runs the constructor of a program that was created and activated.
pub fn construction(program: Address, constructor: &Bytes) -> TransactionRequest {
    transaction(program, constructor.to_vec())
}

/// What to send for a data fee: it may rise until the transaction runs, and what is left comes back.
pub fn with_margin(data_fee: U256) -> U256 {
    data_fee * U256::from(DATA_FEE_MARGIN_PERCENT) / U256::from(100)
}

/// Deploys `program` and runs its constructor, or none if `constructor` is empty, as for the programs that clones run.
/// `send` signs a transaction for the payer, sends it, and returns its receipt.
///
/// Goes the [`Way`] that the chain has.
///
/// # Errors
/// If the program has not been built, the chain refuses it, or its constructor does.
pub async fn deploy(
    provider: &impl Provider,
    program: Program,
    constructor: Bytes,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<Deployment> {
    let code = code_of(program)?;
    let fee = data_fee(provider, &code)
        .await
        .with_context(|| format!("the chain does not take the program {}", program.name()))?;
    let fee = with_margin(fee);
    let way = Way::on(provider).await?;
    let receipt = send(way.first(&code, constructor.clone(), fee)).await?;
    let address = way.created(&receipt)?;
    if way == Way::StylusDeployer {
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

/// What activation of `code` would cost now, in wei: 0 if the same code is active already.
///
/// Asks by a call of `activateProgram` with the code put at an address that nobody has, as `cargo stylus check`.
pub async fn data_fee(provider: &impl Provider, code: &[u8]) -> Result<U256> {
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
        Ok(answer) => Ok(IArbWasm::activateProgramCall::abi_decode_returns(&answer)?.dataFee),
        Err(error) if is_up_to_date(&error) => Ok(U256::ZERO),
        Err(error) => Err(error.into()),
    }
}

fn is_up_to_date(error: &alloy::transports::TransportError) -> bool {
    error
        .as_error_resp()
        .and_then(|payload| payload.as_revert_data())
        .is_some_and(|data| data.starts_with(&IArbWasm::ProgramUpToDate::SELECTOR))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::keccak256;

    use super::*;

    #[test]
    fn constructor_selector_is_that_of_stylus_constructor() {
        assert_eq!(keccak256("stylus_constructor()")[..4], CONSTRUCTOR_SELECTOR);
    }
}
