//! Upgrades of ArbOS: an owner schedules one, and the first block at or after its time applies it
//! (Nitro `arbos/arbosState/arbosstate.go`: `UpgradeArbosVersionIfNecessary`).

use super::{
    VERSION, slots,
    storage::{Space, State, StateResult, key, to_u64},
};
use revm::context_interface::JournalTr;

/// The upgrade that is scheduled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Upgrade {
    pub version: u64,
    /// Unix seconds.
    pub timestamp: u64,
}

impl<J: JournalTr> State<'_, J> {
    /// The version of ArbOS now. Every access to the state pays for reading it.
    pub fn version(&mut self) -> StateResult<u64, J> {
        self.get_free(&Space::root(), key(slots::VERSION)).map(to_u64)
    }

    /// The upgrade that is scheduled; zeros if there is none, or if the chain has reached its version.
    pub fn scheduled_upgrade(&mut self) -> StateResult<Upgrade, J> {
        let root = Space::root();
        let version = self.get_u64(&root, slots::UPGRADE_VERSION)?;
        let timestamp = self.get_u64(&root, slots::UPGRADE_TIMESTAMP)?;
        let is_reached = self.version()? >= version;
        Ok(if is_reached { Upgrade::default() } else { Upgrade { version, timestamp } })
    }

    /// Applies the scheduled upgrade if its time has come. This crate knows no rules after [`VERSION`]: a later version keeps
    /// them and raises the version of Stylus by one, as ArbOS 59 did, so that all programs must be activated again.
    pub fn upgrade_if_due(&mut self, now: u64) -> StateResult<(), J> {
        let upgrade = self.scheduled_upgrade()?;
        if upgrade == Upgrade::default() || now < upgrade.timestamp {
            return Ok(());
        }
        self.set_u64(&Space::root(), slots::VERSION, upgrade.version)?;
        if upgrade.version <= VERSION {
            return Ok(());
        }
        let mut parameters = self.parameters()?;
        parameters.version = parameters.version.saturating_add(1);
        self.set_parameters(parameters)
    }
}
