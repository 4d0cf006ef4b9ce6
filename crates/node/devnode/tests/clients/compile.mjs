// Compiles contracts/Coin.sol with solc-js to { abi, bytecode }. As a program, prints them as JSON.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

const SOURCE = fileURLToPath(new URL('contracts/Coin.sol', import.meta.url))

export function coin() {
  const input = {
    language: 'Solidity',
    sources: { 'Coin.sol': { content: readFileSync(SOURCE, 'utf8') } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      outputSelection: { '*': { Coin: ['abi', 'evm.bytecode.object'] } },
    },
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input)))
  const errors = output.errors ?? []
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  const { abi, evm } = output.contracts['Coin.sol'].Coin
  return { abi, bytecode: `0x${evm.bytecode.object}` }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(coin()))
}
