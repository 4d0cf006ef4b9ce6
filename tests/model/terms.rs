//! The types of the model of a vault: its accounts, its parameters, and its errors.
//! Accounts and tokens are numbers.

use num_bigint::BigInt;

use super::token::TokenShortfall;

/// Number of stakers: the accounts below it may hold shares.
pub const STAKERS: usize = 8;
/// An account that funds and sends stray tokens.
pub const FUNDER: usize = STAKERS;
/// The contract that receives flash swaps and is the standalone pair.
pub const PUPPET: usize = STAKERS + 1;
pub const VAULT: usize = STAKERS + 2;
/// The zero address.
pub const ZERO_ADDRESS: usize = STAKERS + 3;
pub const ACCOUNTS: usize = STAKERS + 4;

/// The tokens by role. A token may have two roles.
#[derive(Clone, Copy, Debug)]
pub struct Roles {
    pub asset: usize,
    pub reward: usize,
    pub yield_token: usize,
    /// What the standalone pair sells.
    pub foreign: usize,
}

/// The parameters of a vault.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    pub roles: Roles,
    /// Seconds.
    pub epoch_length: u32,
    pub target_period: u32,
    /// Base units of the reward token.
    pub first_price: u128,
    /// Wad.
    pub smoothing: u64,
}

/// Why a call reverts: the vault's errors with their arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revert {
    ZeroAmount,
    /// The receiver is the zero address or the vault.
    InvalidReceiver(usize),
    InsufficientShares {
        sender: usize,
        balance: BigInt,
        needed: BigInt,
    },
    InsufficientAllowance {
        spender: usize,
        allowance: BigInt,
        needed: BigInt,
    },
    ExceededMaxDeposit {
        receiver: usize,
        assets: BigInt,
        max: BigInt,
    },
    ExceededMaxMint {
        receiver: usize,
        shares: BigInt,
        max: BigInt,
    },
    ExceededMaxWithdraw {
        owner: usize,
        assets: BigInt,
        max: BigInt,
    },
    ExceededMaxRedeem {
        owner: usize,
        shares: BigInt,
        max: BigInt,
    },
    PrincipalShortfall {
        token: usize,
        owed: BigInt,
        held: BigInt,
    },
    RewardBoundExceeded {
        unpaid: BigInt,
        bound: BigInt,
    },
    RewardShortfall {
        before: BigInt,
        after: BigInt,
    },
    NotClaimer {
        account: usize,
        caller: usize,
    },
    ReceiverIsZero,
    /// The vault's program cannot run, and the call is not needed to leave.
    ProgramInactive,
    SwapExceedsMax {
        max: BigInt,
        price: BigInt,
    },
    NotForSale {
        requested: BigInt,
        available: BigInt,
    },
    InsufficientPayment {
        price: BigInt,
        paid: BigInt,
    },
    /// The error of a token.
    Token {
        token: usize,
        short: TokenShortfall,
    },
}

/// How a buyer pays.
#[derive(Clone, Copy, Debug)]
pub enum Payment {
    /// The vault pulls it.
    Wallet,
    /// The puppet sends this amount in the callback.
    Flash(u128),
}

/// Whether an amount is in assets or in shares.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// `deposit` and `withdraw`.
    Assets,
    /// `mint` and `redeem`.
    Shares,
}
