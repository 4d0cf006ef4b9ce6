// Compiles the peers of peers.mjs: `compile.mjs FOLDER` writes FOLDER/NAME.bin for each, its creation code in hex. What a
// package carries compiled must come out the same, to the last byte.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import peers from './peers.mjs'

const require = createRequire(import.meta.url)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const installed = (path) => readFileSync(here(`node_modules/${path}`), 'utf8')
const [folder] = process.argv.slice(2)

function imported(path) {
  try {
    return { contents: installed(path) }
  } catch (error) {
    return { error: error.message }
  }
}

/** The compiler's input for a peer: where its package carries one, that; else its entry, whose imports are looked up. */
function inputOf({ entry, settings, published }) {
  if (published) {
    const { buildInfo } = JSON.parse(installed(published.debug))
    const { input } = JSON.parse(installed(normalize(join(dirname(published.debug), buildInfo))))
    return { ...input, settings: { ...input.settings } }
  }
  const content = entry.startsWith('.') ? readFileSync(here(join('contracts', entry)), 'utf8') : installed(entry)
  return { language: 'Solidity', sources: { [entry]: { content } }, settings: { ...settings } }
}

/** The creation code of a peer, in hex. */
function compiled(peer) {
  const { entry, contract } = peer.published ?? peer
  const input = inputOf(peer)
  input.settings.outputSelection = { [entry]: { [contract]: ['evm.bytecode.object'] } }
  const output = JSON.parse(require(peer.compiler).compile(JSON.stringify(input), importer(peer.compiler)))
  const errors = (output.errors ?? []).filter(({ severity }) => severity === 'error')
  if (errors.length > 0) fail(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return output.contracts[entry][contract].evm.bytecode.object
}

/** Before 0.6 the compiler takes the function itself. */
const importer = (compiler) => (compiler.startsWith('solc-0.5.') ? imported : { import: imported })

function fail(message) {
  console.error(message)
  process.exit(1)
}

mkdirSync(folder, { recursive: true })
for (const peer of peers) {
  const code = compiled(peer)
  if (peer.published && JSON.parse(installed(peer.published.artifact)).bytecode !== `0x${code}`) {
    fail(`${peer.name} does not compile to what its package carries: look at its compiler in peers.mjs.`)
  }
  writeFileSync(join(folder, `${peer.name}.bin`), code)
}
