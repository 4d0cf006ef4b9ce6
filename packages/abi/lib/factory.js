// Made by scripts/abi from abi/*.sol: edit those instead.

/**
 * Creates and registers pairs, as PoolTogether V5's `TpdaLiquidationPairFactory` does, and vaults.
 * What it creates is set up when the call ends. A vault is its own pair and is in both lists.
 */
export const factoryAbi = [
  {"type":"constructor","inputs":[{"type":"address","name":"pairTemplate"},{"type":"address","name":"vaultTemplate"},{"type":"address","name":"vaultExtension"},{"type":"address","name":"vaultLifeboat"}],"stateMutability":"nonpayable"},
  {"type":"error","name":"AlreadyInitialized","inputs":[]},
  {"type":"error","name":"CreationFailed","inputs":[]},
  {"type":"error","name":"EpochLengthOutOfBounds","inputs":[{"type":"uint256","name":"length"},{"type":"uint256","name":"min"},{"type":"uint256","name":"max"}]},
  {"type":"error","name":"IndexOutOfBounds","inputs":[{"type":"uint256","name":"index"},{"type":"uint256","name":"total"}]},
  {"type":"error","name":"InvalidCalldata","inputs":[{"type":"uint256","name":"length"}]},
  {"type":"error","name":"InvalidTemplate","inputs":[{"type":"address","name":"template"}]},
  {"type":"error","name":"InvalidToken","inputs":[{"type":"address","name":"token"}]},
  {"type":"error","name":"ReentrantCall","inputs":[]},
  {"type":"error","name":"SmoothingFactorOutOfBounds","inputs":[{"type":"uint256","name":"smoothing"},{"type":"uint256","name":"max"}]},
  {"type":"error","name":"TargetAuctionPeriodOutOfBounds","inputs":[{"type":"uint256","name":"period"},{"type":"uint256","name":"min"},{"type":"uint256","name":"max"}]},
  {"type":"error","name":"TargetAuctionPriceOutOfBounds","inputs":[{"type":"uint256","name":"price"},{"type":"uint256","name":"min"},{"type":"uint256","name":"max"}]},
  {"type":"error","name":"TextTooLong","inputs":[{"type":"uint256","name":"length"},{"type":"uint256","name":"max"}]},
  {"type":"error","name":"UnknownSelector","inputs":[{"type":"bytes4","name":"selector"}]},
  {"type":"error","name":"ValueNotAccepted","inputs":[{"type":"uint256","name":"value"}]},
  {"type":"error","name":"YieldTokenIsReward","inputs":[{"type":"address","name":"token"}]},
  {"type":"event","name":"PairCreated","inputs":[{"type":"address","name":"pair","indexed":true},{"type":"address","name":"source","indexed":false},{"type":"address","name":"tokenIn","indexed":true},{"type":"address","name":"tokenOut","indexed":true},{"type":"uint64","name":"targetAuctionPeriod","indexed":false},{"type":"uint192","name":"targetAuctionPrice","indexed":false},{"type":"uint256","name":"smoothingFactor","indexed":false}],"anonymous":false},
  {"type":"event","name":"VaultCreated","inputs":[{"type":"address","name":"vault","indexed":true},{"type":"address","name":"asset","indexed":true},{"type":"address","name":"reward","indexed":true},{"type":"address","name":"yieldToken","indexed":false},{"type":"uint32","name":"epochLength","indexed":false},{"type":"uint32","name":"targetAuctionPeriod","indexed":false},{"type":"uint256","name":"targetAuctionPrice","indexed":false},{"type":"uint64","name":"smoothingFactor","indexed":false},{"type":"uint8","name":"decimals","indexed":false},{"type":"address","name":"owner","indexed":false},{"type":"string","name":"name","indexed":false},{"type":"string","name":"symbol","indexed":false}],"anonymous":false},
  {"type":"function","name":"allPairs","inputs":[{"type":"uint256","name":"index"}],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"allVaults","inputs":[{"type":"uint256","name":"index"}],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"createPair","inputs":[{"type":"address","name":"source"},{"type":"address","name":"tokenIn"},{"type":"address","name":"tokenOut"},{"type":"uint64","name":"targetAuctionPeriod"},{"type":"uint192","name":"targetAuctionPrice"},{"type":"uint256","name":"smoothingFactor"}],"outputs":[{"type":"address","name":"pair"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"createVault","inputs":[{"type":"address","name":"asset"},{"type":"address","name":"reward"},{"type":"address","name":"yieldToken"},{"type":"uint32","name":"epochLength"},{"type":"uint32","name":"targetAuctionPeriod"},{"type":"uint256","name":"targetAuctionPrice"},{"type":"uint64","name":"smoothingFactor"},{"type":"string","name":"name"},{"type":"string","name":"symbol"},{"type":"address","name":"owner"}],"outputs":[{"type":"address","name":"vault"}],"stateMutability":"nonpayable"},
  {"type":"function","name":"deployedPairs","inputs":[{"type":"address","name":"pair"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"view"},
  {"type":"function","name":"deployedVaults","inputs":[{"type":"address","name":"vault"}],"outputs":[{"type":"bool","name":""}],"stateMutability":"view"},
  {"type":"function","name":"pairTemplate","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"totalPairs","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"totalVaults","inputs":[],"outputs":[{"type":"uint256","name":""}],"stateMutability":"view"},
  {"type":"function","name":"vaultExtension","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"vaultLifeboat","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"},
  {"type":"function","name":"vaultTemplate","inputs":[],"outputs":[{"type":"address","name":""}],"stateMutability":"view"}
]
