//! EVM contracts for tests: a scripted one (`Puppet`), and small ones that always do the same.
//! They are assembled here from opcodes, so the tests need no Solidity compiler.

use std::collections::HashMap;

use alloy::{
    network::TransactionBuilder,
    primitives::{Address, B256, Bytes, U256},
    rpc::types::TransactionRequest,
    sol_types::{SolCall, SolError},
};
use anyhow::Result;
use weir_artifacts::init_code;
use weir_bindings::IFlashSwapCallback::flashSwapCallbackCall;
use weir_client::Action;
use weir_harness::Chain;

use crate::scene::transaction;

/// Creates a contract with this code, by a transaction of the chain's payer.
pub async fn create(chain: &Chain, code: &[u8]) -> Result<Address> {
    chain.create(init_code(code)).await
}

/// Code that makes this call on any calldata and returns nothing.
pub fn calls(to: Address, data: &[u8]) -> Vec<u8> {
    // PUSH2 data.length PUSH1 data PUSH0 CODECOPY
    // PUSH0 PUSH0 PUSH2 data.length PUSH0 PUSH0 PUSH20 to GAS CALL STOP
    let [high, low] = (data.len() as u16).to_be_bytes();
    let copy = [0x61, high, low, 0x60, 38, 0x5f, 0x39];
    let arguments = [0x5f, 0x5f, 0x61, high, low, 0x5f, 0x5f, 0x73];
    [&copy[..], &arguments, to.as_slice(), &[0x5a, 0xf1, 0x00], data].concat()
}

/// The opcodes used here (Ethereum yellow paper, appendix H).
mod op {
    pub const ADD: u8 = 0x01;
    pub const SUB: u8 = 0x03;
    pub const LT: u8 = 0x10;
    pub const EQ: u8 = 0x14;
    pub const ISZERO: u8 = 0x15;
    pub const OR: u8 = 0x17;
    pub const SHR: u8 = 0x1c;
    pub const CALLER: u8 = 0x33;
    pub const CALLDATALOAD: u8 = 0x35;
    pub const CALLDATASIZE: u8 = 0x36;
    pub const CALLDATACOPY: u8 = 0x37;
    pub const CODECOPY: u8 = 0x39;
    pub const RETURNDATASIZE: u8 = 0x3d;
    pub const RETURNDATACOPY: u8 = 0x3e;
    pub const SELFBALANCE: u8 = 0x47;
    pub const POP: u8 = 0x50;
    pub const MSTORE: u8 = 0x52;
    pub const JUMP: u8 = 0x56;
    pub const JUMPI: u8 = 0x57;
    pub const GAS: u8 = 0x5a;
    pub const JUMPDEST: u8 = 0x5b;
    pub const PUSH0: u8 = 0x5f;
    pub const PUSH1: u8 = 0x60;
    pub const PUSH2: u8 = 0x61;
    pub const PUSH20: u8 = 0x73;
    pub const PUSH32: u8 = 0x7f;
    pub const DUP1: u8 = 0x80;
    pub const DUP2: u8 = 0x81;
    pub const DUP3: u8 = 0x82;
    pub const DUP7: u8 = 0x86;
    pub const LOG0: u8 = 0xa0;
    pub const CALL: u8 = 0xf1;
    pub const RETURN: u8 = 0xf3;
    pub const STATICCALL: u8 = 0xfa;
    pub const REVERT: u8 = 0xfd;
}

/// Bytecode under construction; jumps go to labels.
#[derive(Default)]
struct Assembler {
    code: Vec<u8>,
    labels: HashMap<&'static str, u16>,
    jumps: Vec<(usize, &'static str)>,
}

impl Assembler {
    fn ops(mut self, ops: &[u8]) -> Self {
        self.code.extend(ops);
        self
    }

    fn push(self, number: u8) -> Self {
        self.ops(&[op::PUSH1, number])
    }

    fn push_word(self, word: U256) -> Self {
        self.ops(&[op::PUSH32]).ops(&word.to_be_bytes::<32>())
    }

    /// Pushes the position of `label`.
    fn push_label(mut self, label: &'static str) -> Self {
        self.jumps.push((self.code.len() + 1, label));
        self.ops(&[op::PUSH2, 0, 0])
    }

    fn label(mut self, label: &'static str) -> Self {
        self.labels.insert(label, self.code.len() as u16);
        self.ops(&[op::JUMPDEST])
    }

