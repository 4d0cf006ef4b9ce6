//! Finds the programs that contracts run: those named in the code of vaults and pairs, those of a factory's clones.
//! Each program is listed once, with the contracts that run it.

use alloy::{
    primitives::{Address, B256, Bytes, keccak256},
    providers::Provider,
};
use tokio::try_join;
use weir::clones::{PairCode, VaultCode};
use weir_bindings::{IFactory, Program};
use weir_client::{Node, NodeError};

/// The first bytes of a Stylus program's code, and of one in fragments (Nitro `core/state/statedb_arbitrum.go`).
const PREFIXES: [[u8; 3]; 2] = [[0xef, 0xf0, 0x00], [0xef, 0xf0, 0x02]];

/// A program on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundProgram {
    /// What it is: `vault`, `token`; `program` if that is unknown.
    pub name: &'static str,
    /// A contract with its code.
    pub address: Address,
    pub code_hash: B256,
    /// The contracts that run it, by name or address.
    pub users: Vec<String>,
}

/// Programs, each once.
#[derive(Clone, Debug, Default)]
pub struct Programs {
    found: Vec<FoundProgram>,
}

/// Whether this is the code of a Stylus program.
pub fn is_program(code: &[u8]) -> bool {
    PREFIXES.iter().any(|prefix| code.starts_with(prefix))
}

/// The programs that a clone with this code runs: a vault's two, or a pair's. Empty for any other code.
pub fn programs_in(code: &[u8]) -> Vec<(Program, Address)> {
    if let Some(vault) = VaultCode::decode(code) {
        return vec![(Program::Vault, vault.program), (Program::Extension, vault.config.extension)];
    }
    PairCode::decode(code).map(|pair| (Program::Pair, pair.program)).into_iter().collect()
}

/// The programs that a factory's clones run; `None` if the contract does not answer as a factory, such as one whose own
/// program cannot run.
///
/// # Errors
/// If the node does not answer.
pub async fn templates(node: &Node, factory: Address) -> Result<Option<[(Program, Address); 3]>, NodeError> {
    let factory = node.reader(factory).in_next_block();
    let read = try_join!(
        factory.ask(IFactory::pairTemplateCall {}),
        factory.ask(IFactory::vaultTemplateCall {}),
        factory.ask(IFactory::vaultExtensionCall {})
    );
    match read {
        Ok((pair, vault, extension)) => {
            Ok(Some([(Program::Pair, pair), (Program::Vault, vault), (Program::Extension, extension)]))
        }
        Err(error) if error.is_answer() => Ok(None),
        Err(error) => Err(error),
    }
}

impl Programs {
    /// The programs, in the order in which they were found.
    pub fn list(&self) -> &[FoundProgram] {
        &self.found
    }

    /// Adds all programs that the contract at `address` runs: its own, those named in its code, those of a vault's
    /// tokens and of a factory's clones. `hint` is its kind, if that is known; `user` its name. Returns whether it runs any.
    ///
    /// # Errors
    /// If the node does not answer.
    pub async fn add_contract(
        &mut self,
        node: &Node,
        address: Address,
        hint: Option<Program>,
        user: &str,
    ) -> Result<bool, NodeError> {
        let code = node.provider.get_code_at(address).await?;
        if !is_program(&code) {
            return self.add_clone(node, &code, user).await;
        }
        let templates = match hint {
            None | Some(Program::Factory) => templates(node, address).await?,
            Some(_) => None,
        };
        let kind = hint.or(templates.is_some().then_some(Program::Factory));
        self.add(kind, address, &code, user);
        for (program, address) in templates.into_iter().flatten() {
            self.add_program(node, program, address, user).await?;
        }
        Ok(true)
    }

    /// Adds the programs of a vault or pair with this code, and those that a vault's tokens are: while they cannot run,
    /// the vault pays nothing.
    async fn add_clone(&mut self, node: &Node, code: &[u8], user: &str) -> Result<bool, NodeError> {
        let programs = programs_in(code);
        for (program, address) in &programs {
            self.add_program(node, *program, *address, user).await?;
        }
        let config = VaultCode::decode(code).map(|vault| vault.config);
        for token in config.iter().flat_map(|config| [config.asset, config.reward, config.yield_token]) {
            self.add_program(node, Program::Token, token, user).await?;
        }
        Ok(!programs.is_empty())
    }

    async fn add_program(
        &mut self,
        node: &Node,
        program: Program,
        address: Address,
        user: &str,
    ) -> Result<(), NodeError> {
        let code: Bytes = node.provider.get_code_at(address).await?;
        // A forged clone may name a contract that is not a program.
        if is_program(&code) {
            self.add(Some(program), address, &code, user);
        }
        Ok(())
    }

    fn add(&mut self, kind: Option<Program>, address: Address, code: &[u8], user: &str) {
        let code_hash = keccak256(code);
        let name = kind.map_or(UNKNOWN, Program::name);
        let Some(known) = self.found.iter_mut().find(|known| known.code_hash == code_hash) else {
            self.found.push(FoundProgram { name, address, code_hash, users: vec![user.to_owned()] });
            return;
        };
        if known.name == UNKNOWN {
            known.name = name;
        }
        if !known.users.iter().any(|known| known == user) {
            known.users.push(user.to_owned());
        }
    }
}

/// The name of a program whose kind is unknown.
const UNKNOWN: &str = "program";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_listed_once_with_all_its_users() {
        let mut programs = Programs::default();
        let [first, second] = [1, 2].map(Address::repeat_byte);
        programs.add(None, first, b"code", "template.vault");
        programs.add(Some(Program::Vault), second, b"code", "vault.savings");
        programs.add(Some(Program::Vault), second, b"code", "vault.savings");
        programs.add(Some(Program::Token), second, b"other code", "token.usd");
        let [vault, token] = programs.list() else { panic!("{programs:?}") };
        assert_eq!((vault.name, vault.address), ("vault", first));
        assert_eq!(vault.users, ["template.vault", "vault.savings"]);
        assert_eq!((token.name, token.users.len()), ("token", 1));
    }

    #[test]
    fn only_stylus_code_is_a_program() {
        assert!(is_program(&[0xef, 0xf0, 0x00, 0x00]) && is_program(&[0xef, 0xf0, 0x02, 0x00]));
        // A fragment runs only as a part of a program.
        assert!(!is_program(&[0xef, 0xf0, 0x01, 0x00]) && !is_program(&[]) && !is_program(&[0x60]));
        assert!(programs_in(&[0x60; 2_000]).is_empty());
    }
}
