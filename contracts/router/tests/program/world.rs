//! A router, its factory, one pair of that factory, and the pair's tokens.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IERC20::{transferCall, transferFromCall},
    IFactory::deployedPairsCall,
    IPair,
};

use crate::chain::{Chain, Log, Message, Outcome};

sol!("../../abi/IConstructors.sol");

pub const ROUTER: Address = Address::repeat_byte(0x40);
pub const FACTORY: Address = Address::repeat_byte(0xfa);
pub const PAIR: Address = Address::repeat_byte(0x9a);
pub const TOKEN_IN: Address = Address::repeat_byte(0x1a);
pub const TOKEN_OUT: Address = Address::repeat_byte(0x0a);
pub const TARGET: Address = Address::repeat_byte(0x7a);
pub const BUYER: Address = Address::repeat_byte(0xb0);
pub const BOB: Address = Address::repeat_byte(0xbb);

/// Block time, Unix seconds: ten days, as in the original's tests.
pub const NOW: u64 = 10 * 24 * 3600;
/// One, with 18 decimals.
pub const WAD: u128 = 1_000_000_000_000_000_000;
/// What the pair says that a swap costs.
pub const PRICE: u128 = 1_500_000_000_000_000_000;

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// Calldata of the constructor.
pub fn constructor(factory: Address) -> Vec<u8> {
    let call = IConstructors::routerCall { liquidationPairFactory: factory };
    [CONSTRUCTOR_SELECTOR.as_slice(), &call.abi_encode()[4..]].concat()
}

/// What an account answers, by selector; it refuses what it was not told.
type Answers = Rc<RefCell<BTreeMap<(Address, [u8; 4]), Outcome>>>;

/// The chain with a router on it.
pub struct World {
    pub chain: Chain,
    answers: Answers,
}

impl World {
    /// A router that serves [`FACTORY`], which made [`PAIR`].
    pub fn new() -> Self {
        let world = Self::before_construction();
        assert_eq!(world.send(BUYER, constructor(FACTORY)), Ok(Vec::new()), "the constructor");
        world
    }

    /// The code is there, the constructor has not run.
    pub fn before_construction() -> Self {
        let chain = Chain::default();
        chain.set_time(NOW);
        chain.install(ROUTER, router::answer);
        let answers = Answers::default();
        for account in [PAIR, TOKEN_IN, TOKEN_OUT] {
            let told = answers.clone();
            chain.stand_in(account, move |_, message| {
                let selector = message.data.first_chunk().copied().unwrap_or_default();
                told.borrow().get(&(account, selector)).cloned().unwrap_or_else(|| Err(b"not told".to_vec()))
            });
        }
        chain.stand_in(FACTORY, |_, message| {
            let call = deployedPairsCall::abi_decode(&message.data).map_err(|_| Vec::new())?;
            Ok((call.pair == PAIR).abi_encode())
        });
        let world = Self { chain, answers };
        world.answers(PAIR, IPair::swapExactAmountOutCall::SELECTOR, Ok(u(PRICE).abi_encode()));
        world.answers(PAIR, IPair::tokenInCall::SELECTOR, Ok(TOKEN_IN.abi_encode()));
        world.answers(PAIR, IPair::tokenOutCall::SELECTOR, Ok(TOKEN_OUT.abi_encode()));
        world.answers(PAIR, IPair::targetCall::SELECTOR, Ok(TARGET.abi_encode()));
        world.answers(TOKEN_OUT, transferCall::SELECTOR, Ok(true.abi_encode()));
        world.answers(TOKEN_IN, transferFromCall::SELECTOR, Ok(true.abi_encode()));
        world
    }

    /// From now on `account` answers calls of this function so.
    pub fn answers(&self, account: Address, selector: [u8; 4], answer: Outcome) {
        self.answers.borrow_mut().insert((account, selector), answer);
    }

    pub fn send(&self, from: Address, data: Vec<u8>) -> Outcome {
        self.chain.transact(Message::new(from, ROUTER, data))
    }

    /// A call that must succeed.
    pub fn ok<C: SolCall>(&self, from: Address, call: C) -> C::Return {
        self.chain
            .call(from, ROUTER, &call)
            .unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    /// A call that must be refused with exactly this error.
    #[track_caller]
    pub fn refused<C: SolCall>(&self, from: Address, call: C, error: impl SolError) {
        assert_eq!(self.send(from, call.abi_encode()), Err(error.abi_encode()), "{}", C::SIGNATURE);
    }

    pub fn logs(&self) -> Vec<Log> {
        self.chain.logs(ROUTER)
    }

    /// What an account was called with in the last transaction, in order.
    pub fn calls(&self, account: Address) -> Vec<Vec<u8>> {
        self.chain.messages_to(account).into_iter().map(|message| message.data).collect()
    }
}
