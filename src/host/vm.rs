//! [`Host`]: what a program asks of the VM, and how a call enters and leaves it.
//! Every function is safe: bytes go in and come out, and no pointer leaves this file.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256};
use stylus_sdk::{host::VM, stylus_core::*};

use super::{
    bytes::{from_be_bytes, to_be_bytes},
    hooks,
};

/// The VM that the program runs in. On chain it has no size; in tests it is the SDK's TestVM.
#[derive(Clone)]
pub struct Host(VM);

/// On whose behalf, and with which rights, a contract's code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// On its own storage; it may change state.
    Call,
    /// On its own storage; it must not change state.
    StaticCall,
    /// On the storage and with the caller of the contract that runs.
    DelegateCall,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallResult {
    /// Whether it did not revert.
    pub is_success: bool,
    /// Bytes that it returned or reverted with.
    pub length: usize,
}

impl Host {
    /// The host of the SDK's handle.
    pub fn new(vm: VM) -> Self {
        Self(vm)
    }

    /// The account that called.
    pub fn msg_sender(&self) -> Address {
        self.0.msg_sender()
    }

    /// Wei sent with the call.
    pub fn msg_value(&self) -> U256 {
        from_be_bytes(&hooks::msg_value(&self.0))
    }

    /// Whether this contract is running already, further up in the transaction.
    pub fn msg_reentrant(&self) -> bool {
        self.0.msg_reentrant()
    }

    /// The contract's own address. In a delegate call it is the caller's: a clone's, not its program's.
    pub fn contract_address(&self) -> Address {
        self.0.contract_address()
    }

    /// The chain's id (EIP-155).
    pub fn chain_id(&self) -> u64 {
        self.0.chain_id()
    }

    /// The block's time in Unix seconds.
    pub fn block_timestamp(&self) -> u64 {
        self.0.block_timestamp()
    }

    /// `keccak256(data)`.
    pub fn keccak256(&self, data: &[u8]) -> B256 {
        self.0.native_keccak256(data)
    }

    /// Emits a log: the first `topics` words of `data` are its topics, the rest its data.
    pub fn emit_log(&self, data: &[u8], topics: usize) {
        self.0.emit_log(data, topics);
    }

    /// The word in the slot `key`.
    pub fn storage_load(&self, key: B256) -> U256 {
        from_be_bytes(&hooks::storage_load(&self.0, key))
    }

    /// Puts `word` into the slot `key`. It reaches the chain's state when the cache is flushed.
    pub fn storage_store(&self, key: B256, word: U256) {
        hooks::storage_cache(&self.0, key, &to_be_bytes(word));
    }

    /// Writes what was stored to the chain's state, so that contracts called from here on see it.
    pub fn flush_cache(&self) {
        self.0.flush_cache(false);
    }

    /// Bytes of `account`'s code.
    pub fn code_size(&self, account: Address) -> usize {
        self.0.code_size(account)
    }

    /// `keccak256` of `account`'s code; zero for an account that does not exist.
    pub fn code_hash(&self, account: Address) -> B256 {
        self.0.code_hash(account)
    }

    /// `account`'s code.
    pub fn code(&self, account: Address) -> Vec<u8> {
        self.0.code(account)
    }

    /// Calls `callee` with all gas left (less a 64th, EIP-150) and no ether. The storage cache is not flushed.
    #[inline(never)]
    pub fn call(&self, kind: CallKind, callee: Address, data: &[u8]) -> CallResult {
        const NO_ETHER: B256 = B256::ZERO;
        const ALL_GAS: u64 = u64::MAX;
        let (to, from) = (callee.as_ptr(), data.as_ptr());
        let mut length = 0;
        // SAFETY: the host reads 20 bytes at `to`, `data.len()` at `from` and 32 of ether. No Rust value mirrors storage
        // that the callee could change.
        let status = unsafe {
            match kind {
                CallKind::Call => {
                    self.0.call_contract(to, from, data.len(), NO_ETHER.as_ptr(), ALL_GAS, &mut length)
                }
                CallKind::StaticCall => {
                    self.0.static_call_contract(to, from, data.len(), ALL_GAS, &mut length)
                }
                CallKind::DelegateCall => {
                    self.0.delegate_call_contract(to, from, data.len(), ALL_GAS, &mut length)
                }
            }
        };
        CallResult { is_success: status == 0, length }
    }

    /// All that the last call returned or reverted with.
    #[inline(never)]
    pub fn return_data(&self) -> Vec<u8> {
        self.0.read_return_data(0, None)
    }

    /// The first word of the last call's return data; zeros where it is shorter.
    pub fn return_word(&self) -> U256 {
        from_be_bytes(&hooks::return_word(&self.0))
    }

    /// Creates a contract by CREATE2, without ether. `None` if that fails. The storage cache is not flushed.
    pub fn create2(&self, init_code: &[u8], salt: B256) -> Option<Address> {
        const NO_ETHER: B256 = B256::ZERO;
        let (code, length, ether) = (init_code.as_ptr(), init_code.len(), NO_ETHER.as_ptr());
        let (mut contract, mut revert_length) = (Address::ZERO, 0);
        // SAFETY: the host reads `length` bytes at `code` and 32 each of ether and salt, and writes 20 at `contract`. No
        // Rust value mirrors storage that the init code could change.
        unsafe {
            self.0.create2(code, length, ether, salt.as_ptr(), contract.as_mut_ptr(), &mut revert_length);
        }
        (!contract.is_zero()).then_some(contract)
    }
}

/// Runs a program: reads the calldata, which has `length` bytes, and writes what `answer` returns. The status is 0 for
/// return data and 1 for revert data.
///
/// Storage is flushed once, at the end, and only on success: a call that reverts does not pay for writes that are
/// undone, nor runs out of gas over them in place of its error. (The SDK's entry point flushes in both cases.)
pub fn entry_point(
    vm: VM,
    length: usize,
    answer: impl FnOnce(&[u8], VM) -> Result<Vec<u8>, Vec<u8>>,
) -> usize {
    // Activation requires this import, for the calls that it inserts before each growth of memory.
    vm.pay_for_memory_grow(0);
    let (data, status) = match answer(&vm.read_args(length), vm.clone()) {
        Ok(data) => {
            vm.flush_cache(false);
            (data, 0)
        }
        Err(data) => (data, 1),
    };
    vm.write_result(&data);
    status
}
