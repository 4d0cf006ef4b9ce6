//! A pair as the factory's clones run it, and a source that does what it is told.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolValue};
use stylus_sdk::{ArbResult, host::VM};
use weir::{
    abi::{ILiquidationSource::*, IPair::swapExactAmountOutCall},
    components::auction::{Sale, Terms},
    pair::Setup,
};

use crate::chain::{Chain, Log, Message, Outcome};

pub const PAIR: Address = Address::repeat_byte(0x9a);
pub const SOURCE: Address = Address::repeat_byte(0x50);
pub const TOKEN_IN: Address = Address::repeat_byte(0x1a);
pub const TOKEN_OUT: Address = Address::repeat_byte(0x0a);
pub const TARGET: Address = Address::repeat_byte(0x7a);
pub const RECEIVER: Address = Address::repeat_byte(0x7e);
pub const BUYER: Address = Address::repeat_byte(0xb0);

/// When the pair was made, Unix seconds.
pub const T0: u64 = 1_700_000_000;
/// The original's tests: one hour.
pub const PERIOD: u64 = 3600;
/// The original's tests: 0.01e18.
pub const PRICE: u128 = 10_000_000_000_000_000;
/// One, with 18 decimals.
pub const WAD: u128 = 1_000_000_000_000_000_000;

/// What every pair of these tests is made with, but for its smoothing.
pub const fn setup(smoothing: u64) -> Setup {
    Setup {
        source: SOURCE,
        token_in: TOKEN_IN,
        token_out: TOKEN_OUT,
        terms: Terms { target_period: PERIOD, smoothing },
    }
}

/// What the proxy does: the setup behind the calldata, and on to the program.
fn clone(input: &[u8], vm: VM, smoothing: u64) -> ArbResult {
    pair::answer(&[input, &setup(smoothing).encode()].concat(), vm)
}

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// What the source answers, by selector; it refuses what it was not told.
type Answers = Rc<RefCell<BTreeMap<[u8; 4], Outcome>>>;

/// The chain with a pair on it.
pub struct World {
    pub chain: Chain,
    answers: Answers,
}

impl World {
    /// A pair without smoothing, at the second in which it was made.
    pub fn new() -> Self {
        Self::with(|input, vm| clone(input, vm, 0))
    }

    /// A pair that holds back half.
    pub fn half_smoothed() -> Self {
        Self::with(|input, vm| clone(input, vm, 500_000_000_000_000_000))
    }

    fn with(program: fn(&[u8], VM) -> ArbResult) -> Self {
        let chain = Chain::default();
        chain.set_time(T0);
        chain.install(PAIR, program);
        chain.set_word(PAIR, U256::ZERO, Sale { price: u(PRICE), time: T0 }.word());
        let answers = Answers::default();
        let told = answers.clone();
        chain.stand_in(SOURCE, move |_, message| {
            let selector = message.data.first_chunk().copied().unwrap_or_default();
            told.borrow().get(&selector).cloned().unwrap_or_else(|| Err(b"not told".to_vec()))
        });
        chain.stand_in(RECEIVER, |_, _| Ok(Vec::new()));
        let world = Self { chain, answers };
        world.source_answers(targetOfCall::SELECTOR, Ok(TARGET.abi_encode()));
        world.source_has(u(1000 * WAD));
        world.source_answers(transferTokensOutCall::SELECTOR, Ok(Bytes::new().abi_encode()));
        world.source_answers(verifyTokensInCall::SELECTOR, Ok(Vec::new()));
        world
    }

    /// From now on the source answers calls of this function so.
    pub fn source_answers(&self, selector: [u8; 4], answer: Outcome) {
        self.answers.borrow_mut().insert(selector, answer);
    }

    pub fn source_has(&self, balance: U256) {
        self.source_answers(liquidatableBalanceOfCall::SELECTOR, Ok(balance.abi_encode()));
    }

    /// Moves to `seconds` after the pair was made.
    pub fn at(&self, seconds: u64) {
        self.chain.set_time(T0 + seconds);
    }

    pub fn send(&self, from: Address, data: Vec<u8>) -> Outcome {
        self.chain.transact(Message::new(from, PAIR, data))
    }

    pub fn view<C: SolCall>(&self, call: C) -> C::Return {
        self.chain.view(PAIR, &call).unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    /// A call that must succeed.
    pub fn ok<C: SolCall>(&self, from: Address, call: C) -> C::Return {
        self.chain.call(from, PAIR, &call).unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    /// A call that must be refused with exactly this error.
    #[track_caller]
    pub fn refused<C: SolCall>(&self, from: Address, call: C, error: impl SolError) {
        assert_eq!(self.send(from, call.abi_encode()), Err(error.abi_encode()), "{}", C::SIGNATURE);
    }

    pub fn logs(&self) -> Vec<Log> {
        self.chain.logs(PAIR)
    }

    /// What the source was called with in the last transaction, in order.
    pub fn source_calls(&self) -> Vec<Vec<u8>> {
        self.chain.messages_to(SOURCE).into_iter().map(|message| message.data).collect()
    }
}

/// A swap for `RECEIVER`.
pub fn swap(amount: u128, max: U256, data: &[u8]) -> swapExactAmountOutCall {
    swapExactAmountOutCall {
        receiver: RECEIVER,
        amountOut: u(amount),
        amountInMax: max,
        flashSwapData: data.to_vec().into(),
    }
}
