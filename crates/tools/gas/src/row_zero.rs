//! Row zero: the vault's core with the macros of the Stylus SDK (`gas/sdk-vault`), on the same timeline as the vault.

use std::{fs, path::Path};

use alloy::{
    primitives::{Address, Bytes, LogData, U256, keccak256},
    providers::{DynProvider, Provider},
    rpc::types::{Filter, TransactionRequest},
    sol_types::SolValue,
};
use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use stylus_evm::{activate, pricing::entry};
use weir_artifacts::{Program, on_chain_code};
use weir_bindings::{
    IVault::IVaultInstance,
    deploy::{Way, data_fee, with_margin},
};
use weir_devnode::TX_GAS_LIMIT;
use weir_harness::{Account, Action};

use crate::{
    Figure, figures,
    stage::{Measured, Stage, tokens},
    staking::{self, HOUR, PERIOD as EPOCH, Staking},
    vault::{AUCTION, PRICE, Site},
};

/// What is compared, of the operations that are measured. An exit is not: the core has no `redeem`.
const OPERATIONS: [&str; 7] = [
    "first deposit",
    "top-up",
    "partial withdrawal",
    "claim",
    "fund",
    "sale to a wallet",
    "sale by flash swap",
];

/// What the core with the SDK's macros costs, and what the vault's program takes.
#[derive(Clone, Debug)]
pub struct RowZero {
    pub sdk: Size,
    pub vault: Size,
    /// The core's operations.
    pub figures: Vec<Figure>,
}

/// What a program takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// WASM as deployed, uncompressed, in bytes.
    pub raw: u64,
    /// Code on chain, in bytes.
    pub on_chain: u64,
    /// Gas of a call before its first instruction.
    pub entry_cached: u64,
    /// The same when the program is in no cache.
    pub entry_uncached: u64,
}

/// What one can see of a vault after the timeline: its logs, the results of views, and what calls revert with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    pub logs: Vec<LogData>,
    pub results: Vec<Result<Bytes, Bytes>>,
}

/// Measures the core.
///
/// # Errors
/// If it is not built, or an operation fails.
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
    let site = live(&mut stage).await?;
    let sdk = observed(&stage, &site).await?;
    let mut stage = Stage::new(true).await?;
    let site = Site::new(&stage, EPOCH).await?;
    let half = site.cast.set_out(&stage, &site.vault, site.start).await?;
    staking::measure(&mut stage, &site.vault, &site.cast, half).await?;
    site.sales(&mut stage, half).await?;
    Ok([sdk, observed(&stage, &site).await?])
}

async fn operations(treat_all_as_cached: bool) -> Result<Vec<Measured>> {
    let mut stage = Stage::new(treat_all_as_cached).await?;
    live(&mut stage).await?;
    Ok(stage.measured)
}

/// Deploys the core and takes it through the timeline.
async fn live(stage: &mut Stage) -> Result<Site> {
    let tokens = [stage.token().await?, stage.token().await?, stage.token().await?];
    // Not needed, but so everyone has the same address as where a factory creates the vault.
    stage.chain.market().await?;
    let vault = deploy(stage, tokens).await?;
    let start = stage.chain.now().await?;
    let site = Site::around(stage, vault, start, tokens).await?;
    let core = Core(site.vault.clone());
    let half = site.cast.set_out(stage, &core, start).await?;
    staking::measure(stage, &core, &site.cast, half).await?;
    site.sales(stage, half).await?;
    Ok(site)
}

/// Deploys the core through the Stylus deployer, set up as the vault.
async fn deploy(stage: &Stage, [asset, reward, yield_token]: [Address; 3]) -> Result<Address> {
    let code = on_chain_code(&wasm()?);
    let fee = data_fee(&stage.provider(), &code).await.context("the chain does not take sdk-vault")?;
    let arguments = (asset, reward, yield_token, EPOCH as u32, AUCTION as u32, tokens(PRICE), 0_u64);
    let constructor = [&keccak256("stylus_constructor()")[..4], &arguments.abi_encode_params()].concat();
    let request = Way::StylusDeployer.first(&code, constructor.into(), with_margin(fee));
    let receipt = stage.chain.payer().send_with_gas(request, TX_GAS_LIMIT).await?;
    Way::StylusDeployer.created(&receipt).context("cannot deploy sdk-vault")
}

/// The core's WASM as it is deployed.
fn wasm() -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/wasm-gas/sdk-vault.wasm");
    fs::read(&path).map_err(|error| anyhow!("cannot read {} ({error}): run scripts/gas", path.display()))
}

fn size(wasm: &[u8]) -> Result<Size> {
    let checked = match activate::check(wasm) {
        Ok(checked) => checked,
        Err(refusal) => bail!("no chain would activate this: {refusal}"),
    };
    let entry_cached = entry::cached_gas(checked.cached_cost).0;
    Ok(Size {
        raw: wasm.len() as u64,
        on_chain: on_chain_code(wasm).len() as u64,
        entry_cached,
        entry_uncached: entry_cached + entry::init_gas(checked.init_cost).0,
    })
}

async fn observed(stage: &Stage, site: &Site) -> Result<Observed> {
    let (provider, vault) = (stage.provider(), *site.vault.address());
    let filter = Filter::new().address(vault).from_block(0);
    let logs = provider.get_logs(&filter).await?.into_iter().map(|log| log.inner.data).collect();
    stage.chain.mine_at(stage.chain.now().await? + HOUR).await?;
    let mut results = Vec::new();
    for request in calls(&site.vault, site.cast.staker.address(), site.cast.funder.address()) {
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

/// Views, then calls that revert. None of their errors names the vault, whose address is not that of the core.
fn calls(
    vault: &IVaultInstance<DynProvider>,
    staker: Address,
    other: Address,
) -> impl Iterator<Item = TransactionRequest> {
    let (nobody, none, one, most) = (Address::ZERO, U256::ZERO, U256::ONE, U256::MAX);
    let more_than_held = tokens(1_000_000_000);
    let buy = |receiver, amount, most, data: &'static [u8]| {
        vault.swapExactAmountOut(receiver, amount, most, data.into()).into_request()
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
        vault.deposit(one, nobody).into_request(),
        vault.deposit(most, staker).into_request(),
        vault.deposit(more_than_held, staker).into_request(),
        vault.withdraw(none, staker, staker).into_request(),
        vault.withdraw(one, nobody, staker).into_request(),
        vault.withdraw(one, staker, other).into_request(),
        vault.withdraw(more_than_held, staker, staker).into_request(),
        vault.claim(nobody).into_request(),
        vault.fund(none).into_request(),
        vault.fund(more_than_held).into_request(),
        buy(nobody, one, most, &[]),
        buy(staker, one, none, &[]),
        buy(staker, most, most, &[]),
        buy(staker, none, most, &[]),
        buy(staker, one, most, &[1]),
    ];
    requests.into_iter().map(move |request| request.from(staker))
}

/// The core: it has neither `redeem` nor `exit`.
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