    /// Copies the last call's return data to memory and pushes its size and offset, ready for RETURN or REVERT.
    fn take_return_data(self) -> Self {
        use op::*;
        self.ops(&[RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY, RETURNDATASIZE, PUSH0])
    }

    fn finish(mut self) -> Vec<u8> {
        for (at, label) in self.jumps {
            self.code[at..at + 2].copy_from_slice(&self.labels[label].to_be_bytes());
        }
        self.code
    }
}

/// Flag of a step of a [`Script`]: the call may fail.
const MAY_FAIL: U256 = U256::from_limbs([0, 0, 0, 1 << 63]);

/// Calls that a [`Puppet`] makes in order.
#[derive(Clone, Default)]
pub struct Script(Vec<u8>);

impl Script {
    /// A script without calls.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a call; if it fails, the puppet reverts with the same data.
    pub fn call(self, action: impl Action) -> Self {
        self.step(action, U256::ZERO)
    }

    /// Adds a call; if it fails, the puppet continues.
    pub fn try_call(self, action: impl Action) -> Self {
        self.step(action, MAY_FAIL)
    }

    /// The script as calldata of a puppet, or as data of a flash swap.
    pub fn bytes(self) -> Bytes {
        self.0.into()
    }

    fn step(mut self, action: impl Action, flag: U256) -> Self {
        let request = action.into_request();
        let to = TransactionBuilder::to(&request).unwrap_or_default();
        let input = request.input.into_input().unwrap_or_default();
        self.0.extend((U256::from_be_bytes(to.into_word().0) | flag).to_be_bytes::<32>());
        self.0.extend(U256::from(input.len()).to_be_bytes::<32>());
        self.0.extend(input);
        self
    }
}

/// A contract that runs a [`Script`]: the one in its calldata or, in a flash swap callback, the one in the swap's
/// data. It returns what the last call returned.
#[derive(Clone, Copy)]
pub struct Puppet {
    pub address: Address,
}

impl Puppet {
    /// Creates a puppet.
    pub async fn create(chain: &Chain) -> Result<Self> {
        Ok(Self { address: create(chain, &puppet_code()).await? })
    }

