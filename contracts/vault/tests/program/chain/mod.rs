//! A small chain in this process: programs on the SDK's test VM, everybody else as closures.
//!
//! The test VM keeps a program's storage and logs. What it lacks is added here: calls between programs, the
//! return data of the last call, re-entrance, static calls that must not write, the roll-back of a refused call,
//! and a trace of the slots read and written. The other programs' tests use this file too.

mod frame;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, SolEvent};
use stylus_sdk::{ArbResult, host::VM, stylus_core::*, testing::TestVM};

use frame::Frame;

/// Topics and data.
pub type Log = (Vec<B256>, Vec<u8>);
/// What a call returns, or what it reverts with.
pub type Outcome = Result<Vec<u8>, Vec<u8>>;
/// A program's entry point.
pub type Program = fn(&[u8], VM) -> ArbResult;
/// A contract that is not a program. It may send messages of its own.
pub type Foreign = Rc<dyn Fn(&Chain, &Message) -> Outcome>;

/// Creates contracts: gives the address of one with this init code, or nothing if that fails.
pub type Creator = Rc<dyn Fn(&Chain, &[u8]) -> Option<Address>>;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub from: Address,
    pub to: Address,
    pub data: Vec<u8>,
    pub value: U256,
    pub is_static: bool,
}

impl Message {
    /// A call that carries no value and may write.
    pub fn new(from: Address, to: Address, data: Vec<u8>) -> Self {
        Self { from, to, data, value: U256::ZERO, is_static: false }
    }
}

/// The slots that the last transaction read in a program, and those that it left with another word in them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Slots {
    pub read: BTreeSet<U256>,
    pub written: BTreeSet<U256>,
}

struct Account {
    program: Program,
    vm: TestVM,
    open_calls: Cell<u32>,
    read: RefCell<BTreeSet<U256>>,
    before: RefCell<Snapshot>,
}

#[derive(Clone, Default)]
struct Snapshot {
    storage: HashMap<U256, B256>,
    logs: Vec<Log>,
}

impl Account {
    fn snapshot(&self) -> Snapshot {
        let state = self.vm.snapshot();
        Snapshot { storage: state.storage, logs: state.emitted_logs }
    }

    fn restore(&self, Snapshot { storage, logs }: Snapshot) {
        self.vm.clear_storage();
        for (key, word) in storage {
            self.vm.set_storage(key, word);
        }
        // The only way to take logs back: this test VM holds no mocks that could get lost with them.
        self.vm.clear_mocks();
        for (topics, data) in logs {
            self.vm.raw_log(&topics, &data).expect("it was logged before");
        }
    }
}

#[derive(Default)]
struct State {
    time: Cell<u64>,
    programs: RefCell<BTreeMap<Address, Rc<Account>>>,
    foreign: RefCell<BTreeMap<Address, Foreign>>,
    messages: RefCell<Vec<Message>>,
    creator: RefCell<Option<Creator>>,
}

/// All accounts, and the time.
#[derive(Clone, Default)]
pub struct Chain(Rc<State>);

impl Chain {
    /// Puts a program without any storage at `address`.
    pub fn install(&self, address: Address, program: Program) {
        let vm = TestVM::new();
        vm.set_contract_address(address);
        let account = Account {
            program,
            vm,
            open_calls: Cell::new(0),
            read: RefCell::default(),
            before: RefCell::default(),
        };
        self.0.programs.borrow_mut().insert(address, Rc::new(account));
    }

    /// From now on `foreign` answers at `address`, in place of the program there if there is one.
    pub fn stand_in(&self, address: Address, foreign: impl Fn(&Chain, &Message) -> Outcome + 'static) {
        self.0.foreign.borrow_mut().insert(address, Rc::new(foreign));
    }

    /// Undoes [`stand_in`](Self::stand_in).
    pub fn stand_down(&self, address: Address) {
        self.0.foreign.borrow_mut().remove(&address);
    }

    /// From now on `creator` creates what programs create. There is no EVM here to run init code.
    #[allow(dead_code, reason = "the factory alone creates")]
    pub fn on_create(&self, creator: impl Fn(&Chain, &[u8]) -> Option<Address> + 'static) {
        *self.0.creator.borrow_mut() = Some(Rc::new(creator));
    }

    fn create(&self, init_code: &[u8]) -> Option<Address> {
        let creator = self.0.creator.borrow().clone().expect("the test says what is created");
        creator(self, init_code)
    }

    /// Block timestamp, Unix seconds.
    pub fn set_time(&self, time: u64) {
        self.0.time.set(time);
    }

    fn time(&self) -> u64 {
        self.0.time.get()
    }

