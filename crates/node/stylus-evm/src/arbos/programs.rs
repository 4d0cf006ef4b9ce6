//! Records of activated programs (Nitro `arbos/programs/programs.go`, `data_pricer.go`).

use super::{
    programs,
    storage::{Space, State, StateResult, key},
};
use crate::pricing::{
    Gas,
    data_fee::{self, ARBITRUM_START_SECONDS},
    entry,
    parameters::Parameters,
};
use revm::{
    context_interface::JournalTr,
    primitives::{B256, U256},
};

const DAY_SECONDS: u64 = 24 * 60 * 60;
const HOUR_SECONDS: u64 = 60 * 60;
/// Gas of reading all parameters of Stylus: one warm read.
const PARAMETERS_GAS: u64 = 100;

/// Record of an activated program; the key is its code hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Stylus version; 0 when the program was never activated.
    pub version: u16,
    pub init_cost: u16,
    pub cached_cost: u16,
    /// Initial pages of memory.
    pub footprint: u16,
    /// Hours since Arbitrum began, 24 bits.
    pub activated_hours: u32,
    /// Estimated machine code in KiB, 24 bits.
    pub asm_kib: u32,
    /// In the cache manager's cache.
    pub cached: bool,
}

/// Why a program cannot be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inactive {
    #[error("the program is not activated; call ArbWasm.activateProgram")]
    NotActivated,
    #[error(
        "the program was activated for Stylus version {version}, but the chain runs version {stylus_version}: \
             activate it again"
    )]
    NeedsUpgrade { version: u16, stylus_version: u16 },
    #[error("the program expired: it was activated {0} seconds ago; activate it again")]
    Expired(u64),
}

impl Program {
    fn from_word(word: B256) -> Self {
        let number = |range: std::ops::Range<usize>| {
            word[range].iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte))
        };
        Self {
            version: number(0..2) as u16,
            init_cost: number(2..4) as u16,
            cached_cost: number(4..6) as u16,
            footprint: number(6..8) as u16,
            activated_hours: number(8..11),
            asm_kib: number(11..14),
            cached: word[14] != 0,
        }
    }

    fn to_word(self) -> B256 {
        let mut word = B256::ZERO;
        word[0..2].copy_from_slice(&self.version.to_be_bytes());
        word[2..4].copy_from_slice(&self.init_cost.to_be_bytes());
        word[4..6].copy_from_slice(&self.cached_cost.to_be_bytes());
        word[6..8].copy_from_slice(&self.footprint.to_be_bytes());
        word[8..11].copy_from_slice(&self.activated_hours.to_be_bytes()[1..]);
        word[11..14].copy_from_slice(&self.asm_kib.to_be_bytes()[1..]);
        word[14] = self.cached.into();
        word
    }

    /// Gas of a call of a cached program, and the additional gas if it is not cached.
    pub fn call_gas(&self, parameters: &Parameters) -> (Gas, Gas) {
        (entry::cached_gas(self.cached_cost, parameters), entry::init_gas(self.init_cost, parameters))
    }

    /// Seconds since the activation, which is recorded rounded down to the hour.
    pub fn age_seconds(&self, now: u64) -> u64 {
        let activated = ARBITRUM_START_SECONDS + u64::from(self.activated_hours) * HOUR_SECONDS;
        now.saturating_sub(activated)
    }

    pub fn has_expired(&self, now: u64, parameters: &Parameters) -> bool {
        self.age_seconds(now) > u64::from(parameters.expiry_days) * DAY_SECONDS
    }

    /// Seconds until the program expires.
    pub fn seconds_left(&self, now: u64, parameters: &Parameters) -> u64 {
        (u64::from(parameters.expiry_days) * DAY_SECONDS).saturating_sub(self.age_seconds(now))
    }

    /// Whether the program is old enough for a keepalive.
    pub fn can_be_kept_alive(&self, now: u64, parameters: &Parameters) -> bool {
        self.age_seconds(now) >= u64::from(parameters.keepalive_days) * DAY_SECONDS
    }

    pub fn asm_bytes(&self) -> u32 {
        self.asm_kib.saturating_mul(1024)
    }

    pub fn check(self, now: u64, parameters: &Parameters) -> Result<Self, Inactive> {
        let stylus_version = parameters.version;
        match self.version {
            0 => Err(Inactive::NotActivated),
            version if version != stylus_version => Err(Inactive::NeedsUpgrade { version, stylus_version }),
            _ if self.has_expired(now, parameters) => Err(Inactive::Expired(self.age_seconds(now))),
            _ => Ok(self),
        }
    }
}

/// Hours since Arbitrum began, rounded down, as stored in a record.
pub fn hours_since_start(now: u64) -> u32 {
    let hours = now.saturating_sub(ARBITRUM_START_SECONDS) / HOUR_SECONDS;
    hours.min(0xFF_FFFF) as u32
}

fn parameters() -> Space {
    programs().child(&[0])
}

fn records() -> Space {
    programs().child(&[1])
}

fn module_hashes() -> Space {
    programs().child(&[2])
}

fn data_pricer() -> Space {
    programs().child(&[3])
}

/// The accounts that can put programs into the cache.
pub fn cache_managers() -> Space {
    programs().child(&[4])
}

