//! Tests with the calls that PoolTogether's bots make, starting from the addresses of factory and router only.
//! The bots buy from a pair of a foreign source, a pair that sells for a vault, and a vault's own pair.

use alloy::primitives::{Address, U256};
use anyhow::{Context, Result};
use libtest_mimic::Trial;
use weir_bindings::{IERC20, IFactory, IPair, IRouter};
use weir_client::Account;
use weir_harness::{Chain, Market, Token, Vault, VaultSettings};

use crate::{
    evm::{Puppet, Script},
    pair_scene::{self, PairScene},
    scene::{self, EPOCH, FIRST_PRICE, PERIOD, TOKEN, u},
    solidity::ISource,
    trial::{with_solidity, with_time_control},
};

/// Gas limit of the bots' transactions.
const BOT_GAS: u64 = 1_200_000;
/// Seconds until a bot's swap expires.
const DEADLINE: u64 = 100;
/// What is for sale, in base units.
const LOT: u128 = 500 * TOKEN;

pub fn trials() -> Vec<Trial> {
    vec![
        with_solidity(with_time_control(a_bot_buys_from_a_pair_of_a_foreign_source)),
        with_time_control(a_bot_buys_from_a_pair_that_sells_for_a_vault),
        with_time_control(a_bot_buys_from_the_own_pair_of_a_vault),
        with_solidity(with_time_control(a_bot_buys_from_every_pair_that_the_factory_lists)),
    ]
}

/// A bot: the two addresses it knows, and its account.
struct Bot<'a> {
    chain: &'a Chain,
    factory: Address,
    router: Address,
    account: Account,
}

impl<'a> Bot<'a> {
    async fn new(chain: &'a Chain, market: &Market) -> Result<Self> {
        let account = chain.account("bot").await?;
        Ok(Self { chain, factory: *market.factory.address(), router: *market.router.address(), account })
    }

    /// All pairs in the factory's list.
    async fn pairs(&self) -> Result<Vec<Address>> {
        let factory = IFactory::new(self.factory, self.chain.provider());
        let total = factory.totalPairs().call().await?.to::<u64>();
        let mut pairs = Vec::new();
        for index in 0..total {
            pairs.push(factory.allPairs(U256::from(index)).call().await?);
        }
        Ok(pairs)
    }

    /// Reads a pair's tokens, the amount for sale and its price.
    async fn offer(&self, pair: Address) -> Result<Offer> {
        let provider = self.chain.provider();
        let instance = IPair::new(pair, provider);
        let (token_in, token_out) = (instance.tokenIn().call().await?, instance.tokenOut().call().await?);
        for token in [token_in, token_out] {
            let token = IERC20::new(token, provider);
            assert!(!token.name().call().await?.is_empty() && !token.symbol().call().await?.is_empty());
            assert_eq!(token.decimals().call().await?, 18);
        }
        let amount_out = instance.maxAmountOut().from(self.account.address()).call().await?;
        let price = instance.computeExactAmountIn(amount_out).call().await?;
        Ok(Offer { pair, token_in, token_out, amount_out, price })
    }

    /// Buys the lot through the router; returns the gas used.
    async fn buy(&self, offer: &Offer) -> Result<u64> {
        let provider = self.chain.provider();
        let token_in = Token::at(self.chain, offer.token_in);
        let before = self.holdings(offer).await?;
        token_in.approve_all(&self.account, self.router).await?;
        let now = self.chain.now().await?;
        let router = IRouter::new(self.router, provider);
        let swap = router.swapExactAmountOut(
            offer.pair,
            self.account.address(),
            offer.amount_out,
            offer.price,
            U256::from(now + DEADLINE),
        );
        // First as a static call, as the bots do to learn the price.
        let amount_in = swap.clone().from(self.account.address()).call().await?;
        assert!(amount_in <= offer.price);
        let receipt = self.account.send_with_gas(swap.into_transaction_request(), BOT_GAS).await?;
        assert!(receipt.status(), "it takes more than {BOT_GAS} gas");
        let after = self.holdings(offer).await?;
        assert_eq!(after[1] - before[1], offer.amount_out);
        let paid = before[0] - after[0];
        assert!(paid > U256::ZERO && paid <= offer.price, "{paid}");
        Ok(receipt.gas_used)
    }

