//! The wild token, a token whose misbehavior can be switched on, and vaults that use it.
//! The contract is `tests/solidity/contracts/WildToken.sol`.

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
use weir_client::Action;
use weir_harness::{Chain, Token};

use crate::scene::{Scene, u};

sol!(
    #![sol(rpc, all_derives)]
    "tests/solidity/contracts/IWildToken.sol"
);

sol!(
    #![sol(rpc)]
    /// The additional function of a phantom token.
    interface IPhantomToken {
        function unknownCalls() external view returns (uint256);
    }
);

pub use IWildToken::Answer;

/// The factor 1 of the wild token, which multiplies its balances.
pub const FACTOR_ONE: u128 = 1_000_000_000_000_000_000;

/// A wild token on a chain. It behaves like any ERC-20 until a test changes that.
pub struct WildToken(IWildToken::IWildTokenInstance<DynProvider>);

impl Deref for WildToken {
    type Target = IWildToken::IWildTokenInstance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl WildToken {
    /// Deploys a wild token.
    pub async fn deploy(chain: &Chain, decimals: u8) -> Result<Self> {
        let argument: [u8; 32] = U256::from(decimals).to_be_bytes();
        let address = chain.create_solidity("WildToken", &argument).await?;
        Ok(Self(IWildToken::new(address, chain.provider().clone())))
    }

    /// The token through the interface of the harness.
    pub fn token(&self, chain: &Chain) -> Token {
        Token::at(chain, *self.address())
    }

    /// The vault's error when this token fails without an error of its own.
    pub fn failed(&self) -> IVault::SafeERC20FailedOperation {
        IVault::SafeERC20FailedOperation { token: *self.address() }
    }

    /// The vault's error when it holds less of this token than it owes.
    pub fn shortfall(&self, owed: u128, held: u128) -> IVault::PrincipalShortfall {
        IVault::PrincipalShortfall { token: *self.address(), owed: u(owed), held: u(held) }
    }

    /// This token's error for an account that has not approved the vault.
    pub fn not_approved(&self, scene: &Scene, needed: u128) -> IWildToken::Insufficient {
        IWildToken::Insufficient { account: scene.vault.address(), held: U256::ZERO, needed: u(needed) }
    }

    /// The ways in which transfers of this token from and to the vault can fail.
    pub fn failures(&self, vault: Address) -> [Failure; 4] {
        let paused = |paused, silent| self.setPaused(paused, silent).into_request();
        let blocked = |blocked| self.setBlocked(vault, blocked).into_request();
        let answer = |answer| self.setAnswer(answer).into_request();
        let default_error = Bytes::from(self.failed().abi_encode());
        [
            Failure {
                behavior: "returns false",
                begin: answer(Answer::False),
                end: answer(Answer::True),
                error: default_error.clone(),
            },
            Failure {
                behavior: "reverts",
                begin: paused(true, false),
                end: paused(false, false),
                error: IWildToken::Paused {}.abi_encode().into(),
            },
            Failure {
                behavior: "reverts without data",
                begin: paused(true, true),
                end: paused(false, false),
                error: default_error,
            },
            Failure {
                behavior: "blocks the vault",
                begin: blocked(true),
                end: blocked(false),
                error: IWildToken::Blocked { account: vault }.abi_encode().into(),
            },
        ]
    }

    /// Sets each balance to `numerator / denominator` of what it was at first.
    pub async fn rebase(&self, scene: &Scene, numerator: u128, denominator: u128) -> Result<()> {
        scene.send_as_payer(self.setFactor(u(FACTOR_ONE * numerator / denominator))).await
    }
}

/// A way in which transfers of a token fail: how to begin and end it, and the data that the vault then reverts with.
pub struct Failure {
    pub behavior: &'static str,
    pub begin: TransactionRequest,
    pub end: TransactionRequest,
    pub error: Bytes,
}

/// The role of the wild token in a vault; the other tokens are standard ones.
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

/// A vault in which a wild token of 18 decimals has this role. The chain's payer owns the vault.
pub async fn wild_vault(role: Role) -> Result<(Scene, WildToken)> {
    let chain = Chain::from_environment().await?;
    let wild = WildToken::deploy(&chain, 18).await?;
    vault_with(chain, role, wild).await
}

/// A vault whose asset accepts any call, also `permit`, and only counts the calls of unknown functions.
pub async fn phantom_vault() -> Result<(Scene, WildToken)> {
    let chain = Chain::from_environment().await?;
    let address = chain.create_solidity("PhantomToken", &[]).await?;
    let wild = WildToken(IWildToken::new(address, chain.provider().clone()));
    vault_with(chain, Role::Asset, wild).await
}

async fn vault_with(chain: Chain, role: Role, wild: WildToken) -> Result<(Scene, WildToken)> {
    let tokens = tokens_for(&chain, role, wild.token(&chain)).await?;
    let owner = chain.payer().address();
    Ok((Scene::of(tokens, chain, |settings| settings.owner = owner).await?, wild))
}

/// Asset, reward and yield token of a vault in which `wild` has this role.
async fn tokens_for(chain: &Chain, role: Role, wild: Token) -> Result<[Token; 3]> {
    let plain = async |name| Token::deploy(chain, name, name, 18).await;
    Ok(match role {
        Role::Asset => [wild, plain("Reward").await?, plain("Yield").await?],
        Role::Reward => [plain("Asset").await?, wild, plain("Yield").await?],
        Role::Yield => [plain("Asset").await?, plain("Reward").await?, wild],
        Role::AssetAndReward => [wild.clone(), wild, plain("Yield").await?],
        Role::AssetAndYield => [wild.clone(), plain("Reward").await?, wild],
        Role::RewardBesideSoldAsset => {
            let asset = plain("Asset").await?;
            [asset.clone(), wild, asset]
        }
    })
}