fn activation_gas_space() -> Space {
    programs().child(&[5])
}

/// The slot of the gas that every activation costs in addition, in the storage of ArbOS's account.
pub fn activation_gas_slot() -> U256 {
    activation_gas_space().slot(key(0))
}

/// Slots of the data pricer.
pub mod pricer {
    pub const DEMAND: u64 = 0;
    pub const BYTES_PER_SECOND: u64 = 1;
    pub const LAST_UPDATE: u64 = 2;
    pub const MIN_PRICE: u64 = 3;
    pub const INERTIA: u64 = 4;
}

/// Initial parameters: the space, and its first word.
pub fn initial_parameters() -> (Space, B256) {
    (parameters(), Parameters::default().to_word())
}

/// Initial values of the data pricer.
pub fn initial_data_pricer() -> (Space, [(u64, u64); 5]) {
    let values = [
        (pricer::DEMAND, 0),
        (pricer::BYTES_PER_SECOND, data_fee::BYTES_PER_SECOND.into()),
        (pricer::LAST_UPDATE, ARBITRUM_START_SECONDS),
        (pricer::MIN_PRICE, data_fee::MIN_PRICE_WEI.into()),
        (pricer::INERTIA, data_fee::INERTIA_BYTES.into()),
    ];
    (data_pricer(), values)
}

impl<J: JournalTr> State<'_, J> {
    /// The parameters of Stylus now.
    pub fn parameters(&mut self) -> StateResult<Parameters, J> {
        self.gas.burn(PARAMETERS_GAS)?;
        self.get_free(&parameters(), key(0)).map(Parameters::from_word)
    }

    pub fn set_parameters(&mut self, new: Parameters) -> StateResult<(), J> {
        self.set(&parameters(), key(0), new.to_word())
    }

    /// The record of a code hash; the program may be inactive.
    pub fn program(&mut self, code_hash: B256) -> StateResult<Program, J> {
        self.get(&records(), code_hash).map(Program::from_word)
    }

    pub fn set_program(&mut self, code_hash: B256, program: Program) -> StateResult<(), J> {
        self.set(&records(), code_hash, program.to_word())
    }

    pub fn module_hash(&mut self, code_hash: B256) -> StateResult<B256, J> {
        self.get(&module_hashes(), code_hash)
    }

    pub fn set_module_hash(&mut self, code_hash: B256, module_hash: B256) -> StateResult<(), J> {
        self.set(&module_hashes(), code_hash, module_hash)
    }

    /// Gas that the chain owner adds to every activation; 0 by default.
    pub fn activation_gas(&mut self) -> StateResult<u64, J> {
        self.get_u64(&activation_gas_space(), 0)
    }

    pub fn set_activation_gas(&mut self, gas: u64) -> StateResult<(), J> {
        self.set_u64(&activation_gas_space(), 0, gas)
    }

    /// Adds machine code to the demand and returns its fee in wei.
    pub fn raise_demand(&mut self, asm_bytes: u32, now: u64) -> StateResult<u64, J> {
        let space = data_pricer();
        let demand = self.get_u64(&space, pricer::DEMAND)? as u32;
        let last_update = self.get_u64(&space, pricer::LAST_UPDATE)?;
        // These three are constants of this crate, but reading them costs gas on a chain.
        for slot in [pricer::BYTES_PER_SECOND, pricer::MIN_PRICE, pricer::INERTIA] {
            self.get(&space, key(slot))?;
        }
        let demand = data_fee::demand_after(demand, now.saturating_sub(last_update), asm_bytes);
        self.set_u64(&space, pricer::DEMAND, demand.into())?;
        self.set_u64(&space, pricer::LAST_UPDATE, now)?;
        Ok(data_fee::fee_wei(demand, asm_bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_round_trips_through_its_word() {
        let program = Program {
            version: 2,
            init_cost: 0x1234,
            cached_cost: 0x5678,
            footprint: 17,
            activated_hours: 0xABCDEF,
            asm_kib: 0x010203,
            cached: true,
        };
        assert_eq!(Program::from_word(program.to_word()), program);
    }

    #[test]
    fn a_program_expires_after_a_year_counted_from_its_full_hour() {
        let now = 1_700_000_000;
        let parameters = Parameters::default();
        let program = Program { version: 3, activated_hours: hours_since_start(now), ..Program::default() };
        let hour = ARBITRUM_START_SECONDS + u64::from(program.activated_hours) * 3_600;
        let year = 365 * 24 * 3_600;
        assert_eq!(program.check(hour + year, &parameters), Ok(program));
        assert_eq!(program.check(hour + year + 1, &parameters), Err(Inactive::Expired(year + 1)));
    }

    #[test]
    fn another_stylus_version_needs_an_upgrade() {
        let parameters = Parameters::default();
        assert_eq!(Program::default().check(0, &parameters), Err(Inactive::NotActivated));
        for version in [1, 2, 4] {
            let other = Program { version, ..Program::default() };
            let needs_upgrade = Inactive::NeedsUpgrade { version, stylus_version: 3 };
            assert_eq!(other.check(0, &parameters), Err(needs_upgrade));
        }
    }
}