    async fn holdings(&self, offer: &Offer) -> Result<[U256; 2]> {
        let mut amounts = [U256::ZERO; 2];
        for (amount, token) in amounts.iter_mut().zip([offer.token_in, offer.token_out]) {
            *amount = Token::at(self.chain, token).balance(self.account.address()).await?;
        }
        Ok(amounts)
    }

    /// Buys the lot by a flash swap to a contract that pays in the callback; returns the gas used.
    async fn buy_by_flash(&self, offer: &Offer) -> Result<u64> {
        let provider = self.chain.provider();
        let pair = IPair::new(offer.pair, provider);
        let contract = Puppet::create(self.chain).await?.address;
        let token_in = Token::at(self.chain, offer.token_in);
        token_in.mint(self.chain, contract, offer.price).await?;
        let target = pair.target().from(self.account.address()).call().await?;
        let pay = Script::new()
            .call(pair.tokenIn())
            .call(pair.target())
            .call(token_in.transfer(target, offer.price));
        let swap = pair.swapExactAmountOut(contract, offer.amount_out, offer.price, pay.bytes());
        let receipt = self.account.send_with_gas(swap.into_transaction_request(), BOT_GAS).await?;
        assert!(receipt.status(), "it takes more than {BOT_GAS} gas");
        assert_eq!(Token::at(self.chain, offer.token_out).balance(contract).await?, offer.amount_out);
        Ok(receipt.gas_used)
    }
}

/// The current offer of a pair.
struct Offer {
    pair: Address,
    token_in: Address,
    token_out: Address,
    amount_out: U256,
    price: U256,
}

/// Lets a bot buy from `pair` through the router and by a flash swap. `stock` puts a lot up for sale.
async fn buys_both_ways(
    what: &str,
    bot: &Bot<'_>,
    pair: Address,
    stock: impl AsyncFn() -> Result<()>,
) -> Result<()> {
    assert!(bot.pairs().await?.contains(&pair), "the factory does not list the pair");
    stock().await?;
    wait_a_period(bot.chain).await?;
    let offer = bot.offer(pair).await?;
    assert_eq!(offer.amount_out, u(LOT));
    Token::at(bot.chain, offer.token_in).mint(bot.chain, bot.account.address(), u(TOKEN)).await?;
    let routed = bot.buy(&offer).await?;
    stock().await?;
    wait_a_period(bot.chain).await?;
    let flash = bot.buy_by_flash(&bot.offer(pair).await?).await?;
    println!("{what}: {routed} gas through the router, {flash} by a flash swap");
    Ok(())
}

async fn wait_a_period(chain: &Chain) -> Result<()> {
    chain.mine_at(chain.now().await? + PERIOD).await
}

async fn a_bot_buys_from_a_pair_of_a_foreign_source() -> Result<()> {
    let scene = PairScene::new().await?;
    let bot = Bot::new(&scene.chain, &scene.market).await?;
    let stock = async || scene.stock(LOT).await;
    buys_both_ways("a pair of a foreign source", &bot, scene.pair.address(), stock).await?;
    assert!(scene.source.credited().call().await? > U256::ZERO);
    Ok(())
}

/// A market with a vault created by the factory.
struct VaultMarket {
    chain: Chain,
    market: Market,
    owner: Account,
    yield_token: Token,
    reward: Address,
    vault: Vault,
}

