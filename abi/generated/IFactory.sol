// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IFactory.sol and what it inherits: change those.
pragma solidity ^0.8.20;

/// @title Makes and registers pairs, as PoolTogether V5's `TpdaLiquidationPairFactory` does, and vaults.
/// @notice What it makes is active and set up when the call ends. A vault is its own pair and stands in both lists.
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
    event VaultCreated(
        address indexed vault,
        address indexed asset,
        address indexed reward,
        address yieldToken,
        uint32 epochLength,
        address owner
    );

    /// @notice A list was asked for an entry that it does not have.
    error IndexOutOfBounds(uint256 index, uint256 total);
    /// @notice What clones are made of has no code.
    error InvalidTemplate(address template);
    /// @notice The clone could not be created: there was not enough gas for it.
    error CreationFailed();

    // ---------------------------------------------------------------- pairs

    /// @param targetAuctionPeriod Seconds
    /// @param targetAuctionPrice First price of the lot, in base units of `tokenIn`
    /// @param smoothingFactor Part of the balance that is held back in a sale, a wad below 1e18
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

    /// @notice Makes a vault with the arguments of its constructor, in their order; what that refuses is passed on.
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

    // ---------------------------------------------------------------- what clones are made of

    function pairTemplate() external view returns (address);
    function vaultTemplate() external view returns (address);
    /// @notice The second program of the vaults: see `IVault.extensionDelegate`.
    function vaultExtension() external view returns (address);

    // ---------------------------------------------------------------- IDispatch
    // What every Weir program answers to a call that it cannot even route.

    /// @notice No function has this selector. Calldata shorter than a selector counts as selector 0.
    error UnknownSelector(bytes4 selector);
    /// @notice The arguments are cut short, too long, or not canonically ABI-encoded.
    /// @param length Bytes of calldata, the selector included.
    error InvalidCalldata(uint256 length);
    /// @notice The program is running already, further up in this transaction.
    error ReentrantCall();
    /// @notice No function takes ether.
    error ValueNotAccepted(uint256 value);

    // ---------------------------------------------------------------- IConstructed
    // What a program with a constructor answers when that is called again.

    /// @notice The constructor has run already.
    error AlreadyInitialized();

    // ---------------------------------------------------------------- IAuctionTerms
    // What is refused where an auction's terms are set: by a vault's constructor, and by the factory for a pair.

    /// @notice Smoothing would hold back all of what is for sale, or more.
    error SmoothingGteOne();
}
