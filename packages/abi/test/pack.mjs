// Checks that the package would publish exactly the expected files.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

const NAMES = ['Entry', 'Factory', 'FlashSwapCallback', 'LiquidationPair', 'LiquidationSource', 'Pair', 'Router', 'Token', 'Vault']
const modules = ['index', ...NAMES.map((name) => name[0].toLowerCase() + name.slice(1))]
const expected = [
  'LICENSE',
  'README.md',
  'package.json',
  ...NAMES.flatMap((name) => [`json/I${name}.json`, `solidity/I${name}.sol`]),
  ...modules.flatMap((name) => [`lib/${name}.js`, `lib/${name}.d.ts`]),
]

const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: PACKAGE, stdio: ['ignore', 'pipe', 'ignore'] }))
const files = packed.files.map(({ path }) => path)
assert.deepEqual(files.sort(), expected.sort())

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)))
const workspace = readFileSync(new URL('../../../Cargo.toml', import.meta.url), 'utf8')
assert.equal(version, workspace.match(/^version = "(.*)"$/m)[1], 'the versions of the package and the crates differ')
