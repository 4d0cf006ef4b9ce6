// Compiles every contract of contracts/*.sol with solc-js: `compile.mjs FOLDER` writes FOLDER/NAME.bin for each, its
// creation code in hex. Imports that do not begin with a dot come from node_modules.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import solc from 'solc'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const [folder] = process.argv.slice(2)

const ours = readdirSync(here('contracts')).filter((file) => file.endsWith('.sol'))
const input = {
  language: 'Solidity',
  sources: Object.fromEntries(
    ours.map((file) => [file, { content: readFileSync(here(`contracts/${file}`), 'utf8') }]),
  ),
  settings: {
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
  },
}

function imported(path) {
  try {
    return { contents: readFileSync(here(`node_modules/${path}`), 'utf8') }
  } catch (error) {
    return { error: error.message }
  }
}

const output = JSON.parse(solc.compile(JSON.stringify(input), { import: imported }))
const messages = output.errors ?? []
if (messages.length > 0) {
  console.error(messages.map((error) => error.formattedMessage).join('\n'))
  process.exit(1)
}

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const file of ours) {
  for (const [name, { evm }] of Object.entries(output.contracts[file])) {
    if (evm.bytecode.object !== '') writeFileSync(join(folder, `${name}.bin`), evm.bytecode.object)
  }
}
