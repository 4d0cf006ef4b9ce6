//! Row zero: the vault's core written with the macros of the Stylus SDK (`gas/sdk-vault`).
//! Measured on the same timeline as the vault.

use std::{fs, path::Path};

use alloy::{
    primitives::{Address, Bytes, LogData, U256, keccak256},
    providers::{DynProvider, Provider},
    rpc::types::{Filter, TransactionRequest},
    sol_types::SolValue,
};
use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use stylus_evm::{
    activate,
    pricing::{entry, parameters::Parameters},
};
use weir_artifacts::{Program, on_chain_code};
use weir_bindings::{
    IVault::IVaultInstance,
    deploy::{Method, data_fee, with_margin},
};
use weir_client::{Account, Action};
use weir_devnode::TX_GAS_LIMIT;

use crate::{
    Figure, figures,
    stage::{Measured, Stage, tokens},
    staking::{self, HOUR, PERIOD as EPOCH, Staking},
    vault::{AUCTION, PRICE, VaultSetup},
};

/// Operations to compare. Exits are not among them, because the core has no `redeem`.
const OPERATIONS: [&str; 7] = [
    "first deposit",
    "top-up",
    "partial withdrawal",
    "claim",
    "fund",
    "sale to a wallet",
    "sale by flash swap",
];

/// Size of both programs, and gas of the core.
#[derive(Clone, Debug)]
pub struct RowZero {
    pub sdk: Size,
    pub vault: Size,
    /// Operations of the core.
    pub figures: Vec<Figure>,
}

/// Size and entry cost of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// Size of the deployed WASM, uncompressed, in bytes.
    pub raw: u64,
    /// Size of the code on chain, in bytes.
    pub on_chain: u64,
    /// Gas of a call before the program's first instruction, if the program is cached.
    pub entry_cached: u64,
    /// The same if the program is not cached.
    pub entry_uncached: u64,
}

/// Observable behaviour of a vault after the timeline: its logs, and the results or revert data of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    pub logs: Vec<LogData>,
    pub results: Vec<Result<Bytes, Bytes>>,
}

/// Measures the core.
///
/// # Errors
/// If the core is not built, or an operation fails.
pub async fn measure() -> Result<RowZero> {
    let mut figures = figures(operations(false).await?, operations(true).await?);
    figures.retain(|figure| OPERATIONS.contains(&figure.operation));
    Ok(RowZero { sdk: size(&wasm()?)?, vault: size(&Program::Vault.wasm()?)?, figures })
}

/// Observes the core and the vault after the same timeline.
///
/// # Errors
/// As [`measure`].
pub async fn observe() -> Result<[Observed; 2]> {
    let mut stage = Stage::new(true).await?;
    let setup = run_timeline(&mut stage).await?;
    let sdk = observe_vault(&stage, &setup).await?;
    let mut stage = Stage::new(true).await?;
    let setup = VaultSetup::new(&stage, EPOCH).await?;
    let half = setup.actors.prepare(&stage, &setup.vault, setup.start).await?;
    staking::measure(&mut stage, &setup.vault, &setup.actors, half).await?;
    setup.sales(&mut stage, half).await?;
    Ok([sdk, observe_vault(&stage, &setup).await?])
}

async fn operations(treat_all_as_cached: bool) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(treat_all_as_cached).await?;
    run_timeline(&mut stage).await?;
    Ok(stage.measured)
}

/// Deploys the core and takes it through the timeline.
async fn run_timeline(stage: &mut Stage) -> Result<VaultSetup> {
    let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
    // Not needed, but it gives every account the same address as on the vault's devnode.
    stage.chain.market().await?;
    let vault = deploy(stage, tokens).await?;
    let start = stage.chain.now().await?;
    let setup = VaultSetup::of(stage, vault, start, tokens).await?;
    let core = Core(setup.vault.clone());
    let half = setup.actors.prepare(stage, &core, start).await?;
    staking::measure(stage, &core, &setup.actors, half).await?;
    setup.sales(stage, half).await?;
    Ok(setup)
}

/// Deploys the core through the Stylus deployer, set up as the vault.
async fn deploy(stage: &Stage, [asset, reward, yield_token]: [Address; 3]) -> Result<Address> {
    let code = on_chain_code(&wasm()?);
    let fee =
        data_fee(&stage.provider(), &code).await.context("cannot simulate the activation of sdk-vault")?;
    let arguments = (asset, reward, yield_token, EPOCH as u32, AUCTION as u32, tokens(PRICE), 0_u64);
    let constructor = [&keccak256("stylus_constructor()")[..4], &arguments.abi_encode_params()].concat();
    let request = Method::StylusDeployer.first(&code, constructor.into(), with_margin(fee));
    let receipt = stage.chain.payer().send_with_gas(request, TX_GAS_LIMIT).await?;
    Method::StylusDeployer.created(&receipt).context("cannot deploy sdk-vault")
}

