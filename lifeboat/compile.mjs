// Compiles Lifeboat.sol with the solc-js of tests/solidity: `compile.mjs FILE` writes FILE, a JSON with the bytecode, the compiler
// and the settings that make it again.

import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const solc = createRequire(new URL('tests/solidity/package.json', root))('solc')
const [file] = process.argv.slice(2)
const CONTRACT = 'lifeboat/Lifeboat.sol'

// Without metadata: the bytecode depends on what the code says and not on its comments.
const settings = {
  optimizer: { enabled: true, runs: 200 },
  evmVersion: 'cancun',
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
}

function source(path) {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8')
}

const input = {
  language: 'Solidity',
  sources: { [CONTRACT]: { content: source(CONTRACT) } },
  settings: {
    ...settings,
    outputSelection: { [CONTRACT]: { Lifeboat: ['evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  },
}
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: (path) => ({ contents: source(path) }) }))
const messages = output.errors ?? []
if (messages.length > 0) {
  console.error(messages.map((error) => error.formattedMessage).join('\n'))
  process.exit(1)
}

const { bytecode, deployedBytecode } = output.contracts[CONTRACT].Lifeboat.evm
const artefact = {
  compiler: solc.version(),
  settings,
  creationCode: `0x${bytecode.object}`,
  code: `0x${deployedBytecode.object}`,
}
writeFileSync(file, `${JSON.stringify(artefact, null, 2)}\n`)
