//! Every program on one chain, and a contract that each of them would do something for: a staker with rewards, owner of the
//! vault, pair of a token, with tokens and approvals.

use alloy::{
    primitives::{Address, Bytes, U256, aliases::U192},
    rpc::types::TransactionRequest,
};
use anyhow::{Result, bail};
use weir_harness::{Account, Action, Chain, Market, Pair, PairSettings, SendError, Token, VaultSettings};

use crate::{
    evm::{Puppet, Script, calls_statically, create},
    scene::{EPOCH, FIRST_PRICE, PERIOD, Scene, TOKEN, Tokens, settings, transaction, u},
    signer::{Owner, Permit, Signed, vault_domain},
};

/// What the puppet stakes, what it still has of each token, and what lies ready wherever something has to.
const AMOUNT: u128 = 64 * TOKEN;

pub struct Stage {
    pub scene: Scene,
    pub market: Market,
    /// A standalone pair with something to sell, for which the vault is the source.
    pub pair: Pair,
    /// Whom everything is ready for.
    pub puppet: Puppet,
    /// Sold by the puppet, as the vault's pair for it.
    pub airdrop: Token,
    /// A staker whose shares the puppet may spend.
    pub friend: Owner,
    /// Passes calls on as static ones, to the puppet.
    proxy: Address,
}

impl Stage {
    /// In the middle of epoch 1, in which there are rewards; the vault has been sent the reward token beside.
    pub async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let (puppet, proxy) = (Puppet::create(&chain).await?, create(&chain, &calls_statically()).await?);
        let market = Market::deploy(&chain).await?;
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
        let stage = Self { scene, market, pair, puppet, airdrop, friend, proxy };
        stage.prepare(&stock).await?;
        Ok(stage)
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
        scene.arrange(puppet.run(script)).await?;
        friend.account.send(vault.approve(puppet.address, U256::MAX)).await?;
        scene.reward.mint(chain, vault.address(), u(AMOUNT)).await?;
        scene.look_at(EPOCH + EPOCH / 2).await
    }

    pub fn payer(&self) -> &Account {
        self.scene.chain.payer()
    }

    /// Where the program with this interface is.
    pub fn address(&self, interface: &str) -> Result<Address> {
        Ok(match interface {
            "IVault" => self.scene.vault.address(),
            "IPair" => self.pair.address(),
            "IFactory" => *self.market.factory.address(),
            "IRouter" => *self.market.router.address(),
            "IToken" => *self.scene.asset.address(),
            _ => bail!("there is no program with the interface {interface} on the stage"),
        })
    }

    /// What the puppet's last call returns if the puppet itself is called statically, so that all it calls may only look.
    pub async fn let_look(&self, script: Script) -> Result<Bytes, SendError> {
        let data = [self.puppet.address.into_word().as_slice(), &script.bytes()].concat();
        self.payer().simulate(transaction(self.proxy, data)).await
    }

    /// A permit of the friend, for the vault's shares.
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

    /// The order of one more vault.
    pub fn vault_order(&self) -> TransactionRequest {
        self.market.vault_order(&scene_settings(&self.scene)).into_request()
    }

    /// The order of one more pair.
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
