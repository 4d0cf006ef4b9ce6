//! A factory and a router on a chain, and the pairs and vaults that the factory creates.
//! [`Chain::market`] deploys them once for each chain.

use std::ops::Deref;

use alloy::{
    primitives::Address, providers::DynProvider, rpc::types::TransactionReceipt, sol_types::SolEvent,
};
use anyhow::{Context, Result};
use weir_artifacts::Program;
use weir_bindings::{
    IFactory::{self, IFactoryInstance, PairCreated, VaultCreated, createPairCall, createVaultCall},
    IPair::{self, IPairInstance},
    IRouter::{self, IRouterInstance},
    deploy::{self, Templates},
    fixed::{self, Fixed},
};
use weir_client::Account;

use crate::{Chain, Vault, VaultSettings, contracts::send_deployment};

/// The settings of a pair; see `IFactory.createPair`.
pub type PairSettings = createPairCall;

/// A factory, the programs of its clones, and a router for its pairs.
#[derive(Clone, Debug)]
pub struct Market {
    /// The program of vaults.
    pub vault_program: Address,
    /// The second program of vaults.
    pub extension: Address,
    /// The EVM contract that vaults run while their program cannot run.
    pub lifeboat: Address,
    /// The program of pairs.
    pub pair_program: Address,
    pub factory: IFactoryInstance<DynProvider>,
    pub router: IRouterInstance<DynProvider>,
}

impl Market {
    /// Deploys the programs, the factory and the router. The chain's payer pays.
    pub async fn deploy(chain: &Chain) -> Result<Self> {
        let send = async |request| Ok(chain.payer().send(request).await?);
        let fixed = async |contract| fixed::deploy(chain.provider(), contract, &send).await;
        let pair_program = fixed(Fixed::Program(Program::Pair)).await?;
        let vault_program = fixed(Fixed::Program(Program::Vault)).await?;
        let extension = fixed(Fixed::Program(Program::Extension)).await?;
        let lifeboat = fixed(Fixed::Lifeboat).await?;
        let constructor = deploy::factory_constructor(Templates {
            pair: pair_program,
            vault: vault_program,
            extension,
            lifeboat,
        });
        let factory = send_deployment(chain, Program::Factory, constructor).await?.address;
        let constructor = deploy::router_constructor(factory);
        let router = send_deployment(chain, Program::Router, constructor).await?.address;
        let provider = chain.provider();
        Ok(Self {
            vault_program,
            extension,
            lifeboat,
            pair_program,
            factory: IFactory::new(factory, provider.clone()),
            router: IRouter::new(router, provider.clone()),
        })
    }

    /// Returns the contracts that the factory's clones run.
    pub fn templates(&self) -> Templates {
        let &Self { pair_program: pair, vault_program: vault, extension, lifeboat, .. } = self;
        Templates { pair, vault, extension, lifeboat }
    }

    /// Creates a pair with a transaction of `account`.
    pub async fn create_pair(&self, account: &Account, settings: &PairSettings) -> Result<Pair> {
        let receipt = account.send(self.factory.call_builder(settings)).await?;
        let created: PairCreated = find_event(&receipt).context("no PairCreated event")?;
        Ok(Pair { instance: IPair::new(created.pair, self.factory.provider().clone()), receipt })
    }

    /// Creates a vault with a transaction of `account`.
    pub async fn create_vault(
        &self,
        chain: &Chain,
        account: &Account,
        settings: &VaultSettings,
    ) -> Result<Vault> {
        let receipt = account.send(self.vault_order(settings)).await?;
        let created: VaultCreated = find_event(&receipt).context("no VaultCreated event")?;
        Ok(Vault::at(chain, created.vault, receipt))
    }

    /// Returns the call that creates a vault with these settings.
    pub fn vault_order(
        &self,
        settings: &VaultSettings,
    ) -> alloy::contract::SolCallBuilder<&DynProvider, createVaultCall> {
        self.factory.call_builder(settings)
    }
}

fn find_event<E: SolEvent>(receipt: &TransactionReceipt) -> Option<E> {
    receipt.logs().iter().find_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data)
}

/// A standalone pair on a chain.
#[derive(Clone, Debug)]
pub struct Pair {
    instance: IPairInstance<DynProvider>,
    /// The receipt of its creation.
    pub receipt: TransactionReceipt,
}

impl Deref for Pair {
    type Target = IPairInstance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.instance
    }
}

impl Pair {
    /// Uses the pair at `address`, created by the transaction of `receipt`.
    pub fn at(chain: &Chain, address: Address, receipt: TransactionReceipt) -> Self {
        Self { instance: IPair::new(address, chain.provider().clone()), receipt }
    }

    /// Returns the pair's address.
    pub fn address(&self) -> Address {
        *self.instance.address()
    }
}
