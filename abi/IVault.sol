// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IAuctionTerms} from "./IAuctionTerms.sol";
import {IConstructed} from "./IConstructed.sol";
import {IDispatch} from "./IDispatch.sol";
import {IERC20} from "./IERC20.sol";
import {ILiquidationPair} from "./ILiquidationPair.sol";
import {ILiquidationSource} from "./ILiquidationSource.sol";
import {ITokenCaller} from "./ITokenCaller.sol";

/// @title Weir vault: ERC-4626 shares at 1:1, a reward stream, and the vault's own TPDA liquidation pair.
/// @notice Amounts are base units of the token named; times are seconds. See docs/arithmetic.md for the rounding.
///
/// As an ERC-20 it is its shares. As a pair it takes in the reward token and sells its yield token: `target` is the
/// vault itself, and without data what it has not yet received of a price is pulled from the caller. As a source it
/// sells other tokens through standalone pairs: what belongs to nobody, which is its balance less what is owed of it,
/// and never the reward token; `verifyTokensIn` queues the reward that has arrived and is for anyone.
interface IVault is IDispatch, IConstructed, IERC20, IAuctionTerms, ILiquidationPair, ILiquidationSource, ITokenCaller {
    // ---------------------------------------------------------------- EIP-2612 and EIP-5267: approval by signature

    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ECDSAInvalidSignature();
    /// @notice `s` lies in the upper half of the order: the other of the two signatures has to be used.
    error ECDSAInvalidSignatureS(bytes32 s);

    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
    function nonces(address owner) external view returns (uint256);
    function DOMAIN_SEPARATOR() external view returns (bytes32);
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );

    // ---------------------------------------------------------------- ERC-4626: deposit and withdraw, 1:1
    // If the vault holds less of the asset than there are shares (the token took it), it takes no deposits, and a
    // share is worth its part of what is held; it is worth 1 again when the balance returns.

    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);
    event Withdraw(
        address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares
    );

    /// @notice Total stake would pass 2^112 − 1; `max` is what still fits.
    error ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max);
    error ERC4626ExceededMaxMint(address receiver, uint256 shares, uint256 max);
    error ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max);
    error ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max);
    /// @notice An amount of 0 where it makes no sense.
    error ZeroAmount();
    /// @notice The vault would hold less of the token than it owes in principal and unpaid rewards.
    error PrincipalShortfall(address token, uint256 owed, uint256 held);

    function asset() external view returns (address);
    function totalAssets() external view returns (uint256);
    function convertToShares(uint256 assets) external view returns (uint256);
    function convertToAssets(uint256 shares) external view returns (uint256);
    function maxDeposit(address receiver) external view returns (uint256);
    function maxMint(address receiver) external view returns (uint256);
    function maxWithdraw(address owner) external view returns (uint256);
    function maxRedeem(address owner) external view returns (uint256);
    function previewDeposit(uint256 assets) external view returns (uint256);
    function previewMint(uint256 shares) external view returns (uint256);
    function previewWithdraw(uint256 assets) external view returns (uint256);
    function previewRedeem(uint256 shares) external view returns (uint256);
    function deposit(uint256 assets, address receiver) external returns (uint256 shares);
    /// @notice Uses the caller's signed approval of the asset (EIP-2612), then deposits. A permit that was used by
    /// somebody else before does no harm: the allowance that it gave is what counts.
    function depositWithPermit(uint256 assets, address receiver, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 shares);
    function mint(uint256 shares, address receiver) external returns (uint256 assets);
    function withdraw(uint256 assets, address receiver, address owner) external returns (uint256 shares);
    function redeem(uint256 shares, address receiver, address owner) external returns (uint256 assets);

    // ---------------------------------------------------------------- rewards

    /// @notice Reward was credited to the queue other than as the price of a sale.
    event RewardAdded(address indexed sender, uint256 amount);
    event RewardPaid(address indexed account, address indexed receiver, uint256 amount);

    /// @notice Unpaid rewards would pass 2^111 − 1.
    error RewardBoundExceeded(uint256 unpaid, uint256 bound);

    /// @notice The token that rewards are paid in and the auction takes in.
    function reward() external view returns (address);
    /// @notice What `account` could claim now, rounded down to base units.
    function earned(address account) external view returns (uint256);
    /// @notice Pays the caller's reward to `receiver`; 0 if there is none.
    function claim(address receiver) external returns (uint256 amount);
    /// @notice Pays `account` its reward; anyone may call it.
    function claimFor(address account) external returns (uint256 amount);
    /// @notice Redeems all of the caller's shares and claims its reward, both to `receiver`.
    function exit(address receiver) external returns (uint256 assets, uint256 amount);
    /// @notice Pulls `amount` of the reward token and queues what the vault then holds above what it owes.
    function fund(uint256 amount) external returns (uint256 credited);
    /// @notice Queues whatever reward token the vault holds above what it owes. To give rewards use `fund`: what is
    /// sent to the vault and not yet synced pays the price of whoever buys first.
    function sync() external returns (uint256 credited);
    /// @notice Length of an epoch in seconds; epoch 0 began at the deployment.
    function epochLength() external view returns (uint256);
    /// @notice Number of the current epoch.
    function epoch() external view returns (uint256);
    /// @notice First second of the current epoch (Unix time).
    function epochStart() external view returns (uint256);
    /// @notice First second of the next epoch (Unix time).
    function epochEnd() external view returns (uint256);
    /// @notice What the current epoch streams out in all.
    function epochReward() external view returns (uint256);
    /// @notice What has arrived in the current epoch: the reward of the next.
    function queued() external view returns (uint256);
    /// @notice Reward per share so far, times 2^128, modulo 2^256.
    function rewardIndex() external view returns (uint256);
    /// @notice Rewards credited and not yet paid out.
    function reserve() external view returns (uint256);

    // ---------------------------------------------------------------- the vault's own liquidation pair

    /// @notice The price was not paid in full.
    error InsufficientPayment(uint256 amountIn, uint256 paid);

    /// @notice The token for sale.
    function yieldToken() external view returns (address);

    // ---------------------------------------------------------------- source of standalone pairs

    error CallerNotLP(address caller, address expected);
    /// @notice Only the reward token is taken in.
    error TokenInNotReward(address tokenIn, address reward);
    /// @notice The reward token is never sold, the yield token by the vault's own pair alone, and a pair has code.
    error InvalidLiquidationPair(address tokenOut, address liquidationPair);

    // ---------------------------------------------------------------- owner

    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    error OwnableUnauthorizedAccount(address account);

    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    /// @notice Offers the ownership; the zero address takes an offer back.
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    /// @notice Lets a standalone pair sell a token other than the vault's own yield and reward; zero ends it. All
    /// that an owner can do.
    function setLiquidationPair(address tokenOut, address liquidationPair) external;

    // ---------------------------------------------------------------- constructor

    /// @notice The program that answers, by delegate call, what is called seldom. Set for good.
    function extensionDelegate() external view returns (address);

    /// @notice The constructor's first argument has no code.
    error InvalidExtensionDelegate(address extensionDelegate);
    /// @notice A token is the zero address, the vault itself, or has no code.
    error InvalidToken(address token);
    error YieldTokenIsReward(address token);
    error ZeroEpochLength();
    error ZeroTargetAuctionPeriod();
    /// @notice The first price is 0 or above 2^104 − 1.
    error InvalidTargetAuctionPrice(uint256 price);
}
