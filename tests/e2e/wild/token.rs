//! The wild token, and vaults that it plays a part in.

use std::ops::Deref;

use alloy::{
    primitives::{Address, Bytes, U256},
    providers::DynProvider,
    rpc::types::TransactionRequest,
    sol,
    sol_types::SolError,
};
use anyhow::Result;
use weir_bindings::IVault;
use weir_harness::{Action, Chain, Token};

use crate::scene::{Scene, u};

sol!(
    #![sol(rpc, all_derives)]
    "tests/solidity/contracts/IWildToken.sol"
);

sol!(
    #![sol(rpc)]
    /// What a phantom token has besides.
    interface IPhantomToken {
        function unknownCalls() external view returns (uint256);
    }
);

pub use IWildToken::Answer;

/// What the wild token's balances are multiplied by, and its rebases are counted in.
pub const FACTOR_ONE: u128 = 1_000_000_000_000_000_000;

/// A wild token on a chain, which behaves until it is told otherwise.
pub struct Wild(IWildToken::IWildTokenInstance<DynProvider>);

impl Deref for Wild {
    type Target = IWildToken::IWildTokenInstance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Wild {
    /// A new one.
    pub async fn deploy(chain: &Chain, decimals: u8) -> Result<Self> {
        let argument: [u8; 32] = U256::from(decimals).to_be_bytes();
        let address = chain.create_solidity("WildToken", &argument).await?;
        Ok(Self(IWildToken::new(address, chain.provider().clone())))
    }

    /// It as any token.
    pub fn token(&self, chain: &Chain) -> Token {
        Token::at(chain, *self.address())
    }

    /// What the vault says when this token fails without a reason of its own.
    pub fn failed(&self) -> IVault::SafeERC20FailedOperation {
        IVault::SafeERC20FailedOperation { token: *self.address() }
    }

    /// What the vault says when it would hold, or holds, less of this token than it owes.
    pub fn shortfall(&self, owed: u128, held: u128) -> IVault::PrincipalShortfall {
        IVault::PrincipalShortfall { token: *self.address(), owed: u(owed), held: u(held) }
    }

    /// What this token says of an account that has approved the vault for nothing.
    pub fn not_approved(&self, scene: &Scene, needed: u128) -> IWildToken::Insufficient {
        IWildToken::Insufficient { account: scene.vault.address(), held: U256::ZERO, needed: u(needed) }
    }

    /// The ways in which this token can refuse to move anything from or to the vault.
    pub fn refusals(&self, vault: Address) -> [Refusal; 4] {
        let paused = |paused, silent| self.setPaused(paused, silent).into_request();
        let blocked = |blocked| self.setBlocked(vault, blocked).into_request();
        let answer = |answer| self.setAnswer(answer).into_request();
        let nameless = Bytes::from(self.failed().abi_encode());
        [
            Refusal {
                habit: "returns false",
                begin: answer(Answer::False),
                end: answer(Answer::True),
                said: nameless.clone(),
            },
            Refusal {
                habit: "reverts",
                begin: paused(true, false),
                end: paused(false, false),
                said: IWildToken::Paused {}.abi_encode().into(),
            },
            Refusal {
                habit: "reverts in silence",
                begin: paused(true, true),
                end: paused(false, false),
                said: nameless,
            },
            Refusal {
                habit: "blocks the vault",
                begin: blocked(true),
                end: blocked(false),
                said: IWildToken::Blocked { account: vault }.abi_encode().into(),
            },
        ]
    }

    /// From now on each balance is `numerator / denominator` of what it was in the beginning.
    pub async fn rebase(&self, scene: &Scene, numerator: u128, denominator: u128) -> Result<()> {
        scene.arrange(self.setFactor(u(FACTOR_ONE * numerator / denominator))).await
    }
}

/// A way in which a token refuses: how it begins and ends, and what the vault then reverts with.
pub struct Refusal {
    pub habit: &'static str,
    pub begin: TransactionRequest,
    pub end: TransactionRequest,
    pub said: Bytes,
}

/// Which part the wild token plays; the others are tokens as they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Asset,
    Reward,
    Yield,
    AssetAndReward,
    AssetAndYield,
    /// The reward of a vault that sells the surplus of its asset.
    RewardBesideSoldAsset,
}

/// A vault in which a wild token of 18 decimals plays this part. The chain's payer owns it.
pub async fn wild_vault(role: Role) -> Result<(Scene, Wild)> {
    let chain = Chain::from_environment().await?;
    let wild = Wild::deploy(&chain, 18).await?;
    vault_with(chain, role, wild).await
}

/// A vault whose asset takes any call, a permit too, and does nothing about it but count.
pub async fn phantom_vault() -> Result<(Scene, Wild)> {
    let chain = Chain::from_environment().await?;
    let address = chain.create_solidity("PhantomToken", &[]).await?;
    let wild = Wild(IWildToken::new(address, chain.provider().clone()));
    vault_with(chain, Role::Asset, wild).await
}

async fn vault_with(chain: Chain, role: Role, wild: Wild) -> Result<(Scene, Wild)> {
    let tokens = cast(&chain, role, wild.token(&chain)).await?;
    let owner = chain.payer().address();
    Ok((Scene::of(tokens, chain, |settings| settings.owner = owner).await?, wild))
}

/// Asset, reward and yield token.
async fn cast(chain: &Chain, role: Role, wild: Token) -> Result<[Token; 3]> {
    let tame = async |name| Token::deploy(chain, name, name, 18).await;
    Ok(match role {
        Role::Asset => [wild, tame("Reward").await?, tame("Yield").await?],
        Role::Reward => [tame("Asset").await?, wild, tame("Yield").await?],
        Role::Yield => [tame("Asset").await?, tame("Reward").await?, wild],
        Role::AssetAndReward => [wild.clone(), wild, tame("Yield").await?],
        Role::AssetAndYield => [wild.clone(), tame("Reward").await?, wild],
        Role::RewardBesideSoldAsset => {
            let asset = tame("Asset").await?;
            [asset.clone(), wild, asset]
        }
    })
}
