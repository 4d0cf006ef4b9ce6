//! Factory and router on a chain, and what the factory makes.

use std::ops::Deref;

use alloy::{
    primitives::{Address, Bytes},
    providers::DynProvider,
    rpc::types::TransactionReceipt,
    sol_types::SolEvent,
};
use anyhow::{Context, Result};
use weir_artifacts::Program;
use weir_bindings::{
    IFactory::{self, IFactoryInstance, PairCreated, VaultCreated, createPairCall, createVaultCall},
    IPair::{self, IPairInstance},
    IRouter::{self, IRouterInstance},
    deploy::{self, Templates},
};

use weir_client::Account;

use crate::{Chain, Vault, VaultSettings, contracts::send_deployment};

/// What a pair is made with; see `IFactory.createPair`.
pub type PairSettings = createPairCall;

/// A factory with the programs that its clones run, and a router for its pairs.
#[derive(Clone, Debug)]
pub struct Market {
    /// The program that vaults run.
    pub vault_program: Address,
    /// The vaults' second program.
    pub extension: Address,
    /// What vaults run while their program cannot run.
    pub lifeboat: Address,
    /// The program that pairs run.
    pub pair_program: Address,
    /// Creates pairs and vaults.
    pub factory: IFactoryInstance<DynProvider>,
    /// Serves the factory's pairs.
    pub router: IRouterInstance<DynProvider>,
}

impl Market {
    /// Deploys programs, factory and router, paid by the chain's payer.
    pub async fn deploy(chain: &Chain) -> Result<Self> {
        let deployed =
            async |program| anyhow::Ok(send_deployment(chain, program, Bytes::new()).await?.address);
        let pair_program = deployed(Program::Pair).await?;
        let vault_program = deployed(Program::Vault).await?;
        let extension = deployed(Program::Extension).await?;
        let receipt = chain.payer().send(deploy::lifeboat_creation()).await?;
        let lifeboat = receipt.contract_address.context("no lifeboat was created")?;
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

    /// What the factory's clones run.
    pub fn templates(&self) -> Templates {
        let &Self { pair_program: pair, vault_program: vault, extension, lifeboat, .. } = self;
        Templates { pair, vault, extension, lifeboat }
    }

    /// Lets `account` make a pair.
    pub async fn create_pair(&self, account: &Account, settings: &PairSettings) -> Result<Pair> {
        let receipt = account.send(self.factory.call_builder(settings)).await?;
        let made: PairCreated = announced(&receipt).context("no pair was announced")?;
        Ok(Pair { instance: IPair::new(made.pair, self.factory.provider().clone()), receipt })
    }

    /// Lets `account` make a vault.
    pub async fn create_vault(
        &self,
        chain: &Chain,
        account: &Account,
        settings: &VaultSettings,
    ) -> Result<Vault> {
        let receipt = account.send(self.vault_order(settings)).await?;
        let made: VaultCreated = announced(&receipt).context("no vault was announced")?;
        Ok(Vault::at(chain, made.vault, receipt))
    }

    /// The call that makes a vault with these settings.
    pub fn vault_order(
        &self,
        settings: &VaultSettings,
    ) -> alloy::contract::SolCallBuilder<&DynProvider, createVaultCall> {
        self.factory.call_builder(settings)
    }
}

fn announced<E: SolEvent>(receipt: &TransactionReceipt) -> Option<E> {
    receipt.logs().iter().find_map(|log| E::decode_log(&log.inner).ok()).map(|log| log.data)
}

/// A standalone pair on a chain.
#[derive(Clone, Debug)]
pub struct Pair {
    instance: IPairInstance<DynProvider>,
    /// Receipt of its creation.
    pub receipt: TransactionReceipt,
}

impl Deref for Pair {
    type Target = IPairInstance<DynProvider>;

    fn deref(&self) -> &Self::Target {
        &self.instance
    }
}

impl Pair {
    /// The pair at `address`, which the transaction of `receipt` made.
    pub fn at(chain: &Chain, address: Address, receipt: TransactionReceipt) -> Self {
        Self { instance: IPair::new(address, chain.provider().clone()), receipt }
    }

    /// The pair's address.
    pub fn address(&self) -> Address {
        *self.instance.address()
    }
}
