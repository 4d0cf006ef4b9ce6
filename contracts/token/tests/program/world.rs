//! A token, and people.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, sol};
use weir::abi::{CONSTRUCTOR_SELECTOR, IToken::mintCall};

use crate::chain::{Chain, Log, Message, Outcome};

sol!("../../abi/IConstructors.sol");

pub const TOKEN: Address = Address::repeat_byte(0x70);
pub const ALICE: Address = Address::repeat_byte(0xa1);
pub const BOB: Address = Address::repeat_byte(0xb0);
pub const CAROL: Address = Address::repeat_byte(0xca);

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// What the token is made with.
pub fn settings() -> IConstructors::tokenCall {
    IConstructors::tokenCall { name: "Test Token".into(), symbol: "TT".into(), decimals: 18 }
}

/// Calldata of the constructor.
pub fn constructor(arguments: &IConstructors::tokenCall) -> Vec<u8> {
    [CONSTRUCTOR_SELECTOR.as_slice(), &arguments.abi_encode()[4..]].concat()
}

/// The chain with the token on it.
pub struct World {
    pub chain: Chain,
}

impl World {
    /// With the usual settings.
    pub fn new() -> Self {
        Self::with(&settings())
    }

    /// With other settings.
    pub fn with(settings: &IConstructors::tokenCall) -> Self {
        let world = Self::before_construction();
        assert_eq!(world.send(ALICE, constructor(settings)), Ok(Vec::new()), "the constructor");
        world
    }

    /// The code is there, the constructor has not run.
    pub fn before_construction() -> Self {
        let chain = Chain::default();
        chain.install(TOKEN, token::answer);
        Self { chain }
    }

    /// Calldata, as it is, to the token.
    pub fn send(&self, from: Address, data: Vec<u8>) -> Outcome {
        self.chain.transact(Message::new(from, TOKEN, data))
    }

    /// A call that must succeed.
    pub fn ok<C: SolCall>(&self, from: Address, call: C) -> C::Return {
        self.chain
            .call(from, TOKEN, &call)
            .unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    /// A static call.
    pub fn view<C: SolCall>(&self, call: C) -> C::Return {
        self.chain.view(TOKEN, &call).unwrap_or_else(|_| panic!("{} refused", C::SIGNATURE))
    }

    /// A call that must be refused with exactly this error.
    #[track_caller]
    pub fn refused<C: SolCall>(&self, from: Address, call: C, error: impl SolError) {
        let refusal = self.send(from, call.abi_encode()).expect_err(C::SIGNATURE);
        assert_eq!(refusal, error.abi_encode(), "{}", C::SIGNATURE);
    }

    /// Mints to an account.
    pub fn mint(&self, to: Address, value: U256) {
        self.ok(to, mintCall { to, value });
    }

    /// What the token logged in the last transaction.
    pub fn logs(&self) -> Vec<Log> {
        self.chain.logs(TOKEN)
    }
}
