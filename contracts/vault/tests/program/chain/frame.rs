//! What one call of a program sees: the test VM of its account, and the chain around it.

use std::{cell::RefCell, rc::Rc, slice};

use alloy_primitives::{Address, B256, U256, keccak256};
use stylus_sdk::{stylus_core::*, testing::TestVM};

use super::{Account, Chain, Message, Outcome};

/// The host of one call.
#[derive(Clone)]
pub(super) struct Frame {
    chain: Chain,
    account: Rc<Account>,
    message: Rc<Message>,
    returned: Rc<RefCell<Vec<u8>>>,
}

impl Frame {
    pub(super) fn new(chain: Chain, account: Rc<Account>, message: Message) -> Self {
        Self { chain, account, message: Rc::new(message), returned: Rc::default() }
    }

    fn vm(&self) -> &TestVM {
        &self.account.vm
    }

    fn send(&self, message: Message) -> (u8, usize) {
        self.take(self.chain.deliver(message))
    }

    /// Keeps what a call returned; gives its status, and how long that is.
    fn take(&self, outcome: Outcome) -> (u8, usize) {
        let (status, data) = match outcome {
            Ok(data) => (0, data),
            Err(data) => (1, data),
        };
        let length = data.len();
        *self.returned.borrow_mut() = data;
        (status, length)
    }
}

impl Host for Frame {}

impl CryptographyAccess for Frame {
    fn native_keccak256(&self, input: &[u8]) -> B256 {
        self.vm().native_keccak256(input)
    }
}

impl CalldataAccess for Frame {
    fn read_args(&self, _: usize) -> Vec<u8> {
        self.message.data.clone()
    }

    fn read_return_data(&self, offset: usize, size: Option<usize>) -> Vec<u8> {
        let data = self.returned.borrow();
        data.iter().skip(offset).take(size.unwrap_or(usize::MAX)).copied().collect()
    }

    fn return_data_size(&self) -> usize {
        self.returned.borrow().len()
    }

    fn write_result(&self, _: &[u8]) {
        unimplemented!("the SDK's entry point writes results, and the tests call what stands behind it")
    }
}

impl StorageAccess for Frame {
    unsafe fn storage_cache_bytes32(&self, key: U256, value: B256) {
        assert!(!self.message.is_static, "slot {key} written in a static call");
        // SAFETY: the test VM's storage is a map; nothing can alias.
        unsafe { self.vm().storage_cache_bytes32(key, value) }
    }

    fn storage_load_bytes32(&self, key: U256) -> B256 {
        self.account.read.borrow_mut().insert(key);
        self.vm().storage_load_bytes32(key)
    }

    fn flush_cache(&self, clear: bool) {
        self.vm().flush_cache(clear)
    }
}

// SAFETY: the pointers come from the SDK's `RawCall`: 20 bytes of address, `data_len` of data, 32 of value.
unsafe impl UnsafeCallAccess for Frame {
    unsafe fn call_contract(
        &self,
        to: *const u8,
        data: *const u8,
        data_len: usize,
        value: *const u8,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: as above.
        let (to, data, value) = unsafe {
            (
                slice::from_raw_parts(to, 20),
                slice::from_raw_parts(data, data_len),
                slice::from_raw_parts(value, 32),
            )
        };
        let (status, length) = self.send(Message {
            from: self.message.to,
            to: Address::from_slice(to),
            data: data.to_vec(),
            value: U256::from_be_slice(value),
            is_static: self.message.is_static,
        });
        *outs_len = length;
        status
    }

    unsafe fn static_call_contract(
        &self,
        to: *const u8,
        data: *const u8,
        data_len: usize,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: as above.
        let (to, data) = unsafe { (slice::from_raw_parts(to, 20), slice::from_raw_parts(data, data_len)) };
        let message = Message::new(self.message.to, Address::from_slice(to), data.to_vec());
        let (status, length) = self.send(Message { is_static: true, ..message });
        *outs_len = length;
        status
    }

