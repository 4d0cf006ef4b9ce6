// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IVault.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Weir vault: ERC-4626 shares at 1:1, a reward stream, and the vault's own TPDA liquidation pair.
/// @notice Amounts are base units of the token named; times are seconds. See docs/arithmetic.md for the rounding.
/// As an ERC-20 it is its shares. As a pair it takes in the reward token and sells its yield token: `target` is the vault
/// itself, and without flash swap data the price is pulled from the caller. As a source it sells
/// other tokens through standalone pairs: its balance less what it owes of them, and never the reward token;
/// `verifyTokensIn` queues the reward that has arrived, and anyone may call it.
/// Vaults are created by a factory. A vault's code says which programs it runs and what it was created with.
interface IVault {
    // ---------------------------------------------------------------- EIP-2612 and EIP-5267: approval by signature
    // A signature counts if the account itself made it, or if the account is a contract that accepts it (ERC-1271).

    error ERC2612ExpiredSignature(uint256 deadline);
    error ERC2612InvalidSigner(address signer, address owner);
    error ECDSAInvalidSignature();
    /// @notice `s` is in the upper half of the curve's order: the signature with the other `s` has to be used.
    error ECDSAInvalidSignatureS(bytes32 s);

    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
    /// @notice A permit signed by a contract in its own way (ERC-1271), or by an account: then `signature` is r, s, v.
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature) external;
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
    // While the vault holds less of the asset than there are shares (the token took it), deposits revert, and a share is
    // worth its part of what is held; it is worth 1 again when the balance returns. `totalAssets`, `convertTo…` and `max…`
    // never revert because of the asset: if it does not return the vault's balance, that counts as 0.

    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);
    event Withdraw(
        address indexed sender, address indexed receiver, address indexed owner, uint256 assets, uint256 shares
    );

    /// @notice The total stake would exceed 2^112 − 1; `max` is what still fits.
    error ERC4626ExceededMaxDeposit(address receiver, uint256 assets, uint256 max);
    error ERC4626ExceededMaxMint(address receiver, uint256 shares, uint256 max);
    error ERC4626ExceededMaxWithdraw(address owner, uint256 assets, uint256 max);
    error ERC4626ExceededMaxRedeem(address owner, uint256 shares, uint256 max);
    /// @notice The amount is 0.
    error ZeroAmount();
    /// @notice The vault would hold less of the token than it owes.
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
    /// @notice Uses the caller's signed approval of the asset (EIP-2612), then deposits. If somebody else has used the permit
    /// already, the allowance that it gave counts.
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
    /// @notice `claimer`, or anyone if that is zero, may or may not claim for `account`.
    event ClaimerSet(address indexed account, address indexed claimer, bool allowed);

    /// @notice Unpaid rewards would exceed 2^111 − 1.
    error RewardBoundExceeded(uint256 unpaid, uint256 bound);
    error NotClaimer(address account, address caller);

    /// @notice The token that rewards are paid in and the auction takes in.
    function reward() external view returns (address);
    /// @notice What `account` could claim now, rounded down to base units.
    function earned(address account) external view returns (uint256);
    /// @notice Pays the caller's reward to `receiver`; 0 if there is none.
    function claim(address receiver) external returns (uint256 amount);
    /// @notice Pays `account` its reward. The caller must be the account or one of its claimers.
    function claimFor(address account) external returns (uint256 amount);
    /// @notice Sets whether `claimer` may claim for the caller, who is paid; the zero address stands for anyone.
    function setClaimer(address claimer, bool allowed) external;
    /// @notice Whether `claimFor(account)` accepts `claimer`.
    function isClaimer(address account, address claimer) external view returns (bool);
    /// @notice Redeems all of the caller's shares and claims its reward, both to `receiver`.
    function exit(address receiver) external returns (uint256 assets, uint256 amount);
    /// @notice Pulls `amount` of the reward token from the caller, and queues what the vault then holds above what it owes.
    function fund(uint256 amount) external returns (uint256 credited);
    /// @notice Queues what the vault holds of the reward token above what it owes: what was sent to it, or accrued by itself.
    function sync() external returns (uint256 credited);
    /// @notice Length of an epoch in seconds; epoch 0 began when the vault was created.
    function epochLength() external view returns (uint256);
    /// @notice Number of the current epoch.
    function epoch() external view returns (uint256);
    /// @notice First second of the current epoch (Unix time).
    function epochStart() external view returns (uint256);
    /// @notice First second of the next epoch (Unix time).
    function epochEnd() external view returns (uint256);
    /// @notice What the current epoch pays in all.
    function epochReward() external view returns (uint256);
    /// @notice What has arrived in the current epoch: the reward of the next one.
    function queued() external view returns (uint256);
    /// @notice Reward per share so far, times 2^128, modulo 2^256.
    function rewardIndex() external view returns (uint256);
    /// @notice Rewards credited and not yet paid.
    function reserve() external view returns (uint256);

    // ---------------------------------------------------------------- the vault's own liquidation pair

    /// @notice The price was not paid in full.
    error InsufficientPayment(uint256 amountIn, uint256 paid);

    /// @notice The token for sale.
    function yieldToken() external view returns (address);

    // ---------------------------------------------------------------- source of standalone pairs

    error CallerNotLP(address caller, address expected);
    /// @notice A sale took some of the reward token out of the vault: the token sold is another address of it.
    error RewardShortfall(uint256 heldBefore, uint256 heldAfter);
    /// @notice Only the reward token is accepted.
    error TokenInNotReward(address tokenIn, address reward);
    /// @notice The reward token is never sold, the yield token only by the vault itself, and a pair must have code.
    error InvalidLiquidationPair(address tokenOut, address liquidationPair);

    // ---------------------------------------------------------------- owner

    event OwnershipTransferStarted(address indexed previousOwner, address indexed newOwner);
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    error OwnableUnauthorizedAccount(address account);

    function owner() external view returns (address);
    function pendingOwner() external view returns (address);
    /// @notice Offers the ownership; the zero address withdraws the offer.
    function transferOwnership(address newOwner) external;
    function acceptOwnership() external;
    function renounceOwnership() external;
    /// @notice Lets a standalone pair sell a token other than the vault's own yield and reward; zero ends it. That is all that
    /// an owner can do.
    function setLiquidationPair(address tokenOut, address liquidationPair) external;

    // ---------------------------------------------------------------- programs

    /// @notice The program was called directly. Call a vault that a factory created.
    error NotAVault();
    /// @notice The vault's program cannot run: it was never activated, it has expired, or the chain's Stylus version has risen.
    /// Until somebody activates it, only what lets principal and rewards leave works.
    error ProgramInactive(address program);
    /// @notice A token is the vault itself or has no code.
    error InvalidToken(address token);

    /// @notice The vault's second program, for functions that are called seldom. It never changes.
    function extensionDelegate() external view returns (address);

    // ---------------------------------------------------------------- IDispatch
    // Errors of every Weir program, before any function runs.

    /// @notice No function has this selector. Calldata shorter than a selector counts as selector 0.
    error UnknownSelector(bytes4 selector);
    /// @notice The arguments are too short, point outside of the calldata, or exceed their types. Bytes after them are ignored.
    /// @param length Bytes of calldata, the selector included
    error InvalidCalldata(uint256 length);
    /// @notice The contract is running already, further up in this transaction.
    error ReentrantCall();
    /// @notice No function accepts ether.
    error ValueNotAccepted(uint256 value);

    // ---------------------------------------------------------------- IERC20
    // ERC-20 token with its optional name, symbol and decimals, and its standard errors (ERC-6093).

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed);
    error ERC20InvalidSender(address sender);
    error ERC20InvalidReceiver(address receiver);
    error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed);
    error ERC20InvalidSpender(address spender);

    function name() external view returns (string memory);
    function symbol() external view returns (string memory);
    function decimals() external view returns (uint8);
    function totalSupply() external view returns (uint256);
    function balanceOf(address account) external view returns (uint256);
    function allowance(address owner, address spender) external view returns (uint256);
    function approve(address spender, uint256 value) external returns (bool);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);

    // ---------------------------------------------------------------- ILiquidationPair
    // TPDA liquidation pair: the ABI of PoolTogether V5's `TpdaLiquidationPair`.
    // The price is for the lot, whatever part of it is taken, in base units of `tokenIn`. Times are seconds.

    event SwappedExactAmountOut(
        address indexed sender,
        address indexed receiver,
        uint256 amountOut,
        uint256 amountInMax,
        uint256 amountIn,
        bytes flashSwapData
    );

    error ReceiverIsZero();
    /// @notice The receiver of a flash swap has no code to call back.
    error ReceiverIsNotAContract(address receiver);
    error SwapExceedsMax(uint256 amountInMax, uint256 amountIn);
    error InsufficientBalance(uint256 requested, uint256 available);
    /// @notice A price of 0 is never reached.
    error PriceIsZero();

    function source() external view returns (address);
    function tokenIn() external view returns (address);
    function tokenOut() external view returns (address);
    /// @notice Where the source wants the price to be paid.
    function target() external returns (address);
    /// @notice The lot: what the source could sell, less what smoothing holds back.
    function maxAmountOut() external returns (uint256);
    /// @notice Price of the lot now, whatever part of it is taken.
    function computeExactAmountIn(uint256 amountOut) external view returns (uint256);
    /// @notice Sells `amountOut`. With data it is a flash swap, whose receiver implements `IFlashSwapCallback` and pays by the
    /// end of that call. Without data it depends on the source how it is paid: a vault's own pair pulls the price from the caller, and a
    /// pair that sells for a vault needs data.
    function swapExactAmountOut(address receiver, uint256 amountOut, uint256 amountInMax, bytes calldata flashSwapData)
        external
        returns (uint256 amountIn);
    function targetAuctionPeriod() external view returns (uint256);
    function smoothingFactor() external view returns (uint256);
    function lastAuctionAt() external view returns (uint64);
    function lastAuctionPrice() external view returns (uint192);
    function computeTimeForPrice(uint256 price) external view returns (uint256);

    // ---------------------------------------------------------------- ILiquidationSource
    // A contract whose balance liquidation pairs sell (PoolTogether V5).

    event LiquidationPairSet(address indexed tokenOut, address indexed liquidationPair);

    /// @notice What of `tokenOut` could be sold now.
    function liquidatableBalanceOf(address tokenOut) external returns (uint256);
    /// @param sender The account that called the pair
    /// @return What the pair hands to `verifyTokensIn`
    function transferTokensOut(address sender, address receiver, address tokenOut, uint256 amountOut)
        external
        returns (bytes memory);
    /// @notice Reverts unless `amountIn` of `tokenIn` has been paid.
    function verifyTokensIn(address tokenIn, uint256 amountIn, bytes calldata transferTokensOutData) external;
    /// @notice Where `tokenIn` is to be paid.
    function targetOf(address tokenIn) external returns (address);
    function isLiquidationPair(address tokenOut, address liquidationPair) external returns (bool);

    // ---------------------------------------------------------------- ITokenCaller
    // Error of a program that moves tokens.

    /// @notice A token call failed without a reason of its own, or returned false.
    error SafeERC20FailedOperation(address token);
}
