// What is compiled, and how: optimiser and EVM version as each project publishes them, and where it fixes none, those with
// which the figures of gas/peers.json were made. `entry` is where its
// source begins, in node_modules or here; `input` finds the compiler's whole input where a package carries it.

/** The standard-JSON input with which Hardhat made `contract`, and the creation code that came of it. */
const published = (artifacts, contract) => ({
  artifact: `${artifacts}/contracts/${contract}.sol/${contract}.json`,
  debug: `${artifacts}/contracts/${contract}.sol/${contract}.dbg.json`,
  entry: `contracts/${contract}.sol`,
  contract,
})

const sushi = '@sushiswap/core/artifacts'

export default [
  // Synthetixio/synthetix: hardhat.config.js names 0.5.16, and its build optimises for 200 runs; neither is in the package.
  {
    name: 'SynthetixStakingRewards',
    compiler: 'solc-0.5.16',
    settings: { optimizer: { enabled: true, runs: 200 } },
    entry: 'synthetix/contracts/StakingRewards.sol',
    contract: 'StakingRewards',
  },
  // The package carries the compiler's input (0.6.12, 200 runs), with BoringSolidity, which npm does not have.
  { name: 'MasterChef', compiler: 'solc-0.6.12', published: published(sushi, 'MasterChef') },
  { name: 'MasterChefV2', compiler: 'solc-0.6.12', published: published(sushi, 'MasterChefV2') },
  { name: 'MiniChefV2', compiler: 'solc-0.6.12', published: published(sushi, 'MiniChefV2') },
  // OpenZeppelin's hardhat.config.js: 200 runs. Compiler and prague as in gas/peers.json.
  {
    name: 'OpenZeppelinVault',
    compiler: 'solc-0.8.35',
    settings: { optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague' },
    entry: './OpenZeppelinVault.sol',
    contract: 'OpenZeppelinVault',
  },
  // solmate's foundry.toml: 0.8.15, a million runs.
  {
    name: 'SolmateVault',
    compiler: 'solc-0.8.15',
    settings: { optimizer: { enabled: true, runs: 1_000_000 } },
    entry: './SolmateVault.sol',
    contract: 'SolmateVault',
  },
  // solady's foundry.toml: a thousand runs, paris. Compiler as in gas/peers.json.
  {
    name: 'SoladyVault',
    compiler: 'solc-0.8.35',
    settings: { optimizer: { enabled: true, runs: 1_000 }, evmVersion: 'paris' },
    entry: './SoladyVault.sol',
    contract: 'SoladyVault',
  },
]
