//! Whether a vault's programs can run, and what works while they cannot.
//! The chain stops running a program when its activation expires, or when the chain's Stylus version rises.

use alloy::{primitives::Address, providers::Provider};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use weir_bindings::Program;
use weir_client::Node;
use weir_programs::{Lifetime, Rules, how_to_activate, is_program, lifetime};

use crate::now::Now;

/// The context of an error while a program's time is read.
const UNREADABLE: &str = "the node does not return a program's time left (ArbWasm.programTimeLeft)";

/// How long a vault's programs can run.
#[derive(Clone, Debug)]
pub struct Activity {
    /// The vault's program, then its extension.
    programs: [(Program, Address, Lifetime); 2],
    /// The time of the next block.
    now: u64,
    /// Read if one of the programs cannot run.
    rules: Option<Rules>,
}

/// A program that cannot run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InactiveProgram {
    pub program: Program,
    pub address: Address,
    /// Why it cannot run, as a clause.
    pub why: String,
    /// What makes it run again.
    pub how: String,
}

impl Activity {
    /// Asks the node about a vault's program and extension.
    ///
    /// # Errors
    /// If the node does not answer, or has no ArbWasm.
    pub async fn of(node: &Node, [vault, extension]: [Address; 2]) -> Result<Self> {
        let now = Now::of(&node.provider).await?.time;
        let lifetimes = [time_of(node, vault, now).await?, time_of(node, extension, now).await?];
        let is_inactive = lifetimes.iter().any(|lifetime| lifetime.inactive().is_some());
        let rules = if is_inactive { Some(Rules::of(node).await?) } else { None };
        Ok(Self::new([vault, extension], lifetimes, now, rules))
    }

    /// The activity of a vault whose programs have these lifetimes at `now`.
    pub fn new(
        [vault, extension]: [Address; 2],
        [of_vault, of_extension]: [Lifetime; 2],
        now: u64,
        rules: Option<Rules>,
    ) -> Self {
        let programs = [(Program::Vault, vault, of_vault), (Program::Extension, extension, of_extension)];
        Self { programs, now, rules }
    }

    /// The first program that cannot run.
    pub fn inactive(&self) -> Option<InactiveProgram> {
        self.all_inactive().next()
    }

    /// All programs that cannot run.
    pub fn all_inactive(&self) -> impl Iterator<Item = InactiveProgram> + '_ {
        self.programs.iter().filter_map(|(program, address, lifetime)| {
            let inactive = lifetime.inactive()?;
            let how = self.rules.map(|rules| how_to_activate(*address, &rules)).unwrap_or_default();
            Some(InactiveProgram { program: *program, address: *address, why: inactive.words(), how })
        })
    }

    /// A few words for people.
    pub fn words(&self) -> String {
        if let Some(inactive) = self.inactive() {
            return inactive.words();
        }
        let first = self.programs.iter().filter_map(|(_, _, lifetime)| lifetime.expires()).min();
        Lifetime::Active { expires: first.unwrap_or_default() }.words(self.now)
    }

    /// A label and a few words for each program.
    pub fn rows(&self) -> [(&'static str, String); 2] {
        let [of_vault, of_extension] = &self.programs;
        let words = |(_, _, lifetime): &(Program, Address, Lifetime)| lifetime.words(self.now);
        let vault = of_vault.2.inactive().map(|inactive| by_lifeboat(&inactive.words()));
        // The extension matters only while the vault's own program runs.
        let extension = of_extension.2.inactive().filter(|_| vault.is_none());
        let extension = extension.map(|inactive| without_extension(&inactive.words()));
        [
            ("program", vault.unwrap_or_else(|| words(of_vault))),
            ("extension", extension.unwrap_or_else(|| words(of_extension))),
        ]
    }
}

impl InactiveProgram {
    /// The JSON for scripts.
    pub fn document(&self) -> Value {
        json!({ "program": self.program.name(), "address": self.address, "why": self.why })
    }

    /// A few words for people.
    pub fn words(&self) -> String {
        match self.program {
            Program::Extension => format!("extension {}", without_extension(&self.why)),
            _ => by_lifeboat(&self.why),
        }
    }
}

fn by_lifeboat(why: &str) -> String {
    format!("inactive: withdrawals by the lifeboat ({why})")
}

fn without_extension(why: &str) -> String {
    format!("inactive: only deposits, withdrawals and claims work ({why})")
}

/// Why a token does not answer.
pub struct InactiveToken {
    /// A clause without its subject.
    pub why: String,
    /// What makes it answer again, as a clause.
    pub how: String,
}

/// The reason and the remedy if `token` is a Stylus program that cannot run; otherwise `None`.
///
/// # Errors
/// If the node does not answer.
pub async fn inactive_token(node: &Node, token: Address) -> Result<Option<InactiveToken>> {
    let code = node.provider.get_code_at(token).await?;
    if !is_program(&code) {
        return Ok(None);
    }
    let now = Now::of(&node.provider).await?.time;
    let Some(inactive) = time_of(node, token, now).await?.inactive() else { return Ok(None) };
    let why = format!("does not answer: it is itself a Stylus program, and {}", inactive.words());
    Ok(Some(InactiveToken { why, how: how_to_activate(token, &Rules::of(node).await?) }))
}

/// A program's lifetime at `now`.
///
/// # Errors
/// If the node does not answer, or has no ArbWasm.
pub async fn time_of(node: &Node, program: Address, now: u64) -> Result<Lifetime> {
    lifetime(node, program, now).await.context(UNREADABLE)
}

#[cfg(test)]
mod tests {
    use weir_programs::Inactive;
    use weir_units::DAY;

    use super::*;

    const NOW: u64 = 1_767_225_600;

    fn activity(lifetimes: [Lifetime; 2]) -> Activity {
        let rules = Rules::default();
        Activity::new([1, 2].map(Address::repeat_byte), lifetimes, NOW, Some(rules))
    }

    fn active(days: u64) -> Lifetime {
        Lifetime::Active { expires: NOW + days * DAY }
    }

    #[test]
    fn a_vault_is_active_until_the_first_of_its_programs_expires() {
        let activity = activity([active(300), active(200)]);
        assert_eq!(activity.inactive(), None);
        assert_eq!(activity.words(), "active for another 200 days");
        let rows = activity.rows();
        assert_eq!(rows[0], ("program", "active for another 300 days".into()));
        assert_eq!(rows[1], ("extension", "active for another 200 days".into()));
    }

    #[test]
    fn each_program_that_cannot_run_is_named_with_what_works() {
        let expired = Lifetime::Inactive(Inactive::Expired { at: NOW - DAY });
        let activity = activity([expired.clone(), expired]);
        let names: Vec<&str> = activity.all_inactive().map(|inactive| inactive.program.name()).collect();
        assert_eq!(names, ["vault", "extension"]);
        let words = "inactive: withdrawals by the lifeboat (it expired on 2025-12-31 00:00:00 UTC)";
        assert_eq!(activity.words(), words);
        assert_eq!(activity.rows()[0], ("program", words.into()));
        assert_eq!(
            activity.rows()[1],
            ("extension", "cannot run: it expired on 2025-12-31 00:00:00 UTC".into())
        );
        let inactive = activity.inactive().unwrap();
        assert!(inactive.how.contains(&inactive.address.to_string()), "{}", inactive.how);
    }
}
