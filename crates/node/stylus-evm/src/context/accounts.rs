//! Reads accounts without warming them up.

use crate::activate::{ActivationError, Packed, fragment_addresses};
use revm::{
    Database,
    bytecode::Bytecode,
    context_interface::{JournalTr, journaled_state::account::JournaledAccountTr},
    primitives::{Address, B256, Bytes},
};

/// Hash and code of an account, empty if it has none. Keeps a cold account cold.
pub fn code<J: JournalTr>(
    journal: &mut J,
    address: Address,
) -> Result<(B256, Bytecode), <J::Database as Database>::Error> {
    let mut account = journal.load_account_with_code_mut(address)?;
    if account.is_cold {
        account.data.unsafe_mark_cold();
    }
    Ok((*account.data.code_hash(), account.data.code().cloned().unwrap_or_default()))
}

/// Code of a program with that of its fragments; the inner error if it is not a program.
pub fn packed<J: JournalTr>(
    journal: &mut J,
    program: Bytes,
) -> Result<Result<Packed, ActivationError>, <J::Database as Database>::Error> {
    let addresses = match fragment_addresses(&program) {
        Ok(addresses) => addresses,
        Err(error) => return Ok(Err(error)),
    };
    let fragments = addresses.into_iter().map(|address| Ok(code(journal, address)?.1.original_bytes()));
    Ok(Ok(Packed::new(program, fragments.collect::<Result<_, _>>()?)))
}

/// Code that a call of this account runs: its own, or that of the account it delegates to (EIP-7702).
pub fn code_to_run<J: JournalTr>(
    journal: &mut J,
    address: Address,
) -> Result<(B256, Bytecode), <J::Database as Database>::Error> {
    let (hash, own) = code(journal, address)?;
    match own.eip7702_address() {
        Some(target) => code(journal, target),
        None => Ok((hash, own)),
    }
}
