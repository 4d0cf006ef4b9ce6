//! A run executes code that is not EVM bytecode as a coroutine: it runs until it needs the chain, returns a request,
//! and is resumed with the answer. Nested calls of any kind therefore do not nest on the native stack.

pub mod deployer;
pub mod program;

use crate::{pricing::Gas, profile::RunProfile};
use revm::primitives::{Address, B256, Bytes, Log, U256};

/// Code that runs as a coroutine.
pub trait Run {
    /// Continues with the answer to the last request ([`Answer::Start`] the first time).
    fn resume(&mut self, answer: Answer) -> Step;
}

/// Why a run stopped running.
#[derive(Debug)]
pub enum Step {
    /// The run waits for an answer.
    Ask(Request),
    /// The run has ended.
    Done(RunEnd),
}

/// A request of a run to the chain, on behalf of the contract that it runs as.
#[derive(Clone, Debug)]
pub enum Request {
    /// Loads a storage slot. Answered by [`Answer::Loaded`].
    LoadStorage { key: B256 },
    /// Stores slots at the prices of the EVM until this gas is used up. Answered by [`Answer::Stored`].
    Store { slots: Vec<(B256, B256)>, gas_left: Gas },
    /// Loads a transient storage slot. Answered by [`Answer::Loaded`].
    LoadTransient { key: B256 },
    /// Sets a transient storage slot. Answered by [`Answer::Done`].
    StoreTransient { key: B256, value: B256 },
    /// Loads the balance of an account. Answered by [`Answer::Loaded`].
    Balance { address: Address },
    /// Loads the code hash of an account, zero if the account is empty. Answered by [`Answer::Loaded`].
    CodeHash { address: Address },
    /// Loads the code of an account, empty if this gas does not pay for it. Answered by [`Answer::Code`].
    Code { address: Address, gas_left: Gas },
    /// Opens pages of memory. Answered by [`Answer::Pages`].
    AddPages { pages: u16 },
    /// Emits a log. Answered by [`Answer::Done`].
    Log(Log),
    /// Calls a contract. Answered by [`Answer::Called`].
    Call(Call),
    /// Creates a contract. Answered by [`Answer::Created`] or [`Answer::NotCreated`].
    Create(Create),
}

/// A call by a run.
#[derive(Clone, Debug)]
pub struct Call {
    pub kind: CallKind,
    pub address: Address,
    /// Value sent; zero unless `kind` is [`CallKind::Call`].
    pub value: U256,
    pub input: Bytes,
    /// All gas that the caller has left, the price of the call included.
    pub gas_left: Gas,
    /// Maximum gas for the callee; the 63/64 rule may give less.
    pub gas_wanted: Gas,
}

/// The kinds of calls available to programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    Call,
    Delegate,
    Static,
}

/// A contract creation by a run.
#[derive(Clone, Debug)]
pub struct Create {
    pub init_code: Bytes,
    pub value: U256,
    /// CREATE2 if set, else CREATE.
    pub salt: Option<B256>,
    /// All gas that the creator has left.
    pub gas_left: Gas,
}

/// Answer of the chain to a request.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Starts the run; not an answer to a request.
    Start,
    Done,
    /// A word, and the gas for loading it.
    Loaded {
        value: B256,
        gas: Gas,
    },
    /// The gas for storing; `Err` with all gas if it did not suffice.
    Stored(Result<Gas, Gas>),
    /// Code, and the gas for loading it.
    Code {
        code: Bytes,
        gas: Gas,
    },
    /// The gas for opening pages.
    Pages {
        gas: Gas,
    },
    /// Result of a call; `gas` is its total price, `callee` the part used by the callee.
    Called {
        success: bool,
        output: Bytes,
        gas: Gas,
        callee: Gas,
    },
    /// Result of a creation: an address if it succeeded, revert data if it reverted; `gas` is its total price, `callee`
    /// the part used by the init code.
    Created {
        address: Option<Address>,
        output: Bytes,
        gas: Gas,
        callee: Gas,
    },
    /// The creator cannot pay for the creation; nothing changed.
    NotCreated,
}

/// End of a run.
#[derive(Clone, Debug)]
pub struct RunEnd {
    pub result: RunResult,
    /// Remaining gas of the run.
    pub gas_left: Gas,
    /// Set if the run was profiled.
    pub profile: Option<Box<RunProfile>>,
}

/// Result of a run (Nitro `crates/arbutil/src/evm/user.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunResult {
    /// The run returns this data.
    Success(Bytes),
    /// The run reverts with this data.
    Revert(Bytes),
    /// The run trapped or did something forbidden. It reverts without data and keeps the remaining gas.
    Failure(String),
    /// The run used all gas.
    OutOfInk,
    /// The run recursed too deeply; all gas is used up.
    OutOfStack,
}