    /// Sends a transaction, and starts a new trace with it.
    pub fn transact(&self, message: Message) -> Outcome {
        self.0.messages.borrow_mut().clear();
        for account in self.0.programs.borrow().values() {
            account.read.borrow_mut().clear();
            *account.before.borrow_mut() = account.snapshot();
        }
        self.deliver(message)
    }

    /// A transaction that is a typed call; what it returns must be encoded exactly as Solidity would.
    pub fn call<C: SolCall>(&self, from: Address, to: Address, call: &C) -> Result<C::Return, Vec<u8>> {
        self.transact(Message::new(from, to, call.abi_encode())).map(|data| decoded::<C>(&data))
    }

    /// A typed static call: a program that writes or logs in it fails the test.
    pub fn view<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return, Vec<u8>> {
        let message = Message { is_static: true, ..Message::new(Address::ZERO, to, call.abi_encode()) };
        self.transact(message).map(|data| decoded::<C>(&data))
    }

    /// One call within a transaction. What it changed is undone if it is refused.
    pub fn deliver(&self, message: Message) -> Outcome {
        self.0.messages.borrow_mut().push(message.clone());
        let foreign = self.0.foreign.borrow().get(&message.to).cloned();
        self.undone_if_refused(|| match foreign {
            Some(foreign) => foreign(self, &message),
            None => self.run(&message),
        })
    }

    /// A call that the program at the message's address passes on, to run the code at `program` in its own name.
    fn delegate(&self, program: Address, message: Message) -> Outcome {
        let code = self.account(program).program;
        let account = self.account(message.to);
        self.undone_if_refused(|| {
            let frame = Frame::new(self.clone(), account, message.clone());
            code(&message.data, VM { host: Box::new(frame) })
        })
    }

    fn undone_if_refused(&self, call: impl FnOnce() -> Outcome) -> Outcome {
        let before: Vec<_> =
            self.0.programs.borrow().values().map(|account| (account.clone(), account.snapshot())).collect();
        let outcome = call();
        if outcome.is_err() {
            before.into_iter().for_each(|(account, snapshot)| account.restore(snapshot));
        }
        outcome
    }

    /// Runs the program at the message's address; an account without code answers nothing.
    pub fn run(&self, message: &Message) -> Outcome {
        let Some(account) = self.0.programs.borrow().get(&message.to).cloned() else {
            return Ok(Vec::new());
        };
        let frame = Frame::new(self.clone(), account.clone(), message.clone());
        account.open_calls.set(account.open_calls.get() + 1);
        let outcome = (account.program)(&message.data, VM { host: Box::new(frame) });
        account.open_calls.set(account.open_calls.get() - 1);
        outcome
    }

    /// The calls of the last transaction that went to `address`, in order.
    pub fn messages_to(&self, address: Address) -> Vec<Message> {
        self.0.messages.borrow().iter().filter(|message| message.to == address).cloned().collect()
    }

    /// What the program at `address` logged in the last transaction.
    pub fn logs(&self, address: Address) -> Vec<Log> {
        let account = self.account(address);
        let seen = account.before.borrow().logs.len();
        account.snapshot().logs.split_off(seen)
    }

    /// The slots of the program at `address` in the last transaction.
    pub fn slots(&self, address: Address) -> Slots {
        let account = self.account(address);
        let (before, after) = (account.before.borrow().storage.clone(), account.snapshot().storage);
        let word = |storage: &HashMap<U256, B256>, key| storage.get(key).copied().unwrap_or_default();
        let written = after.keys().filter(|key| word(&before, key) != word(&after, key)).copied().collect();
        Slots { read: account.read.borrow().clone(), written }
    }

    /// The word in a slot of the program at `address`.
    pub fn word(&self, address: Address, slot: U256) -> U256 {
        self.account(address).vm.get_storage(slot).into()
    }

    /// Puts a word into a slot of the program at `address`.
    pub fn set_word(&self, address: Address, slot: U256, word: U256) {
        self.account(address).vm.set_storage(slot, word.into());
    }

    fn account(&self, address: Address) -> Rc<Account> {
        self.0.programs.borrow().get(&address).cloned().expect("a program stands there")
    }

    fn has_code(&self, address: Address) -> bool {
        self.0.programs.borrow().contains_key(&address) || self.0.foreign.borrow().contains_key(&address)
    }
}

/// `event` as a program would log it.
pub fn log(event: impl SolEvent) -> Log {
    let data = event.encode_log_data();
    (data.topics().to_vec(), data.data.to_vec())
}

fn decoded<C: SolCall>(data: &[u8]) -> C::Return {
    let value =
        C::abi_decode_returns_validate(data).unwrap_or_else(|error| panic!("{}: {error}", C::SIGNATURE));
    assert_eq!(C::abi_encode_returns(&value), data, "{}: not encoded as Solidity would", C::SIGNATURE);
    value
}
