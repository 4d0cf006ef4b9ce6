//! Programs that die at random in the middle of a run and live again, and a twin of the vault whose programs never die: it gets
//! every call that succeeds, and its storage and logs have to be the same, word by word.

use std::collections::BTreeMap;

use alloy::{eips::BlockId, primitives::U256, rpc::types::TransactionReceipt};
use anyhow::{Result, ensure};
use fastrand::Rng;

use super::{
    operation::Operation,
    reading::{Claims, Leaving, Reading},
    setup::Setup,
};
use crate::{
    programs::{Death, MortalPrograms},
    reverts::GAS_LIMIT,
    scene::activation,
};

/// One operation in so many is the last before the programs die, and the last before they live again.
const LIFE: u32 = 12;
const DEATH: u32 = 24;
/// One time in so many they are activated again, as on a public chain. It takes longer.
const ACTIVATION: u32 = 8;

/// The programs of a run's vault, and the twin.
pub struct Mortality {
    programs: MortalPrograms,
    /// Why they cannot run now.
    death: Option<Death>,
    twin: Setup,
}

impl Mortality {
    pub async fn new(setup: &Setup, twin: Setup) -> Result<Self> {
        ensure!(twin.vault.address() == setup.vault.address() && twin.start == setup.start);
        Ok(Self { programs: MortalPrograms::new(&setup.chain).await?, death: None, twin })
    }

    /// Whether the programs cannot run.
    pub fn are_dead(&self) -> bool {
        self.death.is_some()
    }

    /// Lets the programs die or live again, sometimes. Returns what happened, in words.
    pub async fn pass(&mut self, random: &mut Rng, setup: &Setup) -> Result<Option<String>> {
        let node = setup.node()?;
        if self.death.is_none() {
            if random.u32(..LIFE) != 0 {
                return Ok(None);
            }
            let death = Death::ALL[random.usize(..Death::ALL.len())];
            self.programs.die(node, death);
            self.death = Some(death);
            return Ok(Some(format!("the programs die: {death:?}")));
        }
        if random.u32(..DEATH) != 0 {
            return Ok(None);
        }
        self.death = None;
        if random.u32(..ACTIVATION) != 0 {
            self.programs.live(node);
            return Ok(Some("the programs live again".into()));
        }
        let market = setup.chain.market().await?;
        for program in [market.vault_program, market.extension] {
            setup.chain.payer().send(activation(program)).await?;
        }
        self.programs = MortalPrograms::new(&setup.chain).await?;
        Ok(Some("the programs are activated again".into()))
    }

    /// What the programs' views return, and first, if they are dead, what the lifeboat's return: the same.
    pub fn read(&self, setup: &Setup) -> Result<Reading> {
        let leaving = self.death.map(|_| Leaving::at(setup, BlockId::latest())).transpose()?;
        let reading = self.awake(setup, || Reading::latest(setup))?;
        if let Some(leaving) = leaving {
            ensure!(
                leaving == reading.leaving,
                "by the lifeboat it is {leaving:#?}, by the programs {reading:#?}"
            );
        }
        Ok(reading)
    }

    /// What can be claimed in the next block.
    pub fn claims_to_come(&self, setup: &Setup) -> Result<Claims> {
        self.awake(setup, || Claims::at(setup, BlockId::pending()))
    }

    /// Runs `look` with programs that can run.
    fn awake<T>(&self, setup: &Setup, look: impl FnOnce() -> Result<T>) -> Result<T> {
        let node = setup.node()?;
        self.programs.live(node);
        let seen = look();
        if let Some(death) = self.death {
            self.programs.die(node, death);
        }
        seen
    }

    /// Sends to the twin what has succeeded, in the same second. Storage and logs have to be the same then.
    pub async fn follow(
        &self,
        setup: &Setup,
        operation: &Operation,
        now: u32,
        receipt: &TransactionReceipt,
    ) -> Result<()> {
        let twin = &self.twin;
        twin.node()?.set_next_block_timestamp(twin.start + u64::from(now))?;
        let account = operation.sender().map_or(twin.chain.payer(), |sender| &twin.people[sender]);
        let same = account.send_with_gas(operation.request(twin), GAS_LIMIT).await?;
        ensure!(same.status(), "it reverts where the programs never died");
        let logs = |receipt: &TransactionReceipt| -> Vec<_> {
            receipt.logs().iter().map(|log| log.inner.clone()).collect()
        };
        ensure!(logs(&same) == logs(receipt), "the logs are {:#?}, not {:#?}", logs(receipt), logs(&same));
        self.same_storage(setup)
    }

    /// Compares every slot of the vault.
    fn same_storage(&self, setup: &Setup) -> Result<()> {
        let [mut found, expected] = [storage(setup)?, storage(&self.twin)?];
        for (slot, expected) in expected {
            let found = found.remove(&slot).unwrap_or_default();
            ensure!(
                found == expected,
                "slot {slot:x} is {found:x}, but {expected:x} where the programs never died"
            );
        }
        ensure!(found.is_empty(), "the slots {found:x?} are 0 where the programs never died");
        Ok(())
    }
}

fn storage(setup: &Setup) -> Result<BTreeMap<U256, U256>> {
    Ok(setup.node()?.whole_storage(setup.vault.address()))
}
