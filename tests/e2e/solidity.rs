//! What the tests use of the ABI of the sources in Solidity (`tests/solidity/contracts`).

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
