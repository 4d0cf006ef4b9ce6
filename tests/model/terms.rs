//! The words of the model of a vault: who deals with it, what it was made with, and why it refuses.

use num_bigint::BigInt;

use super::token::Short;

/// The model's accounts. Those below this number may hold shares.
pub const STAKERS: usize = 8;
/// Funds, buys, and sends tokens astray.
pub const FUNDER: usize = STAKERS;
/// A contract that buys by flash swap, and is the standalone pair.
pub const PUPPET: usize = STAKERS + 1;
pub const VAULT: usize = STAKERS + 2;
/// The zero address.
pub const NOBODY: usize = STAKERS + 3;
pub const ACCOUNTS: usize = STAKERS + 4;

/// Which of the tokens is what. Two roles may be one token's.
#[derive(Clone, Copy, Debug)]
pub struct Roles {
    pub asset: usize,
    pub reward: usize,
    pub yield_token: usize,
    /// What the standalone pair sells.
    pub foreign: usize,
}

/// What a vault was made with.
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

/// Why a call is refused: the vault's errors, with their arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    ZeroAmount,
    /// Shares or tokens for nobody, or for the vault.
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
    ReceiverIsZero,
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
    /// A token's own.
    Token {
        token: usize,
        short: Short,
    },
}

/// How a buyer pays.
#[derive(Clone, Copy, Debug)]
pub enum Payment {
    /// The vault pulls it.
    Wallet,
    /// The puppet is called back and sends this much.
    Flash(u128),
}

/// By which of ERC-4626's two names somebody enters or leaves.
#[derive(Clone, Copy, Debug)]
pub enum Named {
    /// `deposit` and `withdraw`.
    Assets,
    /// `mint` and `redeem`.
    Shares,
}
