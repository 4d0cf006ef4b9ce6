//! The accounts of these tests: a vault, its three tokens (the real token program), and people.

use alloy_primitives::{Address, U256};
use alloy_sol_types::{SolCall, SolError, SolValue, sol};
use weir::abi::{
    CONSTRUCTOR_SELECTOR,
    IERC20::{approveCall, balanceOfCall, transferCall},
    IToken::mintCall,
    IVault::{depositCall, fundCall},
};

use crate::chain::{Chain, Log, Message, Outcome};

sol!("../../abi/IConstructors.sol");

pub const VAULT: Address = Address::repeat_byte(0xfe);
/// The vault's second program.
pub const EXTENSION: Address = Address::repeat_byte(0xfd);
pub const ASSET: Address = Address::repeat_byte(0xa5);
pub const REWARD: Address = Address::repeat_byte(0x4e);
pub const YIELD: Address = Address::repeat_byte(0x1d);
pub const OWNER: Address = Address::repeat_byte(0x0e);
pub const ALICE: Address = Address::repeat_byte(0xa1);
pub const BOB: Address = Address::repeat_byte(0xb0);
pub const CAROL: Address = Address::repeat_byte(0xca);
/// Buys yield.
pub const KEEPER: Address = Address::repeat_byte(0x6e);
/// Receives flash swaps.
pub const RECEIVER: Address = Address::repeat_byte(0x7e);
/// Where tokens go that a test takes away.
pub const SINK: Address = Address::repeat_byte(0x5e);

/// When the vault was deployed, Unix seconds.
pub const T0: u64 = 1_700_000_000;
/// Seconds an epoch.
pub const EPOCH: u32 = 1000;
/// The auction's target period in seconds, that of the original's own tests: one hour.
pub const PERIOD: u32 = 3600;
/// The auction's first price, that of the original's own tests: 0.01e18.
pub const PRICE: u128 = 10_000_000_000_000_000;
/// One, with 18 decimals.
pub const WAD: u64 = 1_000_000_000_000_000_000;

/// `amount` as `uint256`.
pub fn u(amount: u128) -> U256 {
    U256::from(amount)
}

/// What the vault is made with.
pub fn settings() -> IConstructors::vaultCall {
    IConstructors::vaultCall {
        extensionDelegate: EXTENSION,
        asset: ASSET,
        reward: REWARD,
        yieldToken: YIELD,
        epochLength: EPOCH,
        targetAuctionPeriod: PERIOD,
        targetAuctionPrice: u(PRICE),
        smoothingFactor: 0,
        name: "Weir Vault".into(),
        symbol: "wVLT".into(),
        owner: OWNER,
    }
}

/// Calldata of a constructor.
pub fn constructor(arguments: &impl SolCall) -> Vec<u8> {
    [CONSTRUCTOR_SELECTOR.as_slice(), &arguments.abi_encode()[4..]].concat()
}

/// The chain with vault and tokens on it.
pub struct World {
    pub chain: Chain,
}

impl World {
    /// With the usual settings, at the second of the deployment.
    pub fn new() -> Self {
        Self::with(&settings())
    }

    /// With other settings.
    pub fn with(settings: &IConstructors::vaultCall) -> Self {
        let world = Self::before_construction();
        assert_eq!(world.send(OWNER, constructor(settings)), Ok(Vec::new()), "the constructor");
        world
    }

    /// The vault's code is there, its constructor has not run.
    pub fn before_construction() -> Self {
        let chain = Chain::default();
        chain.set_time(T0);
        // The asset has 6 decimals, so that a vault that reports them cannot have made them up.
        for (token, decimals) in [(ASSET, 6), (REWARD, 18), (YIELD, 8)] {
            chain.install(token, token::answer);
            let arguments = IConstructors::tokenCall { name: "T".into(), symbol: "T".into(), decimals };
            assert_eq!(chain.transact(Message::new(OWNER, token, constructor(&arguments))), Ok(Vec::new()));
        }
        chain.install(VAULT, vault::answer);
        chain.install(EXTENSION, extension::answer);
        Self { chain }
    }

    /// Moves to `seconds` after the deployment.
    pub fn at(&self, seconds: u64) {
        self.chain.set_time(T0 + seconds);
    }

    /// Calldata, as it is, to the vault.
    pub fn send(&self, from: Address, data: Vec<u8>) -> Outcome {
        self.chain.transact(Message::new(from, VAULT, data))
    }

    /// A call of the vault that must succeed.
    pub fn ok<C: SolCall>(&self, from: Address, call: C) -> C::Return {
        self.chain.call(from, VAULT, &call).unwrap_or_else(|data| {
            panic!("{} refused: 0x{}", C::SIGNATURE, alloy_primitives::hex::encode(data))
        })
    }

    /// A view of the vault.
    pub fn view<C: SolCall>(&self, call: C) -> C::Return {
        self.chain.view(VAULT, &call).unwrap_or_else(|_| panic!("{} refused", C::SIGNATURE))
    }

    /// A call of the vault that must be refused with exactly this error.
    #[track_caller]
    pub fn refused<C: SolCall>(&self, from: Address, call: C, error: impl SolError) {
        self.refused_with(from, call, error.abi_encode());
    }

    /// A call of the vault that must be refused with exactly this data.
    #[track_caller]
    pub fn refused_with<C: SolCall>(&self, from: Address, call: C, data: Vec<u8>) {
        let refusal = self.send(from, call.abi_encode()).expect_err(C::SIGNATURE);
        assert_eq!(refusal, data, "{}", C::SIGNATURE);
    }

    /// Mints tokens to an account, which lets the vault spend all it has.
    pub fn give(&self, token: Address, account: Address, value: U256) {
        self.chain.call(account, token, &mintCall { to: account, value }).expect("mint");
        self.chain.call(account, token, &approveCall { spender: VAULT, value: U256::MAX }).expect("approve");
    }

    /// Sends tokens past the vault's functions.
    pub fn transfer(&self, token: Address, from: Address, to: Address, value: U256) {
        self.chain.call(from, token, &transferCall { to, value }).expect("transfer");
    }

    /// Mints tokens straight into the vault.
    pub fn donate(&self, token: Address, value: U256) {
        self.chain.call(OWNER, token, &mintCall { to: VAULT, value }).expect("mint");
    }

    pub fn balance(&self, token: Address, account: Address) -> U256 {
        self.chain.view(token, &balanceOfCall { account }).expect("balanceOf")
    }

    /// `account` deposits `assets` that it is given.
    pub fn stake(&self, account: Address, assets: u128) {
        self.give(ASSET, account, u(assets));
        assert_eq!(self.ok(account, depositCall { assets: u(assets), receiver: account }), u(assets));
    }

    /// The owner funds `amount` of reward that it is given.
    pub fn fund(&self, amount: u128) {
        self.give(REWARD, OWNER, u(amount));
        assert_eq!(self.ok(OWNER, fundCall { amount: u(amount) }), u(amount));
    }

    /// What the vault logged in the last transaction.
    pub fn logs(&self) -> Vec<Log> {
        self.chain.logs(VAULT)
    }
}

/// `value` as one word of return data.
pub fn word(value: u128) -> Vec<u8> {
    u(value).abi_encode()
}
