//! The programs that a contract runs: how long each can run, and what there is to warn of.
//! Other contracts than vaults show them in rows of their own.

use alloy::primitives::{Address, B256};
use anyhow::Result;
use serde_json::{Value, json};
use weir_client::Node;
use weir_programs::{FoundProgram, Inactive, Lifetime, Programs, Rules, activation_command, how_to_activate};
use weir_units::{DAY, Moment};

use super::sections::row;
use crate::{activity::time_of, exit::Failure};

/// A program with this much time left or less gives a warning, in seconds.
const WARNING: u64 = 60 * DAY;

/// The programs of one contract, and how long they can run.
pub struct ProgramStates {
    states: Vec<(FoundProgram, Lifetime)>,
    /// Read if one of them cannot run.
    pub rules: Option<Rules>,
    /// The time of the next block.
    pub now: u64,
}

impl ProgramStates {
    /// Reads how long the programs can run.
    ///
    /// # Errors
    /// If the node does not answer, or has no ArbWasm.
    pub async fn read(node: &Node, programs: &Programs, now: u64) -> Result<Self> {
        let mut states = Vec::new();
        for program in programs.list() {
            states.push((program.clone(), time_of(node, program.address, now).await?));
        }
        let is_inactive = states.iter().any(|(_, lifetime)| lifetime.inactive().is_some());
        let rules = if is_inactive { Some(Rules::of(node).await?) } else { None };
        Ok(Self { states, rules, now })
    }

    /// The lifetime of the program at `address`. What is not a program was never activated.
    pub fn lifetime_of(&self, address: Address) -> Lifetime {
        let state = self.states.iter().find(|(program, _)| program.address == address);
        state.map_or(Lifetime::Inactive(Inactive::NeverActivated), |(_, lifetime)| lifetime.clone())
    }

    /// Whether the contract's own program cannot run, which is the first of the list.
    pub fn is_stopped(&self) -> bool {
        self.states.first().is_some_and(|(_, lifetime)| lifetime.inactive().is_some())
    }

    /// A row for each program.
    pub fn rows(&self) -> Vec<(String, String)> {
        let rows = self.states.iter().map(|(program, lifetime)| row(program.name, lifetime.words(self.now)));
        rows.collect()
    }

    /// What makes the programs run again that cannot run, below the table; `None` if all can.
    pub fn remedies(&self) -> Option<String> {
        if self.rules?.activations_paused() {
            let how = "The chain has activations paused: activate the programs when they are open again.";
            return Some(format!("\n{how}\n"));
        }
        let inactive = self.states.iter().filter(|(_, lifetime)| lifetime.inactive().is_some());
        let commands = inactive.map(|(program, _)| {
            format!("  {:<9}  {}\n", program.name, activation_command(&program.address.to_string()))
        });
        let commands: String = commands.collect();
        Some(format!("\nAnyone can activate the programs again (most of the ether is refunded):\n{commands}"))
    }

    /// A row for each program that a vault's tokens are.
    pub fn token_rows(&self) -> Vec<(String, String)> {
        let tokens = self.states.iter().filter(|(program, _)| program.name == "token");
        let rows = tokens.map(|(program, lifetime)| {
            // The first user is the vault itself.
            let symbols = program.users.get(1..).unwrap_or_default().join(", ");
            row(&format!("program of {symbols}"), lifetime.words(self.now))
        });
        rows.collect()
    }

    fn remedy(&self, program: &FoundProgram, lifetime: &Lifetime) -> Option<String> {
        lifetime.inactive()?;
        Some(how_to_activate(program.address, self.rules.as_ref()?))
    }

    /// The programs for scripts.
    pub fn document(&self) -> Value {
        let documents = self.states.iter().map(|(program, lifetime)| {
            json!({
                "program": program.name,
                "address": program.address,
                "code_hash": program.code_hash,
                "expires": lifetime.expires(),
                "seconds_left": lifetime.seconds_left(self.now),
                "inactive": lifetime.inactive().map(|inactive| inactive.name()),
            })
        });
        documents.collect()
    }
}

/// What all contracts of a view have to be warned of. A program that several run is named once.
#[derive(Default)]
pub struct Findings {
    /// Code hashes of the programs that have been added.
    known: Vec<B256>,
    warnings: Vec<String>,
    /// Those that cannot run: `vault of vault.savings (it expired on …)`, and the remedy.
    inactive: Vec<(String, String)>,
    is_paused: bool,
}

/// A program by its name and the contract that runs it: `vault of vault.savings`, `router`.
fn of(name: &str, user: &str) -> String {
    if user == name || user == format!("template.{name}") {
        return user.to_owned();
    }
    format!("{name} of {user}")
}