    /// The transaction that makes the puppet run `script`.
    pub fn run(&self, script: Script) -> TransactionRequest {
        transaction(self.address, script.bytes())
    }
}

/// A step of a script consists of target (and flag), length and calldata.
fn puppet_code() -> Vec<u8> {
    use op::*;
    let callback = U256::from_be_slice(&flashSwapCallbackCall::SELECTOR);
    Assembler::default()
        .ops(&[PUSH0, CALLDATALOAD])
        .push(224)
        .ops(&[SHR])
        .push_word(callback)
        .ops(&[EQ])
        .push_label("called back")
        .ops(&[JUMPI])
        // A plain call: the script is the whole calldata. The stack holds its end and the next position.
        .ops(&[CALLDATASIZE, PUSH0])
        .push_label("step")
        .ops(&[JUMP])
        // flashSwapCallback(address,uint256,uint256,bytes): the length of the bytes is at 132, they begin at 164.
        .label("called back")
        .push(132)
        .ops(&[CALLDATALOAD])
        .push(164)
        .ops(&[ADD])
        .push(164)
        .label("step")
        .ops(&[DUP2, DUP2, LT, ISZERO])
        .push_label("done")
        .ops(&[JUMPI, DUP1])
        .push(32)
        .ops(&[ADD, CALLDATALOAD, DUP1, DUP3])
        .push(64)
        .ops(&[ADD, PUSH0, CALLDATACOPY])
        .ops(&[PUSH0, PUSH0, DUP3, PUSH0, PUSH0, DUP7, CALLDATALOAD, GAS, CALL])
        .ops(&[DUP3, CALLDATALOAD])
        .push(255)
        .ops(&[SHR, OR])
        .push_label("next")
        .ops(&[JUMPI])
        .take_return_data()
        .ops(&[REVERT])
        .label("next")
        .ops(&[ADD])
        .push(64)
        .ops(&[ADD])
        .push_label("step")
        .ops(&[JUMP])
        .label("done")
        .take_return_data()
        .ops(&[RETURN])
        .finish()
}

/// Code that calls its caller with `data`, at most 32 bytes, and reverts with the data that this returns.
pub fn calls_back(data: &[u8]) -> Vec<u8> {
    use op::*;
    Assembler::default()
        .push_word(B256::right_padding_from(data).into())
        .ops(&[PUSH0, MSTORE])
        .ops(&[PUSH0, PUSH0])
        .push(data.len() as u8)
        .ops(&[PUSH0, PUSH0, CALLER, GAS, CALL])
        .take_return_data()
        .ops(&[REVERT])
        .finish()
}

/// Code that forwards its calldata after the first word by a static call to the address in that word. It returns or
/// reverts with the same data.
pub fn forwards_static_calls() -> Vec<u8> {
    use op::*;
    Assembler::default()
        .push(32)
        .ops(&[CALLDATASIZE, SUB, DUP1])
        .push(32)
        .ops(&[PUSH0, CALLDATACOPY])
        .ops(&[PUSH0, PUSH0, DUP3, PUSH0, PUSH0, CALLDATALOAD, GAS, STATICCALL])
        .push_label("success")
        .ops(&[JUMPI])
        .take_return_data()
        .ops(&[REVERT])
        .label("success")
        .take_return_data()
        .ops(&[RETURN])
        .finish()
}

/// Code that logs its calldata and returns nothing.
pub fn logs_calldata() -> Vec<u8> {
    use op::*;
    Assembler::default().ops(&[CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, PUSH0, LOG0]).finish()
}

/// Code that reverts with its calldata.
pub fn reverts_with_calldata() -> Vec<u8> {
    use op::*;
    vec![CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY, CALLDATASIZE, PUSH0, REVERT]
}

/// Code that returns this word to every call.
pub fn returns_word(word: U256) -> Vec<u8> {
    use op::*;
    Assembler::default().push_word(word).ops(&[PUSH0, MSTORE]).push(32).ops(&[PUSH0, RETURN]).finish()
}

/// Code that returns these words to every call.
pub fn returns_words(words: &[U256]) -> Vec<u8> {
    use op::*;
    let stored = words.iter().enumerate().fold(Assembler::default(), |code, (index, word)| {
        code.push_word(*word).push(32 * index as u8).ops(&[MSTORE])
    });
    stored.push(32 * words.len() as u8).ops(&[PUSH0, RETURN]).finish()
}

/// Code that returns nothing to every call.
pub fn returns_nothing() -> Vec<u8> {
    vec![op::PUSH0, op::PUSH0, op::RETURN]
}

/// Code that reverts every call without data.
pub fn reverts_without_data() -> Vec<u8> {
    vec![op::PUSH0, op::PUSH0, op::REVERT]
}

/// Code that reverts every call with this data, at most 255 bytes.
pub fn reverts_with_data(data: &[u8]) -> Vec<u8> {
    use op::*;
    const BEFORE: u8 = 9;
    // PUSH1 data.length DUP1 PUSH1 data PUSH0 CODECOPY PUSH0 REVERT
    let code = [PUSH1, data.len() as u8, DUP1, PUSH1, BEFORE, PUSH0, CODECOPY, PUSH0, REVERT];
    [&code, data].concat()
}

/// Code that makes one call with all its ether, then another one, and returns the data that this returned or reverted with. Calldata of
/// both has at most 255 bytes together with the code.
pub fn pays_and_calls(paid: (Address, &[u8]), then: (Address, &[u8])) -> Vec<u8> {
    use op::*;
    const CALL_LENGTH: usize = 36;
    let last = [RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY, RETURNDATASIZE, PUSH0, RETURN];
    let mut data = 2 * CALL_LENGTH + last.len();
    let mut code = Vec::new();
    for ((to, input), value) in [(paid, SELFBALANCE), (then, PUSH0)] {
        let length = input.len() as u8;
        code.extend([PUSH1, length, PUSH1, data as u8, PUSH0, CODECOPY]);
        code.extend([PUSH0, PUSH0, PUSH1, length, PUSH0, value, PUSH20]);
        code.extend(to);
        code.extend([GAS, CALL, POP]);
        data += input.len();
    }
    [code, last.to_vec(), paid.1.to_vec(), then.1.to_vec()].concat()
}

/// Code that reverts every call with this error, which has no arguments.
pub fn reverts_with(error: impl SolError) -> Vec<u8> {
    use op::*;
    let data = error.abi_encode();
    let word = B256::right_padding_from(&data);
    Assembler::default()
        .push_word(word.into())
        .ops(&[PUSH0, MSTORE])
        .push(data.len() as u8)
        .ops(&[PUSH0, REVERT])
        .finish()
}
