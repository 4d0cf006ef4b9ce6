//! What pairs, factory and router cost: to make, and to buy at, against a source in Solidity with OpenZeppelin's token,
//! set up as PoolTogether's original was when it was measured. And both kinds of clones, so that the choice between
//! them can be looked up.
//!
//! `cargo test -p weir --test e2e market_gas` prints the tables (with nextest: `--success-output final`).

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, Bytes, U256, aliases::U192},
    providers::{DynProvider, Provider},
    rpc::types::{TransactionReceipt, TransactionRequest},
    sol_types::SolValue,
};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use weir::factory::clones::copy_init_code;
use weir_bindings::{IERC20, IToken, IVault, deploy::vault_constructor};
use weir_devnode::{Devnode, TX_GAS_LIMIT};
use weir_harness::{Account, Action, Chain, Market, Pair, PairSettings, Token};

use crate::{
    scene::{TOKEN, settings, transaction, u},
    trial::{with_solidity, with_time_control},
};

/// Gas of PoolTogether's original with the same source and tokens (solc 0.8.24, 200 runs): its commit 0feb969, on an
/// EVM of the year 2025.
const ORIGINAL: [(&str, u64); 3] =
    [("create a pair", 730_667), ("swap by flash", 81_828), ("swap through the router", 106_249)];

/// The original's measurement: a target period of six hours, and a price of ten tokens at the end of it.
const PERIOD: u64 = 6 * 3_600;
const PRICE: u128 = 10 * TOKEN;
const LOT: u128 = 100 * TOKEN;

pub fn trials() -> Vec<Trial> {
    vec![
        with_solidity(with_time_control(pairs_cost_no_more_than_they_may)),
        with_time_control(a_clone_of_either_kind_costs_what_it_costs),
    ]
}

async fn pairs_cost_no_more_than_they_may() -> Result<()> {
    let uncached = measure(false).await?;
    let cached = measure(true).await?;
    println!("{:<36} {:>10} {:>10} {:>10}", "gas of a transaction", "uncached", "cached", "original");
    for ((what, gas), (_, if_cached)) in uncached.iter().zip(&cached) {
        let original = ORIGINAL.iter().find(|(name, _)| name == what).map(|(_, gas)| *gas);
        let shown = original.map_or_else(String::new, |gas| gas.to_string());
        println!("{what:<36} {gas:>10} {if_cached:>10} {shown:>10}");
        if let Some(original) = original {
            println!("{:<36} {:>10.3} {:>10.3}", "", ratio(*gas, original), ratio(*if_cached, original));
        }
    }
    let of = |figures: &[(&str, u64)], what: &str| {
        figures.iter().find(|(name, _)| *name == what).map(|(_, gas)| *gas).context("it was measured")
    };
    for (what, original) in ORIGINAL {
        let most = if what == "create a pair" { [0.5, 0.5] } else { [1.20, 1.08] };
        for (figures, most) in [&uncached, &cached].into_iter().zip(most) {
            let ratio = ratio(of(figures, what)?, original);
            ensure!(
                ratio <= most,
                "{what}: {ratio:.3} of the original's gas, and at most {most} was promised"
            );
        }
    }
    Ok(())
}

fn ratio(gas: u64, of: u64) -> f64 {
    gas as f64 / of as f64
}

/// A market on a chain of its own, with OpenZeppelin's tokens and a source for everybody.
struct Site {
    chain: Chain,
    market: Market,
    token_in: IERC20::IERC20Instance<DynProvider>,
    token_out: IERC20::IERC20Instance<DynProvider>,
    source: Address,
}

impl Site {
    async fn new(treat_all_as_cached: bool) -> Result<Self> {
        let builder = Devnode::builder().treat_all_as_cached(treat_all_as_cached);
        let chain = Chain::at_a_standstill(builder).await?;
        let market = Market::deploy(&chain).await?;
        let token_in = plain_token(&chain).await?;
        let token_out = plain_token(&chain).await?;
        let source = chain.create_solidity("OpenSource", &[]).await?;
        Ok(Self { chain, market, token_in, token_out, source })
    }

    /// A pair whose price is ten tokens one period after each sale, and which the source has 1000 to sell for.
    async fn pair(&self) -> Result<Pair> {
        let settings = PairSettings {
            source: self.source,
            tokenIn: *self.token_in.address(),
            tokenOut: *self.token_out.address(),
            targetAuctionPeriod: PERIOD,
            targetAuctionPrice: U192::from(PRICE),
            smoothingFactor: U256::ZERO,
        };
        let pair = self.market.create_pair(self.chain.payer(), &settings).await?;
        self.chain.payer().send(self.token_out.transfer(self.source, u(10 * LOT))).await?;
        Ok(pair)
    }

    /// Does `swap` one period after the last sale, twice, and gives the gas of the second time.
    async fn second_time(&self, pair: &Pair, buyer: &Account, swap: impl Action) -> Result<u64> {
        let request = swap.into_request();
        let mut gas = 0;
        for _ in 0..2 {
            self.chain.set_time(pair.lastAuctionAt().call().await? + PERIOD).await?;
            gas = buyer.send(request.clone()).await?.gas_used;
        }
        Ok(gas)
    }
}

async fn plain_token(chain: &Chain) -> Result<IERC20::IERC20Instance<DynProvider>> {
    let token = chain.create_solidity("PlainToken", &[]).await?;
    let payer = chain.payer();
    payer.send(IToken::new(token, chain.provider()).mint(payer.address(), u(1_000_000 * TOKEN))).await?;
    Ok(IERC20::new(token, chain.provider().clone()))
}