impl Findings {
    /// Adds the programs of the contract `user`.
    pub fn add(&mut self, user: &str, states: &ProgramStates) {
        self.is_paused |= states.rules.is_some_and(|rules| rules.activations_paused());
        for (program, lifetime) in &states.states {
            if self.known.contains(&program.code_hash) {
                continue;
            }
            self.known.push(program.code_hash);
            let name = program.name;
            match lifetime {
                Lifetime::Active { expires } if expires.saturating_sub(states.now) <= WARNING => {
                    let when = Moment(*expires);
                    self.warnings.push(format!(
                        "the program {} expires on {when}, {}: renew it (weir keepalive {user})",
                        of(name, user),
                        when.relative_to(states.now)
                    ));
                }
                Lifetime::Active { .. } => {}
                Lifetime::Inactive(inactive) => {
                    let words = format!("{} ({})", of(name, user), inactive.words());
                    self.inactive.push((words, states.remedy(program, lifetime).unwrap_or_default()));
                }
            }
        }
    }

    /// One sentence for each program that expires soon.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Everything in one line; `None` if there is nothing.
    pub fn headline(&self) -> Option<String> {
        if let Err(error) = self.check() {
            return Some(error.to_string());
        }
        match self.warnings() {
            [] => None,
            [one] => Some(format!("warning: {one}")),
            several => Some(format!(
                "warning: {} programs expire within 60 days: renew them (weir keepalive)",
                several.len()
            )),
        }
    }

    /// Checks that all programs can run.
    ///
    /// # Errors
    /// If one cannot.
    pub fn check(&self) -> Result<(), Failure> {
        let Some((first, remedy)) = self.inactive.first() else { return Ok(()) };
        if self.inactive.len() == 1 {
            return Err(Failure::check(format!("a program cannot run: {first}; {remedy}")));
        }
        let all: Vec<&str> = self.inactive.iter().map(|(words, _)| words.as_str()).collect();
        let (count, all) = (all.len(), all.join(", "));
        let remedy = match self.is_paused {
            true => "the chain has activations paused: activate them when they are open again".into(),
            false => format!("anyone can activate each: {}", activation_command("PROGRAM")),
        };
        Err(Failure::check(format!("{count} programs cannot run: {all}; {remedy}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_767_225_600;

    fn states(lifetimes: &[(&'static str, Lifetime)]) -> ProgramStates {
        let states = lifetimes.iter().zip(1..).map(|((name, lifetime), byte)| {
            let program = FoundProgram {
                name,
                address: Address::repeat_byte(byte),
                code_hash: B256::repeat_byte(byte),
                users: vec!["vault.savings".into()],
            };
            (program, lifetime.clone())
        });
        let rules = Some(Rules { activation_gas: u64::MAX, ..Rules::default() });
        ProgramStates { states: states.collect(), rules, now: NOW }
    }

    fn active(seconds: u64) -> Lifetime {
        Lifetime::Active { expires: NOW + seconds }
    }

    #[test]
    fn a_program_with_60_days_left_gives_a_warning() {
        let mut findings = Findings::default();
        findings.add("vault.savings", &states(&[("vault", active(60 * DAY + 1))]));
        assert!(findings.warnings().is_empty() && findings.headline().is_none());
        let mut findings = Findings::default();
        let states = states(&[("vault", active(60 * DAY)), ("extension", active(59 * DAY))]);
        findings.add("vault.savings", &states);
        findings.add("factory", &states);
        let [vault, extension] = findings.warnings() else { panic!("{:?}", findings.warnings()) };
        assert!(
            vault.contains("vault of vault.savings expires on") && vault.contains("in 60 days"),
            "{vault}"
        );
        assert!(extension.contains("weir keepalive vault.savings"), "{extension}");
        assert!(findings.headline().unwrap().contains("2 programs expire"));
        assert!(findings.check().is_ok());
    }

    #[test]
    fn programs_that_cannot_run_are_an_error_with_the_remedy() {
        let expired = Lifetime::Inactive(Inactive::Expired { at: NOW - DAY });
        let mut findings = Findings::default();
        findings.add("factory", &states(&[("factory", expired.clone()), ("pair", active(300 * DAY))]));
        let error = findings.check().unwrap_err().to_string();
        assert!(error.starts_with("a program cannot run: factory (it expired on 2025"), "{error}");
        assert!(error.contains("activations paused"), "{error}");
        // The third program has another code hash.
        findings.add("router", &states(&[("a", active(1)), ("b", active(1)), ("router", expired)]));
        let error = findings.headline().unwrap();
        assert!(error.contains("2 programs cannot run") && error.contains("router (it expired"), "{error}");
    }
}
