//! Both kinds of clones of a program, so that the choice between them can be looked up: a full copy of its code, and
//! EIP-1167's proxy of it.
//!
//! `cargo test -p weir-gas --test clones` prints the table (with nextest: `--success-output final`).

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256},
    providers::Provider,
    rpc::types::{TransactionReceipt, TransactionRequest},
};
use anyhow::{Context, Result, ensure};
use weir::factory::clones::copy_init_code;
use weir_bindings::{IVault, deploy::vault_constructor};
use weir_devnode::{Devnode, TX_GAS_LIMIT};
use weir_harness::{Action, Chain, Market, Token, VaultSettings};
use weir_report::table::{Align, Table};

/// One token, in base units.
const TOKEN: u128 = 1_000_000_000_000_000_000;

/// What an operation costs with either kind.
struct Bill {
    what: String,
    copy: u64,
    proxy: u64,
}

#[tokio::test]
async fn a_full_copy_saves_gas_in_each_call_and_a_proxy_in_creation() -> Result<()> {
    let mut table = Table::new([("gas", Align::Left), ("full copy", Align::Right), ("proxy", Align::Right)]);
    let mut creation = Vec::new();
    for treat_all_as_cached in [false, true] {
        let builder = Devnode::builder().treat_all_as_cached(treat_all_as_cached);
        let chain = Chain::at_a_standstill(builder).await?;
        let market = Market::deploy(&chain).await?;
        let factory = &market.factory;
        let pairs = both_kinds(&chain, factory.pairTemplate().call().await?).await?;
        let vaults = both_kinds(&chain, factory.vaultTemplate().call().await?).await?;
        for Bill { what, copy, proxy } in calls(&chain, &vaults).await? {
            let state = if treat_all_as_cached { "cached" } else { "uncached" };
            table.row(vec![format!("vault: {what}, {state}"), copy.to_string(), proxy.to_string()]);
            ensure!(copy < proxy, "{what}: a full copy is there to save gas in each call");
        }
        creation = vec![("pair", pairs), ("vault", vaults)];
    }
    for (what, [copy, proxy]) in creation {
        table.row(vec![format!("{what}: creation"), copy.gas_used.to_string(), proxy.gas_used.to_string()]);
        ensure!(proxy.gas_used < copy.gas_used, "a proxy is there to save gas in creation");
    }
    println!("{}", table.text());
    Ok(())
}

/// What a staker's calls cost at a vault of either kind.
async fn calls(chain: &Chain, clones: &[TransactionReceipt; 2]) -> Result<Vec<Bill>> {
    let staker = chain.account("staker").await?;
    let asset = Token::deploy(chain, "Asset", "AST", 18).await?;
    let reward = Token::deploy(chain, "Reward", "RWD", 18).await?;
    let yield_token = Token::deploy(chain, "Yield", "YLD", 18).await?;
    asset.mint(chain, staker.address(), U256::from(100 * TOKEN)).await?;
    let settings = settings(*asset.address(), *reward.address(), *yield_token.address());
    let mut bills = Vec::new();
    for creation in clones {
        let address = creation.contract_address.context("nothing was created")?;
        chain
            .payer()
            .send(transaction(address, vault_constructor(chain.extension().await?, &settings)))
            .await?;
        asset.approve_all(&staker, address).await?;
        let vault = IVault::new(address, chain.provider());
        let (who, amount) = (staker.address(), U256::from(TOKEN));
        let deposit = vault.deposit(amount, who).into_request();
        let withdraw = vault.withdraw(amount, who, who).into_request();
        let mut bill = Vec::new();
        for (what, call) in
            [("first deposit", deposit.clone()), ("top-up", deposit), ("partial withdrawal", withdraw)]
        {
            bill.push((what, staker.send(call).await?.gas_used));
        }
        bills.push(bill);
    }
    let both = bills[0].iter().zip(&bills[1]);
    Ok(both
        .map(|((what, copy), (_, proxy))| Bill { what: (*what).into(), copy: *copy, proxy: *proxy })
        .collect())
}

fn settings(asset: Address, reward: Address, yield_token: Address) -> VaultSettings {
    VaultSettings {
        asset,
        reward,
        yieldToken: yield_token,
        epochLength: 86_400,
        targetAuctionPeriod: 3_600,
        targetAuctionPrice: U256::from(TOKEN),
        smoothingFactor: 0,
        name: "Weir Staked Asset".into(),
        symbol: "wAST".into(),
        owner: Address::ZERO,
    }
}

fn transaction(to: Address, calldata: Bytes) -> TransactionRequest {
    TransactionRequest::default().with_to(to).with_input(calldata)
}

/// A full copy of `template`, and EIP-1167's proxy of it, each created by a transaction.
async fn both_kinds(chain: &Chain, template: Address) -> Result<[TransactionReceipt; 2]> {
    let proxy = [
        &[0x36, 0x3d, 0x3d, 0x37, 0x3d, 0x3d, 0x3d, 0x36, 0x3d, 0x73][..],
        template.as_slice(),
        &[0x5a, 0xf4, 0x3d, 0x82, 0x80, 0x3e, 0x90, 0x3d, 0x91, 0x60, 0x2b, 0x57, 0xfd, 0x5b, 0xf3],
    ]
    .concat();
    let copy = created(chain, copy_init_code(template)).await?;
    let address = copy.contract_address.context("nothing was created")?;
    let provider = chain.provider();
    ensure!(provider.get_code_at(address).await? == provider.get_code_at(template).await?);
    Ok([copy, created(chain, weir_artifacts::init_code(&proxy).to_vec()).await?])
}

async fn created(chain: &Chain, init_code: Vec<u8>) -> Result<TransactionReceipt> {
    let request = TransactionRequest::default().with_deploy_code(init_code);
    Ok(chain.payer().send_with_gas(request, TX_GAS_LIMIT).await?)
}
