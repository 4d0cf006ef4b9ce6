//! A factory, and a chain on which everything that is created gets the next address.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, sol};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IFactory::{createPairCall, createVaultCall},
};

use crate::chain::{Chain, Log, Message, Outcome};

sol!("../../abi/IConstructors.sol");

pub const FACTORY: Address = Address::repeat_byte(0xfa);
pub const PAIR_TEMPLATE: Address = Address::repeat_byte(0x91);
pub const VAULT_TEMPLATE: Address = Address::repeat_byte(0x92);
pub const VAULT_EXTENSION: Address = Address::repeat_byte(0x93);
/// In the constructor's order.
pub const TEMPLATES: [Address; 3] = [PAIR_TEMPLATE, VAULT_TEMPLATE, VAULT_EXTENSION];
pub const ANYONE: Address = Address::repeat_byte(0xa1);
pub const SOURCE: Address = Address::repeat_byte(0x50);
pub const TOKEN_IN: Address = Address::repeat_byte(0x1a);
pub const TOKEN_OUT: Address = Address::repeat_byte(0x0a);

/// One, with 18 decimals.
pub const WAD: u128 = 1_000_000_000_000_000_000;
/// Block time, Unix seconds.
pub const NOW: u64 = 1_700_000_000;

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// The address of creation number `index`.
pub fn created(index: u8) -> Address {
    Address::with_last_byte(index + 1)
}

/// Calldata of the constructor.
pub fn constructor([pair, vault, extension]: [Address; 3]) -> Vec<u8> {
    let call =
        IConstructors::factoryCall { pairTemplate: pair, vaultTemplate: vault, vaultExtension: extension };
    [CONSTRUCTOR_SELECTOR.as_slice(), &call.abi_encode()[4..]].concat()
}

/// The original's test: one hour, 1e18, smoothing 0.1e18.
pub fn pair_order() -> createPairCall {
    createPairCall {
        source: SOURCE,
        tokenIn: TOKEN_IN,
        tokenOut: TOKEN_OUT,
        targetAuctionPeriod: 3600,
        targetAuctionPrice: alloy_primitives::aliases::U192::from(WAD),
        smoothingFactor: u(WAD / 10),
    }
}

pub fn vault_order() -> createVaultCall {
    createVaultCall {
        asset: Address::repeat_byte(0xa5),
        reward: TOKEN_IN,
        yieldToken: TOKEN_OUT,
        epochLength: 86_400,
        targetAuctionPeriod: 3600,
        targetAuctionPrice: u(WAD),
        smoothingFactor: 7,
        name: "Weir Vault".into(),
        symbol: "wVLT".into(),
        owner: ANYONE,
    }
}

/// The chain with a factory on it.
pub struct World {
    pub chain: Chain,
    /// Init codes so far.
    pub init_codes: Rc<RefCell<Vec<Vec<u8>>>>,
    /// Whether creations fail.
    pub barren: Rc<Cell<bool>>,
}

impl World {
    pub fn new() -> Self {
        let world = Self::before_construction();
        let constructed = world.send(ANYONE, constructor(TEMPLATES));
        assert_eq!(constructed, Ok(Vec::new()), "the constructor");
        world
    }

    /// The code is there, the constructor has not run.
    pub fn before_construction() -> Self {
        let chain = Chain::default();
        chain.set_time(NOW);
        chain.install(FACTORY, factory::answer);
        for template in TEMPLATES {
            chain.stand_in(template, |_, _| Err(Vec::new()));
        }
        let world = Self { chain, init_codes: Rc::default(), barren: Rc::default() };
        let (codes, barren) = (world.init_codes.clone(), world.barren.clone());
        world.chain.on_create(move |_, init_code| {
            codes.borrow_mut().push(init_code.to_vec());
            (!barren.get()).then(|| created(codes.borrow().len() as u8 - 1))
        });
        world
    }

    pub fn send(&self, from: Address, data: Vec<u8>) -> Outcome {
        self.chain.transact(Message::new(from, FACTORY, data))
    }

    /// A call that must succeed.
    pub fn ok<C: SolCall>(&self, call: C) -> C::Return {
        self.chain
            .call(ANYONE, FACTORY, &call)
            .unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    pub fn view<C: SolCall>(&self, call: C) -> C::Return {
        self.chain.view(FACTORY, &call).unwrap_or_else(|data| panic!("{} refused: {data:?}", C::SIGNATURE))
    }

    /// A call that must be refused with exactly this error.
    #[track_caller]
    pub fn refused<C: SolCall>(&self, call: C, error: impl SolError) {
        assert_eq!(self.send(ANYONE, call.abi_encode()), Err(error.abi_encode()), "{}", C::SIGNATURE);
    }

    pub fn logs(&self) -> Vec<Log> {
        self.chain.logs(FACTORY)
    }
}