async fn measure(treat_all_as_cached: bool) -> Result<Vec<(&'static str, u64)>> {
    let site = Site::new(treat_all_as_cached).await?;
    let (chain, payer) = (&site.chain, site.chain.payer());
    let first = site.pair().await?;
    let pair = site.pair().await?;
    let mut bill =
        vec![("create the first pair", first.receipt.gas_used), ("create a pair", pair.receipt.gas_used)];

    let buyer = chain.account("buyer").await?;
    let (token_in, token_out) = (&site.token_in, &site.token_out);
    payer.send(token_in.transfer(buyer.address(), u(1_000 * TOKEN))).await?;
    buyer.send(token_in.approve(*site.market.router.address(), U256::MAX)).await?;
    let arguments = (*token_in.address(), site.source).abi_encode_params();
    let receiver = chain.create_solidity("FlashReceiver", &arguments).await?;
    payer.send(token_in.transfer(receiver, u(1_000 * TOKEN))).await?;
    let flash = pair.swapExactAmountOut(receiver, u(LOT), u(PRICE), Bytes::from_static(&[1]));
    bill.push(("swap by flash", site.second_time(&pair, &buyer, flash).await?));
    let router = &site.market.router;
    let routed = router.swapExactAmountOut(pair.address(), buyer.address(), u(LOT), u(PRICE), U256::MAX);
    bill.push(("swap through the router", site.second_time(&pair, &buyer, routed).await?));
    bill.push(("computeExactAmountIn", view(payer, pair.computeExactAmountIn(u(1))).await?));
    bill.push(("maxAmountOut", view(payer, pair.maxAmountOut()).await?));

    let asset = plain_token(chain).await?;
    let mut settings = settings(*asset.address(), *token_in.address(), *token_out.address());
    settings.targetAuctionPeriod = PERIOD as u32;
    settings.targetAuctionPrice = u(PRICE);
    let vault = site.market.create_vault(chain, payer, &settings).await?;
    bill.push(("create a vault", vault.receipt.gas_used));
    payer.send(token_out.transfer(vault.address(), u(10 * LOT))).await?;
    let own = Pair::at(chain, vault.address(), vault.receipt.clone());
    let routed = router.swapExactAmountOut(vault.address(), buyer.address(), u(LOT), u(PRICE), U256::MAX);
    bill.push(("a vault's own pair, by router", site.second_time(&own, &buyer, routed).await?));
    Ok(bill)
}

/// The gas of a view, as a transaction.
async fn view(account: &Account, action: impl Action) -> Result<u64> {
    Ok(account.send(action).await?.gas_used)
}

/// Both kinds of clones of both programs, made by a transaction of their own; and a vault of either kind at work.
async fn a_clone_of_either_kind_costs_what_it_costs() -> Result<()> {
    println!("{:<44} {:>10} {:>10}", "gas", "full copy", "proxy");
    for treat_all_as_cached in [false, true] {
        let builder = Devnode::builder().treat_all_as_cached(treat_all_as_cached);
        let chain = Chain::at_a_standstill(builder).await?;
        let market = Market::deploy(&chain).await?;
        let staker = chain.account("staker").await?;
        let asset = Token::deploy(&chain, "Asset", "AST", 18).await?;
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        asset.mint(&chain, staker.address(), u(100 * TOKEN)).await?;
        let settings = settings(*asset.address(), *reward.address(), *yield_token.address());
        let state = if treat_all_as_cached { "cached" } else { "uncached" };

        let (pairs, vaults) =
            (market.factory.pairTemplate().call().await?, market.factory.vaultTemplate().call().await?);
        if !treat_all_as_cached {
            let [copy, proxy] = both_kinds(&chain, pairs).await?;
            println!("{:<44} {:>10} {:>10}", "pair: creation", copy.gas_used, proxy.gas_used);
        }
        let clones = both_kinds(&chain, vaults).await?;
        if !treat_all_as_cached {
            println!("{:<44} {:>10} {:>10}", "vault: creation", clones[0].gas_used, clones[1].gas_used);
        }
        let mut bills = Vec::new();
        for creation in &clones {
            let address = creation.contract_address.context("nothing was created")?;
            chain
                .payer()
                .send(transaction(address, vault_constructor(chain.extension().await?, &settings)))
                .await?;
            asset.approve_all(&staker, address).await?;
            let vault = IVault::new(address, chain.provider().clone());
            let who = staker.address();
            let mut bill = Vec::new();
            for (what, call) in [
                ("first deposit", vault.deposit(u(TOKEN), who).into_request()),
                ("top-up", vault.deposit(u(TOKEN), who).into_request()),
                ("partial withdrawal", vault.withdraw(u(TOKEN), who, who).into_request()),
            ] {
                bill.push((what, staker.send(call).await?.gas_used));
            }
            bills.push(bill);
        }
        for ((what, copy), (_, proxy)) in bills[0].iter().zip(&bills[1]) {
            println!("{:<44} {copy:>10} {proxy:>10}", format!("vault: {what}, {state}"));
            ensure!(copy < proxy, "a full copy is there to save gas in each call");
        }
        ensure!(clones[1].gas_used < clones[0].gas_used, "a proxy is there to save gas in creation");
    }
    Ok(())
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
