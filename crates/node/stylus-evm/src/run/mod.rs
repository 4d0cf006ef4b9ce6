//! A run is code that is not EVM bytecode, executed as a coroutine: it works on its own until it needs the chain,
//! then asks, and is resumed with the answer. So it may call other contracts without being on the native stack
//! above them, whatever they are.

pub mod deployer;
pub mod program;

use crate::{pricing::Gas, profile::RunProfile};
use revm::primitives::{Address, B256, Bytes, Log, U256};

/// Code that runs by asking the chain for what it needs.
pub trait Run {
    /// Goes on with the answer to the last question ([`Answer::Start`] the first time).
    fn resume(&mut self, answer: Answer) -> Step;
}

/// How far a run got.
#[derive(Debug)]
pub enum Step {
    /// It waits for an answer.
    Ask(Request),
    /// It is over.
    Done(Ending),
}

/// What a run asks of the chain; all of it on behalf of the contract that it acts as.
#[derive(Clone, Debug)]
pub enum Request {
    /// A storage slot. Answered by [`Answer::Loaded`].
    LoadStorage { key: B256 },
    /// Stores slots at the EVM's prices, as far as this gas goes. Answered by [`Answer::Stored`].
    Store { slots: Vec<(B256, B256)>, gas_left: Gas },
    /// A transient storage slot. Answered by [`Answer::Loaded`].
    LoadTransient { key: B256 },
    /// Sets a transient storage slot. Answered by [`Answer::Done`].
    StoreTransient { key: B256, value: B256 },
    /// An account's balance. Answered by [`Answer::Loaded`].
    Balance { address: Address },
    /// An account's code hash, zero if the account is empty. Answered by [`Answer::Loaded`].
    CodeHash { address: Address },
    /// An account's code, empty if this gas does not pay for it. Answered by [`Answer::Code`].
    Code { address: Address, gas_left: Gas },
    /// Opens pages of memory. Answered by [`Answer::Pages`].
    AddPages { pages: u16 },
    /// Emits a log. Answered by [`Answer::Done`].
    Log(Log),
    /// Calls a contract. Answered by [`Answer::Called`].
    Call(Call),
    /// Creates a contract. Answered by [`Answer::Created`].
    Create(Create),
}

/// A call that a run makes.
#[derive(Clone, Debug)]
pub struct Call {
    pub kind: CallKind,
    pub address: Address,
    /// Sent along; zero unless `kind` is [`CallKind::Call`].
    pub value: U256,
    pub input: Bytes,
    /// All gas that the caller has left, the price of the call included.
    pub gas_left: Gas,
    /// The most gas to give; the 63/64 rule may give less.
    pub gas_wanted: Gas,
}

/// The three ways to call that the EVM has for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    Call,
    Delegate,
    Static,
}

/// A contract creation that a run makes.
#[derive(Clone, Debug)]
pub struct Create {
    pub init_code: Bytes,
    pub value: U256,
    /// CREATE2 if there is one, else CREATE.
    pub salt: Option<B256>,
    /// All gas that the creator has left.
    pub gas_left: Gas,
}

/// What the chain answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Not an answer: the run begins.
    Start,
    Done,
    /// A word, and the gas of loading it.
    Loaded {
        value: B256,
        gas: Gas,
    },
    /// The gas of storing; `Err` when there was not enough, and all of it is gone.
    Stored(Result<Gas, Gas>),
    /// Code, and the gas of loading it.
    Code {
        code: Bytes,
        gas: Gas,
    },
    /// The gas of opening pages.
    Pages {
        gas: Gas,
    },
    /// What a call returned; `gas` is its whole price, `callee` what of it was used by the callee.
    Called {
        success: bool,
        output: Bytes,
        gas: Gas,
        callee: Gas,
    },
    /// What a creation returned: an address if it succeeded, revert data if it reverted, its whole price, and what of
    /// it was used by the init code.
    Created {
        address: Option<Address>,
        output: Bytes,
        gas: Gas,
        callee: Gas,
    },
    /// The creator cannot pay for a creation; nothing happened.
    NotCreated,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ending {
    pub outcome: Outcome,
    /// Gas that is left of what the run was given.
    pub gas_left: Gas,
    /// What was recorded, if the run was profiled.
    pub profile: Option<Box<RunProfile>>,
}

/// The five ways in which a run can end (Nitro `crates/arbutil/src/evm/user.rs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What the run returns.
    Success(Bytes),
    /// What the run reverts with.
    Revert(Bytes),
    /// It did something that it must not: like a revert without data, and what gas is left is given back.
    Failure(String),
    /// All gas is gone.
    OutOfInk,
    /// It recursed too deeply; all gas is gone.
    OutOfStack,
}
