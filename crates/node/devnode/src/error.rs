//! The errors of a chain. Where geth has a message for an error, this is geth's message, since clients search for it
//! (`core/error.go`, `core/state_transition.go`, `core/vm/errors.go`).

use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::{Panic, Revert as RevertString, SolError};
use revm::{
    context::result::{HaltReason, InvalidTransaction, OutOfGasError},
    database_interface::DBErrorMarker,
};

/// Why a request to the chain failed. A request that fails changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    #[error(transparent)]
    Reverted(#[from] Reverted),
    /// The execution neither returned nor reverted.
    #[error("{reason}{}", in_parentheses(program))]
    Halted { reason: String, program: Option<String> },
    #[error("gas required exceeds allowance ({allowance}){}", in_parentheses(program))]
    GasAboveAllowance { allowance: u64, program: Option<String> },
    #[error("header for hash not found: no block has the hash {0}")]
    UnknownBlockHash(B256),
    #[error("transaction {0} not found")]
    UnknownTransaction(B256),
    #[error("header not found: block {number} is above the head, block {head}")]
    AboveHead { number: u64, head: u64 },
    #[error("state of block {number} is no longer kept (the last {kept} blocks are)")]
    StateGone { number: u64, kept: u64 },
    #[error("the chain was reverted while this was executing: try again")]
    Interrupted,
    #[error("unknown account: the node holds no key of {0}; sign the transaction or impersonate the account")]
    UnknownAccount(Address),
    /// The request is not valid.
    #[error("{0}")]
    Invalid(String),
    /// The node rejects a valid request.
    #[error("{0}")]
    Rejected(String),
    /// A bug of this program.
    #[error("{0}")]
    Internal(String),
}

impl DBErrorMarker for ChainError {}

/// Why a transaction is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    #[error("nonce too low: address {address}, tx: {tx} state: {state}")]
    NonceTooLow { address: Address, tx: u64, state: u64 },
    #[error("nonce too high: address {address}, tx: {tx} state: {state}")]
    NonceTooHigh { address: Address, tx: u64, state: u64 },
    #[error("nonce has max value: address {address}, nonce: {nonce}")]
    NonceMax { address: Address, nonce: u64 },
    #[error("insufficient funds for gas * price + value: address {address} have {have} want {want}")]
    InsufficientFunds { address: Address, have: U256, want: U256 },
    #[error(
        "insufficient funds for gas * price + value: address {address} required balance exceeds 256 bits"
    )]
    CostOverflow { address: Address },
    #[error("insufficient funds for transfer")]
    InsufficientFundsForTransfer,
    #[error("intrinsic gas too low: have {have}, want {want}")]
    IntrinsicGas { have: u64, want: u64 },
    #[error("gas limit reached: the gas limit of the transaction is {gas}, that of a block {limit}")]
    GasLimitReached { gas: u64, limit: u64 },
    #[error(
        "max fee per gas less than block base fee: address {address}, maxFeePerGas: {max}, baseFee: {base}"
    )]
    FeeCapTooLow { address: Address, max: u128, base: u64 },
    #[error(
        "max priority fee per gas higher than max fee per gas: address {address}, maxPriorityFeePerGas: {tip}, \
         maxFeePerGas: {max}"
    )]
    TipAboveFeeCap { address: Address, tip: u128, max: u128 },
    #[error("max initcode size exceeded: code size {size} limit {limit}")]
    InitCodeTooLarge { size: usize, limit: usize },
    #[error("sender not an eoa: address {address}, len(code): {size}")]
    SenderNotEoa { address: Address, size: usize },
    #[error("invalid chain id for signer: have {have} want {want}")]
    ChainId { have: u64, want: u64 },
    #[error("invalid sender: the signature is not valid")]
    InvalidSender,
    #[error("transaction type not supported: Arbitrum does not accept blob transactions")]
    BlobTransaction,
    #[error("EIP-7702 transaction with empty auth list (sender {0})")]
    EmptyAuthorizations(Address),
    #[error("cannot decode the transaction: {0}")]
    Undecodable(String),
    #[error("{0}")]
    Other(String),
}

