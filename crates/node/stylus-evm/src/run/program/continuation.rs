//! What a host function that waits for the chain still has to do.

use crate::pricing::Gas;
use revm::primitives::{Address, B256};

/// The rest of a host function, which runs after the answer. Numbers are pointers into the program's memory.
#[derive(Clone, Debug)]
pub enum Continuation {
    Nothing,
    /// Pays for the word and writes it.
    Word {
        dest: u32,
    },
    StorageLoad {
        key: B256,
        dest: u32,
        cache_gas: Gas,
    },
    StorageFlush,
    Code {
        address: Address,
        window: Option<CodeWindow>,
    },
    Pages,
    Call {
        ret_len: u32,
    },
    Create {
        contract: u32,
        ret_len: u32,
    },
}

/// The part of an account's code that a program requests.
#[derive(Clone, Copy, Debug)]
pub struct CodeWindow {
    pub offset: u32,
    pub size: u32,
    pub dest: u32,
}
