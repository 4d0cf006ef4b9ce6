//! Tests of tokens with two addresses for the same balances: sold by the second address, such a token is still the
//! vault's asset or reward.

use alloy::{primitives::Address, providers::DynProvider, sol};
use anyhow::Result;
use libtest_mimic::Trial;
use weir_bindings::IVault;
use weir_client::Account;
use weir_harness::{Chain, Token};

use crate::{
    evm::{Puppet, Script},
    reverts::reverts,
    scene::{Scene, u},
    trial::on_any_chain,
};

sol!(
    #[sol(rpc)]
    interface ITwoAddresses {
        function second() external view returns (address);
    }
);

const STAKED: u128 = 1_000;
const FUNDED: u128 = 700;
/// Balance of the asset above the principal, and of the reward above the reserve.
const SPARE: u128 = 50;

pub fn trials() -> Vec<Trial> {
    vec![
        on_any_chain(a_pair_of_the_second_address_of_the_asset_sells_no_principal),
        on_any_chain(a_pair_of_the_second_address_of_the_reward_sells_no_reward),
    ]
}

/// A vault whose asset and reward have two addresses each, and a pair that may sell by both second addresses.
struct Setup {
    scene: Scene,
    pair: Puppet,
    buyer: Account,
    /// The second addresses of asset and reward.
    second: [Address; 2],
}

impl Setup {
    async fn new() -> Result<Self> {
        let chain = Chain::from_environment().await?;
        let owner = chain.payer().address();
        let (asset, reward) = (two_addresses(&chain).await?, two_addresses(&chain).await?);
        let sold = Token::deploy(&chain, "Yield", "YLD", 18).await?;
        let tokens = [Token::at(&chain, *asset.address()), Token::at(&chain, *reward.address()), sold];
        let scene = Scene::of(tokens, chain, |settings| settings.owner = owner).await?;
        let staker = scene.staker("staker", STAKED).await?;
        staker.send(scene.vault.deposit(u(STAKED), staker.address())).await?;
        let funder = scene.holder("funder", FUNDED).await?;
        funder.send(scene.vault.fund(u(FUNDED))).await?;
        for token in [&scene.asset, &scene.reward] {
            token.mint(&scene.chain, scene.vault.address(), u(SPARE)).await?;
        }
        let pair = Puppet::create(&scene.chain).await?;
        let second = [asset.second().call().await?, reward.second().call().await?];
        for token in second {
            scene.send_as_payer(scene.vault.setLiquidationPair(token, pair.address)).await?;
        }
        let buyer = scene.person("buyer").await?;
        Ok(Self { scene, pair, buyer, second })
    }

    /// The pair sends `amount` of a token to the buyer.
    fn sale(&self, token: Address, amount: u128) -> alloy::rpc::types::TransactionRequest {
        let buyer = self.buyer.address();
        let out = self.scene.vault.transferTokensOut(buyer, buyer, token, u(amount));
        self.pair.run(Script::new().call(out))
    }
}

async fn two_addresses(chain: &Chain) -> Result<ITwoAddresses::ITwoAddressesInstance<DynProvider>> {
    let address = chain.create_solidity("TwoAddresses", &[]).await?;
    Ok(ITwoAddresses::new(address, chain.provider().clone()))
}

async fn a_pair_of_the_second_address_of_the_asset_sells_no_principal() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, buyer, second: [asset, _], .. } = &setup;
    for amount in [SPARE + 1, STAKED + SPARE] {
        let short = IVault::PrincipalShortfall {
            token: *scene.asset.address(),
            owed: u(STAKED),
            held: u(STAKED + SPARE - amount),
        };
        reverts(scene, buyer, setup.sale(*asset, amount), short).await?;
    }
    buyer.send(setup.sale(*asset, SPARE)).await?;
    assert_eq!(scene.asset.balance(scene.vault.address()).await?, u(STAKED));
    Ok(())
}

async fn a_pair_of_the_second_address_of_the_reward_sells_no_reward() -> Result<()> {
    let setup = Setup::new().await?;
    let Setup { scene, buyer, second: [_, reward], .. } = &setup;
    // Neither stray reward, which belongs to the stakers, nor the reserve, whether there is stray reward or none.
    let held = FUNDED + SPARE;
    for stray in [SPARE, 0] {
        for amount in [1, SPARE, held] {
            let taken = IVault::RewardShortfall { heldBefore: u(held), heldAfter: u(held - amount) };
            reverts(scene, buyer, setup.sale(*reward, amount), taken).await?;
        }
        if stray > 0 {
            buyer.send(scene.vault.sync()).await?;
        }
    }
    assert_eq!(scene.vault.reserve().call().await?, u(held));
    assert_eq!(scene.reward.balance(scene.vault.address()).await?, u(held));
    Ok(())
}
