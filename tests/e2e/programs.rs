//! Programs that die and live again: by the chain's own record of each activated program, changed in ArbOS's storage on a
//! devnode. So a test can have them die at any time, of any cause, and without the time that expiry takes.

use alloy::{
    eips::BlockId,
    primitives::{Address, B256, U256, address, keccak256},
};
use anyhow::{Context, Result, ensure};
use weir_devnode::Chain as Node;
use weir_harness::Chain;

/// The account whose storage is ArbOS's state.
const ARBOS_STATE: Address = address!("A4B05FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
/// Keys of the space of programs, and of the space of their records in it (Nitro `arbos/programs/programs.go`).
const PROGRAMS: [u8; 1] = [8];
const RECORDS: [u8; 1] = [1];

/// Why a program cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// It was never activated.
    NotActivated,
    /// The chain's Stylus version has risen.
    NeedsUpgrade,
    /// Its 365 days are over.
    Expired,
}

impl Death {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotActivated, Self::NeedsUpgrade, Self::Expired];

    /// A living program's record, changed: version u16 first, hour of the activation u24 at byte 8.
    fn of(self, record: U256) -> U256 {
        let mut word = record.to_be_bytes::<32>();
        match self {
            Self::NotActivated => word[..2].fill(0),
            Self::NeedsUpgrade => word[1] -= 1,
            Self::Expired => word[8..11].fill(0),
        }
        U256::from_be_bytes(word)
    }
}

/// A program on a devnode, with the record that it lives by.
pub struct Mortal {
    slot: U256,
    record: U256,
}

impl Mortal {
    /// The program at this address, which is activated.
    pub fn new(node: &Node, program: Address) -> Result<Self> {
        let slot = slot(keccak256(node.code(program, BlockId::latest())?));
        let record = node.storage(ARBOS_STATE, slot, BlockId::latest())?;
        ensure!(!record.is_zero(), "there is no activated program at {program}");
        Ok(Self { slot, record })
    }

    /// From now on it cannot run.
    pub fn die(&self, node: &Node, death: Death) {
        node.set_storage(ARBOS_STATE, self.slot, death.of(self.record));
    }

    /// It can run again.
    pub fn live(&self, node: &Node) {
        node.set_storage(ARBOS_STATE, self.slot, self.record);
    }
}

/// Both programs of a chain's vaults.
pub struct MortalPrograms(pub [Mortal; 2]);

impl MortalPrograms {
    pub async fn new(chain: &Chain) -> Result<Self> {
        let market = chain.market().await?;
        let node = node(chain)?;
        Ok(Self([Mortal::new(node, market.vault_program)?, Mortal::new(node, market.extension)?]))
    }

    /// From now on neither can run.
    pub fn die(&self, node: &Node, death: Death) {
        self.0.iter().for_each(|program| program.die(node, death));
    }

    /// Both can run again.
    pub fn live(&self, node: &Node) {
        self.0.iter().for_each(|program| program.live(node));
    }
}

/// The devnode in process.
pub fn node(chain: &Chain) -> Result<&Node> {
    Ok(chain.node().context("the test needs the devnode in process")?.chain())
}

/// Where ArbOS keeps the record of the program with this code (Nitro `arbos/storage/storage.go`).
fn slot(code_hash: B256) -> U256 {
    let space = keccak256([keccak256(PROGRAMS).as_slice(), &RECORDS].concat());
    let (page, offset) = code_hash.split_at(31);
    let mut slot = keccak256([space.as_slice(), page].concat());
    slot[31] = offset[0];
    slot.into()
}