impl TransactionError {
    /// Converts revm's error, for a transaction of `address` whose input has `size` bytes.
    pub fn from_evm(error: InvalidTransaction, address: Address, size: usize) -> Self {
        match error {
            InvalidTransaction::NonceTooLow { tx, state } => Self::NonceTooLow { address, tx, state },
            InvalidTransaction::NonceTooHigh { tx, state } => Self::NonceTooHigh { address, tx, state },
            InvalidTransaction::NonceOverflowInTransaction => Self::NonceMax { address, nonce: u64::MAX },
            InvalidTransaction::CallGasCostMoreThanGasLimit { initial_gas, gas_limit } => {
                Self::IntrinsicGas { have: gas_limit, want: initial_gas }
            }
            InvalidTransaction::LackOfFundForMaxFee { fee, balance } => {
                Self::InsufficientFunds { address, have: *balance, want: *fee }
            }
            InvalidTransaction::OverflowPaymentInTransaction => Self::CostOverflow { address },
            InvalidTransaction::CreateInitCodeSizeLimit => {
                Self::InitCodeTooLarge { size, limit: revm::primitives::eip3860::MAX_INITCODE_SIZE }
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// An execution that ended by reverting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reverted {
    /// The revert data.
    pub output: Bytes,
    /// The Stylus program whose failure caused the revert, and how it failed.
    pub program: Option<String>,
}

impl std::error::Error for Reverted {}

impl std::fmt::Display for Reverted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("execution reverted")?;
        if let Some(reason) = self.reason() {
            write!(f, ": {reason}")?;
        }
        f.write_str(&in_parentheses(&self.program))
    }
}

impl Reverted {
    /// The text of `Error(string)` or the meaning of `Panic(uint256)`, if the output is one of the two.
    pub fn reason(&self) -> Option<String> {
        if let Ok(revert) = RevertString::abi_decode(&self.output) {
            return Some(revert.reason);
        }
        Panic::abi_decode(&self.output).ok().map(|panic| panic_text(panic.code))
    }
}

/// The meaning of Solidity's panic codes, as in geth (`accounts/abi`, `panicReasons`).
fn panic_text(code: U256) -> String {
    let text = match u8::try_from(code) {
        Ok(0x00) => "generic panic",
        Ok(0x01) => "assert(false)",
        Ok(0x11) => "arithmetic underflow or overflow",
        Ok(0x12) => "division or modulo by zero",
        Ok(0x21) => "enum overflow",
        Ok(0x22) => "invalid encoded storage byte array accessed",
        Ok(0x31) => "out-of-bounds array access; popping on an empty array",
        Ok(0x32) => "out-of-bounds access of an array or bytesN",
        Ok(0x41) => "out of memory",
        Ok(0x51) => "uninitialized function",
        _ => return format!("unknown panic code: {code:#x}"),
    };
    text.into()
}

fn in_parentheses(program: &Option<String>) -> String {
    program.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default()
}

/// Whether the execution may succeed with more gas.
pub fn is_out_of_gas(reason: &HaltReason) -> bool {
    matches!(reason, HaltReason::OutOfGas(_))
}

/// geth's message for a halted execution.
pub fn halt_text(reason: &HaltReason) -> String {
    match reason {
        HaltReason::OutOfGas(OutOfGasError::InvalidOperand) => "gas uint64 overflow".into(),
        HaltReason::OutOfGas(_) => "out of gas".into(),
        HaltReason::OpcodeNotFound | HaltReason::NotActivated => "invalid opcode: not defined".into(),
        HaltReason::InvalidFEOpcode => "invalid opcode: INVALID".into(),
        HaltReason::InvalidJump => "invalid jump destination".into(),
        HaltReason::StackUnderflow => "stack underflow".into(),
        HaltReason::StackOverflow => "stack limit reached 1024 (1023)".into(),
        HaltReason::OutOfOffset => "return data out of bounds".into(),
        HaltReason::CreateCollision => "contract address collision".into(),
        HaltReason::NonceOverflow => "nonce uint64 overflow".into(),
        HaltReason::CreateContractSizeLimit => "max code size exceeded".into(),
        HaltReason::CreateContractStartingWithEF => "invalid code: must not begin with 0xef".into(),
        HaltReason::CreateInitCodeSizeLimit => "max initcode size exceeded".into(),
        HaltReason::StateChangeDuringStaticCall | HaltReason::CallNotAllowedInsideStatic => {
            "write protection".into()
        }
        HaltReason::OutOfFunds | HaltReason::OverflowPayment => "insufficient balance for transfer".into(),
        HaltReason::CallTooDeep => "max call depth exceeded".into(),
        HaltReason::PrecompileErrorWithContext(context) => format!("precompile failed: {context}"),
        HaltReason::PrecompileError => "precompile failed".into(),
    }
}
