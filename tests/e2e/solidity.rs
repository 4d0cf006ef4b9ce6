//! The part of the ABI of the source in Solidity (`tests/solidity/contracts`) that the tests use.
//! The contract is `Source.sol`.

use alloy::sol;

sol! {
    #[sol(rpc)]
    interface ISource {
        event LiquidationPairSet(address indexed tokenOut, address indexed liquidationPair);
        event Verified(address indexed tokenIn, uint256 amountIn, bytes transferTokensOutData);
        error NotPaid(uint256 amountIn, uint256 paid);
        error CallerNotLP(address caller, address expected);
        function setLiquidationPair(address tokenOut, address pair) external;
        function credited() external view returns (uint256);
    }
}
