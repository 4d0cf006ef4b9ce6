// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IFactory.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Creates and registers pairs, as PoolTogether V5's `TpdaLiquidationPairFactory` does, and vaults.
/// @notice What it creates is set up when the call ends. A vault is its own pair and is in both lists.
interface IFactory {
    event PairCreated(
        address indexed pair,
        address source,
        address indexed tokenIn,
        address indexed tokenOut,
        uint64 targetAuctionPeriod,
        uint192 targetAuctionPrice,
        uint256 smoothingFactor
    );
    /// @notice Everything that the vault was created with; followed by the vault's `PairCreated`.
    event VaultCreated(
        address indexed vault,
        address indexed asset,
        address indexed reward,
        address yieldToken,
        uint32 epochLength,
        uint32 targetAuctionPeriod,
        uint256 targetAuctionPrice,
        uint64 smoothingFactor,
        uint8 decimals,
        address owner,
        string name,
        string symbol
    );

    /// @notice The list has no entry with this index.
    error IndexOutOfBounds(uint256 index, uint256 total);
    /// @notice A program that clones delegate to has no code.
    error InvalidTemplate(address template);
    /// @notice The clone could not be created: there was too little gas, or its address is taken.
    error CreationFailed();
    /// @notice A token of a vault is the zero address or has no code.
    error InvalidToken(address token);
    error YieldTokenIsReward(address token);
    error EpochLengthOutOfBounds(uint256 length, uint256 min, uint256 max);
    error TargetAuctionPeriodOutOfBounds(uint256 period, uint256 min, uint256 max);
    error TargetAuctionPriceOutOfBounds(uint256 price, uint256 min, uint256 max);
    error SmoothingFactorOutOfBounds(uint256 smoothing, uint256 max);
    /// @notice A name or symbol has too many bytes.
    error TextTooLong(uint256 length, uint256 max);

    // ---------------------------------------------------------------- pairs

    /// @param targetAuctionPeriod Seconds: a minute to 90 days
    /// @param targetAuctionPrice First price of the lot, in base units of `tokenIn`: 100 to 2^192 − 1
    /// @param smoothingFactor Part of the balance that a sale holds back, as a wad: at most 0.99e18
    function createPair(
        address source,
        address tokenIn,
        address tokenOut,
        uint64 targetAuctionPeriod,
        uint192 targetAuctionPrice,
        uint256 smoothingFactor
    ) external returns (address pair);
    function allPairs(uint256 index) external view returns (address);
    function totalPairs() external view returns (uint256);
    function deployedPairs(address pair) external view returns (bool);

    // ---------------------------------------------------------------- vaults

    /// @param asset The token that is staked
    /// @param reward The token that rewards are paid in and the auction takes in; may be the asset
    /// @param yieldToken The token that is sold; may be the asset, not the reward
    /// @param epochLength Seconds: an hour to 365 days
    /// @param targetAuctionPeriod Seconds: a minute to 90 days
    /// @param targetAuctionPrice First price of the lot, in base units of the reward token: 100 to 2^104 − 1
    /// @param smoothingFactor Part of the surplus that a sale holds back, as a wad: at most 0.99e18
    /// @param name Name of the share token, at most 255 bytes
    /// @param symbol Symbol of the share token, at most 255 bytes
    /// @param owner May set standalone pairs, and nothing else; may be zero
    function createVault(
        address asset,
        address reward,
        address yieldToken,
        uint32 epochLength,
        uint32 targetAuctionPeriod,
        uint256 targetAuctionPrice,
        uint64 smoothingFactor,
        string memory name,
        string memory symbol,
        address owner
    ) external returns (address vault);
    function allVaults(uint256 index) external view returns (address);
    function totalVaults() external view returns (uint256);
    function deployedVaults(address vault) external view returns (bool);

    // ---------------------------------------------------------------- what clones delegate to

    function pairTemplate() external view returns (address);
    function vaultTemplate() external view returns (address);
    /// @notice The vaults' second program: see `IVault.extensionDelegate`.
    function vaultExtension() external view returns (address);
    /// @notice The EVM contract that vaults delegate to while `vaultTemplate` cannot run.
    function vaultLifeboat() external view returns (address);

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

    // ---------------------------------------------------------------- IConstructed
    // Error of a program with a constructor.

    /// @notice The constructor has run already.
    error AlreadyInitialized();
}
