// SPDX-License-Identifier: MIT
// Made by scripts/abi from abi/IToken.sol and what it inherits: edit those instead.
pragma solidity ^0.8.20;

/// @title Test token: an ERC-20 that anyone may mint.
interface IToken {
    /// @notice The supply would exceed 2^256 − 1.
    error SupplyOverflow(uint256 supply, uint256 minted);

    /// @notice Mints `value` base units to `to`: a faucet.
    function mint(address to, uint256 value) external;

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
}