    unsafe fn delegate_call_contract(
        &self,
        program: *const u8,
        data: *const u8,
        data_len: usize,
        _: u64,
        outs_len: &mut usize,
    ) -> u8 {
        // SAFETY: as above.
        let (program, data) =
            unsafe { (slice::from_raw_parts(program, 20), slice::from_raw_parts(data, data_len)) };
        let message = Message { data: data.to_vec(), ..Message::clone(&self.message) };
        let (status, length) = self.take(self.chain.delegate(Address::from_slice(program), message));
        *outs_len = length;
        status
    }
}

// SAFETY: the pointers come from the SDK's `RawDeploy`: `code_len` bytes of code, 20 of address.
unsafe impl UnsafeDeploymentAccess for Frame {
    unsafe fn create1(
        &self,
        code: *const u8,
        code_len: usize,
        _: *const u8,
        contract: *mut u8,
        revert_data_len: *mut usize,
    ) {
        // SAFETY: as above.
        let (code, contract, length) = unsafe {
            (
                slice::from_raw_parts(code, code_len),
                slice::from_raw_parts_mut(contract, 20),
                &mut *revert_data_len,
            )
        };
        contract.copy_from_slice(self.chain.create(code).unwrap_or_default().as_slice());
        self.returned.borrow_mut().clear();
        *length = 0;
    }

    unsafe fn create2(
        &self,
        code: *const u8,
        code_len: usize,
        endowment: *const u8,
        _: *const u8,
        contract: *mut u8,
        revert_data_len: *mut usize,
    ) {
        // SAFETY: the same pointers.
        unsafe { self.create1(code, code_len, endowment, contract, revert_data_len) }
    }
}

impl BlockAccess for Frame {
    fn block_basefee(&self) -> U256 {
        self.vm().block_basefee()
    }

    fn block_coinbase(&self) -> Address {
        self.vm().block_coinbase()
    }

    fn block_gas_limit(&self) -> u64 {
        self.vm().block_gas_limit()
    }

    fn block_number(&self) -> u64 {
        self.vm().block_number()
    }

    fn block_timestamp(&self) -> u64 {
        self.chain.time()
    }
}

impl ChainAccess for Frame {
    fn chain_id(&self) -> u64 {
        self.vm().chain_id()
    }
}

impl AccountAccess for Frame {
    fn balance(&self, account: Address) -> U256 {
        self.vm().balance(account)
    }

    fn contract_address(&self) -> Address {
        self.vm().contract_address()
    }

    fn code(&self, account: Address) -> Vec<u8> {
        vec![0; self.code_size(account)]
    }

    fn code_size(&self, account: Address) -> usize {
        usize::from(self.chain.has_code(account))
    }

    fn code_hash(&self, account: Address) -> B256 {
        let code = self.code(account);
        if code.is_empty() { B256::ZERO } else { keccak256(code) }
    }
}

impl MemoryAccess for Frame {
    fn pay_for_memory_grow(&self, pages: u16) {
        self.vm().pay_for_memory_grow(pages)
    }
}

impl MessageAccess for Frame {
    fn msg_reentrant(&self) -> bool {
        self.account.open_calls.get() > 1
    }

    fn msg_sender(&self) -> Address {
        self.message.from
    }

    fn msg_value(&self) -> U256 {
        self.message.value
    }

    fn tx_origin(&self) -> Address {
        self.vm().tx_origin()
    }
}

impl MeteringAccess for Frame {
    fn evm_gas_left(&self) -> u64 {
        self.vm().evm_gas_left()
    }

    fn evm_ink_left(&self) -> u64 {
        self.vm().evm_ink_left()
    }

    fn tx_gas_price(&self) -> U256 {
        self.vm().tx_gas_price()
    }

    fn tx_ink_price(&self) -> u32 {
        self.vm().tx_ink_price()
    }
}

impl RawLogAccess for Frame {
    fn emit_log(&self, input: &[u8], num_topics: usize) {
        assert!(!self.message.is_static, "a log in a static call");
        self.vm().emit_log(input, num_topics)
    }

    fn raw_log(&self, topics: &[B256], data: &[u8]) -> Result<(), &'static str> {
        self.vm().raw_log(topics, data)
    }
}
