//! Deployment: a program is created, activated, and its constructor run.

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
use weir_artifacts::{CODE_LIMIT, Program, init_code, on_chain_code};

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

/// What a vault is made with, by itself or by the factory.
pub type VaultSettings = IFactory::createVaultCall;

/// Calldata of a vault's constructor. `extension` is where the program of that name is.
pub fn vault_constructor(extension: Address, settings: &VaultSettings) -> Bytes {
    let settings = settings.clone();
    constructor(&IConstructors::vaultCall {
        extensionDelegate: extension,
        asset: settings.asset,
        reward: settings.reward,
        yieldToken: settings.yieldToken,
        epochLength: settings.epochLength,
        targetAuctionPeriod: settings.targetAuctionPeriod,
        targetAuctionPrice: settings.targetAuctionPrice,
        smoothingFactor: settings.smoothingFactor,
        name: settings.name,
        symbol: settings.symbol,
        owner: settings.owner,
    })
}

/// Calldata of a test token's constructor.
pub fn token_constructor(name: &str, symbol: &str, decimals: u8) -> Bytes {
    constructor(&IConstructors::tokenCall { name: name.into(), symbol: symbol.into(), decimals })
}

/// Calldata of a factory's constructor: where the programs `pair`, `vault` and `extension` are.
pub fn factory_constructor(pair: Address, vault: Address, extension: Address) -> Bytes {
    constructor(&IConstructors::factoryCall {
        pairTemplate: pair,
        vaultTemplate: vault,
        vaultExtension: extension,
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

/// Deploys `program` and runs its constructor; none is run if its calldata is empty, as a template wants it (what
/// the factory's clones are made of). `send` signs a transaction for whoever pays, sends it, and
/// returns its receipt.
///
/// Through the Stylus deployer where the chain has one: one transaction, so nobody can run the constructor in
/// between. Else (a bare Nitro node) in three: create, activate, construct.
///
/// # Errors
/// If the program has not been built, the chain refuses it, or its constructor does.
pub async fn deploy(
    provider: &impl Provider,
    program: Program,
    constructor: Bytes,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<Deployment> {
    let code = on_chain_code(&program.wasm()?);
    if code.len() > CODE_LIMIT {
        bail!(
            "the program {} takes {} bytes on chain and the limit is {CODE_LIMIT}: build it smaller",
            program.name(),
            code.len()
        );
    }
    let fee = data_fee(provider, &code)
        .await
        .with_context(|| format!("the chain does not take the program {}", program.name()))?;
    let fee = fee * U256::from(DATA_FEE_MARGIN_PERCENT) / U256::from(100);
    if provider.get_code_at(STYLUS_DEPLOYER).await?.is_empty() {
        return in_three_steps(&code, fee, constructor, send).await;
    }
    let call = IStylusDeployer::deployCall {
        bytecode: init_code(&code),
        initData: constructor,
        initValue: U256::ZERO,
        salt: Default::default(),
    };
    let receipt = send(transaction(STYLUS_DEPLOYER, call.abi_encode()).with_value(fee)).await?;
    let deployed = receipt
        .logs()
        .iter()
        .filter(|log| log.address() == STYLUS_DEPLOYER)
        .find_map(|log| IStylusDeployer::ContractDeployed::decode_log(&log.inner).ok())
        .with_context(|| format!("transaction {} deployed nothing", receipt.transaction_hash))?;
    Ok(Deployment { address: deployed.deployedContract, receipt })
}

async fn in_three_steps(
    code: &[u8],
    fee: U256,
    constructor: Bytes,
    send: impl AsyncFn(TransactionRequest) -> Result<TransactionReceipt>,
) -> Result<Deployment> {
    let created = send(TransactionRequest::default().with_deploy_code(init_code(code))).await?;
    let address = created
        .contract_address
        .with_context(|| format!("transaction {} created nothing", created.transaction_hash))?;
    if !fee.is_zero() {
        let call = IArbWasm::activateProgramCall { program: address };
        send(transaction(ARB_WASM, call.abi_encode()).with_value(fee)).await?;
    }
    if constructor.is_empty() {
        return Ok(Deployment { address, receipt: created });
    }
    let receipt = send(transaction(address, constructor.to_vec())).await?;
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
    fn the_constructor_s_selector_is_that_of_stylus_constructor() {
        assert_eq!(keccak256("stylus_constructor()")[..4], CONSTRUCTOR_SELECTOR);
    }
}
