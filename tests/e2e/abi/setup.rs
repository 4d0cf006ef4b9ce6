//! All programs on one chain, and a puppet for which every function works: a staker with rewards, tokens and approvals,
//! owner of the vault and pair of a token.

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U192},
    rpc::types::TransactionRequest,
};
use anyhow::{Result, bail};
use weir_client::{Account, Action, SendError};
use weir_harness::{Chain, Market, Pair, PairSettings, Token, VaultSettings};

use crate::{
    evm::{Puppet, Script, create, forwards_static_calls},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, settings, transaction, u},
    signer::{Owner, Permit, Signed, vault_domain},
};

/// The puppet's stake, its balances, and every other amount that is needed.
const AMOUNT: u128 = 64 * TOKEN;

/// The programs and accounts.
pub struct Setup {
    pub scene: Scene,
    pub market: Market,
    /// A standalone pair of the vault with something to sell.
    pub pair: Pair,
    /// The contract that makes the calls.
    pub puppet: Puppet,
    /// A token that the puppet may sell as the vault's pair.
    pub airdrop: Token,
    /// A staker whose shares the puppet may spend.
    pub friend: Owner,
    /// Forwards calls to the puppet as static calls.
    proxy: Address,
}

impl Setup {
    /// Everything in the middle of epoch 1, with rewards streaming and stray reward in the vault.
    pub async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let (puppet, proxy) =
            (Puppet::create(&chain).await?, create(&chain, &forwards_static_calls()).await?);
        let market = chain.market().await?.clone();
        let scene = Scene::on(chain, Tokens::Different, |settings| settings.owner = puppet.address).await?;
        let chain = &scene.chain;
        let airdrop = Token::deploy(chain, "Airdrop", "AIR", 18).await?;
        let stock = Token::deploy(chain, "Stock", "STK", 18).await?;
        let pair = market
            .create_pair(
                chain.payer(),
                &PairSettings {
                    source: scene.vault.address(),
                    tokenIn: *scene.reward.address(),
                    tokenOut: *stock.address(),
                    targetAuctionPeriod: PERIOD,
                    targetAuctionPrice: U192::from(FIRST_PRICE),
                    smoothingFactor: U256::ZERO,
                },
            )
            .await?;
        let friend = Owner::new(chain, "friend").await?;
        market.create_vault(chain, chain.payer(), &scene_settings(&scene)).await?;
        let setup = Self { scene, market, pair, puppet, airdrop, friend, proxy };
        setup.prepare(&stock).await?;
        Ok(setup)
    }

    async fn prepare(&self, stock: &Token) -> Result<()> {
        let Self { scene, market, pair, puppet, airdrop, friend, .. } = self;
        let (vault, chain) = (&scene.vault, &scene.chain);
        for token in [&scene.asset, &scene.reward] {
            token.mint(chain, puppet.address, u(4 * AMOUNT)).await?;
        }
        for token in [airdrop, stock, &scene.yield_token] {
            token.mint(chain, vault.address(), u(AMOUNT)).await?;
        }
        let script = Script::new()
            .call(scene.asset.approve(vault.address(), U256::MAX))
            .call(scene.reward.approve(vault.address(), U256::MAX))
            .call(scene.reward.approve(*market.router.address(), U256::MAX))
            .call(scene.asset.approve(puppet.address, U256::MAX))
            .call(vault.setLiquidationPair(*airdrop.address(), puppet.address))
            .call(vault.setLiquidationPair(*stock.address(), pair.address()))
            .call(vault.transferOwnership(puppet.address))
            .call(vault.deposit(u(AMOUNT), puppet.address))
            .call(vault.deposit(u(AMOUNT), friend.address()))
            .call(vault.fund(u(AMOUNT)));
        scene.send_as_payer(puppet.run(script)).await?;
        friend.account.send(vault.approve(puppet.address, U256::MAX)).await?;
        scene.reward.mint(chain, vault.address(), u(AMOUNT)).await?;
        scene.advance_to(EPOCH + EPOCH / 2).await
    }

    pub fn payer(&self) -> &Account {
        self.scene.chain.payer()
    }

    /// Address of the program with this interface.
    pub fn address(&self, interface: &str) -> Result<Address> {
        Ok(match interface {
            "IVault" => self.scene.vault.address(),
            "IPair" => self.pair.address(),
            "IFactory" => *self.market.factory.address(),
            "IRouter" => *self.market.router.address(),
            "IToken" => *self.scene.asset.address(),
            _ => bail!("there is no program with the interface {interface}"),
        })
    }

    /// Runs the script in a static call of the puppet. Returns what its last call returns.
    pub async fn static_call(&self, script: Script) -> Result<Bytes, SendError> {
        let data = [self.puppet.address.into_word().as_slice(), &script.bytes()].concat();
        self.payer().simulate(transaction(self.proxy, data)).await
    }

    /// A permit of the friend for the vault's shares.
    pub fn permit(&self) -> Result<Signed> {
        let permit = Permit {
            owner: self.friend.address(),
            spender: self.puppet.address,
            value: u(1),
            nonce: U256::ZERO,
            deadline: U256::MAX,
        };
        self.friend.sign(&permit, &vault_domain(&self.scene))
    }

    /// The creation of another vault.
    pub fn vault_order(&self) -> TransactionRequest {
        self.market.vault_order(&scene_settings(&self.scene)).into_request()
    }

    /// The creation of another pair.
    pub fn pair_order(&self) -> TransactionRequest {
        let (token_in, token_out) = (*self.scene.reward.address(), *self.airdrop.address());
        let (period, price) = (PERIOD, U192::from(FIRST_PRICE));
        let source = self.scene.vault.address();
        self.market.factory.createPair(source, token_in, token_out, period, price, U256::ZERO).into_request()
    }
}

/// The settings of a vault with the scene's tokens.
fn scene_settings(scene: &Scene) -> VaultSettings {
    settings(*scene.asset.address(), *scene.reward.address(), *scene.yield_token.address())
}