/// The deployed WASM of the core.
fn wasm() -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/wasm-gas/sdk-vault.wasm");
    fs::read(&path).map_err(|error| anyhow!("cannot read {} ({error}): run scripts/gas", path.display()))
}

fn size(wasm: &[u8]) -> Result<Size> {
    let checked = match activate::check(wasm) {
        Ok(checked) => checked,
        Err(error) => bail!("a program cannot be activated: {error}"),
    };
    let parameters = Parameters::default();
    let entry_cached = entry::cached_gas(checked.cached_cost, &parameters).0;
    Ok(Size {
        raw: wasm.len() as u64,
        on_chain: on_chain_code(wasm).len() as u64,
        entry_cached,
        entry_uncached: entry_cached + entry::init_gas(checked.init_cost, &parameters).0,
    })
}

async fn observe_vault(stage: &Stage, setup: &VaultSetup) -> Result<Observed> {
    let (provider, vault) = (stage.provider(), *setup.vault.address());
    let filter = Filter::new().address(vault).from_block(0);
    let logs = provider.get_logs(&filter).await?.into_iter().map(|log| log.inner.data).collect();
    stage.chain.mine_at(stage.chain.now().await? + HOUR).await?;
    let mut results = Vec::new();
    for request in calls(&setup.vault, setup.actors.staker.address(), setup.actors.funder.address()) {
        results.push(match provider.call(request).await {
            Ok(returned) => Ok(returned),
            Err(error) => {
                let data = error.as_error_resp().and_then(|response| response.as_revert_data());
                Err(data.with_context(|| format!("a call failed without revert data: {error}"))?)
            }
        });
    }
    Ok(Observed { logs, results })
}

/// Views, then calls that revert. No error contains the vault's address, which differs from the core's.
fn calls(
    vault: &IVaultInstance<DynProvider>,
    staker: Address,
    other: Address,
) -> impl Iterator<Item = TransactionRequest> {
    let (zero_address, none, one, max) = (Address::ZERO, U256::ZERO, U256::ONE, U256::MAX);
    let more_than_held = tokens(1_000_000_000);
    let buy = |receiver, amount, max, data: &'static [u8]| {
        vault.swapExactAmountOut(receiver, amount, max, data.into()).into_request()
    };
    let requests = [
        vault.asset().into_request(),
        vault.reward().into_request(),
        vault.yieldToken().into_request(),
        vault.totalSupply().into_request(),
        vault.balanceOf(staker).into_request(),
        vault.earned(staker).into_request(),
        vault.maxAmountOut().into_request(),
        vault.computeExactAmountIn(one).into_request(),
        vault.deposit(none, staker).into_request(),
        vault.deposit(one, zero_address).into_request(),
        vault.deposit(max, staker).into_request(),
        vault.deposit(more_than_held, staker).into_request(),
        vault.withdraw(none, staker, staker).into_request(),
        vault.withdraw(one, zero_address, staker).into_request(),
        vault.withdraw(one, staker, other).into_request(),
        vault.withdraw(more_than_held, staker, staker).into_request(),
        vault.claim(zero_address).into_request(),
        vault.fund(none).into_request(),
        vault.fund(more_than_held).into_request(),
        buy(zero_address, one, max, &[]),
        buy(staker, one, none, &[]),
        buy(staker, max, max, &[]),
        buy(staker, none, max, &[]),
        buy(staker, one, max, &[1]),
    ];
    requests.into_iter().map(move |request| request.from(staker))
}

/// The core as a staking contract. It has neither `redeem` nor `exit`.
struct Core(IVaultInstance<DynProvider>);

impl Staking for Core {
    fn address(&self) -> Address {
        *self.0.address()
    }

    async fn begin(&self, stage: &Stage, funder: &Account, start: u64) -> Result<u64> {
        Staking::begin(&self.0, stage, funder, start).await
    }

    fn deposit(&self, who: Address, amount: u128) -> TransactionRequest {
        Staking::deposit(&self.0, who, amount)
    }

    fn withdraw(&self, who: Address, amount: u128) -> TransactionRequest {
        Staking::withdraw(&self.0, who, amount)
    }

    async fn leave(&self, who: Address, amount: u128) -> Result<TransactionRequest> {
        Ok(self.withdraw(who, amount))
    }

    fn claim(&self, who: Address) -> Option<TransactionRequest> {
        Staking::claim(&self.0, who)
    }

    fn leave_with_claim(&self, _: Address, _: u128) -> Option<TransactionRequest> {
        None
    }

    fn fund(&self) -> Vec<TransactionRequest> {
        Staking::fund(&self.0)
    }
}
