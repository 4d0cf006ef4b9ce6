//! Looks at the chain before anything is sent: whether it activates programs, and which programs of the plan are active
//! already. Programs are activated by their code, once for all contracts that have it.

use anyhow::Result;
use serde_json::{Value, json};
use weir_bindings::{
    Program,
    deploy::{code_of, is_active},
    fixed,
};
use weir_client::Node;
use weir_programs::Rules;

use super::plan::Plan;
use crate::exit::{ErrorKind, Failure};

/// What the chain has and allows.
#[derive(Clone, Debug)]
pub struct Found {
    rules: Rules,
    /// Whether the chain has the CREATE2 deployer, which creates what clones run.
    pub has_create2_deployer: bool,
    /// The plan's programs that the chain can run now.
    active: Vec<Program>,
    /// The plan's other programs: new ones, and those that expired or were activated for an older version of Stylus.
    pub inactive: Vec<Program>,
}

impl Found {
    /// Looks for the programs of the plan.
    ///
    /// # Errors
    /// If a program has not been built, or the node does not answer.
    pub async fn on(node: &Node, plan: &Plan) -> Result<Self> {
        let rules = Rules::of(node).await?;
        let has_create2_deployer = fixed::has_deployer(&node.provider).await?;
        let (mut active, mut inactive) = (Vec::new(), Vec::new());
        for program in Program::ALL {
            if !plan.items.iter().any(|item| item.spec.program() == Some(program)) {
                continue;
            }
            let is_active = is_active(&node.provider, &code_of(program)?).await?;
            if is_active { active.push(program) } else { inactive.push(program) }
        }
        Ok(Self { rules, has_create2_deployer, active, inactive })
    }

    /// Whether the chain cannot run this program now.
    pub fn is_inactive(&self, program: Option<Program>) -> bool {
        program.is_some_and(|program| self.inactive.contains(&program))
    }

    /// Checks that the chain activates the programs that are not active.
    ///
    /// # Errors
    /// If it activates none now.
    pub fn check(&self, chain_id: u64) -> Result<(), Failure> {
        if !self.rules.activations_paused() || self.inactive.is_empty() {
            return Ok(());
        }
        let message = format!(
            "chain {chain_id} activates no programs now (ArbWasm.activationGas() is {}), and {} must be activated: \
             nothing was sent; wait, or make vaults by a factory whose programs are active ([factory] address = \"0x…\")",
            self.rules.activation_gas,
            names(&self.inactive)
        );
        Err(Failure::new(ErrorKind::Paused, message))
    }

    /// What was found, in one sentence.
    pub fn words(&self) -> String {
        let version = self.rules.stylus_version;
        let activations = if self.rules.activations_paused() { "paused" } else { "open" };
        let programs = match (self.active.is_empty(), self.inactive.is_empty()) {
            (true, true) => "no program is needed".into(),
            (true, false) => format!("{} must be activated", names(&self.inactive)),
            (false, true) => format!("{} are active", names(&self.active)),
            (false, false) => {
                format!("{} are active, {} must be activated", names(&self.active), names(&self.inactive))
            }
        };
        format!("Stylus version {version}, activations are {activations}; {programs}.")
    }

    /// For scripts.
    pub fn document(&self) -> Value {
        let names = |programs: &[Program]| programs.iter().map(|program| program.name()).collect::<Vec<_>>();
        json!({
            "stylus_version": self.rules.stylus_version,
            "activation_gas": self.rules.activation_gas,
            "activations_paused": self.rules.activations_paused(),
            "active": names(&self.active),
            "to_activate": names(&self.inactive),
        })
    }
}

fn names(programs: &[Program]) -> String {
    programs.iter().map(|program| program.name()).collect::<Vec<_>>().join(", ")
}