impl VaultMarket {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let market = chain.market().await?.clone();
        let owner = chain.account("owner").await?;
        let asset = Token::deploy(&chain, "Asset", "AST", 18).await?;
        let reward = Token::deploy(&chain, "Reward", "RWD", 18).await?;
        let yield_token = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let settings = VaultSettings {
            owner: owner.address(),
            ..scene::settings(*asset.address(), *reward.address(), *yield_token.address())
        };
        let vault = market.create_vault(&chain, &owner, &settings).await?;
        Ok(Self { chain, market, owner, yield_token, reward: *reward.address(), vault })
    }
}

async fn a_bot_buys_from_a_pair_that_sells_for_a_vault() -> Result<()> {
    let VaultMarket { chain, market, owner, reward, vault, .. } = VaultMarket::new().await?;
    let airdrop = Token::deploy(&chain, "Airdrop", "AIR", 18).await?;
    let settings = pair_scene::settings(vault.address(), reward, *airdrop.address());
    let pair = market.create_pair(&owner, &settings).await?;
    owner.send(vault.setLiquidationPair(*airdrop.address(), pair.address())).await?;
    let bot = Bot::new(&chain, &market).await?;
    let stock = async || airdrop.mint(&chain, vault.address(), u(LOT)).await.map(|_| ());
    buys_both_ways("a pair that sells for a vault", &bot, pair.address(), stock).await?;
    // The stakers get what the bots paid.
    let reserve = vault.reserve().call().await?;
    assert!(reserve > u(FIRST_PRICE) && reserve <= u(2 * FIRST_PRICE), "{reserve}");
    Ok(())
}

async fn a_bot_buys_from_the_own_pair_of_a_vault() -> Result<()> {
    let VaultMarket { chain, market, yield_token, vault, .. } = VaultMarket::new().await?;
    let bot = Bot::new(&chain, &market).await?;
    let stock = async || yield_token.mint(&chain, vault.address(), u(LOT)).await.map(|_| ());
    buys_both_ways("a vault's own pair", &bot, vault.address(), stock).await?;
    let reserve = vault.reserve().call().await?;
    assert!(reserve > u(FIRST_PRICE) && reserve <= u(2 * FIRST_PRICE), "{reserve}");
    Ok(())
}

async fn a_bot_buys_from_every_pair_that_the_factory_lists() -> Result<()> {
    let VaultMarket { chain, market, owner, yield_token, reward, vault } = VaultMarket::new().await?;
    let airdrop = Token::deploy(&chain, "Airdrop", "AIR", 18).await?;
    let settings = pair_scene::settings(vault.address(), reward, *airdrop.address());
    let of_vault = market.create_pair(&owner, &settings).await?;
    owner.send(vault.setLiquidationPair(*airdrop.address(), of_vault.address())).await?;
    let source = ISource::new(chain.create_solidity("Source", &[]).await?, chain.provider().clone());
    let settings = pair_scene::settings(*source.address(), reward, *airdrop.address());
    let foreign = market.create_pair(&owner, &settings).await?;
    chain.payer().send(source.setLiquidationPair(*airdrop.address(), foreign.address())).await?;
    for (token, seller) in
        [(&yield_token, vault.address()), (&airdrop, vault.address()), (&airdrop, *source.address())]
    {
        token.mint(&chain, seller, u(LOT)).await?;
    }
    chain.mine_at(chain.now().await? + EPOCH).await?;

    let bot = Bot::new(&chain, &market).await?;
    Token::at(&chain, reward).mint(&chain, bot.account.address(), u(TOKEN)).await?;
    let pairs = bot.pairs().await?;
    assert_eq!(pairs, [vault.address(), of_vault.address(), foreign.address()]);
    for pair in pairs {
        bot.buy(&bot.offer(pair).await?).await.with_context(|| format!("at {pair}"))?;
    }
    assert_eq!(yield_token.balance(bot.account.address()).await?, u(LOT));
    assert_eq!(airdrop.balance(bot.account.address()).await?, u(2 * LOT));
    Ok(())
}
